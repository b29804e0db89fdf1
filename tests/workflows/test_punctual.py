"""A trajectory waits for the task that tells the time, also when somebody looks first."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.bridge.proto.workflow_activation import (
    DoUpdate,
    FireTimer,
    InitializeWorkflow,
    QueryWorkflow,
    RemoveFromCache,
    ResolveActivity,
    WorkflowActivation,
    WorkflowActivationJob,
)
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.client import Client
from temporalio.worker import Worker, WorkflowInstance

from embedded.temporal_server import TemporalServerSettings
from gateway.sending import ask
from gateway.tasks import AskedTasks
from models.errors import TOO_EARLY
from workflows.cached import LightRunner
from workflows.punctual import PunctualInstance

RINGS = timedelta(seconds=3)
MANY = 6


class Inner(WorkflowInstance):
    """What the SDK would let go on."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.interrupted: list[int | None] = []
        self.outer: PunctualInstance | None = None

    def get_thread_id(self) -> int | None:
        return 1

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        self.lengths.append(act.history_length)
        if self.outer is not None:
            self.interrupted.append(self.outer.get_thread_id())
        return WorkflowActivationCompletion(run_id=act.run_id)

    def get_serialization_context(self, command_info: Any) -> Any: ...

    def get_external_store_context(self, command_info: Any) -> Any: ...

    def get_info(self) -> Any: ...


class Asked:
    """A server that says whose the task is, and how often it was asked."""

    def __init__(self, mine: bool) -> None:
        self.said = mine
        self.times = 0

    def mine(self, name: str, run: str, length: int) -> bool:
        assert ("trajectory-1", "run") == (name, run)
        assert length > 3
        self.times += 1
        return self.said


TIMER = WorkflowActivationJob(fire_timer=FireTimer(seq=1))
TURN = WorkflowActivationJob(resolve_activity=ResolveActivity(seq=1, is_local=True))
ANSWER = WorkflowActivationJob(resolve_activity=ResolveActivity(seq=2))
OUT = WorkflowActivationJob(remove_from_cache=RemoveFromCache())
STEP = WorkflowActivationJob(do_update=DoUpdate())
START = WorkflowActivationJob(initialize_workflow=InitializeWorkflow())
LOOK = WorkflowActivationJob(query_workflow=QueryWorkflow())


def activation(
    length: int,
    at: int,
    size: int,
    *,
    replaying: bool = False,
    jobs: tuple[WorkflowActivationJob, ...] = (TIMER,),
) -> WorkflowActivation:
    act = WorkflowActivation(
        run_id="run",
        history_length=length,
        history_size_bytes=size,
        is_replaying=replaying,
        jobs=jobs,
    )
    act.timestamp.FromSeconds(at)
    return act


@pytest.mark.parametrize(
    ("second", "goes_on"),
    [
        pytest.param(activation(8, at=20, size=500), True, id="a task with its own clock"),
        pytest.param(
            activation(3, at=10, size=180, jobs=(TURN,)), True, id="more of the same task"
        ),
        pytest.param(activation(3, at=10, size=180), False, id="a timer without a task"),
        pytest.param(
            activation(3, at=10, size=180, jobs=(TURN, ANSWER)), False, id="an answer without one"
        ),
        pytest.param(activation(8, at=10, size=500), True, id="a task within the same moment"),
        pytest.param(activation(7, at=10, size=180, replaying=True), True, id="a replay"),
        pytest.param(activation(7, at=10, size=180), False, id="events without a task"),
    ],
)
def test_only_events_without_a_task_of_their_own_are_refused(
    second: WorkflowActivation, goes_on: bool
) -> None:
    inner = Inner()
    instance = PunctualInstance(inner, "trajectory-1", None)
    first = activation(3, at=10, size=180, jobs=(START,))
    assert not instance.activate(first).HasField("failed")
    answer = instance.activate(second)
    assert goes_on is (second.history_length in inner.lengths[1:])
    assert ("run", "" if goes_on else TOO_EARLY) == (answer.run_id, answer.failed.failure.message)


