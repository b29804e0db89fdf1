"""The append-only log of outcomes, one hash chain per trajectory, and what a turn writes with it.

A turn is written whole or not at all, and written once however often it is asked. The workflow
decides and Temporal remembers: where the log holds a tail that never became history, that tail is
moved to the orphans and never thrown away. Rows are sealed on their way in (`stores.chain`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import GENESIS, Outcome, Overview, Turn
from stores import chain, communications, ledger, orphans, overview, post, tasks
from stores.engine import alone, fetch, read, write
from stores.errors import BrokenChain, StaleTurn
from stores.post import Composer, no_letters
from stores.tables import outcomes

DECIDED_OTHERWISE = "anders beslist"
NOT_IN_HISTORY = "staat niet in de geschiedenis"


# A row as `_SINCE` reads it: number, hash, mark, decided at, kind.
Stored = Row[Any, Any, Any, Any, Any]


class Head(NamedTuple):
    """The newest row of a trajectory's chain."""

    seq: int
    hash: str
    decided_at: datetime


_SINCE = (
    select(outcomes.c.seq, outcomes.c.hash, outcomes.c.mark, outcomes.c.decided_at, outcomes.c.kind)
    .where(outcomes.c.trajectory == bindparam("trajectory"), outcomes.c.seq >= bindparam("since"))
    .order_by(outcomes.c.seq)
)
_NEWEST = (
    select(outcomes.c.seq, outcomes.c.hash, outcomes.c.mark, outcomes.c.decided_at)
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
    """Write what one workflow task decided; return the hash of the sealed chain after it.

    `compose` writes its letters. The same turn again changes nothing.

    Raises:
        StaleTurn: a tail that was decided later stands there.
        BrokenChain: the row before is missing or another; `rewrite` from history, then try again.
        UnlinkedTurn: the turn's own hashes do not follow.
    """
    chain.check_links(turn)
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
        chain.check_links(turn)
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
    return Head(**{name: found[0][name] for name in Head._fields}) if found else None


async def stands_at(engine: AsyncEngine, trajectory: str, head: str) -> bool:
    """Whether the newest row is the one that the core knows by this hash."""
    return await read(engine, _stands_at, trajectory, head)


async def ends_with(engine: AsyncEngine, trajectory: str, head: str) -> bool:
    """Whether the newest row of the log still is this one."""
    return await read(engine, chain.ends_with, trajectory, head)


async def rows(engine: AsyncEngine, trajectory: str, since: int = 1) -> list[Outcome]:
    """Return the rows of a trajectory from a number on, opened, oldest first.

    Their hashes are those of the sealed chain. Of a trajectory that was forgotten the details stay
    sealed.
    """
    return await read(engine, _opened, trajectory, since)


async def sealed_rows(engine: AsyncEngine, trajectory: str) -> list[Outcome]:
    """Return the rows as they stand in the table: what the chain of hashes covers."""
    found = await fetch(engine, _ROWS.params(trajectory=trajectory, since=1))
    return [chain.as_stored(row) for row in found]


async def sealed_hashes(engine: AsyncEngine, trajectory: str, core: Sequence[Outcome]) -> list[str]:
    """Return the hashes that the rows of the core have in the log, from the first row on."""
    return await read(engine, _sealed_hashes, trajectory, core)


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


def _record(connection: Connection, turn: Turn, compose: Composer) -> str:
    before, tail, same = _stored(connection, turn)
    if tail and same == len(turn.outcomes):
        if same < len(tail):
            # Lines that a longer turn wrote, which never became history, are this turn's now.
            ledger.put(connection, turn)
        return tail[same - 1].hash if same else before
    if tail[same:]:
        _can_go(turn.trajectory, tail[same:], turn.decided_at, folded=False)
        orphans.move(
            connection, turn.trajectory, tail[same].seq, turn.decided_at, DECIDED_OTHERWISE
        )
    previous = tail[same - 1].hash if same else before
    return _write(connection, turn, same, previous, compose, replacing=bool(tail))


def _rewrite_all(connection: Connection, turns: Sequence[Turn], compose: Composer) -> str:
    newest = GENESIS
    for number, turn in enumerate(turns, 1):
        newest = _rewrite(connection, turn, compose, last=number == len(turns))
    return newest


def _rewrite(connection: Connection, turn: Turn, compose: Composer, *, last: bool) -> str:
    before, tail, same = _stored(connection, turn)
    wrong = tail[same:] if last or same < len(turn.outcomes) else []
    if wrong:
        _can_go(turn.trajectory, wrong, turn.decided_at, folded=True)
        orphans.move(connection, turn.trajectory, wrong[0].seq, turn.decided_at, NOT_IN_HISTORY)
    previous = tail[same - 1].hash if same else before
    return _write(connection, turn, same, previous, compose, replacing=True)


def _stored(connection: Connection, turn: Turn) -> tuple[str, Sequence[Stored], int]:
    """Return the hash before the turn, the rows that stand in its place, how many are its own."""
    alone(connection, turn.trajectory)
    chain.confirm(connection, turn.trajectory)
    first = turn.outcomes[0].seq if turn.outcomes else turn.overview.seq + 1
    values = {"trajectory": turn.trajectory, "since": first - 1}
    stored = (connection.execute(_SINCE, values)).all()
    before = stored[0] if stored and stored[0].seq == first - 1 else None
    if first > 1:
        _continues(turn, first, before, chain.mark(connection, turn.trajectory, turn.previous))
    tail = stored[1:] if before is not None else stored
    marks = chain.marks(connection, turn.trajectory, turn.outcomes) if tail else []
    return (GENESIS if before is None else before.hash), tail, _same(marks, tail)


def _write(
    connection: Connection,
    turn: Turn,
    same: int,
    previous: str,
    compose: Composer,
    *,
    replacing: bool,
) -> str:
    """Write the turn from its row `same` on, after a hash; return the hash after it."""
    new = turn.outcomes[same:]
    head = previous
    if new:
        sealed, head = chain.seal_rows(connection, turn.trajectory, previous, new)
        connection.execute(_INSERT, [{**row, "decided_at": turn.decided_at} for row in sealed])
    if previous == GENESIS:
        communications.give(connection, turn.trajectory)
    overview.put(connection, turn.overview, head)
    tasks.write(connection, turn)
    ledger.put(connection, turn)
    post.write(connection, turn, compose, replacing=replacing)
    return head


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
    moved = orphans.move(connection, trajectory, seq + 1, moved_at, NOT_IN_HISTORY)
    if restored is not None:
        newest = connection.execute(_NEWEST, {"trajectory": trajectory}).one_or_none()
        overview.put(connection, restored, GENESIS if newest is None else newest.hash)
    return moved


def _stands_at(connection: Connection, trajectory: str, head: str) -> bool:
    newest = connection.execute(_NEWEST, {"trajectory": trajectory}).one_or_none()
    return newest is not None and newest.mark == chain.mark(connection, trajectory, head)


def _sealed_hashes(connection: Connection, trajectory: str, core: Sequence[Outcome]) -> list[str]:
    sealed, _ = chain.seal_rows(connection, trajectory, GENESIS, core)
    return [row["hash"] for row in sealed]


def _opened(connection: Connection, trajectory: str, since: int) -> list[Outcome]:
    values = {"trajectory": trajectory, "since": since}
    found = connection.execute(_ROWS, values).mappings().all()
    return [chain.opened(connection, row) for row in found]


def _can_go(trajectory: str, tail: Sequence[Stored], decided_at: datetime, *, folded: bool) -> None:
    if tail[-1].decided_at > decided_at:
        raise StaleTurn(f"{trajectory}: row {tail[-1].seq} was decided later")
    if not folded and any(row.kind in FOLDS for row in tail):
        raise BrokenChain(f"{trajectory}: a correction from row {tail[0].seq} on never happened")


def _continues(turn: Turn, first: int, before: Stored | None, mark: str) -> None:
    if before is not None and before.mark == mark:
        return
    if before is not None and before.decided_at > turn.decided_at:
        raise StaleTurn(f"{turn.trajectory}: row {before.seq} was decided later")
    raise BrokenChain(f"{turn.trajectory}: row {first - 1} is not the one this turn follows")


def _same(marks: Sequence[str], tail: Sequence[Stored]) -> int:
    """How many rows, from the first, stand there already."""
    count = 0
    for mark, row in zip(marks, tail, strict=False):
        if mark != row.mark:
            break
        count += 1
    return count
