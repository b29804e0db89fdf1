"""Sending one letter, copy by copy, never twice.

First its files are made and kept, so that what leaves is what is stored. Before a body leaves,
`sending` is committed; after the answer, `sent`. What is found `sending` by a later try stopped
in between: it is uncertain. The letter says who decides then: a person, or the post itself, which
sends the same mail once more after a while.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.composing import mail_bytes
from activities.filing import filed
from activities.post import Handover, Mail, Post, Refused, TryLater, Uncertain
from letters.render import Letters
from models.facts import Delivered
from models.vocabulary import Channel, LetterStatus, Role
from stores import files
from stores import post as stored
from stores.copies import mark_copy
from stores.post import AGAIN, READY, REFUSED, SENDING, SENT, UNCERTAIN, Copy, StoredLetter
from stores.resending import send_again

log = structlog.get_logger()

# A try has two minutes; what is begun later than this may still be under way when they are over.
NONE_BEGINS_AFTER = 40.0
# RFC 5321: 4xx is "not now", 5xx "never".
_NOT_NOW = range(400, 500)
SETTLED = frozenset({"sent", "to_print", "refused", "uncertain", "posted"})


class Moment(NamedTuple):
    """When a letter leaves on paper, when this try is, and how long is waited for what.

    Attributes:
        at: the letter's own moment.
        now: the moment of this try.
        resend: how long an uncertain mail waits before it goes once more.
        patience: how long a server may say "not now" before the mail is refused; None: for ever.
        since: the moment of the first try, where that was on an earlier day.
    """

    at: datetime
    now: datetime
    resend: timedelta | None = None
    patience: timedelta | None = None
    since: datetime | None = None

    def is_over(self, error: TryLater) -> bool:
        """Whether the server itself said "not now" for too long; a server that is away waits."""
        if self.patience is None or error.code not in _NOT_NOW:
            return False
        return self.lasts >= self.patience

    @property
    def lasts(self) -> timedelta:
        """How long this letter is being tried."""
        return self.now - (self.since or self.at)


async def send(
    engine: AsyncEngine, post: Post, letters: Letters, letter: StoredLetter, when: Moment
) -> Delivered:
    """Carry a released letter as far as it goes; return what became of it.

    Raises:
        TryLater: part of it could not leave now; the rest is settled and is not sent again.
    """
    at = when.at
    if letter.status == LetterStatus.RECALLED:
        return Delivered(status="refused", reason="de brief werd tegengehouden")
    if letter.tree is None or not letter.copies:
        return await _settled(engine, letter, at, "refused", letter.reason or "de brief is leeg")
    reason = await filed(engine, letters, letter)
    if reason is not None:
        return await _settled(engine, letter, at, "refused", reason)
    if letter.channel is not Channel.MAIL:
        return await _settled(engine, letter, at, "to_print", None)
    if letter.status == LetterStatus.HELD and letter.settled_at is not None:
        await send_again(engine, letter, at)
    later = await _send_copies(engine, post, letter, when)
    fresh = [one for one in letter.copies if one.status == UNCERTAIN and one.again_at is None]
    if fresh and when.resend is not None and letters.sends_again(letter.kind):
        for copy in fresh:
            again_at = when.now + when.resend
            _first(
                marked=await mark_copy(
                    engine, letter, copy, AGAIN, when.now, copy.reason, again_at=again_at
                )
            )
    later = later or _waiting(letter.copies, when.now)
    if later is not None:
        raise later
    status, reason = _verdict(letter.copies)
    return await _settled(engine, letter, at, status, reason)


async def _send_copies(
    engine: AsyncEngine, post: Post, letter: StoredLetter, when: Moment
) -> TryLater | None:
    """Send what may go now; return what keeps the rest for another try, or None."""
    kept = await files.contents(engine, letter)
    clock = asyncio.get_running_loop().time
    began, later = clock(), None
    for copy in letter.copies:
        if clock() - began > NONE_BEGINS_AFTER:
            return TryLater("de mailserver is traag; de volgende poging doet de rest")
        try:
            await _send_copy(engine, post, letter, copy, when.at, kept, when.now)
        except TryLater as error:
            if when.is_over(error):
                _first(
                    marked=await mark_copy(
                        engine, letter, copy, REFUSED, when.at, _in_vain(when, error)
                    )
                )
            else:
                later = error
    return later


def _first(*, marked: bool) -> None:
    """Go on when this try was the first to mark a copy, or leave the letter to who was."""
    if not marked:
        raise TryLater("een andere poging verzendt deze brief")


async def _send_copy(
    engine: AsyncEngine,
    post: Post,
    letter: StoredLetter,
    copy: Copy,
    at: datetime,
    kept: Mapping[str, bytes],
    now: datetime,
) -> None:
    if copy.status == SENDING:
        _first(
            marked=await mark_copy(
                engine, letter, copy, UNCERTAIN, at, "onderbroken bij het verzenden"
            )
        )
    if copy.status != READY and not _may_go_again(copy, now):
        return
    try:
        content = mail_bytes(letter, copy, at, kept)
    except ValueError:
        _first(marked=await mark_copy(engine, letter, copy, REFUSED, at, "ongeldig mailadres"))
        return
    mail = Mail(letter.sender or "", copy.address, copy.message_id, content)
    # Held until the answer is committed: what is `sending` when a worker dies is uncertain.
    async with post.line():
        await _hand_over(engine, post, letter, copy, at, mail)


async def _hand_over(
    engine: AsyncEngine, post: Post, letter: StoredLetter, copy: Copy, at: datetime, mail: Mail
) -> None:
    try:
        handover = await post.offer(mail)
    except Refused as error:
        _first(marked=await mark_copy(engine, letter, copy, REFUSED, at, str(error)))
        return
    try:
        _first(marked=await mark_copy(engine, letter, copy, SENDING, at))
    except TryLater:
        # Another try of this letter is at work, or it was held back.
        await handover.abandon()
        raise
    # Who stops this try does not stop the body: what the server answers is still worth hearing.
    answer = asyncio.ensure_future(_hear(engine, handover, letter, copy, at))
    try:
        await asyncio.shield(answer)
    except asyncio.CancelledError:
        await asyncio.gather(answer, return_exceptions=True)
        raise


async def _hear(
    engine: AsyncEngine, handover: Handover, letter: StoredLetter, copy: Copy, at: datetime
) -> None:
    """Hand over the body, and keep what the server says of it."""
    try:
        await handover.finish()
    except TryLater as error:
        _first(marked=await mark_copy(engine, letter, copy, READY, at, str(error), heard=True))
        raise
    except Refused as error:
        _first(marked=await mark_copy(engine, letter, copy, REFUSED, at, str(error), heard=True))
    except Uncertain as error:
        _first(marked=await mark_copy(engine, letter, copy, UNCERTAIN, at, str(error), heard=True))
    else:
        _first(marked=await mark_copy(engine, letter, copy, SENT, at, heard=True))


def _in_vain(when: Moment, error: TryLater) -> str:
    hours = int(when.lasts.total_seconds() // 3600)
    return f"na {hours} uur proberen nog altijd code {error.code} van de mailserver"


def _may_go_again(copy: Copy, now: datetime) -> bool:
    return copy.status == AGAIN and copy.again_at is not None and now >= copy.again_at


def _waiting(copies: list[Copy], now: datetime) -> TryLater | None:
    """Return the wait of the copies that go once more, or None."""
    moments = [copy.again_at for copy in copies if copy.status == AGAIN and copy.again_at]
    if not moments:
        return None
    return TryLater("een onzekere mail gaat opnieuw", after=min(moments) - now)


def _verdict(copies: list[Copy]) -> tuple[str, str | None]:
    """Say what became of the letter as a whole; the reason names roles, never addresses."""
    by_status: dict[str, list[Role]] = {}
    for copy in copies:
        by_status.setdefault(copy.status, []).append(copy.role)
    if UNCERTAIN in by_status:
        return "uncertain", f"niet zeker of de brief vertrok naar: {_labels(by_status[UNCERTAIN])}"
    if REFUSED not in by_status:
        return "sent", None
    refused = [copy for copy in copies if copy.status == REFUSED]
    why = sorted({_shown(copy.reason) for copy in refused})
    text = f"{_labels(by_status[REFUSED])} ({', '.join(why)})"
    if SENT in by_status:
        text += f"; wel verzonden aan: {_labels(by_status[SENT])}"
    return "refused", text


def _labels(roles: list[Role]) -> str:
    return ", ".join(sorted({role.label.lower() for role in roles}))


def _shown(reason: str | None) -> str:
    """A server's own words may hold an address: only its code goes to the history."""
    words = (reason or "").split(" ", 1)
    return f"code {words[0]} van de mailserver" if words[0].isdigit() else reason or "geweigerd"


async def _settled(
    engine: AsyncEngine, letter: StoredLetter, at: datetime, status: str, reason: str | None
) -> Delivered:
    if letter.status not in SETTLED or letter.settled_at is None:
        await stored.settle(engine, letter, status, at, reason)
    log.info("letter settled", trajectory=letter.trajectory, letter=letter.key, status=status)
    return Delivered(status=status, reason=reason, sha256=letter.proof)
