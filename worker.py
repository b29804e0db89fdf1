"""The worker process: composes workflows, activities, stores and post, and runs until told to stop.

Nobody imports this module; `opstap up`, systemd and the tests start it as `python -P -m worker`.
"""

import asyncio
import gc
import logging
import os
import secrets
import signal
import socket
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.effects import Activities
from activities.post import FolderPost, Post, SmtpPost
from activities.sweep import sweep
from audit.nightly import Nightly
from audit.restored import compare
from gateway.connect import connect, prepare_database
from gateway.door import check_account
from gateway.lists import wall_clock
from gateway.nights import plan_nights
from gateway.runtime import end
from gateway.settings import Settings
from gateway.signing import signer, trust_of
from gateway.tasks import AskedTasks
from letters.render import Letters
from models.errors import OpstapError
from privacy.tombstones import FILE as TOMBSTONES
from privacy.tombstones import reapply
from workflows.cached import LightRunner
from workflows.programme import ProgrammeRunWorkflow
from workflows.trajectory import TrajectoryWorkflow
from workflows.trust import believe

log = logging.getLogger("opstap.worker")

# Whoever waits for a step goes first.
COMPARE_AFTER = 20.0

# The share of the cache, one in so many, that may wait in memory after it was let go.
GARBAGE_OF_THE_CACHE = 10

# Without a mail server of its own Opstap only reaches the catcher on this machine.
LOOPBACK = "127.0.0.1"


def post_of(settings: Settings) -> Post:
    """Return where mail goes: a folder, or an SMTP server; never one by default."""
    if settings.post_folder is not None:
        return FolderPost(settings.post_folder)
    return SmtpPost(
        settings.smtp_host or LOOPBACK,
        settings.smtp_port,
        starttls=settings.smtp_tls,
        login=settings.smtp_login,
        lines=settings.smtp_lines,
    )


def build(client: Client, settings: Settings, activities: Activities, nightly: Nightly) -> Worker:
    """Return the worker, not yet running."""
    return Worker(
        client,
        task_queue=settings.task_queue,
        workflows=[TrajectoryWorkflow, ProgrammeRunWorkflow],
        activities=[
            activities.record_turn,
            activities.rewrite,
            activities.answer,
            activities.carry,
            activities.deliver,
            nightly.audit_day,
        ],
        workflow_runner=LightRunner(
            AskedTasks(client),
            collects_every=max(settings.max_cached_workflows // GARBAGE_OF_THE_CACHE, 1),
        ),
        max_cached_workflows=settings.max_cached_workflows,
        # After a kill -9 the next task of a cached workflow waits this long for the dead worker.
        sticky_queue_schedule_to_start_timeout=timedelta(seconds=3),
        graceful_shutdown_timeout=timedelta(seconds=3),
    )


async def main() -> None:
    """Run until SIGTERM or SIGINT."""
    settings = Settings()
    check_account(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    engine = await prepare_database(settings)
    believe(trust_of(settings))
    for again in await reapply(engine, settings.proof / TOMBSTONES):
        log.warning("%s was forgotten, and stood in a restored database: forgotten again", again)
    # No two workers share it, not even process 1 of a container and of the one in its place: by
    # this a task is known as one's own (gateway.tasks).
    identity = f"opstap-worker-{os.getpid()}@{socket.gethostname()}-{secrets.token_hex(4)}"
    client = await connect(settings, engine, identity=identity)
    texts = Letters(settings.letters_dir)
    sign = signer(settings, wall_clock)
    patience = timedelta(hours=settings.post_patience_hours)
    activities = Activities(
        engine, post_of(settings), client, texts=texts, sign=sign, patience=patience
    )
    nightly = Nightly(client, engine, settings)
    # What is loaded by now stays: walking over it stopped every trajectory for 110 to 220 ms, now
    # and then, and stops nobody afterwards (docs/measurements.md).
    gc.freeze()
    async with build(client, settings, activities, nightly):
        beside = [
            asyncio.create_task(_mend(client, engine, texts)),
            asyncio.create_task(_plan_nights(client, settings)),
        ]
        await stop.wait()
        for task in beside:
            task.cancel()
    await engine.dispose()


async def _mend(client: Client, engine: AsyncEngine, texts: Letters) -> None:
    """Mend what a crash left; then name and mend what a restored backup left."""
    await sweep(client, engine, texts=texts)
    try:
        await asyncio.sleep(COMPARE_AFTER)
        differing, _ = await compare(client, engine)
    except (RPCError, SQLAlchemyError) as error:
        log.warning("database and Temporal were not compared: %s", type(error).__name__)
        return
    for one in differing:
        log.warning("%s: %s", one.trajectory, one.text)
    if differing:
        await sweep(client, engine, also=[one.trajectory for one in differing], texts=texts)


async def _plan_nights(client: Client, settings: Settings) -> None:
    """Plan the nightly audit; a server without schedules (the test server) goes without."""
    try:
        await plan_nights(client, settings)
    except RPCError as error:
        log.warning("the nightly audit was not planned: %s", error.status.name)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    for chatty in ("transitions", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        asyncio.run(main())
    except OpstapError as error:
        end(str(error))
    end(0)
