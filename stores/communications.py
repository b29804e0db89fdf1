"""The structured communications: twelve digits per trajectory, made once and never changed."""

from itertools import count

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.communication import digits_of
from stores.engine import fetch, insert_once, read
from stores.money_tables import communications

_MINE = select(communications.c.digits).where(
    communications.c.trajectory == bindparam("trajectory")
)


async def all(engine: AsyncEngine) -> dict[str, str]:  # noqa: A001 (communications.all reads well)
    """Return the trajectory of every communication, by its twelve digits."""
    statement = select(communications.c.digits, communications.c.trajectory)
    found = await fetch(engine, statement.order_by(communications.c.digits))
    return {row["digits"]: row["trajectory"] for row in found}


async def of(engine: AsyncEngine, trajectory: str) -> str | None:
    """Return the digits of a trajectory, or None."""
    return await read(engine, load, trajectory)


def load(connection: Connection, trajectory: str) -> str | None:
    """Return the digits of a trajectory within a transaction, or None."""
    return connection.execute(_MINE, {"trajectory": trajectory}).scalar_one_or_none()


def give(connection: Connection, trajectory: str) -> str:
    """Return the digits of a trajectory, made at the first; a collision takes the next ones."""
    statement = insert_once(connection, communications)
    for attempt in count():
        digits = digits_of(trajectory, attempt)
        # Somebody else who makes the same digits right now is waited for by the constraint.
        if connection.execute(statement, {"trajectory": trajectory, "digits": digits}).rowcount:
            return digits
        if (known := load(connection, trajectory)) is not None:
            return known
    raise AssertionError("counting never ends")
