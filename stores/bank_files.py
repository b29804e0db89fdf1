"""The bank files as they came: sealed whole, with what became of each, also in quarantine."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Json
from models.statements import Fault, Statement
from stores.bank_tables import bank_files
from stores.engine import read, upsert
from stores.vault import (
    bank_file,
    open_bytes,
    open_json,
    open_text,
    seal_bytes,
    seal_json,
    seal_text,
)

IMPORTED, QUARANTINED = "ingelezen", "quarantaine"


class Taken(BaseModel):
    """What became of a file; a file that was in already says so and changed nothing."""

    model_config = ConfigDict(extra="forbid")

    file: str
    sha256: str
    kind: str = ""
    status: str = QUARANTINED
    already: bool = False
    code: str | None = None
    reason: str | None = None
    statements: int = 0
    movements: int = 0
    details: int = 0
    credit: Decimal = Decimal(0)
    debit: Decimal = Decimal(0)
    booked: int = 0
    proposed: int = 0
    unmatched: int = 0
    other: int = 0
    set_aside: list[Json] = Field(default_factory=list, description="statements not booked")

    @property
    def waits(self) -> bool:
        """Whether a statement of it may fit later."""
        return any(one["code"] == "gap" for one in self.set_aside)


class Arrived(NamedTuple):
    """A file as it came, read but not yet weighed against what is in."""

    name: str
    content: bytes
    kind: str
    statements: list[Statement]
    fault: Fault | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


async def list_files(engine: AsyncEngine) -> list[tuple[Taken, datetime]]:
    """Return every file with what became of it, the newest first."""
    return await read(engine, _files)


async def find(engine: AsyncEngine, sha256: str) -> Taken | None:
    """Return what became of a file, or None for one that never came."""
    return await read(engine, known, sha256)


async def waiting(engine: AsyncEngine) -> list[tuple[str, bytes]]:
    """Return the files of which a statement waits for the one before it, by name and content."""
    return await read(engine, _waiting)


def keep_file(
    connection: Connection, arrived: Arrived, taken: Taken, at: datetime, by: str
) -> None:
    sha256, owner = arrived.sha256, bank_file(arrived.sha256)
    place = ("bank_files", sha256)
    row = {
        "sha256": sha256,
        "name": seal_text(connection, owner, (*place, "name"), arrived.name),
        "kind": arrived.kind,
        "status": taken.status,
        "waits": taken.waits,
        "report": _sealed_report(connection, taken),
        "content": seal_bytes(connection, owner, (*place, "content"), arrived.content),
        "loaded_at": at,
        "loaded_by": by,
    }
    connection.execute(upsert(connection, bank_files, "sha256"), row)


def keep_report(connection: Connection, taken: Taken) -> None:
    connection.execute(
        update(bank_files)
        .where(bank_files.c.sha256 == taken.sha256)
        .values(status=taken.status, waits=taken.waits, report=_sealed_report(connection, taken))
    )


def _sealed_report(connection: Connection, taken: Taken) -> Any:
    place = ("bank_files", taken.sha256, "report")
    value = taken.model_dump(mode="json")
    return seal_json(connection, bank_file(taken.sha256), place, value)


def known(connection: Connection, sha256: str) -> Taken | None:
    statement = select(bank_files.c.report).where(bank_files.c.sha256 == sha256)
    found = connection.execute(statement).scalar_one_or_none()
    return None if found is None else _opened_report(connection, sha256, found)


def _opened_report(connection: Connection, sha256: str, sealed: Any) -> Taken:
    place = ("bank_files", sha256, "report")
    return Taken.model_validate(open_json(connection, bank_file(sha256), place, sealed))


def _files(connection: Connection) -> list[tuple[Taken, datetime]]:
    statement = select(bank_files.c.sha256, bank_files.c.report, bank_files.c.loaded_at).order_by(
        bank_files.c.loaded_at.desc(), bank_files.c.sha256
    )
    return [
        (_opened_report(connection, row.sha256, row.report), row.loaded_at)
        for row in connection.execute(statement)
    ]


def _waiting(connection: Connection) -> list[tuple[str, bytes]]:
    found = []
    statement = select(bank_files).where(bank_files.c.waits).order_by(bank_files.c.loaded_at)
    for row in connection.execute(statement):
        owner, place = bank_file(row.sha256), ("bank_files", row.sha256)
        name = open_text(connection, owner, (*place, "name"), row.name)
        content = open_bytes(connection, owner, (*place, "content"), row.content)
        found.append((name, content))
    return found
