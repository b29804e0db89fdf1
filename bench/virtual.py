"""The resident-year on the time-skipping server: the real workflow, and the bare one beside it.

The activities here write nothing and send nothing; their answers are as long as the real ones.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.client import WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench.bare_row import Row
from bench.bare_year import BareYear
from bench.residents import Handle, request, signed
from bench.year import KEYS_ON, Act, acts, moment
from embedded.temporal_server import add_search_attributes, binary
from gateway.connect import data_converter
from gateway.programmes import rules_on
from gateway.settings import Settings
from models.calendar import brussels
from models.facts import Answer, Delivered, Delivery, Message, Question, Start, StepAnswer, Turn
from workflows.trajectory import TrajectoryWorkflow

QUEUE = "year"
HASH = "0" * 64
ASKED_WITHIN = 0.5


@activity.defn(name="record_turn")
async def record_turn(turn: Turn) -> str:
    """Answer as the real one does."""
    return turn.overview.head


@activity.defn(name="answer")
async def answer(question: Question) -> Answer:
    """Never asked in this year."""
    raise AssertionError(question.ask.kind)


@activity.defn(name="carry")
async def carry(_: Message) -> None:
    """Tell nobody."""


@activity.defn(name="deliver")
async def deliver(delivery: Delivery) -> Delivered:
    """Answer as the real one does."""
    paper = delivery.key.endswith("registered")
    return Delivered(status="to_print" if paper else "sent", sha256=HASH)


@activity.defn(name="write_row")
async def write_row(_: Row) -> str:
    """Answer with as much as the real one."""
    return HASH


@asynccontextmanager
async def world() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server."""
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=data_converter(),
        test_server_existing_path=binary("temporal-test-server"),
    ) as environment:
        await add_search_attributes(environment.client)
        yield environment


def worker(environment: WorkflowEnvironment) -> Worker:
    """A worker for both kinds."""
    return Worker(
        environment.client,
        task_queue=QUEUE,
        workflows=[TrajectoryWorkflow, BareYear],
        activities=[record_turn, answer, carry, deliver, write_row],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


async def live(
    environment: WorkflowEnvironment, name: str
) -> tuple[WorkflowHistory, WorkflowHistory]:
    """Live one year in both workflows at once; return their histories, ours first."""
    first, *later = acts(KEYS_ON)
    await _sleep_until(environment, moment(KEYS_ON, first))
    ours = await _start(environment, "Trajectory", f"trajectory-{name}")
    bare = await _start(environment, "BareYear", f"bareyears--{name}")
    # Asked before a worker looks, the first step comes in the first task: as an update-with-start
    # does, which this server does not know.
    opened = [
        asyncio.create_task(_step(handle, 0, first, bare=handle is bare)) for handle in (ours, bare)
    ]
    await asyncio.sleep(ASKED_WITHIN)
    async with worker(environment):
        await asyncio.gather(*opened)
        for number, act in enumerate(later, 1):
            await _sleep_until(environment, moment(KEYS_ON, act))
            await _step(ours, number, act)
            await _step(bare, number, act, bare=True)
        await _sleep_until(environment, brussels(KEYS_ON + timedelta(days=365), 0))
    histories = (await ours.fetch_history(), await bare.fetch_history())
    await ours.terminate()
    await bare.terminate()
    return histories


async def _start(environment: WorkflowEnvironment, kind: Any, name: str) -> Handle:
    today = (await environment.get_current_time()).date()
    start = Start(trajectory=name, rules=rules_on(Settings(), today))
    return await environment.client.start_workflow(kind, start, id=name, task_queue=QUEUE)


async def _step(handle: Handle, number: int, act: Act, *, bare: bool = False) -> None:
    name = "step" if bare else act.step
    asked = signed(handle.id, name, request(act.data, f"step-{number}"))
    await handle.execute_update(name, asked, id=asked["id"], result_type=StepAnswer)


async def _sleep_until(environment: WorkflowEnvironment, moment: Any) -> None:
    left = moment - await environment.get_current_time()
    if left > timedelta(0):
        await environment.sleep(left)
