"""Trajectories that somebody ended in Temporal itself: none of their deadlines comes any more.

A trajectory ends when its file is shut or its person forgotten. Terminate, which Temporal offers to
whoever reaches it, leaves a history that replays and a log that verifies: only its status tells.
"""

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from privacy.keys import is_forgotten
from stores import chains
from workflows.trajectory import WORKFLOW

_OURS = f'WorkflowType="{WORKFLOW}"'
_ENDED = f'{_OURS} AND ExecutionStatus IN ("Terminated", "Canceled", "Failed", "TimedOut")'
_GOOD = f'{_OURS} AND ExecutionStatus IN ("Running", "Completed")'

TEXT = "werd in Temporal zelf beëindigd, niet door een stap: er komt geen termijn of brief meer van"


async def ended_outside(client: Client, engine: AsyncEngine) -> list[str]:
    """Return the trajectories of this database that were ended so and do not run again, by id."""
    ended = {found.id async for found in client.list_workflows(_ENDED)}
    if not ended:
        return []
    good = {found.id async for found in client.list_workflows(_GOOD)}
    known = await chains.names(engine)
    return [name for name in sorted(ended & known - good) if not await is_forgotten(engine, name)]
