"""The temporal engine: the real workflow, worker and database on a server whose clock jumps.

Everything is private to the play and gone afterwards: the test server, the worker process, its
database in a temporary folder, and the mails, which are files there. The driver sleeps to each
whole minute that matters, lets every trajectory that is due settle, then takes that minute's steps.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from embedded.child import Child, program
from embedded.temporal_server import add_search_attributes, binary
from gateway.connect import data_converter
from gateway.errors import NoAnswer
from gateway.programmes import find_programme
from gateway.settings import Settings
from models.calendar import day_of
from models.errors import OpstapError
from models.facts import Outcome, Start
from models.observations import LETTER_OBSERVATIONS
from simulation.driver import Driver
from simulation.played import Lived, Played, RulesOn
from simulation.script import Observed, Script, asked, resident_of
from simulation.world import World
from stores import outcomes, people, registers, tasks
from stores.engine import create_or_upgrade, make_engine
from workflows.trajectory import WORKFLOW

TRIES = 60
LETTERS = frozenset(LETTER_OBSERVATIONS)
Afterwards = Callable[[Client, AsyncEngine], Awaitable[None]]


class CannotPlay(OpstapError):  # noqa: N818 (named for what the person hears)
    """A script that the temporal engine cannot play; the sentence says what to do instead."""


def play_on_temporal(
    script: Script,
    rules_on: RulesOn,
    tick: Callable[[datetime], None] = lambda _: None,
    afterwards: Afterwards | None = None,
) -> Played:
    """Play a script on the real workflow; `afterwards` may still look at server and database.

    Raises:
        CannotPlay: it begins in the past, where the server's clock cannot go.
    """
    return asyncio.run(_play(script, rules_on, tick, afterwards))


async def _play(
    script: Script,
    rules_on: RulesOn,
    tick: Callable[[datetime], None],
    afterwards: Afterwards | None,
) -> Played:
    played = Played(script, rules_on(day_of(script.until)))
    if not script.facts:
        return played
    if script.facts[0].at < datetime.now(UTC):
        raise CannotPlay(
            "De eerste stap ligt in het verleden en de klok van de testserver gaat alleen "
            "vooruit: speel dit script met --engine core."
        )
    with TemporaryDirectory(prefix="opstap-play-") as folder:
        async with _opened(Path(folder)) as (environment, settings, engine):
            await _fill_registers(engine, script)
            driver = Driver(environment, settings, engine, rules_on)
            await _drive(driver, played, tick)
            lives = [await _lived(engine, trajectory) for trajectory in driver.started]
            if afterwards is not None:
                await afterwards(environment.client, engine)
    return played.finish(lives)


async def _drive(driver: Driver, played: Played, tick: Callable[[datetime], None]) -> None:
    script = played.script
    world = World(script.partners, script.dwellings)
    residents = frozenset(script.residents())
    for one in script.dated():
        await driver.advance(one.at, tick)
        if isinstance(one, Observed):
            for resident, text in await driver.load(world, one):
                played.refuse_statement(one, resident, text)
            continue
        request = {**asked(one, residents), "id": f"script-{one.line}"}
        answer = await driver.take(world, one, request)
        if isinstance(answer, str):
            played.refuse(one, answer)
        else:
            played.accepted[one.resident, answer] = one
    await driver.advance(script.until, tick)


@asynccontextmanager
async def _opened(
    folder: Path,
) -> AsyncIterator[tuple[WorkflowEnvironment, Settings, AsyncEngine]]:
    """Start the server and the worker; stop both, by their own process ids."""
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=data_converter(),
        test_server_existing_path=binary("temporal-test-server"),
    ) as environment:
        await add_search_attributes(environment.client)
        chosen = {
            "OPSTAP_TEMPORAL_ADDRESS": environment.client.service_client.config.target_host,
            "OPSTAP_TEMPORAL_NAMESPACE": environment.client.namespace,
            "OPSTAP_TASK_QUEUE": f"play-{uuid4().hex}",
            "OPSTAP_STATE_DIR": str(folder),
            "OPSTAP_DATABASE_URL": "",
            "OPSTAP_POST_FOLDER": str(folder / "post"),
            "OPSTAP_UPDATE_WITH_START": "false",
            "OPSTAP_SEALED": "false",  # nobody here exists, and all of it is gone afterwards
        }
        settings = Settings.model_validate(
            {name.removeprefix("OPSTAP_").lower(): value for name, value in chosen.items()}
        )
        await create_or_upgrade(settings.database)
        engine = make_engine(settings.database)
        log = folder / "worker.log"
        worker = await Child.start(program("worker"), log=log, environment={**os.environ, **chosen})
        try:
            await _worker_is_up(environment, settings, worker)
            yield environment, settings, engine
        finally:
            await worker.stop(within=5)
            await engine.dispose()


async def _worker_is_up(
    environment: WorkflowEnvironment, settings: Settings, worker: Child
) -> None:
    """Wait until a trajectory answers: the clock must not run while the worker is loading."""
    start = Start(trajectory="warm-up", rules=find_programme(settings).rules(date(2027, 1, 1)))
    handle = await environment.client.start_workflow(
        WORKFLOW, start, id=start.trajectory, task_queue=settings.task_queue
    )
    for _ in range(TRIES):
        if worker.returncode is not None:
            break
        with suppress(RPCError, WorkflowQueryFailedError):
            await handle.query("view", rpc_timeout=timedelta(seconds=2))
            return
    raise NoAnswer(f"De worker van de testserver start niet: {worker.last_line()}")


async def _fill_registers(engine: AsyncEngine, script: Script) -> None:
    """Write the script's registers; everybody gets an invented address, so that letters leave."""
    for partner in script.partners:
        contact = partner.contact or f"info@{partner.id}.example"
        await registers.put_partner(engine, partner.model_copy(update={"contact": contact}))
        for supporter in partner.supporters:
            await registers.put_supporter(
                engine,
                registers.Supporter(
                    id=supporter,
                    partner=partner.id,
                    name=supporter.capitalize(),
                    email=f"{supporter}@{partner.id}.example",
                ),
            )
    for number, dwelling in enumerate(script.dwellings, 1):
        address = dwelling.address or f"Voorbeeldstraat {number}, 2060 Antwerpen"
        known = dwelling.model_copy(update={"address": address})
        await registers.put_dwelling(engine, known)
    for member in script.staff:
        await registers.put_employee(engine, registers.Employee(**member.model_dump()))
    for fact in script.facts:
        if fact.step in {"refer", "adopt"}:
            await _admit(engine, fact.resident, fact.request["data"])


