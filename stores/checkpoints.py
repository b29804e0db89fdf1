"""The signed checkpoints, one after the other, and the reports of the nights. Only ever added to.

Signing happens while nobody else writes a checkpoint; the same key twice is one checkpoint.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from proof import checkpoint
from proof.checkpoint import Checkpoint, Head
from proof.words import ProofError
from stores.chains import heads
from stores.engine import alone, fetch, insert_once, read, write
from stores.guard_tables import checkpoints, nights

# Signs the heads of all chains after the checkpoint before.
Signer = Callable[[Sequence[Head], Checkpoint | None], Checkpoint]
Kept = tuple[Checkpoint, list[Head]]

_ALL = select(checkpoints.c.signed, checkpoints.c.changes).order_by(checkpoints.c.number)


async def make(engine: AsyncEngine, key: str, sign: Signer) -> Checkpoint:
    """Sign every head as it stands now, once for each key of the domain."""
    return await write(engine, _make, key, sign)


async def every(engine: AsyncEngine) -> list[Kept]:
    """Return the checkpoints with the heads that changed in each, oldest first.

    Raises:
        ProofError: one of them cannot be read.
    """
    return await read(engine, _every)


async def keep_night(engine: AsyncEngine, day: date, report: dict[str, Any]) -> None:
    """Keep the report of a night; the first one stays."""
    row = {"day": day, "report": report}
    await write(engine, lambda connection: connection.execute(insert_once(connection, nights), row))


async def night(engine: AsyncEngine, day: date) -> dict[str, Any] | None:
    """Return the report of a night, or None."""
    found = await fetch(engine, select(nights.c.report).where(nights.c.day == day))
    return dict(found[0]["report"]) if found else None


def _make(connection: Connection, key: str, sign: Signer) -> Checkpoint:
    alone(connection, "checkpoints")
    statement = select(checkpoints.c.signed).where(checkpoints.c.key == key)
    found = connection.execute(statement).scalar()
    if found is not None:
        return checkpoint.read(found)
    kept = _every(connection)
    known = checkpoint.fold(changed for _, changed in kept)
    now = {**known, **heads(connection)}
    made = sign(list(now.values()), kept[-1][0] if kept else None)
    row = {
        "number": made.statement.number,
        "key": key,
        "signed": made.plain(),
        "changes": sorted(head for name, head in now.items() if known.get(name) != head),
    }
    connection.execute(insert(checkpoints), row)
    return made


def _every(connection: Connection) -> list[Kept]:
    try:
        return [
            (checkpoint.read(row.signed), [Head(*head) for head in row.changes])
            for row in connection.execute(_ALL)
        ]
    except (ValueError, TypeError):
        raise ProofError("een bewaard controlepunt is niet te lezen") from None
