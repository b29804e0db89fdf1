"""A task that a dead worker began is nobody's: a look brings no trajectory further (ADR 11)."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio import activity, workflow
from temporalio.api.command.v1 import Command, StartTimerCommandAttributes
from temporalio.api.enums.v1 import CommandType, EventType, TaskQueueKind
from temporalio.api.history.v1 import HistoryEvent, WorkflowTaskStartedEventAttributes
from temporalio.api.taskqueue.v1 import StickyExecutionAttributes, TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
    RespondWorkflowTaskCompletedRequest,
)
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer, Worker

from embedded.temporal_server import TemporalServerSettings
from gateway.tasks import AskedTasks
from models.errors import TOO_EARLY
from workflows.cached import LightRunner

RINGS = timedelta(seconds=1)
TASK_TIMEOUT = timedelta(seconds=5)
QUEUE = "dead-tasks"
HIS_OWN = TaskQueue(
    name="of-the-dead", kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY, normal_name=QUEUE
)
STARTED = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED


class Said(AskedTasks):
    """The server says what the last event is; or it says nothing."""

    def __init__(self, last: HistoryEvent | Exception | None) -> None:
        super().__init__(Me())  # type: ignore[arg-type]
        self._said = last

    async def _last(self, name: str, run: str) -> HistoryEvent:
        assert ("trajectory-1", "run") == (name, run)
        if self._said is None:
            await asyncio.sleep(60)
        if isinstance(self._said, HistoryEvent):
            return self._said
        raise self._said or TimeoutError


class Me:
    """This worker's client."""

    identity = "me"


def begun(number: int, by: str) -> HistoryEvent:
    return HistoryEvent(
        event_id=number,
        event_type=STARTED,
        workflow_task_started_event_attributes=WorkflowTaskStartedEventAttributes(identity=by),
    )


@pytest.mark.parametrize(
    ("last", "mine"),
    [
        pytest.param(begun(8, by="me"), True, id="this worker began it"),
        pytest.param(begun(8, by="dead"), False, id="another began it"),
        pytest.param(begun(11, by="me"), False, id="it is over"),
        pytest.param(
            HistoryEvent(event_id=8, event_type=EventType.EVENT_TYPE_TIMER_FIRED),
            False,
            id="nobody began one",
        ),
        pytest.param(
            HistoryEvent(event_id=6, event_type=EventType.EVENT_TYPE_TIMER_FIRED),
            True,
            id="not in the history yet",
        ),
        pytest.param(RPCError("", RPCStatusCode.UNAVAILABLE, b""), False, id="out of reach"),
        pytest.param(RPCError("", RPCStatusCode.UNIMPLEMENTED, b""), True, id="the test server"),
        pytest.param(None, False, id="no answer in time"),
    ],
)
async def test_the_last_event_tells_whose_the_task_is(
    last: HistoryEvent | Exception | None, mine: bool
) -> None:
    assert mine is await asyncio.to_thread(Said(last).mine, "trajectory-1", "run", 8)


async def test_a_debugger_that_runs_activations_in_the_loop_is_not_held_up() -> None:
    assert Said(None).mine("trajectory-1", "run", 8)


@activity.defn
async def write(what: str) -> str:
    return what


@workflow.defn
class Writes:
    """Writes when its timer rings, and when somebody takes a step."""

    def __init__(self) -> None:
        self.written: list[str] = []

    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(RINGS)
        await self.write("timer")
        await workflow.wait_condition(lambda: False)

    async def write(self, what: str) -> None:
        self.written.append(
            await workflow.execute_local_activity(write, what, start_to_close_timeout=TASK_TIMEOUT)
        )

    @workflow.update
    async def step(self) -> list[str]:
        await self.write("step")
        return self.written

    @workflow.query
    def view(self) -> list[str]:
        return self.written


class DeadWorker:
    """Takes up what it is given and never answers, but for its first task."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def take(self, queue: TaskQueue) -> PollWorkflowTaskQueueResponse:
        return await self.client.workflow_service.poll_workflow_task_queue(
            PollWorkflowTaskQueueRequest(
                namespace=self.client.namespace, identity="dead", task_queue=queue
            ),
            timeout=timedelta(seconds=20),
        )

    async def do_the_first(self) -> None:
        """Set the timer that `Writes` sets, and ask for what comes next."""
        task = await self.take(TaskQueue(name=QUEUE))
        timer = StartTimerCommandAttributes(timer_id="1")
        timer.start_to_fire_timeout.FromTimedelta(RINGS)
        await self.client.workflow_service.respond_workflow_task_completed(
            RespondWorkflowTaskCompletedRequest(
                namespace=self.client.namespace,
                task_token=task.task_token,
                commands=[
                    Command(
                        command_type=CommandType.COMMAND_TYPE_START_TIMER,
                        start_timer_command_attributes=timer,
                    )
                ],
                sticky_attributes=StickyExecutionAttributes(
                    worker_task_queue=HIS_OWN, schedule_to_start_timeout=Duration(seconds=2)
                ),
            )
        )


def soon(what: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
    return asyncio.create_task(what)


@pytest.mark.dev_server
async def test_a_look_that_waited_for_a_dead_worker_does_not_go_on_with_the_task_it_had_begun(
    temporal_dev_server: TemporalServerSettings,
) -> None:
    client = await Client.connect(
        temporal_dev_server.address, namespace=temporal_dev_server.namespace
    )
    handle = await client.start_workflow(
        Writes.run, id="dead-task", task_queue=QUEUE, task_timeout=TASK_TIMEOUT
    )
    dead = DeadWorker(client)
    await dead.do_the_first()
    asked = soon(dead.take(HIS_OWN))
    await asyncio.sleep(0.2)  # his queue is known to have a worker
    look = soon(handle.query(Writes.view, rpc_timeout=timedelta(seconds=30)))
    assert (await asked).query.query_type == "view"
    begun_by_the_dead = await dead.take(HIS_OWN)
    assert begun_by_the_dead.started_event_id == 8
    step = soon(handle.execute_update(Writes.step))
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Writes],
        activities=[write],
        workflow_runner=LightRunner(AskedTasks(client)),
    ):
        with pytest.raises(WorkflowQueryFailedError, match=TOO_EARLY):
            await look
        assert "step" in await step
        async with asyncio.timeout(20):
            while sorted(await handle.query(Writes.view)) != ["step", "timer"]:
                await asyncio.sleep(0.05)
        history = await handle.fetch_history()
        await handle.terminate()
    assert "dead" in [
        event.workflow_task_started_event_attributes.identity for event in history.events
    ]
    replayed = await Replayer(workflows=[Writes], workflow_runner=LightRunner()).replay_workflow(
        history, raise_on_replay_failure=False
    )
    assert replayed.replay_failure is None
