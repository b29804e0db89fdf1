"""The ledger can always be made again from the log: what differs is named, and put right."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from audit import rebuild as rebuild_module
from audit.rebuild import Rebuilt, rebuild
from models.core import replayed
from models.facts import Start, Turn
from stores import ledger, outcomes, overview
from stores.engine import create_or_upgrade, make_engine
from tests.models.renting import pay
from tests.models.story import Story
from tests.models.world import RENT, World, good_dwelling


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    url = f"sqlite:///{tmp_path / 'opstap.db'}"
    await create_or_upgrade(url)
    engine = make_engine(url)
    yield engine
    await engine.dispose()


def whole(story: Story) -> Turn:
    """Everything that was decided, as one turn."""
    start = Start(trajectory=story.t.id, rules=story.t.first_rules)
    return replayed(start, story.t.facts).drain(story.now)


async def test_a_ledger_is_made_again_from_the_log(engine: AsyncEngine) -> None:
    story = Story(world=World({"d7": good_dwelling("d7", flat_rate="65")}), rules=RENT).living(
        "2027-02-15"
    )
    story.until("2027-03-10")
    await outcomes.record_turn(engine, whole(story))
    me = story.t.id
    lines = await ledger.lines(engine, me)

    assert ["charge:huur:2027-02", "charge:huur:2027-03"] == [line.key for line in lines]
    assert [] == await rebuild(engine, check=True)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE ledger SET amount = 1 WHERE key LIKE '%2027-03'"))
    found = [f"{me}: de lijn charge:huur:2027-03 is anders dan in het logboek"]
    assert found == await rebuild(engine, check=True)
    assert found == await rebuild(engine, check=False)
    assert [] == await rebuild(engine, check=True)
    assert lines == await ledger.lines(engine, me)


async def test_a_line_that_nobody_decided_does_not_stay(engine: AsyncEngine) -> None:
    story = Story(world=World({"d7": good_dwelling("d7", flat_rate="65")}), rules=RENT).living()
    await outcomes.record_turn(engine, whole(story))
    (line,) = await ledger.lines(engine, story.t.id)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE ledger SET key = 'charge:huur:1999-01'"))

    found = await rebuild(engine, check=False)
    assert [f"{story.t.id}: de lijn charge:huur:1999-01 staat niet in het logboek"] == found
    assert [line] == await ledger.lines(engine, story.t.id)


async def test_what_is_decided_while_the_log_is_read_is_not_written_over(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resident pays, and another one is referred, between the reading and the writing."""
    story = Story(world=World({"d7": good_dwelling("d7", flat_rate="65")}), rules=RENT).living()
    await outcomes.record_turn(engine, whole(story))
    me, real = story.t.id, rebuild_module.rebuilt

    async def meanwhile(*given: Any) -> AsyncIterator[Rebuilt]:
        async for one in real(*given):
            pay(story, "377", "2027-02-02", "m1")
            await outcomes.record_turn(engine, whole(story))
            await outcomes.record_turn(engine, whole(Story("b").referred()))
            yield one

    monkeypatch.setattr(rebuild_module, "rebuilt", meanwhile)
    assert [] == await rebuild(engine, check=False)
    assert ["charge:huur:2027-02", "payment:m1:huur"] == [
        line.key for line in await ledger.lines(engine, me)
    ]
    assert [me, "b"] == sorted(
        (row.trajectory for row in await overview.list_overview(engine)), reverse=True
    )


async def test_a_row_of_a_trajectory_that_the_log_does_not_know_goes(engine: AsyncEngine) -> None:
    await outcomes.record_turn(engine, whole(Story("b").referred()))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE overview SET trajectory = 'nobody'"))
    assert ["b: er is geen rij in het overzicht"] == await rebuild(engine, check=False)
    assert ["b"] == [row.trajectory for row in await overview.list_overview(engine)]
