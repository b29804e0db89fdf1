"""The chain over sealed rows: what stands in the log, and what is hashed.

The core chains its rows as it knows them (`models.log`); nobody may keep those hashes, for they
cover what is personal. The log chains the same rows sealed: the same function over a row whose
detail is `{"sealed": …}`. Sealing is deterministic, so a retry or a replay gives the same chain,
and it verifies without any key, also when the key is gone. Which row the core means by a hash is
known by its mark. Without a vault both chains are one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from models.facts import GENESIS, Json, Outcome, Turn, link
from stores.engine import alone
from stores.errors import UnlinkedTurn
from stores.tables import outcomes
from stores.vault import open_json, resident, seal_json, vault_of

_PLACE = "outcomes"
_FIELD = "detail"


def check_links(turn: Turn) -> None:
    """Refuse a turn whose numbers or hashes do not follow each other.

    Raises:
        UnlinkedTurn: with the first row that does not follow.
    """
    previous = turn.previous
    for place, outcome in enumerate(turn.outcomes):
        if outcome.seq != turn.outcomes[0].seq + place:
            raise UnlinkedTurn(f"{turn.trajectory}: row {outcome.seq} is out of order")
        if link(previous, outcome) != outcome.hash:
            raise UnlinkedTurn(f"{turn.trajectory}: the hash of row {outcome.seq} does not follow")
        previous = outcome.hash
    if turn.outcomes and (turn.previous == GENESIS) != (turn.outcomes[0].seq == 1):
        raise UnlinkedTurn(f"{turn.trajectory}: row {turn.outcomes[0].seq} cannot be the first")


def confirm(connection: Connection, trajectory: str) -> None:
    """See that this trajectory was not forgotten, in the table itself; raises `Erased`."""
    vault = vault_of(connection)
    if vault is not None:
        vault.confirm(connection, resident(trajectory))


def ends_with(connection: Connection, trajectory: str, head: str) -> bool:
    """Whether the newest row of the log is this one; nothing is added to it until our end."""
    alone(connection, trajectory)
    newest = (
        select(outcomes.c.hash)
        .where(outcomes.c.trajectory == trajectory)
        .order_by(outcomes.c.seq.desc())
        .limit(1)
    )
    return connection.scalar(newest) == head


def mark(connection: Connection, trajectory: str, head: str) -> str:
    """Return by what a hash of the core is recognised in the log."""
    vault = vault_of(connection)
    return head if vault is None else vault.mark(connection, resident(trajectory), head)


def marks(connection: Connection, trajectory: str, rows: Sequence[Outcome]) -> list[str]:
    """Return the marks of rows of the core."""
    return [mark(connection, trajectory, row.hash) for row in rows]


def seal_rows(
    connection: Connection, trajectory: str, previous: str, rows: Sequence[Outcome]
) -> tuple[list[Json], str]:
    """Return rows as they go into the log, chained after a hash, and the hash after them."""
    sealed = []
    for row in rows:
        detail = seal_json(connection, resident(trajectory), _where(row.seq), row.detail)
        stored = row.model_copy(update={"detail": detail})
        previous = stored.hash = link(previous, stored)
        own = {"trajectory": trajectory, "mark": mark(connection, trajectory, row.hash)}
        sealed.append({**stored.model_dump(), **own})
    return sealed, previous


def as_stored(row: Mapping[Any, Any]) -> Outcome:
    """Return a row of the log as it stands there."""
    return Outcome(**{name: row[name] for name in Outcome.model_fields})


def opened(connection: Connection, row: Mapping[Any, Any]) -> Outcome:
    """Return a row of the log, opened; a detail that was forgotten stays sealed."""
    stored = as_stored(row)
    where = _where(stored.seq)
    stored.detail = open_json(connection, resident(row["trajectory"]), where, stored.detail)
    return stored


def _where(seq: int) -> tuple[str, ...]:
    return (_PLACE, str(seq), _FIELD)