def test_when_the_sdk_lets_go_nobody_is_asked() -> None:
    inner, tasks = Inner(), Asked(False)
    instance = PunctualInstance(inner, "trajectory-1", tasks)
    assert not instance.activate(activation(3, at=10, size=180, jobs=(OUT,))).HasField("failed")
    assert (0, [3]) == (tasks.times, inner.lengths)


def test_only_who_is_at_work_may_be_interrupted() -> None:
    inner = Inner()
    inner.outer = PunctualInstance(inner, "trajectory-1", None)
    assert inner.outer.get_thread_id() is None
    inner.outer.activate(activation(3, at=10, size=180, jobs=(START,)))
    assert ([1], None) == (inner.interrupted, inner.outer.get_thread_id())


BEFORE = activation(3, at=10, size=180, replaying=True, jobs=(START, TIMER))
AFTER = activation(8, at=20, size=500)


@pytest.mark.parametrize(
    ("lived", "mine", "goes_on", "times"),
    [
        pytest.param([BEFORE, AFTER], True, True, 1, id="a task of its own after a replay"),
        pytest.param([BEFORE, AFTER], False, False, 1, id="a task that another worker began"),
        pytest.param(
            [BEFORE, AFTER, activation(9, at=20, size=500)], True, False, 1, id="no task at all"
        ),
        pytest.param(
            [BEFORE, AFTER, activation(13, at=30, size=900)], True, True, 1, id="once a replay"
        ),
        pytest.param(
            [
                BEFORE,
                AFTER,
                activation(8, at=20, size=500, replaying=True, jobs=(LOOK,)),
                activation(13, at=30, size=900),
            ],
            True,
            True,
            1,
            id="a look in between is no replay",
        ),
        pytest.param(
            [BEFORE, activation(8, at=20, size=500, jobs=(TIMER, STEP))],
            False,
            True,
            0,
            id="a step comes with a task alone",
        ),
        pytest.param(
            [activation(3, at=10, size=180, jobs=(START,))], False, True, 0, id="so does a start"
        ),
    ],
)
def test_after_a_replay_the_server_is_asked_once_whose_the_task_is(
    lived: list[WorkflowActivation], mine: bool, goes_on: bool, times: int
) -> None:
    tasks = Asked(mine)
    instance = PunctualInstance(Inner(), "trajectory-1", tasks)
    answers = [instance.activate(act) for act in lived]
    assert (goes_on, times) == (not answers[-1].HasField("failed"), tasks.times)


@workflow.defn
class Rings:
    """Waits for a timer, and says how long that took by its own clock."""

    def __init__(self) -> None:
        self.took = 0.0

    @workflow.run
    async def run(self) -> None:
        began = workflow.now()
        await workflow.sleep(RINGS)
        self.took = (workflow.now() - began).total_seconds()
        await workflow.wait_condition(lambda: False)

    @workflow.query
    def seconds(self) -> float:
        return self.took


def worker(client: Client) -> Worker:
    runner = LightRunner(AskedTasks(client))
    return Worker(client, task_queue="rings", workflows=[Rings], workflow_runner=runner)


@pytest.mark.dev_server
async def test_a_timer_that_rang_without_a_worker_has_rung_for_whoever_looks_at_that_moment(
    temporal_dev_server: TemporalServerSettings,
) -> None:
    client = await Client.connect(
        temporal_dev_server.address, namespace=temporal_dev_server.namespace
    )
    async with worker(client):
        names = [f"rings-{number}" for number in range(MANY)]
        for name in names:
            await client.start_workflow(Rings.run, id=name, task_queue="rings")
            assert 0.0 == await ask(client, name, "seconds")
    # Somebody looks while no worker is there; the timers ring; the worker comes back.
    looks = [asyncio.create_task(ask(client, name, "seconds")) for name in names]
    await asyncio.sleep(RINGS.total_seconds() + 0.5)
    async with worker(client):
        for took in await asyncio.gather(*looks):
            assert took == 0.0 or took >= RINGS.total_seconds()
        for name in names:
            async with asyncio.timeout(20):
                while not (took := await ask(client, name, "seconds")):
                    await asyncio.sleep(0.05)
            assert took >= RINGS.total_seconds()
            handle = client.get_workflow_handle(name)
            kinds = [event.event_type for event in (await handle.fetch_history()).events]
            assert EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED not in kinds
            await handle.terminate()
