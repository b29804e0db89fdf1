"""What was paid on to the technical manager: a tick per dwelling and month, with who set it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.engine import fetch, insert_once, write
from stores.money_tables import payables


class Paid(NamedTuple):
    """A dwelling's month that was paid on: how much, when it was ticked, by whom."""

    dwelling: str
    amount: Decimal
    paid_at: datetime
    paid_by: str


async def paid(engine: AsyncEngine, month: str) -> dict[str, Paid]:
    """Return what was paid on for a month ("2027-03"), by dwelling."""
    columns = (payables.c[name] for name in Paid._fields)
    found = await fetch(engine, select(*columns).where(payables.c.month == month))
    return {row["dwelling"]: Paid(**row) for row in found}


async def tick(engine: AsyncEngine, month: str, ticked: Sequence[Paid]) -> None:
    """Note what was paid on; what was ticked before stays as it was."""
    await write(engine, _tick, month, ticked)


async def untick(engine: AsyncEngine, month: str, dwellings: Sequence[str]) -> None:
    """Take ticks back."""
    await write(engine, _untick, month, dwellings)


def _tick(connection: Connection, month: str, ticked: Sequence[Paid]) -> None:
    for one in ticked:
        connection.execute(insert_once(connection, payables), {**one._asdict(), "month": month})


def _untick(connection: Connection, month: str, dwellings: Sequence[str]) -> None:
    ours = (payables.c.month == month) & payables.c.dwelling.in_(dwellings)
    connection.execute(delete(payables).where(ours))
