"""What matching needs to know, out of the tables: communications, balances, earlier payers.

Read within the transaction that books, so that nothing changes in between. Names are opened only
when a payment comes down to them.
"""

import hashlib
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from models.paying import Book, Fate, Match
from models.vocabulary import OPEN
from stores.bank_tables import bank_allocations, bank_payers
from stores.engine import insert_once
from stores.money_tables import communications, ledger
from stores.people import load_names
from stores.tables import overview
from stores.vault import PROGRAMME, vault_of


def load(connection: Connection) -> Book:
    """Return what is known of those who pay."""
    stages = select(overview.c.trajectory).where(
        overview.c.stage.in_([stage.value for stage in OPEN])
    )
    told = select(communications.c.digits, communications.c.trajectory)
    open_ = frozenset(connection.execute(stages).scalars())
    return Book(
        digits={row.digits: row.trajectory for row in connection.execute(told)},
        open=open_,
        owed=_owed(connection),
        payers=_payers(connection),
        names=lambda: load_names(connection, sorted(open_)),
        booked=load_booked(connection),
    )


def note(book: Book, found: Match, amount: Decimal, movement: str) -> None:
    """Let a payment that was just booked be known: what comes after it may take it back."""
    if found.trajectory is None:
        return
    if found.reverses is not None:
        book.booked[found.trajectory, -amount].remove(found.reverses)
    else:
        book.booked.setdefault((found.trajectory, amount), []).append(movement)
    if found.trajectory in book.owed:
        book.owed[found.trajectory] -= amount


def remember(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Remember for whom these accounts paid."""
    told = {
        (row["payer"], row["trajectory"])
        for row in rows
        if row["fate"] == Fate.BOOKED and row["payer"] and row["amount"] > 0
    }
    if told:
        values = [{"payer": payer, "trajectory": whom} for payer, whom in sorted(told)]
        connection.execute(insert_once(connection, bank_payers), values)


def mark(connection: Connection, text: str) -> str:
    """Return by what a text is recognised, and never found without the keys."""
    vault = vault_of(connection)
    if vault is None:
        return hashlib.sha256(text.encode()).hexdigest()
    return vault.mark(connection, PROGRAMME, f"bank/{text}")


def _owed(connection: Connection) -> dict[str, Decimal]:
    """Return what each still owes, less what was booked here and not told yet."""
    total = func.sum(ledger.c.amount, type_=ledger.c.amount.type).label("owed")
    statement = select(ledger.c.trajectory, total).group_by(ledger.c.trajectory)
    owed = {row.trajectory: row.owed for row in connection.execute(statement)}
    table = bank_allocations
    untold = select(table.c.trajectory, table.c.amount).where(
        table.c.told_at.is_(None), table.c.refused.is_(None)
    )
    for row in connection.execute(untold):
        if row.trajectory in owed:
            owed[row.trajectory] -= row.amount
    return owed


def _payers(connection: Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in connection.execute(select(bank_payers).order_by(bank_payers.c.trajectory)):
        found.setdefault(row.payer, []).append(row.trajectory)
    return found


def load_booked(connection: Connection) -> dict[tuple[str, Decimal], list[str]]:
    """Return the payments that nobody took back yet, the newest last."""
    table = bank_allocations
    statement = (
        select(table)
        .where(table.c.refused.is_(None))
        .order_by(table.c.decided_at, table.c.movement, table.c.part)
    )
    rows = connection.execute(statement).all()
    back = {row.reverses for row in rows if row.reverses is not None}
    found: dict[tuple[str, Decimal], list[str]] = {}
    for row in rows:
        key = part_of(row.movement, row.part)
        if row.amount > 0 and key not in back:
            found.setdefault((row.trajectory, row.amount), []).append(key)
    return found


def part_of(movement: str, part: int) -> str:
    """Return the name of one part of a movement, as its resident hears it."""
    return movement if part == 1 else f"{movement}.{part}"
