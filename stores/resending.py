"""Sending again because a person said so: the uncertain copies of a letter, once for every word."""

from datetime import datetime

from sqlalchemy import Connection, update
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.engine import write
from stores.post import READY, UNCERTAIN, StoredLetter
from stores.tables import post, post_copies


async def send_again(engine: AsyncEngine, letter: StoredLetter, at: datetime) -> None:
    """Make the uncertain copies of a letter ready; what was settled about it is open again."""
    if await write(engine, _send_again, letter, at):
        for copy in letter.copies:
            if copy.status == UNCERTAIN:
                copy.status, copy.again_at = READY, at
    letter.settled_at = None


def _send_again(connection: Connection, letter: StoredLetter, at: datetime) -> bool:
    mine = (post.c.trajectory == letter.trajectory, post.c.key == letter.key)
    # The mark of the earlier outcome goes in the same transaction: a person's word counts once.
    opened = update(post).where(*mine, post.c.settled_at.is_not(None)).values(settled_at=None)
    if connection.execute(opened).rowcount == 0:
        return False
    connection.execute(
        update(post_copies)
        .where(
            post_copies.c.trajectory == letter.trajectory,
            post_copies.c.key == letter.key,
            post_copies.c.status == UNCERTAIN,
        )
        .values(status=READY, again_at=at, changed_at=at)
    )
    return True
