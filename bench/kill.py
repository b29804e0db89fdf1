"""The endurance run: kill -9 at random moments while staff keep taking steps.

Kills the worker, the server or both, also between SQL's commit and the end of the workflow task,
with the server killed and the client gone. Afterwards one more step for each resident, a fresh
worker, and everything compared.
"""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from random import Random
from time import monotonic
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.accounts import Accounts, misplaced
from bench.house import House, house
from bench.report import Report
from bench.residents import admit, each, fill_registers, today
from bench.staff import Staff, last_step, letters_leave, place_of
from gateway.connect import open_database
from gateway.sending import ask
from models.registers import Dwelling
from stores import registers

log = logging.getLogger("opstap.bench")
KINDS = ("worker", "server", "both", "after_commit", "phantom")
# A mail or message that was on its way when the worker died is taken up again by Temporal when its
# time is up: two minutes for a mail, half a minute for a message to a register.


class Ran(NamedTuple):
    """What came of a run."""

    staff: Staff
    accounts: Accounts
    killed: Counter[str]
    died_alone: int
    seconds: float


class Size(NamedTuple):
    """How long and how hard; what is still under way after `quiet_within` stays so."""

    residents: int
    kills: dict[str, int]
    think: tuple[float, float]
    quiet_within: float
    gives_back: bool
    seed: int = 1


FULL = Size(
    residents=100,
    kills={"worker": 5, "server": 4, "both": 4, "after_commit": 3, "phantom": 4},
    think=(1.0, 6.0),
    quiet_within=240,
    gives_back=True,
)
QUICK = Size(
    residents=20,
    kills={"worker": 1, "both": 1, "after_commit": 1, "phantom": 1},
    think=(0.5, 1.5),
    quiet_within=240,
    gives_back=False,
)


async def measure(*, quick: bool = False) -> Report:
    """Run it, and report."""
    size = QUICK if quick else FULL
    ran = await run(size)
    accounts, staff = ran.accounts, ran.staff
    report = Report("kill")
    for name, found in zeroes(accounts).items():
        report.add(name, len(found), at_most=0)
        report.remarks += [f"{name}: {one}" for one in found[:5]]
    report.add("steps answered", len(staff.answered))
    report.add("outcomes compared", accounts.rows)
    report.add("letters sent", accounts.letters_sent)
    still = "letters still on their way"
    if letters_leave():
        report.add(still, accounts.held, at_most=0)
    else:
        report.add(still, accounts.held)
        report.remarks.append(
            "On a closed day no letter leaves: what became of letters shows on a working day."
        )
    report.add("letters of which nobody knows whether they left", accounts.uncertain)
    report.add("rows that never became history, moved aside", accounts.orphans)
    report.add("workers that died without being killed", ran.died_alone)
    report.add("requests asked again", staff.asked_again)
    report.add("longest wait for an answer", staff.longest, "s")
    kinds = ", ".join(f"{kind} {ran.killed[kind]}" for kind in KINDS)
    report.remarks.append(
        f"{size.residents} residents, seed {size.seed}, {ran.seconds:.0f} s; {kinds}."
    )
    return report


def zeroes(accounts: Accounts) -> dict[str, list[str]]:
    return {
        "trajectories where log, workflow and replay differ": accounts.differing,
        "answered steps that are lost": accounts.lost,
        "steps that are there twice": accounts.twice,
        "steps that nobody took": accounts.phantom,
        "mails that left twice": accounts.mails_twice,
        "mails without a letter, or sent letters without a mail": accounts.mails_wrong,
        "places held by the wrong resident": accounts.places_wrong,
    }


