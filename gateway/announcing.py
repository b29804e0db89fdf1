"""Telling residents' trajectories that their dwelling is available for longer or shorter (L216).

The trajectories hear it before the register changes: when that fails nothing has changed, and the
same file can be loaded again. Hearing it twice does no harm.
"""

from collections.abc import Iterable
from secrets import token_hex

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from gateway.sending import tell
from models.facts import Heard
from models.registers import Dwelling
from models.signing import Sign
from stores import places, registers


async def moved(engine: AsyncEngine, loaded: Iterable[Dwelling]) -> dict[str, list[str]]:
    """Return the dwellings whose last day changes, each with the trajectories that live there."""
    known = {dwelling.id: dwelling for dwelling in await registers.list_dwellings(engine)}
    changed = {
        dwelling.id
        for dwelling in loaded
        if dwelling.id in known and known[dwelling.id].available_until != dwelling.available_until
    }
    found: dict[str, list[str]] = {}
    for tenancy in await places.list_tenancies(engine):
        if tenancy.dwelling in changed and tenancy.until is None:
            found.setdefault(tenancy.dwelling, []).append(tenancy.trajectory)
    return found


async def announce(
    client: Client, sign: Sign, loaded: Iterable[Dwelling], to: dict[str, list[str]]
) -> int:
    """Let every trajectory in `to` hear its dwelling's new last day; return how many heard it.

    Raises:
        Refused, NotFound, NoAnswer: with a Dutch sentence; hearing it again does no harm.
    """
    heard = 0
    for dwelling in loaded:
        until = dwelling.available_until
        for trajectory in to.get(dwelling.id, []):
            message = Heard(
                name="dwelling_changed",
                data={
                    "dwelling": dwelling.id,
                    "available_until": until.isoformat() if until else None,
                },
                id=f"dwelling-{dwelling.id}-{token_hex(6)}",
            )
            await tell(client, sign, trajectory, message)
            heard += 1
    return heard
