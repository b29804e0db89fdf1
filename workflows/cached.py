"""How the worker runs trajectories: outside the sandbox, light to keep, never early (ADR 10, 11).

The SDK keeps two parts of the message that starts a workflow, its headers and the result of the run
before it, and a part of a message keeps the memory of the whole: the start argument, sealed and
opened. Both are empty with us; what is not empty stays.

What the SDK lets go of holds itself in circles, so that only a collection frees it; Python waits
with that until a quarter of all that lives is garbage. A worker's own runner does not wait so long.
"""

import gc
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

    def __init__(self, tasks: Tasks | None = None, *, collects_every: int | None = None) -> None:
        """Remember whom to ask whose a task is; replays have nobody to ask.

        With a full cache every workflow that is made stands in the place of one that was let go:
        garbage is collected after each `collects_every` of them, where that is given.
        """
        super().__init__()
        self._tasks = tasks
        self._collects_every = collects_every
        self._made = 0

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Return the instance of a workflow that will be cached."""
        self._made += 1
        if self._collects_every is not None and self._made % self._collects_every == 0:
            gc.collect()
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