async def run(size: Size) -> Ran:
    """Live through it, and compare."""
    began = monotonic()
    rng = Random(size.seed)
    async with house() as burning:
        engine = open_database(burning.settings)
        residents = [f"resident-{number}" for number in range(size.residents)]
        await _furnish(engine, residents)
        staff = Staff(burning.client, burning.settings, Random(size.seed + 1), size.think)
        work = [
            asyncio.create_task(staff.accompany(name, number, gives_back=size.gives_back))
            for number, name in enumerate(residents)
        ]
        killed = await _burn(burning, staff, residents, size, rng)
        staff.over = True
        await asyncio.gather(*work)
        step, data, who = last_step(today())
        await each(
            (staff.take(name, step, data, f"{name}-last", who) for name in residents), at_once=10
        )
        log.info("one more step for each; waiting until it is quiet")
        with suppress(TimeoutError):
            async with asyncio.timeout(size.quiet_within):
                await _quiet(burning, engine, residents)
        # A fresh worker knows nothing but the history.
        await burning.kill(server=False, worker=True)
        accounts = Accounts()
        await accounts.compare(burning.client, engine, staff, residents)
        await accounts.count_mails(engine, burning.mails, residents)
        accounts.places_wrong = await misplaced(engine, await _staying(burning, residents))
        await engine.dispose()
    return Ran(staff, accounts, killed, burning.died_alone, monotonic() - began)


async def _furnish(engine: AsyncEngine, residents: list[str]) -> None:
    await fill_registers(engine)
    await admit(engine, residents)
    later = today() + timedelta(days=2000)
    for number in range(len(residents)):
        dwelling = place_of(number).partition("-")[0]
        await registers.put_dwelling(
            engine,
            Dwelling(
                id=dwelling,
                bedrooms=1,
                destination="renovatie",
                epc_until=later,
                conformity_until=later,
            ),
        )


async def _burn(
    burning: House, staff: Staff, residents: list[str], size: Size, rng: Random
) -> Counter[str]:
    kinds = [kind for kind, count in size.kills.items() for _ in range(count)]
    rng.shuffle(kinds)
    killed: Counter[str] = Counter()
    while len(set(staff.answered.values())) < len(residents) / 4:
        await asyncio.sleep(0.1)
    for number, kind in enumerate(kinds):
        await asyncio.sleep(rng.uniform(0.5, size.think[1]))
        if kind in {"worker", "server", "both"}:
            await burning.kill(server=kind != "worker", worker=kind != "server")
        else:
            name = rng.choice(sorted(set(staff.answered.values())))
            await _die_after_commit(burning, staff, name, f"gone-{number}", kind)
        killed[kind] += 1
        log.info("kill %d of %d: %s, mended", number + 1, len(kinds), kind)
    return killed


async def _die_after_commit(
    burning: House, staff: Staff, trajectory: str, key: str, kind: str
) -> None:
    """Let the worker die between SQL's commit and the end of its task; the client is gone then."""
    server = kind == "phantom"
    burning.arm(key, server=server)
    asking = asyncio.create_task(staff.abandon(trajectory, key))
    try:
        await burning.died(server=server, worker=True)
    finally:
        asking.cancel()
        await asyncio.wait([asking])
    await burning.mend(server=server, worker=True)


async def _quiet(burning: House, engine: AsyncEngine, residents: list[str]) -> None:
    """Wait until every question is answered, every letter has left, every place is given back."""
    for name in residents:
        while await _is_busy(burning, name):
            await asyncio.sleep(0.5)
    staying = await _staying(burning, residents)
    while await misplaced(engine, staying):
        await asyncio.sleep(0.5)


async def _is_busy(burning: House, name: str) -> bool:
    view = await ask(burning.client, name, "view")
    letters = view["state"].get("letters", {}).values()
    held = letters_leave() and any(letter.get("status") is None for letter in letters)
    return bool(view["busy"] or held)


async def _staying(burning: House, residents: list[str]) -> dict[str, str]:
    """Return who has a place according to their own trajectory."""
    found = {}
    for name in residents:
        overview = (await ask(burning.client, name, "view"))["overview"]
        if overview["place"] is not None and overview["stage"] == "opstart":
            found[name] = overview["place"]
    return found
