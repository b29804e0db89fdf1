"""A private Temporal server and worker processes, for the length of one measurement.

Everything lives in a temporary folder, listens on loopback only, and is stopped by its process id.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from bench.residents import SIGNING_KEY
from embedded.child import Child, program
from embedded.errors import StackError
from embedded.ports import free_port
from embedded.temporal_server import NAMESPACE, TemporalServerSettings, start_temporal_server
from gateway.connect import connect, open_database
from gateway.settings import Settings
from privacy import master

OURS = "opstap"
READY_WITHIN = 60.0


@dataclass(frozen=True)
class Laboratory:
    """Where everything of this measurement is, and its connections: ours, sealed, and bare."""

    folder: Path
    server: TemporalServerSettings
    client: Client
    bare: Client

    def settings(self, queue: str) -> Settings:
        """Return the settings of a worker on this queue."""
        return Settings(
            temporal_address=self.server.address,
            temporal_namespace=NAMESPACE,
            task_queue=queue,
            state_dir=self.folder / queue,
        )

    def environment(self, queue: str) -> dict[str, str]:
        """Return the environment of a worker on this queue."""
        settings = self.settings(queue)
        return {
            "OPSTAP_TEMPORAL_ADDRESS": settings.temporal_address,
            "OPSTAP_TEMPORAL_NAMESPACE": settings.temporal_namespace,
            "OPSTAP_TASK_QUEUE": queue,
            "OPSTAP_STATE_DIR": str(settings.state_dir),
            "OPSTAP_DATABASE_URL": settings.database,
            "OPSTAP_SIGNING_KEY": SIGNING_KEY,
        }

    async def start_worker(
        self,
        queue: str,
        module: str,
        environment: Mapping[str, str] | None = None,
        *,
        keep_mail_in_folder: bool = True,
    ) -> Child:
        """Start a worker process and return it once the server has seen it ask for work."""
        mails = {"OPSTAP_POST_FOLDER": str(self.folder / queue / "mails")}
        child = await Child.start(
            program(module),
            log=self.folder / f"{queue}.log",
            environment={
                **self.environment(queue),
                **(mails if keep_mail_in_folder else {}),
                **(environment or {}),
            },
        )
        try:
            async with asyncio.timeout(READY_WITHIN):
                await _polls(self.client, queue, child)
        except BaseException:
            await child.stop(within=2)
            raise
        return child

    @asynccontextmanager
    async def worker(
        self, queue: str, module: str, environment: Mapping[str, str] | None = None
    ) -> AsyncIterator[Child]:
        """A worker process for the length of a `with`."""
        child = await self.start_worker(queue, module, environment)
        try:
            yield child
        finally:
            await child.stop(within=8)


@asynccontextmanager
async def laboratory(arguments: Sequence[str] = ()) -> AsyncIterator[Laboratory]:
    """A private server with a folder of its own, both gone afterwards."""
    async with new_laboratory(arguments) as (lab, server):
        try:
            yield lab
        finally:
            await server.stop(within=5)


@asynccontextmanager
async def new_laboratory(
    arguments: Sequence[str] = (),
) -> AsyncIterator[tuple[Laboratory, Child]]:
    """A private server that the caller stops, and a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="opstap-bench-"))
    server = TemporalServerSettings(
        database=folder / "temporal.db",
        log=folder / "temporal.log",
        port=free_port(),
        ui_port=free_port(),
        extra=tuple(arguments),
    )
    try:
        child = await start_temporal_server(server)
        settings = Settings(temporal_address=server.address, temporal_namespace=NAMESPACE)
        lab = Laboratory(folder, server, await connect(settings), await connect(settings))
        ours = lab.settings(OURS)
        master.make_once(ours.master_file)
        engine = open_database(ours)
        yield replace(lab, client=await connect(ours, engine)), child
        await engine.dispose()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _polls(client: Client, queue: str, worker: Child) -> None:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    while worker.returncode is None:
        with suppress(RPCError):
            answer = await client.workflow_service.describe_task_queue(request)
            asked = [poller.last_access_time.ToDatetime(UTC) for poller in answer.pollers]
            if any(moment > worker.started_at for moment in asked):
                return
        await asyncio.sleep(0.05)
    raise StackError(f"De worker van de meting stopte meteen: {worker.last_line()}")


def memory_kb(pid: int) -> int:
    """Return how much memory a process holds now."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise ProcessLookupError(pid)
