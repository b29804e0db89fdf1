"""What the bank told, for who reads it: statements, until which day they go, and the queue."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Json
from models.paying import Fate
from stores.bank_tables import bank_allocations, bank_movements, bank_statements
from stores.engine import fetch


async def newest_closing(
    engine: AsyncEngine, ours: Sequence[str] | None = None, trajectory: str | None = None
) -> date | None:
    """Return until which day all our accounts are known; None when one is not known at all.

    Without `ours` the accounts that have a statement count. What is booked and not heard yet is not
    known: the day stays before it. Asked for one trajectory, so does what waits for a person to say
    that it is theirs: nobody is called late whose payment lies in the queue.
    """
    statement = select(
        bank_statements.c.account, func.max(bank_statements.c.closes_on).label("closes")
    ).group_by(bank_statements.c.account)
    newest = {row["account"]: row["closes"] for row in await fetch(engine, statement)}
    wanted = list(newest) if ours is None else list(ours)
    if not wanted or any(account not in newest for account in wanted):
        return None
    closes: date = min(newest[account] for account in wanted)
    (waits,) = await fetch(engine, _first_that_waits(trajectory))
    return closes if waits["on"] is None else min(closes, waits["on"] - timedelta(days=1))


def _first_that_waits(trajectory: str | None) -> Select[tuple[date]]:
    """Select the day of the first payment that a trajectory should know of and does not.

    The few that wait are found by their indexes: no payment of years ago is looked at.
    """
    told, of = bank_allocations, bank_movements
    unheard = (
        select(of.c.booked_on)
        .join_from(told, of, of.c.id == told.c.movement)
        .where(told.c.told_at.is_(None), told.c.refused.is_(None))
    )
    proposed = select(of.c.booked_on).where(of.c.fate == Fate.PROPOSED.value)
    days = unheard.subquery()
    if trajectory is not None:
        mine = unheard.where(told.c.trajectory == trajectory)
        days = union_all(mine, proposed.where(of.c.trajectory == trajectory)).subquery()
    return select(func.min(days.c.booked_on).label("on"))


async def list_statements(engine: AsyncEngine) -> list[Json]:
    """Return every statement that is in, by account and day."""
    statement = select(bank_statements).order_by(
        bank_statements.c.account, bank_statements.c.closes_on, bank_statements.c.id
    )
    return [dict(row) for row in await fetch(engine, statement)]
