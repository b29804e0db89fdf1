"""Tails of the log that were written but never became history: moved, never thrown away.

What such a tail opened, closed, ordered, booked or held back goes with it, except a letter that has
been released: that one may be in somebody's hands.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Outcome
from stores import chain, ledger
from stores.engine import insert_once, read
from stores.tables import outcome_orphans, outcomes, post, post_copies, tasks


def move(
    connection: Connection, trajectory: str, since: int, moved_at: datetime, reason: str
) -> int:
    """Move the rows from `since` on, at least one, and undo what they brought; return how many."""
    tail = (outcomes.c.trajectory == trajectory) & (outcomes.c.seq >= since)
    found = (connection.execute(select(outcomes).where(tail))).mappings().all()
    # The same row may be orphaned again: it is there once.
    connection.execute(
        insert_once(connection, outcome_orphans),
        [{**row, "moved_at": moved_at, "reason": reason} for row in found],
    )
    connection.execute(delete(outcomes).where(tail))
    _undo_tasks(connection, trajectory, since)
    _undo_letters(connection, trajectory, since)
    ledger.undo(connection, trajectory, since)
    return len(found)


async def list_orphans(engine: AsyncEngine, trajectory: str) -> list[tuple[Outcome, str]]:
    """Return the moved rows of a trajectory with the reason, by number."""
    statement = (
        select(outcome_orphans)
        .where(outcome_orphans.c.trajectory == trajectory)
        .order_by(outcome_orphans.c.seq, outcome_orphans.c.decided_at)
    )
    return await read(engine, _opened, statement)


def _opened(
    connection: Connection, statement: Select[*tuple[Any, ...]]
) -> list[tuple[Outcome, str]]:
    found = connection.execute(statement).mappings().all()
    return [(chain.opened(connection, row), row["reason"]) for row in found]


def _undo_tasks(connection: Connection, trajectory: str, since: int) -> None:
    ours = tasks.c.trajectory == trajectory
    connection.execute(delete(tasks).where(ours, tasks.c.seq >= since))
    connection.execute(
        update(tasks)
        .where(ours, tasks.c.done_seq >= since)
        .values(done_at=None, done_by=None, done_seq=None)
    )


def _undo_letters(connection: Connection, trajectory: str, since: int) -> None:
    ours = post.c.trajectory == trajectory
    unreleased = (ours, post.c.seq >= since, post.c.released_at.is_(None))
    keys = select(post.c.key).where(*unreleased)
    connection.execute(
        delete(post_copies).where(
            post_copies.c.trajectory == trajectory, post_copies.c.key.in_(keys)
        )
    )
    connection.execute(delete(post).where(*unreleased))
    connection.execute(
        update(post)
        .where(ours, post.c.status_seq >= since, post.c.status_before.is_not(None))
        .values(status=post.c.status_before, status_before=None, status_seq=None)
    )
