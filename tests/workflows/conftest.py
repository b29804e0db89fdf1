"""A worker with activities of the test's own, on the time-skipping server."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio import activity
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from models.calendar import day_of
from models.facts import LATER, Answer, Delivered, Delivery, Message, Question, Start, Turn
from models.programme import Rules, load_programme
from workflows.cached import LightRunner
from workflows.trajectory import WORKFLOW, TrajectoryWorkflow

PROFILE = Path(__file__).parents[2] / "programmes" / "wonen-met-kansen.toml"
DWELLING = {"id": "d7", "shared": False, "energy_in_rent": False}
# A trajectory that stays busy fails; a machine that does more than this does not.
QUIET_WITHIN = 60.0


def rules_on(day: date) -> Rules:
    """The playbook's own rules on a day."""
    return load_programme(PROFILE).rules(day)


@dataclass
class Effects:
    """What the workflow asked of the world; each can be made to fail."""

    turns: list[Turn] = field(default_factory=list)
    rewritten: list[Turn] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    sql_is_down: bool = False
    chain_is_broken: bool = False
    mail_hangs: asyncio.Event | None = None
    hanging: str = ""
    uncertain: list[str] = field(default_factory=list)
    away: dict[str, timedelta] = field(default_factory=dict)
    denies: str | None = None

    def kinds(self) -> list[str]:
        """The kinds of all outcomes, in order."""
        return [outcome.kind for turn in self.turns for outcome in turn.outcomes]

    @activity.defn
    async def record_turn(self, turn: Turn) -> str:
        if self.sql_is_down:
            raise ApplicationError("no database", type="NoDatabase")
        if self.chain_is_broken:
            raise ApplicationError("the row before is missing", type="BrokenChain")
        self.turns.append(turn)
        return turn.outcomes[-1].hash

    @activity.defn
    async def rewrite(self, turns: list[Turn]) -> str:
        self.chain_is_broken = False
        self.rewritten += turns
        return turns[-1].outcomes[-1].hash

    @activity.defn
    async def answer(self, question: Question) -> Answer:
        self.questions.append(question)
        data = question.ask.data
        if self.denies is not None:
            names = {"claim_call": "call_denied", "reserve_place": "place_taken"}
            return Answer(name=names[question.ask.kind], data={"text": self.denies})
        if question.ask.kind == "claim_call":
            return Answer(name="call_granted", data={**data, "rank": "plaats 1"})
        place = {"place": data["place"], "start_on": data["start_on"], "dwelling": DWELLING}
        return Answer(name="place_reserved", data=place)

    @activity.defn
    async def carry(self, message: Message) -> None:
        self.messages.append(message)

    @activity.defn
    async def deliver(self, delivery: Delivery) -> Delivered:
        if self.mail_hangs is not None and delivery.key.endswith(self.hanging):
            await self.mail_hangs.wait()
        self.deliveries.append(delivery)
        if away := self.away.pop(delivery.key, None):
            raise ApplicationError("no mail server", next_retry_delay=away)
        if day_of(activity.info().started_time) > day_of(delivery.at):
            return Delivered(status=LATER)
        if delivery.key in self.uncertain:
            self.uncertain.remove(delivery.key)
            return Delivered(status="uncertain", reason="geen antwoord van de mailserver")
        return Delivered(status="sent", sha256="0" * 64)


@dataclass
class Resident:
    """One trajectory on the test server, moved by steps and by time."""

    environment: WorkflowEnvironment
    handle: WorkflowHandle[Any, Any]
    effects: Effects
    queue: str

    async def step(self, name: str, who: str = "an", role: str = "coordinator", **data: Any) -> Any:
        """Take a step; returns its answer as JSON."""
        request: dict[str, Any] = {"who": who, "role": role, "data": data}
        for key in ("second", "override", "id"):
            if key in data:
                request[key] = data.pop(key)
        return await self.handle.execute_update(name, request)

    async def refused(self, name: str, request: Any) -> ApplicationError:
        """Take a step that must be refused; returns the error that the caller hears."""
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await self.handle.execute_update(name, request)
        assert isinstance(caught.value.cause, ApplicationError)
        return caught.value.cause

    async def quiet(self) -> dict[str, Any]:
        """Wait until nothing is under way; returns the view."""
        async with asyncio.timeout(QUIET_WITHIN):
            while True:
                view: dict[str, Any] = await self.handle.query("view")
                if not view["busy"]:
                    return view
                await asyncio.sleep(0.02)

    async def today(self, plus: int = 0) -> str:
        """A day of the virtual clock as a form would write it."""
        now = await self.environment.get_current_time()
        return (now + timedelta(days=plus)).date().isoformat()

    async def working_day(self, plus: int) -> str:
        """The first day from today + `plus` that is no weekend and no holiday."""
        day = date.fromisoformat(await self.today(plus))
        closed = rules_on(day).closed
        while day.weekday() >= 5 or day in closed:
            day += timedelta(days=1)
        return day.isoformat()

    async def pass_time(self, **span: int) -> None:
        """Let virtual time pass."""
        await self.environment.sleep(timedelta(**span))


@asynccontextmanager
async def working(
    environment: WorkflowEnvironment, effects: Effects, queue: str, **options: Any
) -> AsyncIterator[Worker]:
    """A worker on the queue for as long as the block runs."""
    async with Worker(
        environment.client,
        task_queue=queue,
        workflows=[TrajectoryWorkflow],
        activities=[
            effects.record_turn,
            effects.rewrite,
            effects.answer,
            effects.carry,
            effects.deliver,
        ],
        workflow_runner=LightRunner(),
        **options,
    ) as worker:
        yield worker


async def start(
    environment: WorkflowEnvironment, effects: Effects, queue: str, rules: Rules | None = None
) -> Resident:
    """Start a trajectory that is not referred yet."""
    now: datetime = await environment.get_current_time()
    identity = f"trajectory-{uuid.uuid4().hex[:8]}"
    handle = await environment.client.start_workflow(
        WORKFLOW,
        Start(trajectory=identity, rules=rules or rules_on(now.date())),
        id=identity,
        task_queue=queue,
    )
    return Resident(environment, handle, effects, queue)


@pytest.fixture
async def resident(time_skipping: WorkflowEnvironment) -> AsyncIterator[Resident]:
    """A trajectory with its worker, not referred yet."""
    effects = Effects()
    queue = f"test-{uuid.uuid4().hex[:8]}"
    async with working(time_skipping, effects, queue):
        yield await start(time_skipping, effects, queue)


@pytest.fixture
async def referred(resident: Resident) -> Resident:
    """A trajectory on the waitlist that may be called up."""
    await refer(resident)
    return resident


async def refer(resident: Resident) -> None:
    """Put somebody on the waitlist who may be called up."""
    await resident.step(
        "refer",
        role="supporter",
        who="lien",
        birth_date="2006-03-27",
        sex="v",
        supporter="lien",
        living="alleen",
        partner="joba",
    )
    await resident.step(
        "complete_referral",
        support_since=await resident.today(-100),
        homelessness="dakloos",
        form_received=await resident.today(),
    )
    await resident.quiet()
