"""The look of the 15th: everybody is late, and the hour strikes for all at once.

Nobody waits for that hour: the server puts the clock of each resident forward, so that for all of
them it strikes at the same moment, a little later on the real clock. Server, worker and database
are the real ones; what is counted is what the worker wrote.
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import TimeSkipper

from bench.laboratory import OURS, Laboratory, laboratory
from bench.report import Report
from bench.residents import BORN, admit, each, fill_registers, referral, request, signed
from embedded.temporal_server import FAST_FORWARD
from gateway.connect import open_database
from gateway.programmes import rules_on
from gateway.sending import begin, send
from gateway.settings import Settings
from models.calendar import add_months, brussels, day_of, local
from models.facts import Json, Start
from models.letters import LetterKind
from models.programme import Rules
from models.statements import Statement
from stores.bank_files import Arrived
from stores.bank_import import take_in
from stores.engine import fetch
from stores.tables import post

log = logging.getLogger("opstap.bench")
AT_ONCE = 20
LAST_CHECK_DAY = 28
ACCOUNT = "BE71096123456769"
MOVING_IN = timedelta(minutes=30)
# Time to put every clock forward, before the hour strikes.
AT_LEAST, EACH = timedelta(seconds=5), timedelta(milliseconds=60)
GIVE_UP_AFTER = 600.0
NEARLY = 0.99
POLL, TELL_EVERY = 0.5, 10.0


@dataclass
class Looked:
    """How it went, in seconds after the hour; `too_soon` counts what came before it.

    `nearly` is when ninety-nine of a hundred were there: one straggler is another story than all.
    """

    first: float = 0.0
    last: float = 0.0
    written: int = 0
    too_soon: int = 0
    spare: float = 0.0
    nearly: float = 0.0


async def measure(report: Report, residents: int, *, at_most: float | None = None) -> None:
    """Measure it, and add it to a report."""
    looked = await look(residents)
    if looked.too_soon or looked.spare < 0:
        report.remarks.append(
            f"THE HOUR WAS NOT ONE MOMENT: {looked.too_soon} looked before it, the last clock was "
            f"put forward {-looked.spare:.1f} s after it"
        )
    name = f"the look of the 15th: {residents} late, to the last proposal"
    missing = residents - looked.written
    target = {} if at_most is None else {"at_most": at_most}
    report.add(name, looked.last if not missing else float("inf"), "s", **target)
    report.add("of those: to the first proposal", looked.first, "s")
    report.add("of those: until 99 of 100 were there", looked.nearly, "s")
    report.remarks.append(
        f"the look: {looked.written} proposals of {residents}; real server, worker and SQLite, "
        f"sealed and signed, {len(os.sched_getaffinity(0))} cores; the residents' clocks were put "
        "forward to one and the same moment"
    )


async def look(residents: int, hour: datetime | None = None) -> Looked:
    """Let residents be late, and an hour strike; return when their messages were proposed."""
    hour = hour or next_hour(datetime.now(UTC))
    async with laboratory(FAST_FORWARD) as lab, _database(lab) as engine:
        settings = lab.settings(OURS)
        async with lab.worker(OURS, "worker"):
            names = [f"trajectory-late-{number:04}" for number in range(residents)]
            rules = _rules(settings, hour)
            await fill_registers(engine)
            await admit(engine, names)
            await _bank_until(engine, day_of(hour) - timedelta(days=1))
            log.info("the look: %d residents move in and owe", residents)
            jobs = (_owes(lab, settings, rules, at, name) for at, name in enumerate(names))
            await each(jobs, AT_ONCE)
            return await _strike(lab, engine, names, hour)


def next_hour(now: datetime) -> datetime:
    """Return the next full Belgian hour on a day that can be a day of looking."""
    # In UTC: a Belgian clock skips an hour in March.
    ready = now.astimezone(UTC) + MOVING_IN
    coming = local(ready + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    if coming.day > LAST_CHECK_DAY:
        coming = brussels(add_months(day_of(coming).replace(day=1), 1), 1)
    return coming


def _rules(settings: Settings, hour: datetime) -> Rules:
    looks = {"check_day": hour.day, "check_hour": hour.hour, "second_check_day": LAST_CHECK_DAY}
    return rules_on(settings, day_of(hour)).model_copy(update=looks)


@asynccontextmanager
async def _database(lab: Laboratory) -> AsyncIterator[AsyncEngine]:
    engine = open_database(lab.settings(OURS))
    try:
        yield engine
    finally:
        await engine.dispose()


async def _bank_until(engine: AsyncEngine, day: date) -> None:
    """Know the bank until a day; nobody paid."""
    empty = Statement.of_nothing(ACCOUNT, day)
    arrived = Arrived("empty", b"empty", "script", [empty], None)
    await take_in(engine, arrived, ours=[], copies=False, at=datetime.now(UTC), by="an")


async def _owes(lab: Laboratory, settings: Settings, rules: Rules, number: int, name: str) -> None:
    """Let somebody move in, and owe something since a few days."""
    day = day_of(datetime.now(UTC))
    data = _living(number, day)
    adopted = signed(name, "adopt", request(data, f"{name}-adopt"))
    await begin(lab.client, settings, Start(trajectory=name, rules=rules), "adopt", adopted)
    due_on = (day - timedelta(days=5)).isoformat()
    cost = {"debt": "schade", "amount": "50.00", "due_on": due_on, "what": "slot"}
    charged = signed(name, "charge_cost", request(cost, f"{name}-cost"))
    await send(lab.client, name, "charge_cost", charged)


def _living(number: int, day: date) -> Json:
    dwelling = {"id": f"d{number}", "shared": False, "energy_in_rent": False, "bedrooms": 1}
    return {
        **referral(BORN),
        "stage": "wonen",
        "referred_on": f"{day - timedelta(days=200)}",
        "place": f"d{number}-1",
        "keys_on": f"{day - timedelta(days=100)}",
        "lease_start": f"{day - timedelta(days=100)}",
        "lease_end": f"{day + timedelta(days=200)}",
        "dwelling": {**dwelling, "flat_rate": "95.00"},
    }


async def _strike(lab: Laboratory, engine: AsyncEngine, names: list[str], hour: datetime) -> Looked:
    """Put every clock forward to the same moment, wait for it, and count what follows."""
    strikes = datetime.now(UTC) + AT_LEAST + len(names) * EACH
    skipper, ahead = TimeSkipper(lab.client), hour - strikes
    log.info("the look: clocks go %s forward; the hour strikes at %s", ahead, strikes)
    handles = (lab.client.get_workflow_handle(name) for name in names)
    await each((skipper.fast_forward(handle, ahead) for handle in handles), AT_ONCE)
    looked = Looked(spare=-_since(strikes))
    looked.too_soon = await _proposed(engine) if looked.spare > 0 else 0
    await asyncio.sleep(max(0.0, looked.spare))
    told = 0.0
    while looked.written < len(names) and _since(strikes) < GIVE_UP_AFTER:
        count, after = await _proposed(engine), _since(strikes)
        if count != looked.written:
            looked.written, looked.last = count, after
            looked.first = looked.first or after
            looked.nearly = looked.nearly or (after if count >= len(names) * NEARLY else 0.0)
        if after - told >= TELL_EVERY:
            told = after
            log.info("the look: %d of %d proposals after %.0f s", count, len(names), after)
        await asyncio.sleep(POLL)
    return looked


def _since(moment: datetime) -> float:
    return (datetime.now(UTC) - moment).total_seconds()


async def _proposed(engine: AsyncEngine) -> int:
    kind = LetterKind.DAY15_MESSAGE.value
    rows = await fetch(engine, select(func.count().label("n")).where(post.c.kind == kind))
    return int(rows[0]["n"])
