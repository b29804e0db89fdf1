"""Who was forgotten, by whom and why; and whether what is known of somebody may only be kept."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.diaries import append
from stores.engine import fetch
from stores.guard_tables import erasures
from stores.tables import outcomes

RESTRICTED, LIFTED = "restrict", "lift_restriction"


class Erasure(BaseModel):
    """One trajectory that was erased: codes and ids, never a name."""

    model_config = ConfigDict(extra="forbid")

    at: datetime
    trajectory: str
    who: str
    role: str
    second: str
    second_role: str
    reason: str


def note(connection: Connection, erasure: Erasure) -> None:
    """Keep an erasure, once, within the transaction that carries it out."""
    mine = erasures.c.trajectory == erasure.trajectory
    if connection.execute(select(erasures.c.id).where(mine)).first() is None:
        append(connection, erasures, erasure.model_dump())


async def list_erasures(engine: AsyncEngine) -> list[Erasure]:
    """Return the erasures, oldest first."""
    columns = (erasures.c[name] for name in Erasure.model_fields)
    return [Erasure(**row) for row in await fetch(engine, select(*columns).order_by(erasures.c.id))]


async def is_restricted(engine: AsyncEngine, trajectory: str) -> bool:
    """Whether what is known may only be kept: the kinds of the log stand there readable."""
    statement = (
        select(outcomes.c.kind)
        .where(outcomes.c.trajectory == trajectory, outcomes.c.kind.in_((RESTRICTED, LIFTED)))
        .order_by(outcomes.c.seq.desc())
        .limit(1)
    )
    return [row["kind"] for row in await fetch(engine, statement)] == [RESTRICTED]
