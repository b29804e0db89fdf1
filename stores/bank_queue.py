"""Payments as people see them: the queue, and what a person decides about one.

What was decided is never rubbed out once a trajectory heard of it: taking it back is a payment the
other way, which is told too.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.paying import Fate, Way
from models.vocabulary import Debt
from stores.bank_book import load_booked, part_of
from stores.bank_tables import bank_allocations, bank_movements, bank_payers, bank_statements
from stores.engine import alone, insert_once, read, write
from stores.errors import StoreError
from stores.vault import bank_file, open_json, open_text, seal_text


class Settled(StoreError):  # noqa: N818 (named for what the caller hears)
    """Somebody decided about this payment meanwhile."""

    def __init__(self, movement: str) -> None:
        """Name it."""
        super().__init__(
            f"Over de betaling {movement} is intussen beslist. Zie opstap bank unmatched."
        )


class Payment(NamedTuple):
    """What one payer did, opened."""

    id: str
    account: str
    amount: Decimal
    booked_on: date
    value_on: date
    fate: Fate
    way: Way | None
    trajectory: str | None
    why: str | None
    name: str
    iban: str
    structured: str | None
    text: str
    reversal: bool
    left: Decimal
    """What of the amount is nobody's yet: of a transfer for several one may have been refused."""


class Share(NamedTuple):
    """Which part of a payment is whose, and for which debt."""

    trajectory: str
    amount: Decimal
    debt: Debt | None = None


# What of a movement is somebody's already; what was refused is nobody's.
_BOOKED = (
    select(func.sum(bank_allocations.c.amount, type_=bank_allocations.c.amount.type))
    .where(bank_allocations.c.movement == bank_movements.c.id, bank_allocations.c.refused.is_(None))
    .correlate(bank_movements)
    .scalar_subquery()
)


async def list_payments(engine: AsyncEngine, fates: Iterable[Fate]) -> list[Payment]:
    """Return the payments with one of these fates, the oldest first."""
    chosen = bank_movements.c.fate.in_([fate.value for fate in fates])
    return await read(engine, _payments, chosen)


async def find(engine: AsyncEngine, start: str) -> list[Payment]:
    """Return the payments whose id begins so; "m-" may be left out."""
    wanted = start if start.startswith("m-") else f"m-{start}"
    return await read(engine, _payments, bank_movements.c.id.startswith(wanted, autoescape=True))


async def assign(
    engine: AsyncEngine, payment: Payment, shares: Sequence[Share], at: datetime, by: str
) -> None:
    """Book a payment that waited.

    Raises:
        Settled: somebody was first.
    """
    await write(engine, _assign, payment, list(shares), at, by)


async def clear(engine: AsyncEngine, payment: Payment, why: str) -> None:
    """Take a payment out of the queue: it is nobody's rent.

    Raises:
        Settled: somebody was first.
    """
    await write(engine, _set, payment, Fate.CLEARED, why, None)


async def take_back(engine: AsyncEngine, payment: Payment, why: str, at: datetime, by: str) -> None:
    """Put a payment that was booked, or cleared, back in the queue.

    Raises:
        Settled: somebody was first.
    """
    await write(engine, _take_back, payment, why, at, by)


def _payments(connection: Connection, chosen: ColumnElement[bool]) -> list[Payment]:
    table = bank_movements
    statement = (
        select(table, bank_statements.c.account, _BOOKED.label("booked"))
        .join(bank_statements, bank_statements.c.id == table.c.statement)
        .where(chosen)
        .order_by(table.c.booked_on, table.c.statement, table.c.place, table.c.id)
    )
    return [_opened(connection, row) for row in connection.execute(statement).mappings()]


