import asyncio
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, select
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.communication import digits_of
from stores import communications
from stores.engine import create_or_upgrade, fetch, make_engine, read, write
from stores.guard_tables import secrets
from stores.schema import metadata
from stores.tables import outcomes, person_trajectories
from stores.tables import refusals as table
from tests.stores.turns import NOON

ROOT = Path(__file__).parents[2]
REFUSAL = {
    "trajectory": "t",
    "step": "s",
    "who": "w",
    "role": "r",
    "code": "c",
    "hash": "0" * 64,
} | {
    "text": "nee",
    "source": "gateway",
}


async def test_the_migrations_make_exactly_the_tables(engine: AsyncEngine, url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    await create_or_upgrade(url)
    assert [] == await read(engine, differences)


async def test_an_upgrade_twice_keeps_what_is_there(engine: AsyncEngine, url: str) -> None:
    row = {"name": "x", "value": b"y"}
    await write(engine, lambda c: c.execute(insert(secrets), row))
    for _ in range(2):
        await create_or_upgrade(url)
    assert [row] == [dict(found) for found in await fetch(engine, select(secrets))]


async def test_two_processes_may_start_at_once_from_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/opstap.db"
    program = "import asyncio,sys; from stores.engine import create_or_upgrade; "
    program += "asyncio.run(create_or_upgrade(sys.argv[1]))"
    started = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, url, cwd=ROOT)
        for _ in range(2)
    ]
    assert [0, 0] == [await process.wait() for process in started]
    engine = make_engine(url)
    found = await read(engine, lambda connection: inspect(connection).get_table_names())
    assert {*metadata.tables, "alembic_version"} == set(found)
    await engine.dispose()


async def test_what_fails_halfway_leaves_everything_as_it_was(engine: AsyncEngine) -> None:
    def half(connection: Connection) -> None:
        connection.execute(insert(secrets), {"name": "x", "value": b"y"})
        raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await write(engine, half)
    assert [] == await fetch(engine, select(secrets))


async def test_a_moment_comes_back_aware_and_in_utc(engine: AsyncEngine) -> None:
    brussels = NOON.astimezone(timezone(timedelta(hours=2)))
    row = {**REFUSAL, "at": brussels}
    await write(engine, lambda c: c.execute(insert(table), row))
    (found,) = await fetch(engine, select(table.c.at))
    assert (NOON, UTC) == (found["at"], found["at"].tzinfo)


async def test_a_moment_without_a_time_zone_is_refused(engine: AsyncEngine) -> None:
    naive = {**REFUSAL, "at": datetime(2027, 5, 6)}  # noqa: DTZ001 (that is the point)
    with pytest.raises(StatementError, match="a moment without a time zone"):
        await write(engine, lambda c: c.execute(insert(table), naive))


async def test_foreign_keys_hold(engine: AsyncEngine) -> None:
    row = {"trajectory": "t-1", "person": "nobody"}
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        await write(engine, lambda c: c.execute(insert(person_trajectories), row))


async def test_the_asynchronous_driver_reads_the_same_database(engine: AsyncEngine) -> None:
    await write(engine, lambda c: c.execute(insert(secrets), {"name": "x", "value": b"y"}))
    async with engine.connect() as connection:
        assert ["x"] == list((await connection.execute(select(secrets.c.name))).scalars())


async def test_a_database_in_memory_is_refused() -> None:
    engine = make_engine("sqlite://")
    with pytest.raises(ValueError, match="give a file"):
        await read(engine, lambda connection: connection)


async def test_who_was_there_before_gets_a_communication_with_the_upgrade(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = make_engine(url)
    await write(engine, _upgrade_to, "0006")
    row: dict[str, object] = dict.fromkeys(
        ("recorded_at", "valid_from", "kind", "stage", "by", "role"), "x"
    )
    row |= {"source": "gateway", "detail": {}, "hash": "h", "mark": "m", "decided_at": NOON}
    rows = [{**row, "trajectory": f"t-{number}", "seq": 1} for number in (1, 2)]
    await write(engine, lambda c: c.execute(insert(outcomes), rows))
    await create_or_upgrade(url)

    expected = {digits_of(f"t-{number}"): f"t-{number}" for number in (1, 2)}
    assert expected == await communications.all(engine)
    await engine.dispose()


def _upgrade_to(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
