"""`opstap audit rebuild`: the overview made again from the outcome log alone, and compared.

The log is enough: its rows carry every fact, and the facts fold into the state.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.comparing import first_difference
from models.core import Trajectory, replayed
from models.facts import By, Fact, Outcome, Overview, Start
from models.programme import Rules
from models.projection import overview_of
from models.vocabulary import Role, Source
from stores import outcomes, overview
from stores.vault import is_sealed


def fact_of(row: Outcome) -> Fact:
    """Return the fact that a row of the log carries."""
    detail: dict[str, Any] = row.detail
    second = detail.get("second")
    return Fact(
        seq=row.fact or 0,
        name=row.kind,
        source=Source(row.source),
        at=datetime.fromisoformat(row.recorded_at),
        by=By(who=row.by, role=Role(row.role)),
        second=By.model_validate(second) if second else None,
        data=detail.get("data", {}),
        key=detail.get("key"),
        override=detail.get("override"),
    )


def fold(trajectory: str, rows: list[Outcome]) -> Trajectory:
    """Return the trajectory that the rows of the log come to; the first row carries its rules."""
    facts = [fact_of(row) for row in rows if row.fact is not None]
    rules = Rules.model_validate(rows[0].detail["rules"])
    return replayed(Start(trajectory=trajectory, rules=rules), facts)


async def rebuilt(engine: AsyncEngine) -> AsyncIterator[tuple[Overview | None, Overview]]:
    """Yield every overview row as it is stored (None: lost) and as the log tells it."""
    stored = {row.trajectory: row for row in await overview.list_overview(engine)}
    for trajectory in await outcomes.trajectories(engine):
        rows = await outcomes.rows(engine, trajectory)
        shown = stored.get(trajectory)
        if not is_sealed(rows[0].detail):
            # The head is that of the sealed chain, which only the log knows.
            told = overview_of(fold(trajectory, rows)).model_copy(update={"head": rows[-1].hash})
            yield shown, told
        elif shown is not None:
            yield shown, shown  # forgotten: nothing can be made from it any more


async def rebuild(engine: AsyncEngine, *, check: bool) -> list[str]:
    """Compare the overview with the log and, unless only checking, write it again.

    Returns:
        One Dutch sentence for each row that differs.
    """
    differences, again = [], []
    async for shown, told in rebuilt(engine):
        again.append(told)
        difference = first_difference(shown, told)
        if difference is not None:
            differences.append(f"{told.trajectory}: {difference}")
    if not check:
        await overview.replace_all(engine, again)
    return differences
