"""A cached trajectory keeps its state, and not the message that started it."""

import gc
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from weakref import ref

import pytest
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.bridge.proto.workflow_activation import InitializeWorkflow
from temporalio.worker import (
    ExecuteWorkflowInput,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInstanceDetails,
)

from tests.workflows.conftest import Resident
from workflows.cached import LightInbound, LightRunner

RESULT = Payloads(payloads=[Payload(data=b"42")])


class Last(WorkflowInboundInterceptor):
    """Where the SDK would run the workflow."""

    def __init__(self) -> None:
        self.headers: Any = None

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002 (the SDK's name)
        self.headers = input.headers
        return "done"


async def live() -> None:
    """What the SDK would await."""


def given(**headers: Payload) -> ExecuteWorkflowInput:
    """The SDK's input: the headers are a part of the message."""
    message = InitializeWorkflow(headers=headers)
    return ExecuteWorkflowInput(type=object, run_fn=live, args=[], headers=message.headers)


async def test_a_cached_trajectory_does_not_keep_the_message_that_started_it(
    referred: Resident,
) -> None:
    gc.collect()
    kept = [one for one in gc.get_objects() if isinstance(one, InitializeWorkflow)]
    assert referred.handle.id not in {one.workflow_id for one in kept}


async def test_empty_headers_are_let_go_and_others_stay() -> None:
    last = Last()
    light = LightInbound(last)
    assert await light.execute_workflow(given()) == "done"
    assert type(last.headers) is dict
    assert last.headers == {}
    assert await light.execute_workflow(given(trace=Payload(data=b"7"))) == "done"
    assert dict(last.headers) == {"trace": Payload(data=b"7")}


def details_of_a_start() -> Any:
    """What the SDK makes an instance of."""
    details: Any = WorkflowInstanceDetails.__new__(WorkflowInstanceDetails)
    empty = dict.fromkeys(WorkflowInstanceDetails.__dataclass_fields__)
    info = SimpleNamespace(workflow_id="trajectory-1", run_id="run")
    vars(details).update(
        empty, info=info, interceptor_classes=[], last_completion_result=Payloads()
    )
    return details


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the SDK was asked to make, and made nothing of."""
    made: list[Any] = []
    monkeypatch.setattr(
        UnsandboxedWorkflowRunner, "create_instance", lambda _, det: made.append(det)
    )
    return made


def test_an_empty_last_result_is_shared_and_another_stays(
    made: list[WorkflowInstanceDetails],
) -> None:
    details = details_of_a_start()
    for one in (
        details,
        replace(details, last_completion_result=Payloads()),
        replace(details, last_completion_result=RESULT),
    ):
        LightRunner().create_instance(one)
    first, second, third = made
    assert first.last_completion_result is second.last_completion_result
    assert third.last_completion_result == RESULT
    assert first.interceptor_classes == [LightInbound]


class Circle:
    """What holds itself, as the SDK's instance of a workflow does."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.usefixtures("made")
def test_what_was_let_go_is_gone_after_so_many_were_made() -> None:
    runner, details = LightRunner(collects_every=3), details_of_a_start()
    gc.disable()
    try:
        gone = ref(Circle())
        for _ in range(2):
            runner.create_instance(details)
        assert gone() is not None
        runner.create_instance(details)
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.usefixtures("made")
def test_a_replay_leaves_the_garbage_to_python() -> None:
    runner, details = LightRunner(), details_of_a_start()
    gc.disable()
    try:
        gone = ref(Circle())
        for _ in range(200):
            runner.create_instance(details)
        assert gone() is not None
    finally:
        gc.enable()
