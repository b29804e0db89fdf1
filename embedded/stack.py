"""`opstap up`: the Temporal server, the mail catcher and the worker, together in one terminal.

Promises: ports are checked before anything starts, two stacks never share a state folder, a part
that dies is started again, everything stops within ten seconds of Ctrl-C, and what was accepted
survives kill -9 of any part or of all. Never sends anything off the machine.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC
from pathlib import Path

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from embedded.catcher import Catcher
from embedded.child import Child, program
from embedded.errors import StackError
from embedded.mail_page import MailPage
from embedded.ports import LOOPBACK, Ports, claim
from embedded.state_dir import StateDir, locked
from embedded.supervision import Supervised
from embedded.temporal_server import NAMESPACE, TemporalServerSettings, start_temporal_server
from privacy import master
from proof.keys import make_private

# Together below the ten seconds within which Ctrl-C must have stopped everything.
WORKER_STOPS_WITHIN = 5.0
SERVER_STOPS_WITHIN = 3.0
WORKER_READY_WITHIN = 60.0
_PROBE_EVERY = 0.1

Hook = Callable[[], Awaitable[None]]
Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """What `opstap up` can choose.

    Attributes:
        state_dir: where all state lives; created when it is not there.
        ports: a port of 0 becomes a free one.
        task_queue: the queue on which the worker must be seen before it counts as ready.
        worker_command: the worker's program, by default our own with this Python.
        environment: further environment variables of the worker.
        server_arguments: further arguments of the Temporal server (`--demo` allows fast-forward).
    """

    state_dir: Path = Path("var")
    ports: Ports = field(default_factory=Ports)
    task_queue: str = "opstap"
    worker_command: Sequence[str] = program("worker")
    environment: Mapping[str, str] = field(default_factory=dict)
    server_arguments: Sequence[str] = ()


@dataclass(frozen=True)
class RunningStack:
    """The addresses of a stack that is up, for whoever wants to talk to it."""

    settings: StackSettings
    temporal: TemporalServerSettings
    state: StateDir
    server: Supervised
    worker: Supervised
    mail_page: str

    @property
    def environment(self) -> dict[str, str]:
        """The settings variables with which any Opstap program reaches this stack."""
        return worker_environment(self.settings)

    def addresses(self) -> str:
        """What a person reads at the terminal once everything is up."""
        return (
            "Opstap draait. Stoppen kan met Ctrl-C.\n"
            f"  Temporal, overzicht  {self.temporal.ui_address}\n"
            f"  Temporal, programma  {self.temporal.address}, namespace {NAMESPACE}\n"
            f"  Opgevangen mails     {self.mail_page}\n"
            f"  Gegevens             {self.state.path}"
        )


def worker_environment(settings: StackSettings) -> dict[str, str]:
    """The settings of the worker; call it with ports that are claimed (none of them 0)."""
    state = StateDir.at(settings.state_dir)
    return {
        **settings.environment,
        "OPSTAP_TEMPORAL_ADDRESS": f"{LOOPBACK}:{settings.ports.temporal}",
        "OPSTAP_TEMPORAL_NAMESPACE": NAMESPACE,
        "OPSTAP_TASK_QUEUE": settings.task_queue,
        "OPSTAP_DATABASE_URL": state.database_url,
        "OPSTAP_SMTP_HOST": LOOPBACK,
        "OPSTAP_SMTP_PORT": str(settings.ports.smtp),
        "OPSTAP_STATE_DIR": str(state.path),
        "OPSTAP_CHECKPOINT_KEY_FILE": str(state.checkpoint_key),
        # Here people may act in Temporal's own page; the log says where a step came from.
        "OPSTAP_UNSIGNED_STEPS": "true",
    }


async def up(settings: StackSettings, *, after_ready: Hook | None = None, say: Say = print) -> None:
    """Run the stack until Ctrl-C, SIGTERM or SIGHUP.

    `after_ready` runs once everything is up, beside the supervision; when it raises, the stack
    stops and the error goes to the caller. Raises StackError when the stack cannot start.
    """
    running = asyncio.create_task(_run(settings, after_ready, say))
    with _stop_signals(running, say), suppress(asyncio.CancelledError):
        await running
    say("Opstap is gestopt. Alles is bewaard.")


async def _run(settings: StackSettings, after_ready: Hook | None, say: Say) -> None:
    async with running_stack(settings, say=say) as stack:
        say(stack.addresses())
        if after_ready is not None:
            await after_ready()
        await asyncio.Event().wait()


@asynccontextmanager
async def running_stack(
    settings: StackSettings, *, say: Say = print
) -> AsyncIterator[RunningStack]:
    """The stack for the length of a `with`: everything is ready inside, everything gone after."""
    state = StateDir.at(settings.state_dir)
    async with AsyncExitStack() as leaving:
        leaving.enter_context(locked(state))
        make_private(state.checkpoint_key)
        _make_keys(state)
        settings = replace(settings, ports=claim(settings.ports))
        temporal = TemporalServerSettings(
            database=state.temporal_database,
            log=state.log("temporal"),
            port=settings.ports.temporal,
            ui_port=settings.ports.temporal_ui,
            extra=settings.server_arguments,
        )
        catcher = Catcher(state.mails, settings.ports.smtp)
        await catcher.start()
        leaving.push_async_callback(catcher.stop)
        page = MailPage(state.mails, settings.ports.mails)
        page.start()
        leaving.push_async_callback(asyncio.to_thread, page.stop)

        server = Supervised("De Temporal-server", lambda: start_temporal_server(temporal), say)
        leaving.push_async_callback(server.stop, within=SERVER_STOPS_WITHIN)
        await server.start()
        worker = Supervised("De worker", lambda: _start_worker(settings, temporal, state), say)
        leaving.push_async_callback(worker.stop, within=WORKER_STOPS_WITHIN)
        await worker.start()
        yield RunningStack(settings, temporal, state, server, worker, page.address)


def _make_keys(state: StateDir) -> None:
    """Make the master key and the one that signs at the first start, unless they are given."""
    for name, file in (("MASTER_KEY", state.master_key), ("SIGNING_KEY", state.signing_key)):
        if not {f"OPSTAP_{name}", f"OPSTAP_{name}_FILE"} & os.environ.keys():
            master.make_once(file)


async def _start_worker(
    settings: StackSettings, temporal: TemporalServerSettings, state: StateDir
) -> Child:
    worker = await Child.start(
        settings.worker_command,
        log=state.log("worker"),
        environment=worker_environment(settings),
    )
    try:
        async with asyncio.timeout(WORKER_READY_WITHIN):
            await _seen_polling(settings.task_queue, temporal, worker)
    except BaseException as error:
        await worker.stop(within=WORKER_STOPS_WITHIN)
        if isinstance(error, TimeoutError):
            raise StackError(
                f"De worker was niet klaar binnen {WORKER_READY_WITHIN:.0f} seconden. "
                f"Kijk in {worker.log}."
            ) from None
        raise
    return worker


async def _seen_polling(queue: str, temporal: TemporalServerSettings, worker: Child) -> None:
    """Wait until the server saw a worker ask for work after this one started."""
    client = await Client.connect(temporal.address, namespace=temporal.namespace, lazy=True)
    request = DescribeTaskQueueRequest(
        namespace=temporal.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    while worker.returncode is None:
        with suppress(RPCError):
            answer = await client.workflow_service.describe_task_queue(request)
            # A worker that died stays listed for minutes, but asks for nothing any more.
            asked = [poller.last_access_time.ToDatetime(UTC) for poller in answer.pollers]
            if any(moment > worker.started_at for moment in asked):
                return
        await asyncio.sleep(_PROBE_EVERY)
    raise StackError(
        f"De worker stopte meteen (code {worker.returncode}): {worker.last_line()} "
        f"Kijk in {worker.log}."
    )


@contextmanager
def _stop_signals(running: asyncio.Task[None], say: Say) -> Iterator[None]:
    """Let the first signal end `running`; a second one must not break off its cleaning up."""
    loop = asyncio.get_running_loop()
    stopping = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop() -> None:
        if not running.cancelling():
            running.cancel()
            say("Opstap stopt …")

    for number in stopping:
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in stopping:
            loop.remove_signal_handler(number)
