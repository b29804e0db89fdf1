"""Taking a bank file in: once, whole, in one transaction, with whose every payment is.

A file that is damaged, or of which no statement fits, is kept in quarantine and booked nowhere. A
statement that does not fit is set aside alone: the others of its file are booked.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Json
from models.paying import Book, Fate, match
from models.standing import Standing, place_of, stranger
from models.statements import Fault, Movement, Statement, faults_of
from stores import bank_book
from stores.bank_book import mark
from stores.bank_files import (
    IMPORTED,
    QUARANTINED,
    Arrived,
    Taken,
    keep_file,
    keep_report,
    known,
)
from stores.bank_tables import bank_allocations, bank_movements, bank_statements
from stores.engine import alone, write
from stores.vault import bank_file, seal_json, seal_text

CHUNK = 500
Progress = Callable[[int], None]
_STANDING = tuple(Standing.__dataclass_fields__)


async def take_in(
    engine: AsyncEngine,
    arrived: Arrived,
    *,
    ours: Sequence[str],
    copies: bool,
    at: datetime,
    by: str,
    progress: Progress | None = None,
) -> Taken:
    """Take in a file, or keep it in quarantine with the reason; the same file again is no news."""
    told = progress or (lambda _: None)
    return await write(engine, _take_in, arrived, list(ours), copies, at, by, told)


# ---- taking in ----------------------------------------------------------------------------------
def _take_in(
    connection: Connection,
    arrived: Arrived,
    ours: list[str],
    copies: bool,  # noqa: FBT001 (by position, as `write` passes it on)
    at: datetime,
    by: str,
    progress: Progress,
) -> Taken:
    alone(connection, "bank")
    before = known(connection, arrived.sha256)
    good, aside = _weighed(connection, arrived, ours, copies=copies)
    if before is not None and before.status == IMPORTED:
        if not good:
            return before.model_copy(update={"already": True, "file": arrived.name})
        taken = _added(before, good, aside)
    else:
        taken = _report(arrived, good, aside)
        keep_file(connection, arrived, taken, at, by)
    if taken.status == QUARANTINED:
        return taken
    book = bank_book.load(connection)
    for statement in good:
        _add(connection, arrived.sha256, statement, book, taken, at, by, progress)
    keep_report(connection, taken)
    return taken


def _added(before: Taken, good: list[Statement], aside: list[tuple[Statement, Fault]]) -> Taken:
    """Return the report of a file of which statements that were set aside fit now."""
    return before.model_copy(
        update={
            "statements": before.statements + len(good),
            "movements": before.movements + sum(len(one.movements) for one in good),
            "details": before.details + sum(one.details for one in good),
            "credit": before.credit + sum((one.credit for one in good), Decimal(0)),
            "debit": before.debit + sum((one.debit for one in good), Decimal(0)),
            "set_aside": [_aside(one, why) for one, why in aside if why.code != "known"],
        }
    )


def _weighed(
    connection: Connection, arrived: Arrived, ours: list[str], *, copies: bool
) -> tuple[list[Statement], list[tuple[Statement, Fault]]]:
    """Sort the statements into those that fit and those that are set aside, each with why."""
    good: list[Statement] = []
    aside: list[tuple[Statement, Fault]] = []
    if arrived.fault is not None:
        return good, aside
    standing: dict[str, list[Standing]] = {}
    for statement in sorted(arrived.statements, key=lambda one: Standing.of(one).order):
        account = statement.account
        if account not in standing:
            standing[account] = _standing(connection, account)
        fault = (
            stranger(statement, ours)
            or next(iter(faults_of(statement)), None)
            or place_of(statement, standing[account], copies=copies)
            or _seen_before(connection, statement)
        )
        if fault is None:
            good.append(statement)
            standing[account].append(Standing.of(statement))
        else:
            aside.append((statement, fault))
    return good, aside


def _report(arrived: Arrived, good: list[Statement], aside: list[tuple[Statement, Fault]]) -> Taken:
    """Say what a file holds; of one in quarantine, what was read of it."""
    fault = arrived.fault or (None if good or not aside else aside[0][1])
    told = good if fault is None else arrived.statements
    return Taken(
        file=arrived.name,
        sha256=arrived.sha256,
        kind=arrived.kind,
        status=IMPORTED if fault is None else QUARANTINED,
        code=None if fault is None else fault.code,
        reason=None if fault is None else fault.text,
        statements=len(told),
        movements=sum(len(one.movements) for one in told),
        details=sum(one.details for one in told),
        credit=sum((one.credit for one in told), Decimal(0)),
        debit=sum((one.debit for one in told), Decimal(0)),
        set_aside=[_aside(one, why) for one, why in aside],
    )


def _aside(statement: Statement, why: Fault) -> Json:
    return {
        "account": statement.account,
        "number": statement.number,
        "closes_on": statement.closes_on.isoformat(),
        "code": why.code,
        "reason": why.text,
    }


def _add(
    connection: Connection,
    file: str,
    statement: Statement,
    book: Book,
    taken: Taken,
    at: datetime,
    by: str,
    progress: Progress,
) -> None:
    row = {
        **asdict(Standing.of(statement)),
        "file": file,
        "details": statement.details,
    }
    added = insert(bank_statements).returning(bank_statements.c.id)
    number = connection.execute(added, row).scalar_one()
    rows: list[dict[str, Any]] = []
    payments = zip(statement.payments(), _identities(connection, statement), strict=True)
    for place, (movement, identity) in enumerate(payments, 1):
        rows.append(_movement_row(connection, file, identity, place, movement, book))
        rows[-1]["statement"] = number
        if len(rows) == CHUNK:
            _write(connection, rows, taken, at, by)
            progress(len(rows))
            rows = []
    _write(connection, rows, taken, at, by)
    progress(len(rows))


def _movement_row(
    connection: Connection, file: str, identity: str, place: int, movement: Movement, book: Book
) -> dict[str, Any]:
    payer = mark(connection, f"payer/{movement.iban}") if movement.iban else None
    found = match(movement, payer, book)
    if found.fate is Fate.BOOKED and found.trajectory is not None:
        bank_book.note(book, found, movement.amount, identity)
    owner = bank_file(file)
    told = {
        "name": movement.name,
        "iban": movement.iban,
        "structured": movement.structured,
        "text": movement.text,
        "reference": movement.reference,
        "reversal": movement.reversal,
        "reverses": found.reverses,
    }
    return {
        "id": identity,
        "file": file,
        "place": place,
        "amount": movement.amount,
        "booked_on": movement.booked_on,
        "value_on": movement.value_on,
        "told": seal_json(connection, owner, ("bank_movements", identity, "told"), told),
        "payer": payer,
        "fate": found.fate.value,
        "way": found.way and found.way.value,
        "trajectory": found.trajectory,
        "why": seal_text(connection, owner, ("bank_movements", identity, "why"), found.why or None),
        "reverses": found.reverses,
    }


def _write(
    connection: Connection, rows: list[dict[str, Any]], taken: Taken, at: datetime, by: str
) -> None:
    if not rows:
        return
    reverses = [row.pop("reverses") for row in rows]
    connection.execute(insert(bank_movements), rows)
    booked = [
        {
            "movement": row["id"],
            "part": 1,
            "trajectory": row["trajectory"],
            "amount": row["amount"],
            "reverses": back,
            "decided_by": by,
            "decided_at": at,
        }
        for row, back in zip(rows, reverses, strict=True)
        if row["fate"] == Fate.BOOKED
    ]
    if booked:
        connection.execute(insert(bank_allocations), booked)
        bank_book.remember(connection, rows)
    for name, fate in (
        ("booked", Fate.BOOKED),
        ("proposed", Fate.PROPOSED),
        ("unmatched", Fate.UNMATCHED),
        ("other", Fate.OTHER),
    ):
        count = sum(1 for row in rows if row["fate"] == fate)
        setattr(taken, name, getattr(taken, name) + count)


# ---- by what a movement is known ----------------------------------------------------------------
def _identities(connection: Connection, statement: Statement) -> list[str]:
    """Return the mark of every payment: the same one in another file has the same mark.

    What is alike in everything within one statement is told apart by counting: the same resident
    may pay the same amount twice on one day.
    """
    seen: dict[str, int] = {}
    found = []
    for one in statement.payments():
        text = "\x1f".join(
            (
                statement.account,
                one.booked_on.isoformat(),
                f"{one.amount:.2f}",
                one.reference,
                one.iban,
                one.structured or "",
                one.text,
            )
        )
        seen[text] = seen.get(text, 0) + 1
        found.append("m-" + mark(connection, f"{text}\x1f{seen[text]}")[:20])
    return found


def _seen_before(connection: Connection, statement: Statement) -> Fault | None:
    identities = _identities(connection, statement)
    for at in range(0, len(identities), CHUNK):
        part = identities[at : at + CHUNK]
        there = select(bank_movements.c.id).where(bank_movements.c.id.in_(part)).limit(1)
        if connection.execute(there).first() is not None:
            text = (
                f"In {statement.name} staan bewegingen die al met een ander afschrift ingelezen "
                "zijn. Vraag de bank welk afschrift het juiste is."
            )
            return Fault("overlaps", text, whole_file=False)
    return None


def _standing(connection: Connection, account: str) -> list[Standing]:
    columns = [bank_statements.c[name] for name in _STANDING]
    mine = select(*columns).where(bank_statements.c.account == account)
    return [Standing(**row) for row in connection.execute(mine).mappings()]
