"""Replaying everything on every processor: each process takes a share of the histories.

A replay is work for the processor alone, and one Python process uses one of them. A process opens
the database and Temporal itself, as the command that started it does.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from audit import beside
from audit.fetching import Run, these
from audit.replay import Verdict, replay
from audit.running import database
from gateway.connect import connect
from gateway.runtime import say_errors_only

# A process costs seconds to start: not for less than this many histories each.
WORTH_IT = 50
# Handed over at a time, so that the progress bar moves and nobody waits long for the last one.
SHARE = 20


def processes_for(count: int) -> int:
    """Return how many processes so many histories are worth on this machine."""
    return max(1, min(os.cpu_count() or 1, count // WORTH_IT))


async def replay_on(processes: int, runs: Sequence[Run]) -> AsyncIterator[Verdict]:
    """Replay these runs in so many processes; the verdicts come in the order of the runs."""
    loop = asyncio.get_running_loop()
    shares = [runs[n : n + SHARE] for n in range(0, len(runs), SHARE)]
    pool = ProcessPoolExecutor(processes, get_context("spawn"))
    try:
        for done in [loop.run_in_executor(pool, replay_share, share) for share in shares]:
            for verdict in await done:
                yield verdict
    finally:
        # Whoever stops half-way does not wait for the shares that nobody began.
        pool.shutdown(cancel_futures=True)


def replay_share(runs: Sequence[Run]) -> list[Verdict]:
    """Replay some runs in this process."""
    say_errors_only()
    return asyncio.run(_replay_share(runs))


async def _replay_share(runs: Sequence[Run]) -> list[Verdict]:
    async with database() as (settings, engine):
        client = await connect(settings, engine)
        found = these(client, runs)
        converter = client.data_converter
        return [one async for one in replay(found, beside.Database(engine), converter=converter)]
