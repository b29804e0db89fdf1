"""The night's work on the real server, and two databases of different moments."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import ActivityEnvironment

from activities.sweep import sweep
from audit.ended import TEXT as ENDED
from audit.nightly import Nightly
from audit.restored import compare
from audit.retention import due
from gateway.connect import open_database
from gateway.errors import Refused
from gateway.nights import plan_nights, schedule_id
from gateway.programmes import find_programme
from gateway.settings import Settings
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.facts import By
from models.vocabulary import Role
from proof.keys import make_private
from stores import checkpoints, outcomes
from stores.looks import list_looks
from tests.running import Stack

pytestmark = pytest.mark.dev_server
AN = By(who="an", role=Role.COORDINATOR)
DAY = date(2027, 5, 6)


@dataclass
class Copied:
    """The stack's database as it was at one moment, apart."""

    engine: AsyncEngine
    settings: Settings
    trajectory: str


@pytest.fixture
async def copied(gateway: Gateway, stack: Stack, tmp_path: Path) -> AsyncIterator[Copied]:
    form = ReferralForm.model_validate(
        {
            "name": f"Nacht {tmp_path.name}",
            "birth_date": "2007-03-27",
            "sex": "v",
            "supporter": "lien",
            "living": "alleen",
        }
    )
    referred = await gateway.refer(form, AN)
    database = tmp_path / "opstap.db"
    with (
        closing(sqlite3.connect(str(gateway.engine.url.database))) as here,
        closing(sqlite3.connect(database)) as there,
    ):
        here.backup(there)
    make_private(tmp_path / "checkpoint.key")
    told = {
        "state_dir": tmp_path,
        "checkpoint_key_file": tmp_path / "checkpoint.key",
        "database_url": f"sqlite+aiosqlite:///{database}",
        "master_key_file": stack.settings.master_file,
    }
    settings = stack.settings.model_copy(update=told)
    engine = open_database(settings)
    yield Copied(engine, settings, referred.trajectory)
    await engine.dispose()


async def test_the_first_night_of_a_month_says_whose_period_is_over(
    gateway: Gateway, copied: Copied
) -> None:
    nightly = Nightly(gateway.client, copied.engine, copied.settings)
    first = await ActivityEnvironment().run(nightly.audit_day, date(2040, 1, 1))
    second = await ActivityEnvironment().run(nightly.audit_day, date(2040, 1, 2))
    found = await due(copied.engine, find_programme(copied.settings), date(2040, 1, 1))
    assert ([one.plain() for one in found], False) == (first["due"], "due" in second)


async def test_a_night_is_done_once(gateway: Gateway, copied: Copied) -> None:
    nightly = Nightly(gateway.client, copied.engine, copied.settings)
    report = await ActivityEnvironment().run(nightly.audit_day, DAY)
    assert (1, []) == (report["checkpoint"], report["differences"])
    assert report["replayed"] >= 1
    assert report == await ActivityEnvironment().run(nightly.audit_day, DAY)
    assert 1 == len(await checkpoints.every(copied.engine))


async def test_the_worker_planned_the_nights_once(gateway: Gateway, stack: Stack) -> None:
    assert not await plan_nights(gateway.client, stack.settings)
    handle = gateway.client.get_schedule_handle(schedule_id(stack.settings))
    told = await handle.describe()
    assert "Europe/Brussels" == told.schedule.spec.time_zone_name


async def test_two_databases_of_one_moment_know_the_same(gateway: Gateway, copied: Copied) -> None:
    differing, equal = await compare(gateway.client, copied.engine, pause=0)
    assert copied.trajectory not in {one.trajectory for one in differing}
    assert equal > 0


async def test_an_older_database_is_named_and_mended(gateway: Gateway, copied: Copied) -> None:
    await gateway.step(copied.trajectory, "withdraw", _withdrawn(), AN)
    (text_,) = [
        one.text
        for one in (await compare(gateway.client, copied.engine, pause=0)).differing
        if one.trajectory == copied.trajectory
    ]
    assert text_.endswith("kent haar niet: de database is ouder")
    assert copied.trajectory in await sweep(gateway.client, copied.engine, also=[copied.trajectory])
    kinds = [row.kind for row in await outcomes.rows(copied.engine, copied.trajectory)]
    assert "withdraw" in kinds


def _withdrawn() -> dict[str, str]:
    return {"asked_by": "jongere", "reason": "woont elders"}


async def test_an_older_temporal_is_named(gateway: Gateway, copied: Copied) -> None:
    async with copied.engine.begin() as connection:
        columns = (
            "recorded_at, valid_from, kind, stage, by, role, source, fact, detail, hash, mark, "
        )
        await connection.execute(
            text(
                f"INSERT INTO outcomes (trajectory, seq, {columns} decided_at) "  # noqa: S608
                f"SELECT 'trajectory-lost', seq, {columns} decided_at FROM outcomes "
                "WHERE trajectory = :of"
            ),
            {"of": copied.trajectory},
        )
    differing, _ = await compare(gateway.client, copied.engine)
    told = {one.trajectory: one.text for one in differing}
    assert told["trajectory-lost"].startswith("staat in de database (")
    assert told["trajectory-lost"].endswith(") en niet in Temporal: Temporal is ouder")


async def test_a_trajectory_that_was_ended_in_temporal_is_named(
    gateway: Gateway, copied: Copied
) -> None:
    before = await compare(gateway.client, copied.engine, pause=0)
    await gateway.client.get_workflow_handle(copied.trajectory).terminate("by hand")
    differing, equal = await compare(gateway.client, copied.engine, pause=0)
    assert {(copied.trajectory, ENDED)} == set(differing) - set(before.differing)
    assert before.equal - 1 == equal
    with pytest.raises(
        Refused, match="werd in Temporal zelf beëindigd, niet door een stap"
    ) as said:
        await gateway.step(copied.trajectory, "withdraw", _withdrawn(), AN)
    assert "ended_outside" == said.value.code


async def test_who_looked_at_whom_is_kept(gateway: Gateway, copied: Copied) -> None:
    await gateway.view(copied.trajectory, AN)
    await gateway.future(copied.trajectory)
    found = await list_looks(gateway.engine, copied.trajectory)
    assert [("view", "an", "coordinator"), ("future", "-", "-")] == [
        (look.what, look.who, look.role) for look in found
    ]
    assert "name" not in json.dumps([look.model_dump(mode="json") for look in found])
