"""Letters put on paper: every print is kept, so that a second one shows as a duplicate."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.engine import fetch, write
from stores.guard_tables import post_prints
from stores.post import StoredLetter


class Print(NamedTuple):
    """One letter in one batch; `number` counts its prints from one."""

    trajectory: str
    key: str
    number: int
    batch: str
    printed_at: datetime
    printed_by: str
    sha256: str


async def counts(engine: AsyncEngine) -> dict[tuple[str, str], int]:
    """Return how many times every letter was printed, by trajectory and key."""
    mine = (post_prints.c.trajectory, post_prints.c.key)
    rows = await fetch(engine, select(*mine, func.count().label("times")).group_by(*mine))
    return {(row["trajectory"], row["key"]): row["times"] for row in rows}


async def list_prints(engine: AsyncEngine, trajectory: str, key: str) -> list[Print]:
    """Return every print of a letter, the first one first."""
    statement = (
        select(post_prints)
        .where(post_prints.c.trajectory == trajectory, post_prints.c.key == key)
        .order_by(post_prints.c.number)
    )
    return [Print(**row) for row in await fetch(engine, statement)]


async def log_prints(
    engine: AsyncEngine,
    letters: Iterable[StoredLetter],
    batch: str,
    at: datetime,
    by: str,
    sha256: str,
) -> None:
    """Keep that these letters were printed, in a batch with this hash."""
    told = {"batch": batch, "printed_at": at, "printed_by": by, "sha256": sha256}
    await write(engine, _log, [(one.trajectory, one.key) for one in letters], told)


def _log(connection: Connection, letters: list[tuple[str, str]], told: dict[str, object]) -> None:
    for trajectory, key in letters:
        mine = (post_prints.c.trajectory == trajectory, post_prints.c.key == key)
        last = connection.execute(select(func.max(post_prints.c.number)).where(*mine)).scalar()
        row = {"trajectory": trajectory, "key": key, "number": (last or 0) + 1, **told}
        connection.execute(insert(post_prints).values(**row))
