"""What a replay is compared with: the log and the overview of the database, or an export's rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.comparing import first_difference
from audit.recording import Recording
from audit.replay import OTHER, Beside, written
from models.projection import overview_of
from proof import chain
from proof.chain import Row
from stores import chains, overview


def database(engine: AsyncEngine) -> Beside:
    """Compare with the outcome log and the overview."""

    async def compare(trajectory: str, recorded: Recording) -> str | None:
        rows = await chains.of_trajectory(engine, trajectory)
        difference = _log(trajectory, recorded, rows)
        if difference is not None or recorded.instance is None:
            return difference
        shown = await overview.get(engine, trajectory)
        difference = first_difference(shown, overview_of(recorded.instance.trajectory))
        return None if difference is None else f"het overzicht toont iets anders: {difference}"

    return compare


def exported(rows: Sequence[Row]) -> Beside:
    """Compare with the rows of an export."""

    async def compare(trajectory: str, recorded: Recording) -> str | None:
        return _log(trajectory, recorded, rows)

    return compare


def _log(trajectory: str, recorded: Recording, rows: Sequence[Row]) -> str | None:
    """Compare the log with what the replay came to, row by row."""
    if recorded.instance is None:
        return "de geschiedenis is nog niet begonnen, en het logboek wel" if rows else None
    replayed: Any = recorded.instance.trajectory
    if replayed.id != trajectory:
        return OTHER
    broken = chain.broken(rows)
    if broken is not None:
        return f"het logboek klopt niet: {broken}"
    told = {
        row.seq: row.hash for turns in written(recorded) for turn in turns for row in turn.outcomes
    }
    for row in rows:
        if row.seq in told and told[row.seq] != row.hash:
            return f"rij {row.seq} van het logboek is een andere dan die van de geschiedenis"
    if len(rows) != replayed.seq:
        return f"het logboek heeft {len(rows)} rijen, de geschiedenis {replayed.seq}"
    if rows and rows[-1].hash != replayed.head:
        return "de laatste rij van het logboek is een andere dan die van de geschiedenis"
    return None
