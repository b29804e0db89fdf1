"""A database with keys: on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from privacy import master
from privacy.keys import KeyRing
from stores.engine import make_engine
from stores.engine import write as write_to
from tests.stores.databases import _empty, migrated, url

__all__ = ["migrated", "url"]


@pytest.fixture
def master_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "master.key"
    assert master.make_once(file)
    return file


@pytest.fixture
def ring(master_file: Path) -> KeyRing:
    return KeyRing(master.loader(None, master_file))


@pytest.fixture
async def sealed(url: str, ring: KeyRing) -> AsyncIterator[AsyncEngine]:
    """An empty database that seals."""
    engine = make_engine(url, ring)
    if engine.dialect.name == "postgresql":
        await write_to(engine, _empty)
    yield engine
    await engine.dispose()
