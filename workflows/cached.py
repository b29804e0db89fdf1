"""A cached trajectory lets go of the message that started it.

The SDK keeps two empty parts of it, the headers and the last result, and a part of a message keeps
its whole memory: the start argument, sealed and opened, for as long as the trajectory is cached.
What is not empty stays. docs/measurements.md says what it saves.
"""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from temporalio.api.common.v1 import Payloads
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
)


class LightRunner(UnsandboxedWorkflowRunner):
    """Runs as the SDK does without its sandbox, and shares one empty last result."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return the instance of a workflow that is to be cached."""
        if not det.last_completion_result.payloads:
            det = replace(det, last_completion_result=_NO_RESULT)
        return super().create_instance(det)


class LightInterceptor(Interceptor):
    """Lets go of the headers of a start that has none."""

    def workflow_interceptor_class(
        self, _input: WorkflowInterceptorClassInput
    ) -> type[WorkflowInboundInterceptor]:
        """Return what stands between a message and the workflow."""
        return _Light


class _Light(WorkflowInboundInterceptor):
    def execute_workflow(self, input: ExecuteWorkflowInput) -> Coroutine[Any, Any, Any]:  # noqa: A002
        if not input.headers:
            input.headers = {}
        return super().execute_workflow(input)


_NO_RESULT = Payloads()
