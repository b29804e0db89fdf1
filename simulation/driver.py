"""Driving real trajectories over a clock that jumps: sleep to the minute, settle, act.

Knows of every trajectory when it next has something to do, and asks only those that are due or were
acted on. One thing at a time: the test server's clock is one for all.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import WorkflowEnvironment

from gateway.errors import NoAnswer, NotFound, Refused
from gateway.sending import ask, begin, send, tell
from gateway.settings import Settings
from gateway.signing import signer
from models.calendar import day_of, dutch_moment
from models.core import Trajectory
from models.errors import Refusal
from models.facts import Heard, Json, Start
from models.statements import Statement
from simulation.desk import NOT_REFERRED, STARTS, fill_in, taken
from simulation.played import RulesOn
from simulation.script import DatedFact, Observed, trajectory_id
from simulation.world import World
from stores.bank_files import Arrived
from stores.bank_import import take_in
from stores.bank_telling import waiting_for_statements

MINUTE = timedelta(minutes=1)
PATIENCE = 60.0
# The account of a play; nobody has it.
ACCOUNT = "BE71096123456769"
# Between two looks; asking costs the worker as much as the work that is waited for.
PAUSES = (0.01, 0.02, 0.05)


class Driver:
    """Plays steps on real trajectories."""

    def __init__(
        self,
        environment: WorkflowEnvironment,
        settings: Settings,
        engine: AsyncEngine,
        rules_on: RulesOn,
    ) -> None:
        """Begin with everybody unknown, at the server's own moment."""
        self.environment = environment
        self.client = environment.client
        self.settings = settings
        self.engine = engine
        self.rules_on = rules_on
        self.started: dict[str, datetime | None] = {}
        self._met: dict[str, str | None] = {}
        self.now = datetime.min.replace(tzinfo=UTC)
        self._sign = signer(settings, lambda: self.now)

    # ---- time ------------------------------------------------------------------------------
    async def advance(self, until: datetime, tick: Callable[[datetime], None]) -> None:
        """Go to a moment, settling on the way whoever is due at each minute before and at it."""
        if until <= self.now:
            return
        while (moment := self._next()) is not None and moment <= until:
            await self._sleep_to(moment)
            due = sorted(who for who, at in self.started.items() if at is not None and at <= moment)
            await asyncio.sleep(PAUSES[0])
            for trajectory in due:
                await self._settle(trajectory)
            tick(moment)
        await self._sleep_to(until)

    def _next(self) -> datetime | None:
        return min((at for at in self.started.values() if at is not None), default=None)

    async def _sleep_to(self, moment: datetime) -> None:
        """Let the clock jump; a slow machine must never have written another minute than ours."""
        now = await self.environment.get_current_time()
        if self.started and now >= self.now + MINUTE:
            raise NoAnswer(
                f"Deze computer is te traag: het werk van {dutch_moment(self.now)} duurde langer "
                "dan een minuut. Speel minder bewoners, of gebruik --engine core."
            )
        if moment > now:
            await self.environment.sleep(moment - now)
        self.now = moment

    # ---- steps -----------------------------------------------------------------------------
    async def take(self, world: World, fact: DatedFact, request: Json) -> int | str:
        """Take a step and settle; return its outcome's number, or the sentence of a refusal."""
        filled = fill_in(world, fact.step, request)
        if isinstance(filled, Refusal):
            return filled.sentence()
        trajectory = trajectory_id(fact.resident)
        try:
            seq = await self._take(trajectory, fact.step, filled)
        except (Refused, NotFound) as error:
            return str(error)
        taken(world, fact.step, filled)
        await self._settle_all(trajectory)
        return seq

    async def _take(self, trajectory: str, step: str, request: Json) -> int:
        if trajectory in self.started:
            return (await send(self.client, trajectory, step, request)).seq
        if step not in STARTS:
            raise Refused(NOT_REFERRED, "not_referred")
        start = Start(trajectory=trajectory, rules=self.rules_on(day_of(self.now)))
        refusal = Trajectory(start).check(step, request, self.now)
        if refusal is not None:
            raise Refused.by(refusal)
        answer = await begin(self.client, self.settings, start, step, request)
        self.started[trajectory] = None
        return answer.seq

    async def load(self, world: World, seen: Observed) -> list[tuple[str, str]]:
        """Load a bank statement; return resident and sentence where it is not taken in."""
        await self._keep(seen)
        refused = []
        for resident, heard in world.bank.load(seen.line, seen.statement):
            trajectory = trajectory_id(resident)
            try:
                await self._hear(trajectory, heard)
            except (Refused, NotFound) as error:
                refused.append((resident, str(error)))
        for trajectory in sorted(await waiting_for_statements(self.engine)):
            await self._hear(trajectory, world.bank.loaded())
        return refused

    async def _keep(self, seen: Observed) -> None:
        """Keep a statement without movements: what matters to everybody is the day it closes."""
        empty = Statement.of_nothing(ACCOUNT, seen.statement.closes)
        name = f"regel {seen.line}"
        arrived = Arrived(name, name.encode(), "script", [empty], None)
        await take_in(self.engine, arrived, ours=[], copies=False, at=self.now, by="script")

    async def _hear(self, trajectory: str, heard: Heard) -> None:
        if trajectory not in self.started:
            raise Refused(NOT_REFERRED, "not_referred")
        await tell(self.client, self._sign, trajectory, heard)
        await self._settle_all(trajectory)

    # ---- settling --------------------------------------------------------------------------
    async def _settle_all(self, trajectory: str) -> None:
        """Settle whoever was acted on, and with whom they make acquaintance before or after."""
        before = self._met.get(trajectory)
        await self._settle(trajectory)
        after = self._met.get(trajectory)
        for other in sorted({one for one in (before, after) if one in self.started}):
            await self._settle(other)

    async def _settle(self, trajectory: str) -> None:
        """Wait until a trajectory has nothing left to do in this minute."""
        loop = asyncio.get_running_loop()
        until, tries = loop.time() + PATIENCE, 0
        while True:
            view = await ask(self.client, trajectory, "view")
            moment = _moment(view["next_moment"])
            if not view["busy"] and (moment is None or moment > self.now):
                break
            if loop.time() > until:
                raise NoAnswer(f"'{trajectory}' komt niet tot rust; kijk naar de worker.")
            await asyncio.sleep(PAUSES[min(tries, len(PAUSES) - 1)])
            tries += 1
        self.started[trajectory] = moment
        self._met[trajectory] = _other(view["state"])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).astimezone(UTC)


def _other(state: dict[str, Any]) -> str | None:
    match = state.get("match")
    return None if match is None else match["other"]
