"""The append-only log of outcomes, one hash chain per trajectory, and what a turn writes with it.

A turn is written whole or not at all, and written once however often it is asked. The workflow
decides and Temporal remembers: where the log holds a tail that never became history, that tail is
moved to the orphans and never thrown away.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import GENESIS, Outcome, Overview, Turn, link
from stores import orphans, post, tasks
from stores.engine import alone, fetch, upsert, write
from stores.errors import BrokenChain, StaleTurn, UnlinkedTurn
from stores.post import Composer, no_letters
from stores.tables import outcomes, overview

DECIDED_OTHERWISE = "anders beslist"
NOT_IN_HISTORY = "staat niet in de geschiedenis"


# A row as `_SINCE` reads it: number, hash, decided at, kind.
Stored = Row[Any, Any, Any, Any]


class Head(NamedTuple):
    """The newest row of a trajectory's chain."""

    seq: int
    hash: str
    decided_at: datetime


_SINCE = (
    select(outcomes.c.seq, outcomes.c.hash, outcomes.c.decided_at, outcomes.c.kind)
    .where(outcomes.c.trajectory == bindparam("trajectory"), outcomes.c.seq >= bindparam("since"))
    .order_by(outcomes.c.seq)
)
_NEWEST = (
    select(outcomes.c.seq, outcomes.c.hash, outcomes.c.decided_at)
    .where(outcomes.c.trajectory == bindparam("trajectory"))
    .order_by(outcomes.c.seq.desc())
    .limit(1)
)
_ROWS = (
    select(outcomes)
    .where(outcomes.c.trajectory == bindparam("trajectory"), outcomes.c.seq >= bindparam("since"))
    .order_by(outcomes.c.seq)
)
_INSERT = insert(outcomes)

# Facts that fold everything anew: what they changed in tasks and letters cannot be undone row by
# row, so a tail that holds one is only moved while the whole trajectory is written again.
FOLDS = frozenset({"correct", "undo"})


async def record_turn(engine: AsyncEngine, turn: Turn, compose: Composer = no_letters) -> str:
    """Write what one workflow task decided; return the chain's hash after it.

    `compose` writes its letters. The same turn again changes nothing.

    Raises:
        StaleTurn: a tail that was decided later stands there.
        BrokenChain: the row before is missing or another; `rewrite` from history, then try again.
        UnlinkedTurn: the turn's own hashes do not follow.
    """
    check_links(turn)
    return await write(engine, _record, turn, compose)


async def rewrite(
    engine: AsyncEngine, turns: Sequence[Turn], compose: Composer = no_letters
) -> str:
    """Make SQL tell what history tells, in one transaction; return the chain's hash after it.

    `turns` is the trajectory from a row on, oldest first (one turn with everything will do). Rows
    that are lost come back, rows that history does not have go to the orphans, tasks, overview and
    letters that were not released are written again.

    Raises:
        StaleTurn, BrokenChain, UnlinkedTurn: as `record_turn`.
    """
    for turn in turns:
        check_links(turn)
    return await write(engine, _rewrite_all, turns, compose)


async def orphan_after(
    engine: AsyncEngine,
    trajectory: str,
    seq: int,
    moved_at: datetime,
    restored: Overview | None = None,
) -> int:
    """Move the rows after `seq`, which history does not have, to the orphans; return how many.

    `moved_at` is the moment for which history was read, `restored` the overview as it has it.

    Raises:
        StaleTurn: a row was decided after that moment, so history may have it meanwhile.
        BrokenChain: the tail folded everything anew; `rewrite` the trajectory from history.
    """
    return await write(engine, _orphan_after, trajectory, seq, moved_at, restored)


async def head(engine: AsyncEngine, trajectory: str) -> Head | None:
    """Return the newest row of the chain, or None for a trajectory that is not known."""
    found = await fetch(engine, _NEWEST.params(trajectory=trajectory))
    return Head(**found[0]) if found else None


async def rows(engine: AsyncEngine, trajectory: str, since: int = 1) -> list[Outcome]:
    """Return the rows of a trajectory from a number on, oldest first."""
    found = await fetch(engine, _ROWS.params(trajectory=trajectory, since=since))
    return [Outcome(**{name: row[name] for name in Outcome.model_fields}) for row in found]


async def trajectories(engine: AsyncEngine) -> list[str]:
    """Return every trajectory that the log knows, in order."""
    statement = select(outcomes.c.trajectory).distinct().order_by(outcomes.c.trajectory)
    return [row["trajectory"] for row in await fetch(engine, statement)]


async def recent(engine: AsyncEngine, within: timedelta) -> list[str]:
    """Return the trajectories whose newest row was decided shortly before the newest row of all.

    Only these can hold a tail that never became history when the machine stopped.
    """
    newest = await fetch(engine, select(func.max(outcomes.c.decided_at).label("at")))
    if newest[0]["at"] is None:
        return []
    found = await fetch(
        engine,
        select(outcomes.c.trajectory)
        .where(outcomes.c.decided_at >= newest[0]["at"] - within)
        .distinct()
        .order_by(outcomes.c.trajectory),
    )
    return [row["trajectory"] for row in found]