async def _admit(engine: AsyncEngine, resident: str, data: object) -> None:
    """Give a resident a name, invented where the script has none."""
    told = data if isinstance(data, dict) else {}
    birth_date = told.get("birth_date")
    try:
        born = date.fromisoformat(birth_date) if isinstance(birth_date, str) else date(2000, 1, 1)
    except ValueError:
        born = date(2000, 1, 1)
    name = told.get("name")
    person = await people.admit(
        engine, name=name if isinstance(name, str) else f"Bewoner {resident}", birth_date=born
    )
    await people.link(engine, person, f"trajectory-{resident}")


async def _lived(engine: AsyncEngine, trajectory: str) -> Lived:
    listed = await tasks.list_tasks(engine, trajectory=trajectory, also_done=True)
    rows = await outcomes.rows(engine, trajectory)
    return Lived(resident_of(trajectory), in_order(rows), [one.task for one in listed])


def in_order(rows: list[Outcome]) -> list[Outcome]:
    """Return the rows with the letters that left at one moment in order of their key.

    They leave beside each other, so that the log holds whichever was back first; a story that must
    come out the same every time cannot.
    """
    result: list[Outcome] = []
    for (_, letters), group in groupby(rows, lambda row: (row.recorded_at, row.kind in LETTERS)):
        run = list(group)
        if letters and len(run) > 1:
            first = run[0].seq
            run.sort(key=lambda row: str(row.detail["letter"]["key"]))
            run = [row.model_copy(update={"seq": first + n}) for n, row in enumerate(run)]
        result += run
    return result
