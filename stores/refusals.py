"""Steps that were refused: they leave no event in a history, so this is where they are kept."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.diaries import append
from stores.engine import fetch, write
from stores.tables import refusals


class Refused(BaseModel):
    """One refused step: who asked what, and why it was not taken."""

    model_config = ConfigDict(extra="forbid")

    at: datetime
    trajectory: str
    step: str
    who: str
    role: str
    code: str
    text: str
    source: str


async def log_refusal(engine: AsyncEngine, refused: Refused) -> None:
    """Keep a refusal."""
    await write(engine, append, refusals, refused.model_dump())


async def list_refusals(engine: AsyncEngine, trajectory: str | None = None) -> list[Refused]:
    """Return the refusals, oldest first."""
    statement = select(*(refusals.c[name] for name in Refused.model_fields)).order_by(refusals.c.id)
    if trajectory is not None:
        statement = statement.where(refusals.c.trajectory == trajectory)
    return [Refused(**row) for row in await fetch(engine, statement)]
