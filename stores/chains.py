"""The chains as they are stored, for whoever proves them: numbers, bytes and hashes, not meanings.

The bytes of a row are read as they stand, so that a sealed column and a changed space count alike.
"""

from collections.abc import Callable
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection, Text, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncEngine

from proof import chain
from proof.checkpoint import Head
from stores.diaries import DIARIES, links
from stores.engine import read
from stores.tables import outcome_orphans, outcomes

T = TypeVar("T")
# So many rows are read at once.
_AT_ONCE = 500
# In the order in which `Outcome.content` writes them.
_LINES = ("seq", "recorded_at", "valid_from", "kind", "stage", "by", "role", "source")
_STORED = select(
    outcomes.c.trajectory,
    *(outcomes.c[name] for name in _LINES),
    outcomes.c.fact,
    type_coerce(outcomes.c.detail, Text).label("detail"),
    outcomes.c.hash,
).order_by(outcomes.c.trajectory, outcomes.c.seq)


async def of_trajectory(engine: AsyncEngine, trajectory: str) -> list[chain.Row]:
    """Return the chain of one trajectory, oldest first."""
    statement = _STORED.where(outcomes.c.trajectory == trajectory)

    def load(connection: Connection) -> list[chain.Row]:
        return [_row(row) for row in connection.execute(statement)]

    return await read(engine, load)


async def names(engine: AsyncEngine) -> set[str]:
    """Return the name of every trajectory that has a log."""

    def load(connection: Connection) -> set[str]:
        return set(connection.scalars(select(outcomes.c.trajectory).distinct()))

    return await read(engine, load)


async def heads_of(engine: AsyncEngine, trajectory: str) -> list[Head]:
    """Return what the chain of one trajectory came to with each row, oldest first."""
    columns = (outcomes.c.trajectory, outcomes.c.seq, outcomes.c.hash)
    statement = select(*columns).where(outcomes.c.trajectory == trajectory)

    def load(connection: Connection) -> list[Head]:
        return [Head(*row) for row in connection.execute(statement.order_by(outcomes.c.seq))]

    return await read(engine, load)


async def each(engine: AsyncEngine, look: Callable[[list[chain.Row]], T]) -> dict[str, T]:
    """Return what `look` finds in every chain there is: trajectories, refusals, looks, erasures.

    One moment of the database, and one chain at a time in memory.
    """

    def load(connection: Connection) -> dict[str, T]:
        stored = connection.execute(_STORED, execution_options={"yield_per": _AT_ONCE})
        found = {
            trajectory: look([_row(row) for row in rows])
            for trajectory, rows in groupby(stored, lambda row: str(row.trajectory))
        }
        return found | {name: look(links(connection, table)) for name, table in DIARIES.items()}

    return await read(engine, load)


async def orphaned(engine: AsyncEngine) -> set[Head]:
    """Return the rows that were set apart because no history has them."""
    columns = (outcome_orphans.c.trajectory, outcome_orphans.c.seq, outcome_orphans.c.hash)

    def load(connection: Connection) -> set[Head]:
        return {Head(*row) for row in connection.execute(select(*columns))}

    return await read(engine, load)


def heads(connection: Connection) -> dict[str, Head]:
    """Return the newest row of every chain, within a transaction."""
    newest = (
        select(outcomes.c.trajectory, func.max(outcomes.c.seq).label("seq"))
        .group_by(outcomes.c.trajectory)
        .subquery("newest")
    )
    joined = newest.join(
        outcomes,
        (outcomes.c.trajectory == newest.c.trajectory) & (outcomes.c.seq == newest.c.seq),
    )
    statement = select(outcomes.c.trajectory, outcomes.c.seq, outcomes.c.hash)
    found = [Head(*row) for row in connection.execute(statement.select_from(joined))]
    for name, table in DIARIES.items():
        last = select(table.c.id, table.c.hash).order_by(table.c.id.desc()).limit(1)
        found += [Head(name, *row) for row in connection.execute(last)]
    return {head.chain: head for head in found}


def _row(row: Any) -> chain.Row:
    told = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for a row by its columns)
    lines = [*(str(told[name]) for name in _LINES), str(told["fact"] or ""), told["detail"]]
    return chain.Row(told["seq"], told["recorded_at"], "\n".join(lines).encode(), told["hash"])
