"""The gateway: the one way in for everybody outside, be it a terminal, a screen or a script.

Fills in what the registers know, sends the step, waits for a shared register's answer, and keeps
every refusal. Never decides: the rules are those of `models`, asked in the workflow.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from secrets import token_hex
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from gateway import adopt as adoption
from gateway import refer as referral
from gateway.connect import connect, open_database
from gateway.errors import Refused
from gateway.lists import Clock, Lists, wall_clock
from gateway.refer import Referred
from gateway.sending import ask, send, settle
from gateway.settings import Settings
from gateway.signing import signer
from models.admission import ReferralForm
from models.asking import unknown_step
from models.facts import By, Json, Overview, StepAnswer
from models.trajectory import STEPS
from models.visibility import masked
from models.vocabulary import Source
from stores import overview, refusals

log = logging.getLogger("opstap.gateway")
# What tells something of a person: who asked for it is kept.
PERSONAL = frozenset({"view", "future", "timeline"})


class Gateway(Lists):
    """Everything that can be asked of Opstap, by somebody."""

    def __init__(
        self, client: Client, engine: AsyncEngine, settings: Settings, clock: Clock = wall_clock
    ) -> None:
        """Keep the connections; whoever made them closes them."""
        super().__init__(engine, settings, clock)
        self.client = client
        self.sign = signer(settings, clock)

    # ---- beginning -----------------------------------------------------------------------------
    async def refer(
        self,
        form: ReferralForm,
        by: By,
        *,
        trajectory: str | None = None,
        request_id: str | None = None,
        source: Source = Source.GATEWAY,
    ) -> Referred:
        """Refer somebody; the same person twice is one trajectory (see `gateway.refer`)."""
        try:
            return await referral.refer(
                self, form, by, trajectory=trajectory, request_id=request_id, source=source
            )
        except Refused as refused:
            await self._keep(refused, trajectory or "", "refer", by, source)
            raise

    async def adopt(
        self,
        row: Json,
        by: By,
        *,
        trajectory: str | None = None,
        request_id: str | None = None,
        source: Source = Source.GATEWAY,
    ) -> Referred:
        """Take over a trajectory in the middle (see `gateway.adopt`)."""
        try:
            return await adoption.adopt(
                self, row, by, trajectory=trajectory, request_id=request_id, source=source
            )
        except Refused as refused:
            await self._keep(refused, trajectory or "", "adopt", by, source)
            raise

    # ---- steps ---------------------------------------------------------------------------------
    async def step(
        self,
        trajectory: str,
        step: str,
        data: Json,
        by: By,
        *,
        second: By | None = None,
        override: str | None = None,
        request_id: str | None = None,
        source: Source = Source.GATEWAY,
    ) -> StepAnswer:
        """Take a step; asking twice with one request id is one step.

        Raises:
            Refused: not allowed now, or refused by the register; the sentence says why.
            NotFound: no such trajectory, or not this person's.
            NoAnswer: nobody answers in time.
        """
        await self.may_see(trajectory, by)
        try:
            answer = await self._step(
                trajectory, step, data, by, second, override, request_id, source
            )
        except Refused as refused:
            await self._keep(refused, trajectory, step, by, source)
            raise
        return await self._with_overview(answer)

    async def _step(
        self,
        trajectory: str,
        step: str,
        data: Json,
        by: By,
        second: By | None,
        override: str | None,
        request_id: str | None,
        source: Source,
    ) -> StepAnswer:
        row = STEPS.get(step)
        if row is None:
            raise Refused.by(unknown_step(step))
        request = {
            "who": by.who,
            "role": by.role.value,
            "second": None if second is None else second.model_dump(mode="json"),
            "data": await self._filled(step, data),
            "override": override,
            "id": request_id or token_hex(8),
            "source": source.value,
        }
        signed = self.sign(trajectory, step, request)
        answer = await send(self.client, trajectory, step, signed)
        return await settle(self.client, answer, step, row.label) if answer.pending else answer

    async def _filled(self, step: str, data: Json) -> Json:
        """Add what the register of partners knows."""
        if step == "note_administrator" and isinstance(data.get("administrator"), str):
            await referral.can_be_written_to(self, data["administrator"])
        supporter = data.get("supporter")
        if step != "change_supporter" or not isinstance(supporter, str):
            return data
        partner = await referral.partner_of(self, supporter)
        return {**data, "partner": partner["partner"], "supports": partner["supports"]}

    async def _with_overview(self, answer: StepAnswer) -> StepAnswer:
        """Say so when the overview has yet to follow: the step itself is safe in the history."""
        row = await self.row(answer.trajectory)
        if row is not None and row.seq >= answer.seq:
            return answer
        return answer.model_copy(update={"text": f"{answer.text} Het overzicht volgt."})

    async def _keep(
        self, refused: Refused, trajectory: str, step: str, by: By, source: Source
    ) -> None:
        """Keep a refusal; where that fails the person still hears why."""
        kept = refusals.Refused(
            at=self.clock(),
            trajectory=trajectory,
            step=step[:60],
            who=by.who,
            role=by.role.value,
            code=refused.code,
            text=refused.text,
            source=source.value,
        )
        try:
            await refusals.log_refusal(self.engine, kept)
        except (SQLAlchemyError, OSError):
            log.warning("a refusal of %s could not be kept", step)

    # ---- looking -------------------------------------------------------------------------------
    async def row(self, trajectory: str) -> Overview | None:
        """Return the overview row, or None: unknown, or the database does not answer."""
        try:
            return await overview.get(self.engine, trajectory)
        except (SQLAlchemyError, OSError):
            log.warning("no overview of %s", trajectory)
            return None

    async def view(self, trajectory: str, by: By | None = None) -> Json:
        """Return the whole of a trajectory."""
        seen: Json = await self._look(trajectory, "view", by)
        return seen

    async def steps(self, trajectory: str, by: By | None = None) -> list[Json]:
        """Return the steps that belong to this stage, and to this person's role."""
        rows: list[Json] = await self._look(trajectory, "steps", by)
        return [row for row in rows if by is None or by.role.value in row["who"]]

    async def future(self, trajectory: str, by: By | None = None) -> list[Json]:
        """Return every dated thing still to come."""
        seen: list[Json] = await self._look(trajectory, "future", by)
        return seen

    async def timeline(self, trajectory: str, by: By | None = None) -> list[Json]:
        """Return every outcome."""
        seen: list[Json] = await self._look(trajectory, "timeline", by)
        return seen

    async def _look(self, trajectory: str, query: str, by: By | None) -> Any:
        await self.may_see(trajectory, by)
        # The workflow of who was forgotten cannot answer any more. Where the database is away the
        # others still do.
        with suppress(SQLAlchemyError, OSError):
            await self.not_erased(trajectory)
        seen = await ask(self.client, trajectory, query)
        if query in PERSONAL:
            await self.looked(trajectory, query, by)
        return seen if by is None else masked(seen, by.role)


@asynccontextmanager
async def open_lists(settings: Settings) -> AsyncIterator[Lists]:
    """Open the database alone, for what needs no Temporal."""
    engine = open_database(settings)
    try:
        yield Lists(engine, settings)
    finally:
        await engine.dispose()


@asynccontextmanager
async def open_gateway(settings: Settings) -> AsyncIterator[Gateway]:
    """Open the database and the connection to Temporal.

    Raises:
        NoServer: Temporal does not answer.
    """
    engine = open_database(settings)
    try:
        yield Gateway(await connect(settings, engine), engine, settings)
    finally:
        await engine.dispose()
