"""A trajectory that never goes on before the task that tells what time it is (ADR 11).

A timer rings while no worker is there, and somebody looks: then the SDK hands out what stands
behind the last task together with the query, as news, under the clock of the task before. A
trajectory that went on would live in the past: what is due would not be due yet, and its history
could not be replayed.
"""

from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.worker import WorkflowInstance

# What whoever asked hears; `gateway.sending.ask` asks again by itself.
TOO_EARLY = "Er gebeurde net iets in dit traject: vraag het over een ogenblik nog eens."


class PunctualInstance(WorkflowInstance):
    """The SDK's instance; refuses events that came without a task of their own.

    A task brings its own clock and the size of the history. Where the history is longer and neither
    changed, there is no new task. A refusal leaves no event: the query fails, the SDK lets go of
    the instance, and replays it when the task comes.
    """

    __slots__ = ("_inner", "_length", "_task")

    def __init__(self, inner: WorkflowInstance) -> None:
        """Begin before the first task."""
        self._inner = inner
        self._length = 0
        self._task: tuple[int, int] | None = None

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Let the workflow go on, unless its task has yet to come."""
        task = (act.timestamp.ToNanoseconds(), act.history_size_bytes)
        grew, same = act.history_length > self._length, task == self._task
        self._length, self._task = act.history_length, task
        if grew and same and not act.is_replaying:
            refused = WorkflowActivationCompletion(run_id=act.run_id)
            refused.failed.failure.message = TOO_EARLY
            return refused
        return self._inner.activate(act)

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
        """See the SDK."""
        return self._inner.get_thread_id()
