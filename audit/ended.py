"""Trajectories that somebody ended in Temporal itself: none of their deadlines comes any more.

A trajectory ends when its file is shut or its person forgotten. Terminate, which Temporal offers to
whoever reaches it, leaves a history that replays and a log that verifies: only its status tells.
"""

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from privacy.keys import is_forgotten
from stores import chains
from workflows.trajectory import WORKFLOW

_ENDED = (
    f'WorkflowType="{WORKFLOW}" AND '
    'ExecutionStatus IN ("Terminated", "Canceled", "Failed", "TimedOut")'
)
_GOOD = frozenset({WorkflowExecutionStatus.RUNNING, WorkflowExecutionStatus.COMPLETED})

TEXT = "werd in Temporal zelf beëindigd, niet door een stap: er komt geen termijn of brief meer van"


async def ended_outside(client: Client, engine: AsyncEngine) -> list[str]:
    """Return the trajectories of this database that were ended so and do not run again, by id."""
    ended = {found.id async for found in client.list_workflows(_ENDED)}
    if not ended:
        return []
    known = await chains.names(engine)
    return [
        name
        for name in sorted(ended & known)
        if not await is_forgotten(engine, name) and not await _goes_on(client, name)
    ]


async def _goes_on(client: Client, name: str) -> bool:
    """Whether its newest run is a good one: a reset ends a run, and begins another."""
    try:
        return (await client.get_workflow_handle(name).describe()).status in _GOOD
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return True  # Temporal let go of it meanwhile: there is nothing left that was ended
