"""`opstap audit rebuild`: overview and ledger made again from the outcome log alone, and compared.

The log is enough: its rows carry every fact, and the facts fold into the state.
"""

from collections.abc import AsyncIterator
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.comparing import first_difference
from models.facts import Overview, Posting
from models.lookback import fold
from models.projection import overview_of
from stores import ledger, outcomes, overview
from stores.errors import Sealed
from stores.vault import is_sealed

UNREADABLE = "een rij van het logboek is veranderd en niet te lezen: zie `opstap audit verify`"


class Rebuilt(NamedTuple):
    """One trajectory: as SQL shows it (None: lost), and as the log tells it (None: forgotten)."""

    shown: Overview | None
    told: Overview
    ledger: list[Posting] | None


async def rebuilt(engine: AsyncEngine, unreadable: list[str]) -> AsyncIterator[Rebuilt]:
    """Yield every overview row as it is stored and as the log tells it, with the ledger's lines.

    Whose log does not open any more is named in `unreadable`, and stays as it is stored.
    """
    stored = {row.trajectory: row for row in await overview.list_overview(engine)}
    for trajectory in await outcomes.trajectories(engine):
        shown = stored.get(trajectory)
        try:
            rows = await outcomes.rows(engine, trajectory)
        except (ValueError, Sealed):
            unreadable.append(trajectory)
            if shown is not None:
                yield Rebuilt(shown, shown, None)
            continue
        if not is_sealed(rows[0].detail):
            folded = fold(trajectory, rows)
            # The head is that of the sealed chain, which only the log knows.
            told = overview_of(folded).model_copy(update={"head": rows[-1].hash})
            yield Rebuilt(shown, told, folded.postings)
        elif shown is not None:
            yield Rebuilt(shown, shown, None)  # forgotten: nothing can be made from it any more


async def rebuild(engine: AsyncEngine, *, check: bool) -> list[str]:
    """Compare overview and ledger with the log and, unless only checking, write them again.

    Returns:
        One Dutch sentence for each row of the overview and each ledger that differs.
    """
    differences: list[str] = []
    unreadable: list[str] = []
    async for one in rebuilt(engine, unreadable):
        trajectory, head = one.told.trajectory, one.told.head
        wrong, lines = first_difference(one.shown, one.told), None
        if one.ledger is not None:
            lines = ledger.difference(await ledger.lines(engine, trajectory), one.ledger)
        if wrong is None and lines is None:
            continue
        if not await outcomes.ends_with(engine, trajectory, head):
            continue  # it went on while we looked: that turn wrote what is shown
        differences += [f"{trajectory}: {found}" for found in (wrong, lines) if found is not None]
        if wrong is not None and not check:
            await overview.put_again(engine, one.told)
        if lines is not None and one.ledger is not None and not check:
            await ledger.replace(engine, trajectory, one.ledger, head)
    differences += [f"{trajectory}: {UNREADABLE}" for trajectory in unreadable]
    if not check:
        await overview.drop_unknown(engine)
    return differences
