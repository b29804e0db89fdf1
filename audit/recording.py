"""What a replay asks of the world: recorded by an interceptor, compared with the history.

A green replay alone does not compare the arguments of activities. Here every ordinary activity's
input is kept as it would be sent, and for every turn the chain's head, which the history's marker
holds. Shared with the sandbox; holds nothing after `forget`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from temporalio import workflow
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    StartActivityInput,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)


@dataclass(slots=True)
class Recording:
    """What one replayed trajectory asked for, and the workflow object it ended as."""

    activities: list[tuple[str, Sequence[Any]]] = field(default_factory=list)
    turns: list[Any] = field(default_factory=list)
    instance: Any = None
    namespace: str = ""


RECORDINGS: dict[str, Recording] = {}


def forget(trajectory: str) -> Recording:
    """Take a recording out; an empty one when nothing was replayed."""
    return RECORDINGS.pop(trajectory, None) or Recording()


def _current() -> Recording:
    return RECORDINGS.setdefault(workflow.info().workflow_id, Recording())


class Recorder(Interceptor):
    """Records every replay of this process."""

    def workflow_interceptor_class(
        self, input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor] | None:
        """Return the interceptor that runs beside the workflow."""
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        current = _current()
        current.instance, current.namespace = workflow.instance(), workflow.info().namespace
        return await super().execute_workflow(input)


class _Outbound(WorkflowOutboundInterceptor):
    def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
        _current().activities.append((input.activity, input.args))
        return super().start_activity(input)

    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:
        _current().turns.append(input.args[0])
        return super().start_local_activity(input)