def check_links(turn: Turn) -> None:
    """Refuse a turn whose numbers or hashes do not follow each other.

    Raises:
        UnlinkedTurn: with the first row that does not follow.
    """
    previous = turn.previous
    for place, outcome in enumerate(turn.outcomes):
        if outcome.seq != turn.outcomes[0].seq + place:
            raise UnlinkedTurn(f"{turn.trajectory}: row {outcome.seq} is out of order")
        if link(previous, outcome) != outcome.hash:
            raise UnlinkedTurn(f"{turn.trajectory}: the hash of row {outcome.seq} does not follow")
        previous = outcome.hash
    if turn.outcomes and (turn.previous == GENESIS) != (turn.outcomes[0].seq == 1):
        raise UnlinkedTurn(f"{turn.trajectory}: row {turn.outcomes[0].seq} cannot be the first")


def _record(connection: Connection, turn: Turn, compose: Composer) -> str:
    tail, same = _stored(connection, turn)
    newest = turn.outcomes[-1].hash if turn.outcomes else turn.previous
    if tail and same == len(turn.outcomes):
        return newest
    if tail[same:]:
        _can_go(turn.trajectory, tail[same:], turn.decided_at, folded=False)
        orphans.move(
            connection, turn.trajectory, tail[same].seq, turn.decided_at, DECIDED_OTHERWISE
        )
    _write(connection, turn, same, compose, replacing=bool(tail))
    return newest


def _rewrite_all(connection: Connection, turns: Sequence[Turn], compose: Composer) -> str:
    newest = GENESIS
    for number, turn in enumerate(turns, 1):
        newest = _rewrite(connection, turn, compose, last=number == len(turns))
    return newest


def _rewrite(connection: Connection, turn: Turn, compose: Composer, *, last: bool) -> str:
    tail, same = _stored(connection, turn)
    wrong = tail[same:] if last or same < len(turn.outcomes) else []
    if wrong:
        _can_go(turn.trajectory, wrong, turn.decided_at, folded=True)
        orphans.move(connection, turn.trajectory, wrong[0].seq, turn.decided_at, NOT_IN_HISTORY)
    _write(connection, turn, same, compose, replacing=True)
    return turn.outcomes[-1].hash if turn.outcomes else turn.previous


def _stored(connection: Connection, turn: Turn) -> tuple[Sequence[Stored], int]:
    """Return the rows that stand where the turn goes, and how many of them are the turn's own."""
    alone(connection, turn.trajectory)
    first = turn.outcomes[0].seq if turn.outcomes else turn.overview.seq + 1
    values = {"trajectory": turn.trajectory, "since": first - 1}
    stored = (connection.execute(_SINCE, values)).all()
    before = stored[0] if stored and stored[0].seq == first - 1 else None
    _continues(turn, first, before)
    tail = stored[1:] if before is not None else stored
    return tail, _same(turn, tail)


def _write(
    connection: Connection,
    turn: Turn,
    same: int,
    compose: Composer,
    *,
    replacing: bool,
) -> None:
    if turn.outcomes[same:]:
        connection.execute(_INSERT, [_row(turn, o) for o in turn.outcomes[same:]])
    connection.execute(upsert(connection, overview, "trajectory"), turn.overview.model_dump())
    tasks.write(connection, turn)
    post.write(connection, turn, compose, replacing=replacing)


def _orphan_after(
    connection: Connection,
    trajectory: str,
    seq: int,
    moved_at: datetime,
    restored: Overview | None,
) -> int:
    alone(connection, trajectory)
    values = {"trajectory": trajectory, "since": seq + 1}
    tail = connection.execute(_SINCE, values).all()
    if not tail:
        return 0
    _can_go(trajectory, tail, moved_at, folded=False)
    if restored is not None:
        connection.execute(upsert(connection, overview, "trajectory"), restored.model_dump())
    return orphans.move(connection, trajectory, seq + 1, moved_at, NOT_IN_HISTORY)


def _can_go(trajectory: str, tail: Sequence[Stored], decided_at: datetime, *, folded: bool) -> None:
    if tail[-1].decided_at > decided_at:
        raise StaleTurn(f"{trajectory}: row {tail[-1].seq} was decided later")
    if not folded and any(row.kind in FOLDS for row in tail):
        raise BrokenChain(f"{trajectory}: a correction from row {tail[0].seq} on never happened")


def _continues(turn: Turn, first: int, before: Stored | None) -> None:
    if first == 1 or (before is not None and before.hash == turn.previous):
        return
    if before is not None and before.decided_at > turn.decided_at:
        raise StaleTurn(f"{turn.trajectory}: row {before.seq} was decided later")
    raise BrokenChain(f"{turn.trajectory}: row {first - 1} is not the one this turn follows")


def _same(turn: Turn, tail: Sequence[Stored]) -> int:
    """How many rows, from the first, stand there already."""
    count = 0
    for outcome, row in zip(turn.outcomes, tail, strict=False):
        if outcome.hash != row.hash:
            break
        count += 1
    return count


def _row(turn: Turn, outcome: Outcome) -> dict[str, Any]:
    return {
        **outcome.model_dump(),
        "trajectory": turn.trajectory,
        "decided_at": turn.decided_at,
    }
