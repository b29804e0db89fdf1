"""Steps that were refused: they leave no event in a history, so this is where they are kept."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.diaries import append
from stores.engine import read, write
from stores.errors import Erased
from stores.tables import refusals
from stores.vault import FORGOTTEN, PROGRAMME, open_text, resident, seal_text

_PLACE = ("refusals", "text")


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
    await write(engine, _log, refused)


async def list_refusals(engine: AsyncEngine, trajectory: str | None = None) -> list[Refused]:
    """Return the refusals, oldest first."""
    statement = select(*(refusals.c[name] for name in Refused.model_fields)).order_by(refusals.c.id)
    if trajectory is not None:
        statement = statement.where(refusals.c.trajectory == trajectory)
    return await read(engine, _listed, statement)


def _log(connection: Connection, refused: Refused) -> None:
    try:
        text = seal_text(connection, _owner(refused.trajectory), _PLACE, refused.text)
    except Erased:
        text = FORGOTTEN
    append(connection, refusals, {**refused.model_dump(), "text": text})


def _listed(connection: Connection, statement: Select[*tuple[Any, ...]]) -> list[Refused]:
    found = []
    for row in connection.execute(statement).mappings():
        text = open_text(connection, _owner(row["trajectory"]), _PLACE, row["text"])
        found.append(Refused(**{**row, "text": text}))
    return found


def _owner(trajectory: str) -> str:
    """A referral that was refused belongs to no trajectory yet."""
    return resident(trajectory) if trajectory else PROGRAMME
