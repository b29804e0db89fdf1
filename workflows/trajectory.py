"""One resident's trajectory as one durable workflow: from referral to the last day of the file.

The loop meets what is due, writes what was decided in one local activity, and waits for the next
deadline or step. What cannot be taken back runs in coroutines beside the loop, so that a mail that
hangs holds nothing up.
"""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RawValue, SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import FailureError

from models import calendar, projection
from models.asking import unknown_step
from models.core import Trajectory, replayed
from models.facts import LATER, Ask, Deadline, Json, LetterOrder, Start, StepAnswer, Tell, Turn
from models.posting import Round, round_of
from models.trajectory import STEPS
from workflows import effects, trust
from workflows.updates import read_heard, refused, update_for

STAGE = SearchAttributeKey.for_keyword("OpstapStage")
PARTNER = SearchAttributeKey.for_keyword("OpstapPartner")
NEXT_DEADLINE = SearchAttributeKey.for_datetime("OpstapNextDeadline")
WORKFLOW = "Trajectory"
T = TypeVar("T")


class Steps:
    """Carries the generated updates; filled below, before the workflow is defined."""


for _step in STEPS.values():
    setattr(Steps, _step.name, update_for(_step))


@workflow.defn(name=WORKFLOW)
class TrajectoryWorkflow(Steps):
    """The durable life of one trajectory; every rule is asked of `models`."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        """Restore the state here, since messages may arrive before `run`."""
        self.trajectory = Trajectory(start)
        self._rang = False
        self._timers: dict[datetime, asyncio.Task[None]] = {}
        self._rounds: dict[Round, asyncio.Task[None]] = {}
        self._beside: set[asyncio.Task[None]] = set()
        self._shown: dict[str, Any] = {}
        self._in_flight = 0

    @workflow.run
    async def run(self, _start: Start) -> str:
        """Live until the file is shut; a request to cancel ends nobody's trajectory."""
        life = asyncio.create_task(self._live())
        noted = False
        while True:
            try:
                return await asyncio.shield(life)
            except asyncio.CancelledError:
                # A worker that lets go of a cached trajectory cancels too: that is not a request.
                if noted or workflow.cancellation_reason() is None:
                    raise
                noted = True
                self.trajectory.observe("cancel_asked", {}, workflow.now())

    async def _live(self) -> str:
        if self.trajectory.facts:
            self._show()
        began = workflow.now()
        while True:
            self.trajectory.meet(began)
            if self.trajectory.unwritten:
                self._show()
                await self._write()
            now = effects.clock(began, self.trajectory.rules.edition)
            self._start_effects(now)
            idle = not self._beside and not self.trajectory.unwritten
            if self.trajectory.state.archived and idle:
                break
            if self._must_renew(now):
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(self._continuation())
            self._arm(now)
            waits = not self._has_work()
            await workflow.wait_condition(self._has_work)
            self._rang = False
            began = workflow.now() if waits else now
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.trajectory.head

    # ---- messages ------------------------------------------------------------------------------
    def check(self, name: str, request: Any) -> None:
        """Refuse a step that is not believed or not allowed now; leaves no event."""
        mine, now = workflow.info().workflow_id, workflow.now()
        refusal = trust.weigh(mine, name, request, now) or self.trajectory.check(name, request, now)
        if refusal is not None:
            raise refused(refusal)

    def take(self, name: str, request: Any) -> StepAnswer:
        """Take a step; its effects follow in the same workflow task."""
        return self.trajectory.take(name, request, workflow.now())

    @workflow.update(
        description="Een bericht van een ander traject of register (niet voor mensen)."
    )
    def hear(self, heard: Any = None) -> str:
        """Take in something from outside, once."""
        self.trajectory.hear(read_heard(heard), workflow.now())
        return self.trajectory.head

    @hear.validator
    def _may_hear(self, heard: Any = None) -> None:
        told, mine, now = read_heard(heard), workflow.info().workflow_id, workflow.now()
        refusal = trust.weigh(mine, "hear", heard, now) or self.trajectory.weigh(told, now)
        if refusal is not None:
            raise refused(refusal)

    @workflow.update(dynamic=True)
    def unknown(self, name: str, _args: Sequence[RawValue]) -> str:
        """Never reached: the validator refuses what the table does not have."""
        return name

    @unknown.validator
    def _is_unknown(self, name: str, _args: Sequence[RawValue]) -> None:
        raise refused(unknown_step(name))

    @workflow.query(description="Alles van dit traject: fase, contract, taken, brieven.")
    def view(self) -> Json:
        """Return the whole of the trajectory."""
        view = projection.view(self.trajectory)
        view["busy"] = view["busy"] or self._in_flight > 0
        return view

    @workflow.query(description="De stappen die nu bij deze fase horen.")
    def steps(self) -> list[Json]:
        """Return the steps that belong to this stage."""
        return projection.steps_now(self.trajectory)

    @workflow.query(description="Alles met een datum dat nog komt.")
    def future(self) -> list[Json]:
        """Return every dated thing still to come."""
        return projection.future(self.trajectory)

    @workflow.query(description="Wat er gebeurde, rij per rij.")
    def timeline(self) -> list[Json]:
        """Return every outcome, made again from the facts."""
        turn = self._whole(len(self.trajectory.facts))
        return [outcome.model_dump(mode="json") for outcome in turn.outcomes]

    @workflow.query(description="Alles als één geheel, om SQL mee te vergelijken.")
    def whole(self) -> Turn:
        """Return every outcome, letter and task as one turn."""
        return self._whole(len(self.trajectory.facts))

    # ---- the loop ------------------------------------------------------------------------------
    def _has_work(self) -> bool:
        return self._rang or self.trajectory.unwritten

    def _show(self) -> None:
        """Keep search attributes and current details true; an unchanged value costs no event."""
        overview = projection.overview_of(self.trajectory)
        now: dict[str, Any] = {
            "stage": overview.stage,
            "partner": overview.partner,
            "next_at": overview.next_at,
        }
        updates: list[SearchAttributeUpdate[Any]] = []
        if now["stage"] and now["stage"] != self._shown.get("stage"):
            updates.append(STAGE.value_set(now["stage"]))
        if now["partner"] and now["partner"] != self._shown.get("partner"):
            updates.append(PARTNER.value_set(now["partner"]))
        if now["next_at"] != self._shown.get("next_at"):
            at = now["next_at"]
            updates.append(NEXT_DEADLINE.value_set(at) if at else NEXT_DEADLINE.value_unset())
        if updates:
            workflow.upsert_search_attributes(updates)
        self._shown = now
        workflow.set_current_details(projection.markdown(self.trajectory))

    async def _write(self) -> None:
        """Write the turn; where SQL lost its tail, write the whole chain again from the facts."""
        turn = self.trajectory.drain(workflow.now())
        try:
            await self._counted(effects.record_turn(turn))
        except FailureError as error:
            if effects.type_of(error) != effects.BROKEN_CHAIN:
                # Anything else must never end a resident's trajectory: fail this task, try again.
                raise RuntimeError(f"the turn of {turn.trajectory} was not written") from error
            last = max((row.fact for row in turn.outcomes if row.fact is not None), default=0)
            await self._counted(effects.rewrite([self._whole(last)]))

    def _whole(self, last: int) -> Turn:
        """Return everything up to a fact as one turn, made again from the facts."""
        start = Start(trajectory=self.trajectory.id, rules=self.trajectory.first_rules)
        return replayed(start, self.trajectory.facts[:last]).drain(workflow.now())

    def _start_effects(self, now: datetime) -> None:
        """Start what leaves the house, beside the loop."""
        asks, tells = self.trajectory.take_effects()
        for ask in asks:
            self._run_beside(self._ask(ask))
        for tell in tells:
            self._run_beside(self._tell(tell))
        for order in self.trajectory.held_letters():
            if (its := self._round_of(order)) not in self._rounds:
                self._rounds[its] = self._run_beside(self._post_round(its, now))

    def _run_beside(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)
        return task

    async def _counted(self, effect: Awaitable[T]) -> T:
        """Count what is under way, so that a view can say whether all is quiet."""
        self._in_flight += 1
        try:
            return await effect
        finally:
            self._in_flight -= 1

    def _told_at(self, key: str) -> datetime:
        """Return the fact's own minute: the clock after a local activity may replay otherwise."""
        return self.trajectory.facts[int(key.partition("-")[0]) - 1].at

    async def _ask(self, ask: Ask) -> None:
        at, rules = self._told_at(ask.key), self.trajectory.rules
        answer = await self._counted(effects.answer(self.trajectory.id, at, ask, rules))
        self.trajectory.observe(answer.name, answer.data, workflow.now(), ask.key)

    async def _tell(self, tell: Tell) -> None:
        await self._counted(effects.carry(self.trajectory.id, self._told_at(tell.key), tell))

    def _round_of(self, order: LetterOrder) -> Round:
        return round_of(self.trajectory.state.letters[order.key])

    async def _post_round(self, its: Round, now: datetime) -> None:
        """Wait for a sending moment, then send what is still held for it."""
        now = await self._until_it_leaves(its[0], now)
        orders = [one for one in self.trajectory.held_letters() if self._round_of(one) == its]
        await asyncio.gather(*(self._deliver(order, now) for order in orders))
        self._rounds.pop(its, None)

    async def _until_it_leaves(self, planned: datetime, now: datetime) -> datetime:
        while (at := self.trajectory.leaves_at(planned, now)) > now:
            now = await effects.wait_until(at, f"Post van {calendar.dutch_moment(at)}")
        return now

    async def _deliver(self, order: LetterOrder, at: datetime) -> None:
        name, rules = self.trajectory.id, self.trajectory.rules
        delivered = await self._counted(effects.deliver(name, order, at, rules))
        while delivered.status == LATER:
            now = await self._until_it_leaves(order.send_at, workflow.now())
            delivered = await self._counted(effects.deliver(name, order, now, rules, since=at))
        data = {"key": order.key, "sha256": delivered.sha256, "reason": delivered.reason}
        given = {name: value for name, value in data.items() if value is not None}
        self.trajectory.observe(f"letter_{delivered.status}", given, workflow.now())

    def _arm(self, now: datetime) -> None:
        """Arm a timer for the next deadline; one that waits for a later moment may be of use."""
        deadline = self.trajectory.next_deadline()
        for moment in sorted(self._timers):
            if deadline is None or moment < deadline.at:
                self._timers.pop(moment).cancel()
        if deadline is not None and deadline.at not in self._timers:
            self._timers[deadline.at] = asyncio.create_task(self._ring(deadline, now))

    async def _ring(self, deadline: Deadline, now: datetime) -> None:
        if deadline.at > now:
            await effects.wait_until(deadline.at, deadline.text)
        del self._timers[deadline.at]
        self._rang = True

    # ---- renewal -------------------------------------------------------------------------------
    def _must_renew(self, now: datetime) -> bool:
        """Continue as new only when the server asks, and nothing is under way beside the loop."""
        suggested = workflow.info().is_continue_as_new_suggested()
        return suggested and not self.trajectory.unwritten and self._quiet(now)

    def _quiet(self, now: datetime) -> bool:
        waiting = {task for task in self._rounds.values() if not task.done()}
        no_post = all(moment > now for moment, _ in self._rounds)
        return not self.trajectory.state.asks and self._beside <= waiting and no_post

    def _continuation(self) -> Start:
        return Start(
            trajectory=self.trajectory.id,
            rules=self.trajectory.first_rules,
            facts=self.trajectory.facts,
        )
