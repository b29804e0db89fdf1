"""A worker with one tiny workflow: the stack is tested apart from the product's own worker."""

import asyncio
import os
import signal
from datetime import timedelta

from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker


@workflow.defn
class Counter:
    """Counts until it is told to stop."""

    def __init__(self) -> None:
        self._count = 0
        self._stop = False

    @workflow.run
    async def run(self) -> int:
        await workflow.wait_condition(lambda: self._stop)
        return self._count

    @workflow.update
    def add(self, number: int) -> int:
        self._count += number
        return self._count

    @workflow.signal
    def stop(self) -> None:
        self._stop = True


async def main() -> None:
    client = await Client.connect(
        os.environ["OPSTAP_TEMPORAL_ADDRESS"], namespace=os.environ["OPSTAP_TEMPORAL_NAMESPACE"]
    )
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    worker = Worker(
        client,
        task_queue=os.environ["OPSTAP_TASK_QUEUE"],
        workflows=[Counter],
        # After a kill -9 the server waits this long for the dead worker's cache; ten by default.
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=1),
    )
    async with worker:
        await stopping.wait()


if __name__ == "__main__":
    asyncio.run(main())
