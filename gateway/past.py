"""Time travel: what was true of a trajectory on a day, as it was known on another, from the log."""

from datetime import date
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.errors import NotFound, no_trajectory
from models.calendar import dutch_date
from models.facts import Outcome, Overview
from models.lookback import LookBack, fold, known_rows, look_back
from models.projection import overview_of
from models.visibility import masked
from models.vocabulary import Role
from stores import outcomes


class Past(NamedTuple):
    """A trajectory on a day; `overview` is the row that lists showed at the end of `known`."""

    trajectory: str
    on: date
    known: date
    held: LookBack
    overview: Overview


async def as_of(engine: AsyncEngine, trajectory: str, on: date, known: date) -> Past:
    """Return what held on a day, as it was known on another.

    Raises:
        NotFound: the log does not know it, or did not yet on that day.
    """
    rows = await outcomes.rows(engine, trajectory)
    if not rows:
        raise no_trajectory(trajectory)
    then = known_rows(rows, known)
    if not then:
        raise NotFound(
            f"Op {dutch_date(known)} was {trajectory} nog niet gekend: de eerste rij is van "
            f"{dutch_date(date.fromisoformat(rows[0].recorded_at[:10]))}."
        )
    return Past(
        trajectory, on, known, look_back(rows, on, known), overview_of(fold(trajectory, then))
    )


def shown_to(past: Past, role: Role) -> Past:
    """Return the past as a role may read it."""

    def mask(rows: list[Outcome]) -> list[Outcome]:
        return [row.model_copy(update={"detail": masked(row.detail, role)}) for row in rows]

    held = past.held
    shown = LookBack(held.stage, mask(held.rows), mask(held.later), mask(held.gone))
    return past._replace(held=shown)
