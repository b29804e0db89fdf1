"""The database under a test: the same test runs on SQLite and on PostgreSQL."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.engine import create_or_upgrade, make_engine, write
from stores.schema import metadata

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session", params=BOTH)
async def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database with every table: a file to copy, or a server to empty."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'template.db'}"
    else:
        url = str(request.getfixturevalue("postgres_url"))
    await create_or_upgrade(url)
    return url


@pytest.fixture
def url(migrated: str, tmp_path: Path) -> str:
    if not migrated.startswith("sqlite"):
        return migrated
    shutil.copy(migrated.removeprefix("sqlite:///"), tmp_path / "opstap.db")
    return f"sqlite:///{tmp_path / 'opstap.db'}"


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    """An empty database with every table."""
    engine = make_engine(url)
    if engine.dialect.name == "postgresql":
        await write(engine, _empty)
    yield engine
    await engine.dispose()


def _empty(connection: Connection) -> None:
    names = ", ".join(table.name for table in metadata.sorted_tables)
    connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
