"""The copies of a letter: how far each came, as more than one try may have seen it."""

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Json
from models.vocabulary import LetterStatus
from stores import post_sealing as sealing
from stores.engine import alone, write
from stores.post import AGAIN, SENDING, UNCERTAIN, Copy, StoredLetter
from stores.tables import post

# What a try says of a copy that it found on its way: it could only guess.
GUESSES = frozenset({UNCERTAIN, AGAIN})


async def mark_copy(
    engine: AsyncEngine,
    letter: StoredLetter,
    copy: Copy,
    status: str,
    at: datetime,
    reason: str | None = None,
    *,
    again_at: datetime | None = None,
    heard: bool = False,
) -> bool:
    """Give a copy its next status; False when somebody else changed it meanwhile.

    Who heard the server's answer (`heard`) knows better than another try that could only guess.
    A letter that was held back goes no further.
    """
    again_at = again_at or copy.again_at
    changed = await write(
        engine,
        _mark_copy,
        (letter.trajectory, letter.key, copy.role.value, copy.address),
        {copy.status, *(GUESSES if heard else ())},
        {"status": status, "reason": reason, "changed_at": at, "again_at": again_at},
    )
    if changed:
        copy.status, copy.reason, copy.again_at = status, reason, again_at
    return bool(changed)


def _mark_copy(
    connection: Connection, copy: tuple[str, str, str, str], statuses: set[str], told: Json
) -> int:
    trajectory, letter, _, _ = copy
    if told["status"] == SENDING:
        # Not while a turn holds it back: either it leaves, or it stays here.
        alone(connection, trajectory)
        found = select(post.c.status).where(post.c.trajectory == trajectory, post.c.key == letter)
        if connection.scalar(found) == LetterStatus.RECALLED.value:
            return 0
    return sealing.mark_copy(connection, copy, statuses, told)
