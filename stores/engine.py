"""Opening the database: SQLite or PostgreSQL by URL, and transactions that write.

What writes is a plain function of one connection: `write` runs it in one transaction that is
committed at the end, or nothing is. On SQLite it takes the write lock at the start (BEGIN
IMMEDIATE), so that two writers wait for each other instead of failing halfway; on PostgreSQL it
asks for what it must have alone by `alone`. Nothing here takes the time.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Select,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.sql.dml import Insert

from stores.vault import OPTION, Vault

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}
BUSY_MS = 15_000
READERS = 4
MIGRATIONS = Path(__file__).parent.parent / "migrations"

P = ParamSpec("P")
T = TypeVar("T")


def make_engine(url: str, vault: Vault | None = None) -> AsyncEngine:
    """Open a database: `sqlite:///path` or `postgresql://…`, with or without the driver's name.

    What is personal is sealed by `vault`; without one it is written as it is.
    """
    address = make_url(url)
    address = address.set(drivername=DRIVERS.get(address.drivername, address.drivername))
    engine = create_async_engine(address, execution_options={OPTION: vault}, hide_parameters=True)
    if address.get_backend_name() != "sqlite":
        return engine
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "engine_disposed", _close)
    return engine


async def write(
    engine: AsyncEngine,
    work: Callable[Concatenate[Connection, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run work that writes in one transaction; what it raises leaves everything as it was."""
    if engine.dialect.name != "sqlite":
        async with engine.begin() as connection:
            return await connection.run_sync(lambda sync: work(sync, *args, **kwargs))
    return await _threads(engine).write(lambda connection: work(connection, *args, **kwargs))


async def read(
    engine: AsyncEngine,
    work: Callable[Concatenate[Connection, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run work that only reads, over one moment of the database."""
    if engine.dialect.name != "sqlite":
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: work(sync, *args, **kwargs))
    return await _threads(engine).read(lambda connection: work(connection, *args, **kwargs))


async def fetch(engine: AsyncEngine, statement: Select[*tuple[Any, ...]]) -> Sequence[RowMapping]:
    """Return the rows of one select, by the names of their columns."""
    return await read(engine, _fetch, statement)


def alone(connection: Connection, what: str) -> None:
    """Wait until no other transaction has asked for the same thing; held until the end of ours."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ADVISORY_LOCK, {"number": _lock_number(what)})


def upsert(connection: Connection, table: Table, *keys: str, keep: tuple[str, ...] = ()) -> Insert:
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


def insert_once(connection: Connection, table: Table) -> Insert:
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
        await write(engine, _upgrade)
    finally:
        await engine.dispose()


class _SqliteThreads:
    """The threads by which this process reads and writes a SQLite file.

    A step waits for them: one hop to a thread a transaction, where the asynchronous driver takes
    several a statement (5.2 ms a turn became 1.1). There is one writer: who writes queues here, in
    order, because SQLite's own way of waiting is to sleep and look again.
    """

    def __init__(self, path: str, options: Mapping[str, Any]) -> None:
        self._writing = _sqlite_engine(path, 1, _begin_immediate, options)
        self._reading = _sqlite_engine(path, READERS, _begin, options)
        self._writer = ThreadPoolExecutor(1, "opstap-sqlite-writer")
        self._readers = ThreadPoolExecutor(READERS, "opstap-sqlite-reader")

    async def write(self, work: Callable[[Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writer, _committed, self._writing, work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, _committed, self._reading, work)

    def close(self) -> None:
        self._writer.shutdown()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()


def _sqlite_engine(
    path: str, size: int, begin: Callable[[Connection], None], options: Mapping[str, Any]
) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        execution_options=options,
        hide_parameters=True,  # an error goes to a log: what was to be written does not
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", begin)
    return engine


def _committed(engine: Engine, work: Callable[[Connection], T]) -> T:
    with engine.begin() as connection:
        return work(connection)


def _fetch(connection: Connection, statement: Select[*tuple[Any, ...]]) -> Sequence[RowMapping]:
    return connection.execute(statement).mappings().all()


_sqlite: WeakKeyDictionary[Engine, _SqliteThreads] = WeakKeyDictionary()
_upserts: dict[tuple[str, str, tuple[str, ...], tuple[str, ...]], Insert] = {}
_ADVISORY_LOCK = select(func.pg_advisory_xact_lock(bindparam("number")))


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 (half a second that only a start needs)
    from alembic.config import Config  # noqa: PLC0415

    alone(connection, "migrations")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _threads(engine: AsyncEngine) -> _SqliteThreads:
    threads = _sqlite.get(engine.sync_engine)
    if threads is None:
        path = engine.url.database
        if not path or path == ":memory:":
            raise ValueError("a database in memory cannot be shared: give a file")
        options = engine.sync_engine.get_execution_options()
        threads = _sqlite[engine.sync_engine] = _SqliteThreads(path, options)
    return threads


def _close(engine: Engine) -> None:
    threads = _sqlite.pop(engine, None)
    if threads is not None:
        threads.close()


def _lock_number(what: str) -> int:
    return int.from_bytes(blake2b(what.encode(), digest_size=8).digest(), signed=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin by itself: `_begin` and `_begin_immediate` do.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = NORMAL")
        # Half a megabyte of pages a connection; the system keeps the file at hand anyway.
        cursor.execute("PRAGMA cache_size = -512")
        # What is deleted is overwritten: a destroyed key must not be found in the file.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute("PRAGMA journal_mode")
        if cursor.fetchone()[0] != "wal":
            cursor.execute("PRAGMA journal_mode = WAL")
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