def _opened(connection: Connection, row: Any) -> Payment:
    owner, place = bank_file(row["file"]), ("bank_movements", row["id"])
    told = open_json(connection, owner, (*place, "told"), row["told"])
    return Payment(
        id=row["id"],
        account=row["account"],
        amount=row["amount"],
        booked_on=row["booked_on"],
        value_on=row["value_on"],
        fate=Fate(row["fate"]),
        way=Way(row["way"]) if row["way"] else None,
        trajectory=row["trajectory"],
        why=open_text(connection, owner, (*place, "why"), row["why"]),
        # Nothing is told any more of who was forgotten.
        name=told.get("name", ""),
        iban=told.get("iban", ""),
        structured=told.get("structured"),
        text=told.get("text", ""),
        reversal=told.get("reversal", False),
        left=row["amount"] - (row["booked"] or 0),
    )


def _assign(
    connection: Connection, payment: Payment, shares: list[Share], at: datetime, by: str
) -> None:
    _set(connection, payment, Fate.BOOKED, None, shares[0].trajectory if len(shares) == 1 else None)
    mine = bank_movements.c.id == payment.id
    payer, amount, taken = connection.execute(
        select(bank_movements.c.payer, bank_movements.c.amount, _BOOKED).where(mine)
    ).one()
    if sum(share.amount for share in shares) != amount - (taken or 0):
        raise Settled(payment.id)
    first = _next_part(connection, payment.id)
    booked = load_booked(connection) if payment.amount < 0 else {}
    for part, share in enumerate(shares, first):
        earlier = booked.get((share.trajectory, -share.amount), [])
        row = {
            "movement": payment.id,
            "part": part,
            "trajectory": share.trajectory,
            "amount": share.amount,
            "debt": share.debt and share.debt.value,
            "reverses": earlier.pop() if earlier else None,
            "decided_by": by,
            "decided_at": at,
        }
        connection.execute(insert(bank_allocations), row)
        if payer and share.amount > 0:
            known = {"payer": payer, "trajectory": share.trajectory}
            connection.execute(insert_once(connection, bank_payers), known)


def _take_back(connection: Connection, payment: Payment, why: str, at: datetime, by: str) -> None:
    _set(connection, payment, Fate.UNMATCHED, why, None)
    table = bank_allocations
    mine = table.c.movement == payment.id
    rows = connection.execute(
        select(table).where(mine, table.c.refused.is_(None)).order_by(table.c.part)
    ).all()
    # What was taken back before is done with.
    back = {row.reverses for row in rows if row.reverses is not None}
    part = _next_part(connection, payment.id)
    for row in rows:
        name = part_of(row.movement, row.part)
        if name in back or (row.reverses or "").startswith(payment.id):
            continue
        if row.telling_at is None and row.told_at is None:
            connection.execute(delete(table).where(mine, table.c.part == row.part))
            continue
        counter = {
            "movement": payment.id,
            "part": part,
            "trajectory": row.trajectory,
            "amount": -row.amount,
            "debt": row.debt,
            "reverses": name,
            "decided_by": by,
            "decided_at": at,
        }
        connection.execute(insert(table), counter)
        part += 1


def _set(
    connection: Connection,
    payment: Payment,
    fate: Fate,
    why: str | None,
    trajectory: str | None,
) -> None:
    """Change what becomes of a payment, unless somebody else did meanwhile."""
    alone(connection, "bank")
    table = bank_movements
    mine = table.c.id == payment.id
    row = connection.execute(select(table.c.fate, table.c.file).where(mine)).one()
    if row.fate != payment.fate:
        raise Settled(payment.id)
    place = ("bank_movements", payment.id, "why")
    connection.execute(
        update(table)
        .where(mine)
        .values(
            fate=fate.value,
            way=Way.PERSON.value if fate is Fate.BOOKED else None,
            trajectory=trajectory,
            why=seal_text(connection, bank_file(row.file), place, why),
        )
    )


def _next_part(connection: Connection, movement: str) -> int:
    table = bank_allocations
    newest = select(func.max(table.c.part)).where(table.c.movement == movement)
    return (connection.execute(newest).scalar() or 0) + 1
