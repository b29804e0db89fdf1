"""What a trajectory still has to hear of its payments, and that it has heard.

A payment is decided first and told after: whatever stops in between, what is not told yet stands
here, and telling twice is one payment, by its id.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection, RowMapping, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Heard
from models.paying import Fate
from models.vocabulary import Debt
from stores.bank_book import part_of
from stores.bank_tables import bank_allocations, bank_movements
from stores.engine import alone, fetch, write
from stores.tables import tasks
from stores.vault import bank_file, seal_text

# The task of the bookkeeper when the bank data is too old to judge by.
LOAD_STATEMENT = "load_statement"


class Untold(NamedTuple):
    """A payment, or one that is taken back, of which its resident has not heard."""

    movement: str
    part: int
    trajectory: str
    amount: Decimal
    debt: Debt | None
    reverses: str | None
    booked_on: date
    value_on: date
    file: str

    @property
    def heard(self) -> Heard:
        """What is said, with the id by which it counts once."""
        key = part_of(self.movement, self.part)
        data = {
            "movement": key,
            "amount": f"{abs(self.amount):.2f}",
            "booked": self.booked_on.isoformat(),
            "value": self.value_on.isoformat(),
            "debt": self.debt and self.debt.value,
            "reverses": self.reverses,
        }
        told = {name: value for name, value in data.items() if value is not None}
        name = "payment" if self.amount > 0 else "payment_reversed"
        return Heard(name=name, data=told, id=f"bank-{key}")


_UNTOLD = (
    select(
        bank_allocations.c.movement,
        bank_allocations.c.part,
        bank_allocations.c.trajectory,
        bank_allocations.c.amount,
        bank_allocations.c.debt,
        bank_allocations.c.reverses,
        bank_movements.c.booked_on,
        bank_movements.c.value_on,
        bank_movements.c.file,
    )
    .join(bank_movements, bank_movements.c.id == bank_allocations.c.movement)
    .where(bank_allocations.c.told_at.is_(None), bank_allocations.c.refused.is_(None))
    .order_by(
        bank_movements.c.booked_on,
        bank_movements.c.statement,
        bank_movements.c.place,
        bank_allocations.c.part,
    )
)


async def untold(engine: AsyncEngine, limit: int | None = None) -> list[Untold]:
    """Return what is still to be told, the oldest booking day first."""
    return [_untold(row) for row in await fetch(engine, _UNTOLD.limit(limit))]


async def take_up(engine: AsyncEngine, limit: int, at: datetime) -> list[Untold]:
    """Return what is to be told now, and note that telling has begun.

    From here on its resident may have heard, whatever stops in between.
    """
    return await write(engine, _take_up, limit, at)


async def told(engine: AsyncEngine, heard: Iterable[Untold], at: datetime) -> None:
    """Note that these were heard."""
    await write(engine, _told, list(heard), at)


async def refused(engine: AsyncEngine, one: Untold, why: str) -> None:
    """Put a payment that its resident's file does not take back in the queue, with why."""
    await write(engine, _refused, one, why)


async def waiting_for_statements(engine: AsyncEngine) -> list[str]:
    """Return the trajectories that wait for newer bank data."""
    statement = (
        select(tasks.c.trajectory)
        .where(tasks.c.kind == LOAD_STATEMENT, tasks.c.done_at.is_(None))
        .distinct()
        .order_by(tasks.c.trajectory)
    )
    return [row["trajectory"] for row in await fetch(engine, statement)]


def _untold(row: RowMapping) -> Untold:
    return Untold(**{**row, "debt": Debt(row["debt"]) if row["debt"] else None})


def _take_up(connection: Connection, limit: int, at: datetime) -> list[Untold]:
    alone(connection, "bank")
    found = [_untold(row) for row in connection.execute(_UNTOLD.limit(limit)).mappings()]
    _note(connection, found, telling_at=at)
    return found


def _told(connection: Connection, heard: list[Untold], at: datetime) -> None:
    _note(connection, heard, told_at=at)


def _note(connection: Connection, these: list[Untold], **when: datetime) -> None:
    if these:
        statement = (
            update(bank_allocations)
            .where(
                bank_allocations.c.movement == bindparam("of"),
                bank_allocations.c.part == bindparam("which"),
            )
            .values(**when)
        )
        connection.execute(statement, [{"of": one.movement, "which": one.part} for one in these])


def _refused(connection: Connection, one: Untold, why: str) -> None:
    alone(connection, "bank")
    owner, table = bank_file(one.file), bank_allocations
    name = part_of(one.movement, one.part)
    ours = table.c.movement == one.movement
    sealed = seal_text(connection, owner, ("bank_allocations", name, "refused"), why)
    told = update(table).where(ours, table.c.part == one.part)
    connection.execute(told.values(refused=sealed))
    counter = connection.scalar(select(table.c.part).where(ours, table.c.reverses == name))
    if counter is not None:
        # A person took it back meanwhile, and has decided since: there is nothing to take back.
        place = ("bank_allocations", part_of(one.movement, counter), "refused")
        sealed = seal_text(connection, owner, place, why)
        connection.execute(
            update(table).where(ours, table.c.part == counter).values(refused=sealed)
        )
        return
    place = ("bank_movements", one.movement, "why")
    connection.execute(
        update(bank_movements)
        .where(bank_movements.c.id == one.movement)
        .values(fate=Fate.UNMATCHED.value, why=seal_text(connection, owner, place, why))
    )
