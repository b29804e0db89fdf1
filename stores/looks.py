"""Who looked at whom: a row for every view of a trajectory that a person asked for."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.diaries import append
from stores.engine import fetch, write
from stores.guard_tables import looks

NOBODY = "-"


class Look(BaseModel):
    """One look: who saw what of which trajectory; `-` where nobody said who they are."""

    model_config = ConfigDict(extra="forbid")

    at: datetime
    trajectory: str
    what: str
    who: str = NOBODY
    role: str = NOBODY


async def log_look(engine: AsyncEngine, look: Look) -> None:
    """Keep a look."""
    await write(engine, append, looks, look.model_dump())


async def list_looks(engine: AsyncEngine, trajectory: str | None = None) -> list[Look]:
    """Return the looks, oldest first."""
    statement = select(*(looks.c[name] for name in Look.model_fields)).order_by(looks.c.id)
    if trajectory is not None:
        statement = statement.where(looks.c.trajectory == trajectory)
    return [Look(**row) for row in await fetch(engine, statement)]
