"""The sweep at worker start: SQL and history hold the same chain, or history wins.

A worker that died between SQL's commit and the end of its workflow task left rows that no history
knows. Trajectories whose last rows are the newest of all are compared with what their workflow
tells; where they differ, SQL is written again: phantom rows go to the orphans, lost ones come back.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError

from activities.composing import composer, load_programmes
from letters.render import Letters
from models.errors import TOO_EARLY
from models.facts import Turn
from models.programme import Programme
from stores import outcomes
from stores.errors import StoreError
from stores.post import Composer

log = structlog.get_logger()
# No workflow task outlives its time limit of ten seconds by this much.
WINDOW = timedelta(minutes=10)
# Who was asked before its own task came is asked again, after all the others: a worker that starts
# has many tasks to bring.
AGAIN_AFTER = (1.0, 2.0, 5.0, 10.0, 20.0)


async def sweep(
    client: Client,
    engine: AsyncEngine,
    programmes: Mapping[str, Programme] | None = None,
    within: timedelta = WINDOW,
    also: Collection[str] = (),
    texts: Letters | None = None,
    pauses: Sequence[float] = AGAIN_AFTER,
) -> list[str]:
    """Compare recent chains, and those of `also`, with history and mend them.

    Returns:
        The trajectories that were mended.
    """
    known = load_programmes() if programmes is None else programmes
    compose = composer(known, Letters() if texts is None else texts)
    waiting = sorted({*await outcomes.recent(engine, within), *also})
    mended, early = await _mended(client, engine, waiting, compose)
    for pause in pauses:
        if not early:
            break
        await asyncio.sleep(pause)
        more, early = await _mended(client, engine, early, compose)
        mended += more
    for trajectory in early:
        log.warning("not compared: its task did not come", trajectory=trajectory)
    return mended


async def _mended(
    client: Client, engine: AsyncEngine, names: Sequence[str], compose: Composer
) -> tuple[list[str], list[str]]:
    """Return which of these were mended, and which were asked too early."""
    mended, early = [], []
    for trajectory in names:
        # Taken before the question: what is decided after it is newer than the answer.
        asked_at = datetime.now(UTC)
        try:
            whole = await client.get_workflow_handle(trajectory).query("whole", result_type=Turn)
        except (WorkflowQueryFailedError, RPCError) as error:
            if str(error) == TOO_EARLY:
                early.append(trajectory)
            else:
                log.warning("no history to compare with", trajectory=trajectory)
            continue
        stored = await outcomes.head(engine, trajectory)
        try:
            if await outcomes.stands_at(engine, trajectory, whole.overview.head):
                continue
            turn = whole.model_copy(update={"decided_at": asked_at})
            await outcomes.rewrite(engine, [turn], compose)
        except StoreError as error:
            log.warning("not mended", trajectory=trajectory, reason=type(error).__name__)
            continue
        had = 0 if stored is None else stored.seq
        log.warning(
            "chain mended from history",
            trajectory=trajectory,
            rows_in_log=had,
            rows_in_history=whole.overview.seq,
        )
        mended.append(trajectory)
    return mended, early
