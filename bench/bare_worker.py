"""The worker process of the bare workflows: the same options as ours.

Started by a measurement as `python -m bench.bare_worker`, configured by the same environment; in
the SDK's sandbox, as it runs workflows by default, where that is asked, else without it, as ours.
"""

import asyncio
import os
import signal
from datetime import timedelta

from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from bench.bare import BareLocal, BareOrdinary
from bench.bare_row import BareActivities, create
from gateway.connect import connect
from gateway.settings import Settings
from stores.engine import make_engine, write

SANDBOXED = "OPSTAP_BARE_SANDBOXED"


async def main() -> None:
    """Run until SIGTERM."""
    settings = Settings()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database)
    await write(engine, create)
    activities = BareActivities(engine)
    worker = Worker(
        await connect(settings),
        task_queue=settings.task_queue,
        workflows=[BareLocal, BareOrdinary],
        activities=[activities.write_row],
        workflow_runner=(
            SandboxedWorkflowRunner() if SANDBOXED in os.environ else UnsandboxedWorkflowRunner()
        ),
        max_cached_workflows=settings.max_cached_workflows,
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=3),
        graceful_shutdown_timeout=timedelta(seconds=3),
    )
    async with worker:
        await stop.wait()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main())
