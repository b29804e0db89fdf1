"""Opening the database: SQLite or PostgreSQL by URL, and transactions that write.

A writer is alone: on SQLite it takes the write lock at the start (BEGIN IMMEDIATE), so that two
writers wait for each other instead of failing halfway; on PostgreSQL it asks for what it must
have alone by `alone`. Nothing here takes the time.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, Table, bindparam, event, func, make_url, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.sql.dml import Insert

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
BUSY_MS = 15_000
MIGRATIONS = Path(__file__).parent.parent / "migrations"

_turnstiles: WeakKeyDictionary[Engine, asyncio.Lock] = WeakKeyDictionary()


def make_engine(url: str) -> AsyncEngine:
    """Open a database: `sqlite:///path` or `postgresql://…`, with or without the driver's name."""
    address = make_url(url)
    address = address.set(drivername=DRIVERS.get(address.drivername, address.drivername))
    if address.get_backend_name() != "sqlite":
        return create_async_engine(address)
    engine = create_async_engine(address)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """One transaction that writes; it is committed at the end, or nothing is."""
    if engine.dialect.name != "sqlite":
        async with engine.begin() as connection:
            yield connection
        return
    # Writers of one process queue here: SQLite's own waiting is sleeping and looking again.
    async with _turnstile(engine), engine.connect() as connection:
        await connection.execution_options(opstap_writes=True)
        async with connection.begin():
            yield connection


async def alone(connection: AsyncConnection, what: str) -> None:
    """Wait until no other transaction has asked for the same thing; held until the end of ours."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_ADVISORY_LOCK, {"number": _lock_number(what)})


def upsert(
    connection: AsyncConnection, table: Table, *keys: str, keep: tuple[str, ...] = ()
) -> Insert:
    """An insert that updates the row with the same keys, except the columns to keep."""
    name = (connection.dialect.name, table.name, keys, keep)
    if name not in _upserts:
        make = sqlite_insert if name[0] == "sqlite" else postgresql_insert
        statement = make(table)
        changed = {
            column.name: statement.excluded[column.name]
            for column in table.columns
            if column.name not in {*keys, *keep}
        }
        _upserts[name] = statement.on_conflict_do_update(index_elements=list(keys), set_=changed)
    return _upserts[name]


def insert_once(connection: AsyncConnection, table: Table) -> Insert:
    """An insert that leaves a row which is already there as it is."""
    name = (connection.dialect.name, table.name, (), ())
    if name not in _upserts:
        make = sqlite_insert if name[0] == "sqlite" else postgresql_insert
        _upserts[name] = make(table).on_conflict_do_nothing()
    return _upserts[name]


async def create_or_upgrade(url: str) -> None:
    """Bring the database to the newest tables; safe when two processes start at once.

    The whole upgrade is one transaction, alone: the second process finds nothing to do.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and address.database:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(url)
    try:
        async with writing(engine) as connection:
            await alone(connection, "migrations")
            await connection.run_sync(_upgrade)
    finally:
        await engine.dispose()


_upserts: dict[tuple[str, str, tuple[str, ...], tuple[str, ...]], Insert] = {}
_ADVISORY_LOCK = select(func.pg_advisory_xact_lock(bindparam("number")))


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 (half a second that only a start needs)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _turnstile(engine: AsyncEngine) -> asyncio.Lock:
    return _turnstiles.setdefault(engine.sync_engine, asyncio.Lock())


def _lock_number(what: str) -> int:
    return int.from_bytes(blake2b(what.encode(), digest_size=8).digest(), signed=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin by itself: `_begin_sqlite` chooses the kind of transaction.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone()[0] != "wal":
            cursor.execute("PRAGMA journal_mode = WAL")
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("opstap_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
