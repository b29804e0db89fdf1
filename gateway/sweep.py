"""The sweep at worker start: SQL and history hold the same chain, or history wins.

A worker that died between SQL's commit and the end of its workflow task left rows that no history
knows. Trajectories whose last rows are the newest of all are compared by their head; the tail that
history does not know is set aside in `outcome_orphans`, and a lost tail is written again.
"""

import asyncio
import logging
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from stores import outcomes

log = logging.getLogger("opstap.sweep")
# No workflow task outlives its time limit of ten seconds by this much.
WINDOW = timedelta(minutes=10)


async def sweep(client: Client, engine: AsyncEngine, within: timedelta = WINDOW) -> list[str]:
    """Compare recent chains with history and set phantom rows aside; return what was mended."""
    mended = []
    for trajectory in await outcomes.recent(engine, within):
        try:
            view = await client.get_workflow_handle(trajectory).query("view")
        except (WorkflowQueryFailedError, RPCError, asyncio.TimeoutError):
            log.warning("sweep: no view of %s", trajectory)
            continue
        seq = int(view["overview"]["seq"])
        head = await outcomes.head(engine, trajectory)
        if view["busy"] or head == view["overview"]["head"]:
            continue
        if await outcomes.orphan_after(engine, trajectory, seq):
            log.warning("sweep: rows after %s of %s were unknown to history", seq, trajectory)
            mended.append(trajectory)
    return mended
