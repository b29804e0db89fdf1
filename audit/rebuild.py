"""`opstap audit rebuild`: the overview made again from the outcome log alone, and compared.

The log is enough: its rows carry every fact, and the facts fold into the state.
"""

from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.comparing import first_difference
from models.facts import Overview
from models.lookback import fold
from models.projection import overview_of
from stores import outcomes, overview
from stores.vault import is_sealed


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
