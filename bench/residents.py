"""Invented residents for measurements, and the steps that are always allowed on them.

The cycle of ten steps is a waitlisted resident's paperwork: completions, wishes, pauses and two
letters. None of them changes the next deadline, so that ours arms no timer that the bare does not.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowHandle

from gateway.programmes import rules_on
from gateway.settings import Settings
from models.calendar import day_of
from models.facts import Json, Start, StepAnswer
from models.registers import Partner
from models.signing import sign
from stores import people, registers
from workflows.trajectory import WORKFLOW

Handle = WorkflowHandle[Any, Any]
# For invented residents alone.
SIGNING_KEY = b64encode(bytes(range(32))).decode()
PARTNERS = {"joba": "lien", "kamino": "sam"}
BORN = date(2006, 3, 27)


def today() -> date:
    """Return the Belgian day on the real clock."""
    return day_of(datetime.now(UTC))


def request(step_data: Json, key: str, who: str = "an") -> Json:
    """Return a step's request as the gateway makes it."""
    person = {"who": who, "role": "coordinator"}
    return {**person, "data": step_data, "id": key, "source": "gateway"}


def signed(trajectory: str, step: str, asked: Json) -> Json:
    """Return a request as the gateway sends it: the workers of a measurement believe this key."""
    return sign(b64decode(SIGNING_KEY), trajectory, step, asked, datetime.now(UTC))


def referral(born: date = BORN) -> Json:
    """Return the data of a referral."""
    form = {"birth_date": born.isoformat(), "sex": "v", "supporter": "lien", "living": "alleen"}
    return {**form, "partner": "joba", "priority": False, "supports": True}


def cycle(day: date) -> tuple[tuple[str, Json], ...]:
    """Return the ten steps, in order."""
    lately, later = (day - timedelta(days=20)).isoformat(), (day + timedelta(days=40)).isoformat()
    pause = {"region": "gesprekken", "reason": "ziekte_crisis", "until": later, "owner": "an"}
    guide = {"since": day.isoformat(), "supports": True}
    return (
        ("complete_referral", {"support_since": lately}),
        ("change_wish", {"living": "delen"}),
        ("hold", pause),
        ("complete_referral", {"homelessness": "dakloos"}),
        ("change_supporter", {"supporter": "sam", "partner": "kamino", **guide}),
        ("release_hold", {"region": "gesprekken"}),
        ("complete_referral", {"form_received": day.isoformat()}),
        ("change_wish", {"living": "alleen"}),
        ("change_supporter", {"supporter": "lien", "partner": "joba", **guide}),
        ("complete_referral", {"support_since": lately}),
    )


async def fill_registers(engine: AsyncEngine) -> None:
    """Write the partners and their supporters, with addresses, so that letters can leave."""
    for partner, supporter in PARTNERS.items():
        await registers.put_partner(
            engine, Partner(id=partner, name=partner.title(), supporters=[supporter])
        )
        await registers.put_supporter(
            engine,
            registers.Supporter(
                id=supporter,
                partner=partner,
                name=supporter.title(),
                email=f"{supporter}@{partner}.example",
            ),
        )


async def admit(engine: AsyncEngine, trajectories: Iterable[str]) -> None:
    """Keep an invented name for each trajectory."""
    for trajectory in trajectories:
        name = f"Bewoner {trajectory}"
        person = await people.admit(engine, name=name, birth_date=BORN, sex="v")
        await people.link(engine, person, trajectory)


async def start(client: Client, queue: str, trajectory: str, kind: Any = WORKFLOW) -> Handle:
    """Start a workflow, ours or a bare one, with the same start argument."""
    first = Start(trajectory=trajectory, rules=rules_on(Settings(), today()))
    return await client.start_workflow(kind, first, id=trajectory, task_queue=queue)


async def refer(client: Client, trajectory: str, queue: str) -> Handle:
    """Start one of ours and refer it."""
    handle = await start(client, queue, trajectory)
    asked = signed(trajectory, "refer", request(referral(), f"refer-{trajectory}"))
    await handle.execute_update("refer", asked, id=asked["id"], result_type=StepAnswer)
    return handle


async def each(work: Iterable[Any], at_once: int) -> None:
    """Run coroutines, a few at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(job: Any) -> None:
        async with gate:
            await job

    await asyncio.gather(*(one(job) for job in work))
