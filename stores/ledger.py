"""The ledger: the lines of every resident, a projection of the log that can always be made again.

Lines come with the turns that decided them and are never changed: what was wrong is followed by a
line that counters it. A line that never became history goes with the tail that brought it. Amounts
and days stay readable, so that they add up in SQL; the sentence is sealed.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Posting, Turn
from models.vocabulary import Debt, PostingKind
from stores import chain
from stores.engine import fetch, read, upsert, write
from stores.money_tables import ledger
from stores.vault import open_text, resident, seal_text

Balance = dict[Debt, Decimal]


class By(StrEnum):
    """Which of a line's days counts: when the bank or we booked it, or since when it is worth."""

    BOOKED = "booked_on"
    VALUE = "value_on"


class Entry(NamedTuple):
    """A line with the trajectory it belongs to."""

    trajectory: str
    posting: Posting


async def lines(engine: AsyncEngine, trajectory: str) -> list[Posting]:
    """Return the lines of a trajectory, by the day they were booked."""
    found = await read(engine, _entries, ledger.c.trajectory == trajectory)
    return [entry.posting for entry in found]


async def entries(
    engine: AsyncEngine,
    *,
    since: date | None = None,
    until: date | None = None,
    kinds: Iterable[PostingKind] = PostingKind,
) -> list[Entry]:
    """Return the lines of everybody that were booked within these days, oldest first."""
    filters: list[ColumnElement[bool]] = [ledger.c.kind.in_([kind.value for kind in kinds])]
    if since is not None:
        filters.append(ledger.c.booked_on >= since)
    if until is not None:
        filters.append(ledger.c.booked_on <= until)
    return await read(engine, _entries, *filters)


async def of_month(engine: AsyncEngine, month: str) -> list[Entry]:
    """Return the rent charged for a month ("2027-03"), and the lines that counter it."""
    of_it = f"charge:%:{month}"
    # What a correction charged anew has the number of that correction behind its key.
    again = ledger.c.key.like(f"{of_it}@%")
    back = ledger.c.counters.like(f"correction:%:{of_it}")
    wanted = ledger.c.key.like(of_it) | again | ledger.c.counters.like(of_it) | back
    return await read(engine, _entries, wanted)


async def balances(
    engine: AsyncEngine, day: date, by: By = By.BOOKED, trajectory: str | None = None
) -> dict[str, Balance]:
    """Return what everybody owes at the end of a day, by kind of debt; below zero is too much paid.

    Who has no lines yet is not in it.
    """
    statement = (
        select(ledger.c.trajectory, ledger.c.debt, func.sum(ledger.c.amount).label("amount"))
        .where(ledger.c[by.value] <= day)
        .group_by(ledger.c.trajectory, ledger.c.debt)
        .order_by(ledger.c.trajectory, ledger.c.debt)
    )
    if trajectory is not None:
        statement = statement.where(ledger.c.trajectory == trajectory)
    found: dict[str, Balance] = {}
    for row in await fetch(engine, statement):
        found.setdefault(row["trajectory"], {})[Debt(row["debt"])] = row["amount"]
    return found


async def balance(engine: AsyncEngine, trajectory: str, day: date, by: By = By.BOOKED) -> Balance:
    """Return what somebody owes at the end of a day, for every kind of debt."""
    found = (await balances(engine, day, by, trajectory)).get(trajectory, {})
    return {debt: found.get(debt, Decimal(0)) for debt in Debt}


async def replace(
    engine: AsyncEngine, trajectory: str, postings: Sequence[Posting], head: str | None = None
) -> None:
    """Put these lines, as the log tells them, in the place of those of a trajectory.

    With the `head` of that log nothing is changed where it went on meanwhile: its own turn knew.
    """
    await write(engine, _replace, trajectory, postings, head)


def put(connection: Connection, turn: Turn) -> None:
    """Write the lines of a turn within its transaction; the same turn again changes nothing."""
    if not turn.postings:
        return
    # Written again from history, a line may stand in the turn twice: the last one counts.
    new = {posting.key: posting for posting in turn.postings}
    rows = [_row(connection, turn.trajectory, one, turn.overview.seq) for one in new.values()]
    connection.execute(upsert(connection, ledger, "trajectory", "key"), rows)


def undo(connection: Connection, trajectory: str, since: int) -> None:
    """Take out the lines of a tail that never became history."""
    tail = (ledger.c.trajectory == trajectory) & (ledger.c.seq >= since)
    connection.execute(delete(ledger).where(tail))


def _replace(
    connection: Connection, trajectory: str, postings: Sequence[Posting], head: str | None
) -> None:
    if head is not None and not chain.ends_with(connection, trajectory, head):
        return
    ours = ledger.c.trajectory == trajectory
    seqs = dict(connection.execute(select(ledger.c.key, ledger.c.seq).where(ours)).all())
    connection.execute(delete(ledger).where(ours))
    # A line that was lost comes back as one of the first row: no tail takes it along.
    rows = [_row(connection, trajectory, one, seqs.get(one.key, 1)) for one in postings]
    if rows:
        connection.execute(insert(ledger), rows)


def _row(connection: Connection, trajectory: str, posting: Posting, seq: int) -> dict[str, Any]:
    return {
        **posting.model_dump(),
        "kind": posting.kind.value,
        "debt": posting.debt.value,
        "text": seal_text(connection, *_place(trajectory, posting.key), posting.text),
        "trajectory": trajectory,
        "seq": seq,
    }


def _entries(connection: Connection, *filters: ColumnElement[bool]) -> list[Entry]:
    statement = (
        select(ledger)
        .where(*filters)
        .order_by(ledger.c.booked_on, ledger.c.trajectory, ledger.c.seq, ledger.c.key)
    )
    found = []
    for row in connection.execute(statement).mappings():
        told = {name: row[name] for name in Posting.model_fields}
        place = _place(row["trajectory"], row["key"])
        told["text"] = open_text(connection, *place, row["text"])
        found.append(Entry(row["trajectory"], Posting(**told)))
    return found


def _place(trajectory: str, key: str) -> tuple[str, tuple[str, ...]]:
    return resident(trajectory), ("ledger", key, "text")


def difference(shown: Iterable[Posting], told: Iterable[Posting]) -> str | None:
    """Return how the lines that are shown differ from those that the log tells, or None."""
    ours = {posting.key: posting for posting in shown}
    theirs = {posting.key: posting for posting in told}
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) == theirs.get(key):
            continue
        if key not in theirs:
            return f"de lijn {key} staat niet in het logboek"
        if key not in ours:
            return f"de lijn {key} ontbreekt"
        return f"de lijn {key} is anders dan in het logboek"
    return None
