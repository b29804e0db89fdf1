"""How the worker runs trajectories: outside the sandbox, light to keep, never early (ADR 10, 11).

The SDK keeps two parts of the message that starts a workflow, its headers and the result of the run
before it, and a part of a message keeps the memory of the whole: the start argument, sealed and
opened. Both are empty with us; what is not empty stays.
"""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from temporalio.api.common.v1 import Payloads
from temporalio.worker import (
    ExecuteWorkflowInput,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
)

from workflows.punctual import PunctualInstance, Tasks

_NO_RESULT = Payloads()


class LightRunner(UnsandboxedWorkflowRunner):
    """The SDK's runner without its sandbox; a cached workflow lets go of what started it.

    What it makes waits for its task (`workflows.punctual`).
    """

    def __init__(self, tasks: Tasks | None = None) -> None:
        """Remember whom to ask whose a task is; replays have nobody to ask."""
        super().__init__()
        self._tasks = tasks

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return the instance of a workflow that will be cached."""
        result = det.last_completion_result
        light = replace(
            det,
            last_completion_result=result if result.payloads else _NO_RESULT,
            interceptor_classes=[*det.interceptor_classes, LightInbound],
        )
        return PunctualInstance(super().create_instance(light), det.info.workflow_id, self._tasks)


class LightInbound(WorkflowInboundInterceptor):
    """Lets go of the headers of a workflow that was started without any."""

    def execute_workflow(self, input: ExecuteWorkflowInput) -> Coroutine[Any, Any, Any]:  # noqa: A002 (the SDK's name)
        """Run it: what runs and what the SDK kept is the same input."""
        if not input.headers:
            input.headers = {}
        return self.next.execute_workflow(input)
