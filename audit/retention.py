"""Who is due: files whose retention period is over, by the periods of the programme's profile.

Proposes, and erases nothing: two people do that (`audit.erasing`).
"""

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from models.lookback import fold
from models.programme import Programme
from models.retention import Kept
from models.rights import may_be_erased
from models.state import TrajectoryState
from models.vocabulary import ENDED
from privacy.keys import is_forgotten
from stores import outcomes, overview


class Due(NamedTuple):
    """A file that may go; `held_back` says why it cannot go yet."""

    trajectory: str
    what: str
    ended_on: date
    kept_until: date
    held_back: str | None

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            **self._asdict(),
            "ended_on": self.ended_on.isoformat(),
            "kept_until": self.kept_until.isoformat(),
        }


async def due(engine: AsyncEngine, programme: Programme, today: date) -> list[Due]:
    """Return whose period is over on a day, the longest waiting first."""
    found = []
    for row in await overview.list_overview(engine, stages=[stage.value for stage in ENDED]):
        if await is_forgotten(engine, row.trajectory):
            continue
        state = await state_of(engine, row.trajectory)
        until = kept_until(programme, state, today)
        if until is None or until >= today or state.ended_on is None:
            continue
        refusal = may_be_erased(state)
        text = None if refusal is None else refusal.text
        found.append(Due(row.trajectory, kept(state).value, state.ended_on, until, text))
    return sorted(found, key=lambda one: (one.kept_until, one.trajectory))


async def state_of(engine: AsyncEngine, trajectory: str) -> TrajectoryState:
    """Return where a trajectory stands by the log: its workflow may be gone for years."""
    return fold(trajectory, await outcomes.rows(engine, trajectory)).state


def kept(state: TrajectoryState) -> Kept:
    """Return what kind of file it is: somebody who lived there, or who never did."""
    return Kept.CANDIDATE if state.lease is None else Kept.RESIDENT


def kept_until(programme: Programme, state: TrajectoryState, today: date) -> date | None:
    """Return the last day that a file is kept; None: it has not ended, or no period is set."""
    if state.ended_on is None or state.stage not in ENDED:
        return None
    return programme.kept_until(kept(state), state.ended_on, today)
