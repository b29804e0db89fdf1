"""The overview: one row per trajectory, a projection of the log that can always be made again."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Overview
from models.registers import Candidate
from models.vocabulary import Stage
from stores import chain
from stores.engine import fetch, read, upsert, write
from stores.tables import outcomes, overview
from stores.vault import Place, open_text, resident, seal_text

WAITING = (Stage.REFERRED, Stage.WAITLISTED)


async def get(engine: AsyncEngine, trajectory: str) -> Overview | None:
    """Return one row, or None."""
    statement = select(overview).where(overview.c.trajectory == trajectory)
    found = await read(engine, _opened, statement)
    return found[0] if found else None


async def list_overview(
    engine: AsyncEngine,
    *,
    stages: Iterable[str] | None = None,
    partner: str | None = None,
    search: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Overview]:
    """Return rows by trajectory; `search` is a part of the trajectory's id."""
    statement = (
        select(overview)
        .where(*_filters(stages, partner, search))
        .order_by(overview.c.trajectory)
        .limit(limit)
        .offset(offset)
    )
    return await read(engine, _opened, statement)


async def count(
    engine: AsyncEngine,
    *,
    stages: Iterable[str] | None = None,
    partner: str | None = None,
    search: str | None = None,
) -> int:
    """Return how many rows `list_overview` has without a limit."""
    statement = select(func.count().label("rows")).select_from(overview)
    found = await fetch(engine, statement.where(*_filters(stages, partner, search)))
    return int(found[0]["rows"])


async def knows_supporter(engine: AsyncEngine, supporter: str) -> bool:
    """Say whether somebody supports, or supported last, a resident of ours."""
    statement = select(overview.c.trajectory).where(overview.c.supporter == supporter).limit(1)
    return bool(await fetch(engine, statement))


async def candidates(engine: AsyncEngine, also: str | None = None) -> list[Candidate]:
    """Return who waits, by trajectory; `also` is included whatever its stage."""
    return await read(engine, load_candidates, also)


def load_candidates(connection: Connection, also: str | None = None) -> list[Candidate]:
    """Return who waits, within a transaction."""
    waiting = overview.c.stage.in_([stage.value for stage in WAITING])
    statement = (
        select(
            overview.c.trajectory,
            overview.c.referred_on,
            overview.c.eligible_from,
            overview.c.priority,
            overview.c.stage,
        )
        .where(waiting if also is None else waiting | (overview.c.trajectory == also))
        .where(overview.c.referred_on.is_not(None))
        .order_by(overview.c.trajectory)
    )
    found = (connection.execute(statement)).mappings().all()
    return [Candidate(**row) for row in found]


async def replace_all(engine: AsyncEngine, rows: Iterable[Overview]) -> None:
    """Put these rows in the place of all others, in one transaction."""
    await write(engine, _replace_all, list(rows))


async def put_again(engine: AsyncEngine, row: Overview) -> None:
    """Write a row as the log tells it; where the log went on meanwhile, its own turn wrote it."""
    await write(engine, _put_again, row)


async def drop_unknown(engine: AsyncEngine) -> None:
    """Take out the rows of trajectories that the log does not know."""
    known = select(outcomes.c.seq).where(outcomes.c.trajectory == overview.c.trajectory)
    await write(engine, lambda c: c.execute(delete(overview).where(~known.exists())))


def put(connection: Connection, row: Overview, head: str) -> None:
    """Write a row within a transaction, with the head of the chain as the log has it."""
    statement = upsert(connection, overview, "trajectory")
    connection.execute(statement, {**_sealed(connection, row), "head": head})


def _filters(
    stages: Iterable[str] | None, partner: str | None, search: str | None
) -> list[ColumnElement[bool]]:
    filters: list[ColumnElement[bool]] = []
    if stages is not None:
        filters.append(overview.c.stage.in_(list(stages)))
    if partner is not None:
        filters.append(overview.c.partner == partner)
    if search is not None:
        filters.append(overview.c.trajectory.contains(search, autoescape=True))
    return filters


def _put_again(connection: Connection, row: Overview) -> None:
    if chain.ends_with(connection, row.trajectory, row.head):
        put(connection, row, row.head)


def _replace_all(connection: Connection, new: list[Overview]) -> None:
    connection.execute(delete(overview))
    if new:
        connection.execute(insert(overview), [_sealed(connection, row) for row in new])


def _sealed(connection: Connection, row: Overview) -> dict[str, Any]:
    """Return a row as it is stored: what comes next may tell somebody's age."""
    owner, where = _place(row.trajectory)
    return {**row.model_dump(), "next_text": seal_text(connection, owner, where, row.next_text)}


def _opened(connection: Connection, statement: Select[*tuple[Any, ...]]) -> list[Overview]:
    found = []
    for row in connection.execute(statement).mappings():
        owner, where = _place(row["trajectory"])
        text = open_text(connection, owner, where, row["next_text"])
        found.append(Overview(**{**row, "next_text": text}))
    return found


def _place(trajectory: str) -> tuple[str, Place]:
    return resident(trajectory), ("overview", "next_text")
