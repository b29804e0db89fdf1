"""A trajectory that never goes on before the task that tells what time it is (ADR 11).

A timer rings while no worker is there, or a worker dies with a task it had begun; and somebody
looks. Then the SDK hands out what stands behind the last task that ended together with the query,
as news. A trajectory that went on would live in the past, or before what its own task will bring:
its history could not be replayed.
"""

from typing import Any, Protocol

from temporalio.bridge.proto.workflow_activation import WorkflowActivation, WorkflowActivationJob
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance

from models.errors import TOO_EARLY

# A question alone never brings these: a start, and a step or something heard.
_BROUGHT_BY_A_TASK = ("initialize_workflow", "do_update")
_WITHOUT_NEWS = frozenset({"query_workflow", "remove_from_cache"})


class Tasks(Protocol):
    """Whoever knows who began the last task of a workflow (`gateway.tasks`)."""

    def mine(self, name: str, run: str, length: int) -> bool:
        """Say whether event `length` belongs to a task of this worker; asked in its own thread."""


class PunctualInstance(WorkflowInstance):
    """The SDK's instance; refuses events that came without a task of this worker's own.

    A task brings its own clock and the size of the history: news without either has no task of its
    own. After a replay that does not tell enough, and the server is asked who began the task. A
    refusal leaves no event: the query fails, the SDK lets go of the instance, and replays it when
    the task comes.
    """

    __slots__ = ("_inner", "_length", "_name", "_replayed", "_task", "_tasks", "_within")

    def __init__(self, inner: WorkflowInstance, name: str, tasks: Tasks | None) -> None:
        """Begin before the first task of the workflow `name`; without `tasks` nobody is asked."""
        self._inner = inner
        self._name = name
        self._tasks = tasks
        self._length = 0
        self._task: tuple[int, int] | None = None
        self._replayed = True
        self._within = False

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Let the workflow go on, unless its task has yet to come."""
        if not self._timely(act):
            refused = WorkflowActivationCompletion(run_id=act.run_id)
            refused.failed.failure.message = TOO_EARLY
            return refused
        self._within = True
        try:
            return self._inner.activate(act)
        finally:
            self._within = False

    def _timely(self, act: WorkflowActivation) -> bool:
        jobs = {job.WhichOneof("variant") for job in act.jobs}
        if jobs <= _WITHOUT_NEWS:
            return True
        task = (act.timestamp.ToNanoseconds(), act.history_size_bytes)
        grew, same, replayed = act.history_length > self._length, task == self._task, self._replayed
        self._length, self._task, self._replayed = act.history_length, task, act.is_replaying
        if act.is_replaying or not jobs.isdisjoint(_BROUGHT_BY_A_TASK):
            return True
        if same and (grew or any(_is_news(job) for job in act.jobs)):
            return False
        return (
            not replayed
            or self._tasks is None
            or self._tasks.mine(self._name, act.run_id, self._length)
        )

    def get_serialization_context(self, command_info: Any) -> Any:
        """See the SDK."""
        return self._inner.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> Any:
        """See the SDK."""
        return self._inner.get_external_store_context(command_info)

    def get_info(self) -> Any:
        """See the SDK."""
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        """See the SDK; nobody is interrupted while the server is asked."""
        return self._inner.get_thread_id() if self._within else None


def _is_news(job: WorkflowActivationJob) -> bool:
    """Say whether only a new event of the history can bring this."""
    kind = job.WhichOneof("variant")
    if kind == "resolve_activity":
        done = job.resolve_activity
        return not done.is_local and not done.result.HasField("cancelled")
    return kind in {"fire_timer", "signal_workflow", "cancel_workflow"}
