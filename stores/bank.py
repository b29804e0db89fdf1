"""What the bank told, for who reads it: statements, until which day they go, and the queue."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Json
from stores.bank_tables import bank_statements
from stores.engine import fetch


async def newest_closing(engine: AsyncEngine, ours: Sequence[str] | None = None) -> date | None:
    """Return until which day all our accounts are known; None when one is not known at all.

    Without `ours` the accounts that have a statement count.
    """
    statement = select(
        bank_statements.c.account, func.max(bank_statements.c.closes_on).label("closes")
    ).group_by(bank_statements.c.account)
    newest = {row["account"]: row["closes"] for row in await fetch(engine, statement)}
    wanted = list(newest) if ours is None else list(ours)
    if not wanted or any(account not in newest for account in wanted):
        return None
    closes: date = min(newest[account] for account in wanted)
    return closes


async def list_statements(engine: AsyncEngine) -> list[Json]:
    """Return every statement that is in, by account and day."""
    statement = select(bank_statements).order_by(
        bank_statements.c.account, bank_statements.c.closes_on, bank_statements.c.id
    )
    return [dict(row) for row in await fetch(engine, statement)]
