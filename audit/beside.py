"""What a replay is compared with: the log and the overview of the database, or an export's rows."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.comparing import first_difference
from audit.replay import OTHER, CameTo
from models.facts import Outcome
from models.projection import overview_of
from privacy.keys import is_forgotten
from proof import chain
from proof.chain import Row
from stores import chains, outcomes, overview


class Database:
    """The outcome log and the overview."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Keep where they are."""
        self._engine = engine

    async def is_forgotten(self, trajectory: str) -> bool:
        """Whether the key of this trajectory was destroyed."""
        return await is_forgotten(self._engine, trajectory)

    async def chain(self, trajectory: str) -> str | None:
        """Return what is wrong with the stored chain."""
        return _broken(await chains.of_trajectory(self._engine, trajectory))

    async def hashes(self, trajectory: str, rows: Sequence[Outcome]) -> Sequence[str]:
        """Return the hashes of rows of the core once they are sealed."""
        return await outcomes.sealed_hashes(self._engine, trajectory, rows)

    async def compare(self, trajectory: str, came_to: CameTo) -> str | None:
        """Return the first difference with the log or the overview."""
        rows = await chains.of_trajectory(self._engine, trajectory)
        difference = _log(trajectory, came_to, rows)
        if difference is not None or came_to.trajectory is None:
            return difference
        shown = await overview.get(self._engine, trajectory)
        told = overview_of(came_to.trajectory)
        if came_to.hashes:
            told = told.model_copy(update={"head": came_to.hashes[-1]})
        difference = first_difference(shown, told)
        return None if difference is None else f"het overzicht toont iets anders: {difference}"


class Exported:
    """The rows of an export; with the database at hand its keys seal again what is compared."""

    def __init__(self, rows: Sequence[Row], engine: AsyncEngine | None) -> None:
        """Keep the rows."""
        self._rows = rows
        self._engine = engine

    async def is_forgotten(self, trajectory: str) -> bool:
        """Whether the key of this trajectory was destroyed, as far as is known here."""
        return self._engine is not None and await is_forgotten(self._engine, trajectory)

    async def chain(self, trajectory: str) -> str | None:
        """Return what is wrong with the exported chain."""
        del trajectory
        return _broken(self._rows)

    async def hashes(self, trajectory: str, rows: Sequence[Outcome]) -> Sequence[str]:
        """Return the hashes of rows of the core as the log has them."""
        if self._engine is None:
            return [row.hash for row in rows]
        return await outcomes.sealed_hashes(self._engine, trajectory, rows)

    async def compare(self, trajectory: str, came_to: CameTo) -> str | None:
        """Return the first difference with the exported rows."""
        return _log(trajectory, came_to, self._rows)


def _broken(rows: Sequence[Row]) -> str | None:
    broken = chain.broken(rows)
    return None if broken is None else f"het logboek klopt niet: {broken}"


def _log(trajectory: str, came_to: CameTo, rows: Sequence[Row]) -> str | None:
    """Compare the log with what the replay came to, row by row."""
    known = came_to.trajectory
    if known is None:
        return "de geschiedenis is nog niet begonnen, en het logboek wel" if rows else None
    if known.id != trajectory:
        return OTHER
    broken = _broken(rows)
    if broken is not None:
        return broken
    told = {row.seq: sealed for row, sealed in zip(came_to.rows, came_to.hashes, strict=True)}
    for row in rows:
        if row.seq in told and told[row.seq] != row.hash:
            return f"rij {row.seq} van het logboek is een andere dan die van de geschiedenis"
    if len(rows) != known.seq:
        return f"het logboek heeft {len(rows)} rijen, de geschiedenis {known.seq}"
    return None
