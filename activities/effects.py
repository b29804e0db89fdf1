"""The activities, by the names that the workflow calls.

Each is idempotent by a key of the domain and takes its time from the command. Expected trouble
comes back as a value; what is raised is tried again by Temporal, unless it says not to.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities import sending
from activities.composing import composer, load_programmes
from activities.post import Post, TryLater
from activities.sending import Moment
from letters.render import Letters
from models.arrears import bank_answer
from models.calendar import day_of
from models.facts import (
    LATER,
    Answer,
    Delivered,
    Delivery,
    Heard,
    Json,
    Message,
    Question,
    Turn,
)
from models.programme import Programme
from models.signing import HEAR, NOT_BELIEVED, Sign, as_it_is, spoken
from stores import bank, outcomes, places
from stores import post as letters
from stores.errors import Erased, StoreError

log = structlog.get_logger()

CLOSED = "het traject van die jongere is afgesloten of bestaat niet."
# A turn that comes too late or does not add up stays so; a broken chain can be repaired first.
OFTEN = 20
FOR_GOOD = frozenset({"StaleTurn", "UnlinkedTurn", "Erased"})


class Activities:
    """Every activity, with what it needs: the database, a way out for mail, and Temporal."""

    def __init__(
        self,
        engine: AsyncEngine,
        post: Post,
        client: Client,
        programmes: Mapping[str, Programme] | None = None,
        texts: Letters | None = None,
        sign: Sign = as_it_is,
        patience: timedelta | None = None,
    ) -> None:
        """Keep them; without programmes or texts of its own, those of the product.

        With `patience` a mail that the server does not take now, for that long, is refused.
        """
        self._engine = engine
        self._post = post
        self._client = client
        self._sign = sign
        self._patience = patience
        self._texts = Letters() if texts is None else texts
        known = load_programmes() if programmes is None else programmes
        self._compose = composer(known, self._texts)

    @activity.defn
    async def record_turn(self, turn: Turn) -> str:
        """Write a turn to SQL; return the chain's hash after it."""
        try:
            return await outcomes.record_turn(self._engine, turn, self._compose)
        except StoreError as error:
            raise _told(error) from None

    @activity.defn
    async def rewrite(self, turns: list[Turn]) -> str:
        """Make SQL tell what history tells; return the chain's hash after it."""
        try:
            return await outcomes.rewrite(self._engine, turns, self._compose)
        except StoreError as error:
            raise _told(error) from None

    @activity.defn
    async def answer(self, question: Question) -> Answer:
        """Answer a question about something that residents share."""
        kind, data = question.ask.kind, question.ask.data
        log.info("asked", trajectory=question.trajectory, ask=question.ask.key)
        if kind == "claim_call":
            return await self._call(question)
        if kind == "reserve_place":
            decision = await places.reserve(
                self._engine, question.trajectory, question.ask.key, data, question.rules
            )
            if decision.granted:
                return Answer(name="place_reserved", data=decision.data)
            return Answer(name="place_taken", data={"text": decision.text})
        if kind == "invite_match":
            plan = {"other": question.trajectory, "at": data["at"], "place": data["place"]}
            refusal = await self._tell(
                question.trajectory, question.ask.key, data["other"], "match_planned", plan
            )
            if refusal is None:
                return Answer(name="match_confirmed", data=data)
            return Answer(name="match_refused", data={"text": refusal})
        if kind == "bank_closes":
            ours = self._texts.library.organisation().accounts
            closes = await bank.newest_closing(self._engine, ours or None, question.trajectory)
            name, told = bank_answer(closes, data, question.rules)
            return Answer(name=name, data=told)
        raise _unknown("question", kind)

    @activity.defn
    async def carry(self, message: Message) -> None:
        """Tell a register or another trajectory; what it does not take in is noted and left."""
        tell, trajectory = message.tell, message.trajectory
        if tell.kind == "free_place":
            until = date.fromisoformat(tell.data["until"])
            await places.release(self._engine, trajectory, tell.key, tell.data["place"], until)
        elif tell.kind == "occupy_place":
            since = date.fromisoformat(tell.data["since"])
            decision = await places.occupy(
                self._engine, trajectory, tell.key, tell.data["place"], since
            )
            if not decision.granted:
                log.error("place not occupied", trajectory=trajectory, tell=tell.key)
        elif tell.kind in {"match_recorded", "housemate_moved_in"}:
            news = {name: value for name, value in tell.data.items() if name != "other"}
            refusal = await self._tell(
                trajectory, tell.key, tell.data["other"], tell.kind, {**news, "other": trajectory}
            )
            if refusal is not None:
                log.warning("not taken in", trajectory=trajectory, tell=tell.key)
        else:
            raise _unknown("message", tell.kind)

    @activity.defn
    async def deliver(self, delivery: Delivery) -> Delivered:
        """Send a letter, or put it in the print queue; return what became of it.

        A try on another day than the command's sends nothing: that day may be a Sunday.
        """
        if day_of(_now(delivery)) > day_of(delivery.at):
            return Delivered(status=LATER)
        letter = await letters.release(self._engine, delivery.trajectory, delivery.key, delivery.at)
        if letter is None:
            # The database was away when it was ordered; the turn is written again by then.
            raise ApplicationError(f"letter {delivery.key} is not stored yet", type="NotStored")
        try:
            patience = self._patience if _tried_often() else None
            when = Moment(delivery.at, _now(delivery), _wait(delivery), patience, delivery.since)
            return await sending.send(self._engine, self._post, self._texts, letter, when)
        except TryLater as error:
            log.warning("letter waits", trajectory=delivery.trajectory, letter=delivery.key)
            code = "" if error.code is None else f" ({error.code})"
            text = f"letter {delivery.key} could not leave{code}"
            raise ApplicationError(text, type="TryLater", next_retry_delay=error.after) from None

    async def _call(self, question: Question) -> Answer:
        decision = await places.decide_call_now(
            self._engine,
            question.trajectory,
            day_of(question.at),
            question.ask.data,
            question.rules,
        )
        if decision.granted:
            return Answer(name="call_granted", data={**question.ask.data, **decision.data})
        return Answer(name="call_denied", data={"text": decision.text})

    async def _tell(self, ours: str, key: str, other: str, name: str, data: Json) -> str | None:
        """Let another trajectory hear something, once; return why it does not take it in."""
        heard = Heard(name=name, data=data, id=f"{ours}-{key}")
        try:
            handle = self._client.get_workflow_handle(other)
            # Signed anew at every try: what was told too long ago is not believed.
            await handle.execute_update(HEAR, spoken(self._sign, other, heard), id=heard.id)
        except WorkflowUpdateFailedError as error:
            if not isinstance(error.cause, ApplicationError):
                raise
            if _code(error.cause) in NOT_BELIEVED:
                # That is about our key or our clock, never about the other: it waits for us.
                raise ApplicationError(error.cause.message, type="NotBelieved") from None
            return error.cause.message
        except Erased:
            return CLOSED
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return CLOSED
            raise
        return None


def _code(refused: ApplicationError) -> str | None:
    """Return the code of a refusal, where the workflow gave one."""
    given = refused.details[0] if refused.details else None
    return given.get("code") if isinstance(given, dict) else None


def _now(delivery: Delivery) -> datetime:
    """Return when this try began, by the server's clock; the first try is the command's moment."""
    return activity.info().started_time if activity.in_activity() else delivery.at


def _tried_often() -> bool:
    """Whether it was tried for about an hour: after days without a worker it is not yet."""
    return activity.in_activity() and activity.info().attempt >= OFTEN


def _wait(delivery: Delivery) -> timedelta | None:
    minutes = delivery.resend_minutes
    return None if minutes is None else timedelta(minutes=minutes)


def _told(error: StoreError) -> ApplicationError:
    name = type(error).__name__
    return ApplicationError(str(error), type=name, non_retryable=name in FOR_GOOD)


def _unknown(what: str, kind: str) -> ApplicationError:
    return ApplicationError(f"unknown {what}: {kind}", type="Unknown", non_retryable=True)
