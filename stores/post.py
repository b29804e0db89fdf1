"""The letters: ordered by a turn, released by history, carried copy by copy.

A row is replaced only until it is released. What may have left the house is never forgotten: a copy
found `sending` after a crash is uncertain, and only a person decides about it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Select, and_, bindparam, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Json, LetterOrder, Turn
from models.vocabulary import Channel, LetterStatus, Role
from stores import post_sealing as sealing
from stores.carriers import is_ordered_here, row_of_letter
from stores.engine import alone, read, upsert
from stores.engine import write as write_to
from stores.tables import post, post_copies

READY, SENDING, SENT, REFUSED, UNCERTAIN = "ready", "sending", "sent", "refused", "uncertain"
# Uncertain, and waiting for `again_at` to be sent once more as the same mail.
AGAIN = "again"


class Copy(BaseModel):
    """One letter for one receiver; an empty address with a reason is one that cannot go."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)

    role: Role
    address: str
    message_id: str
    text: str
    status: str = READY
    reason: str | None = None
    addressee: list[str] | None = None
    care_of: str | None = None
    html_sha256: str | None = None
    pdf_sha256: str | None = None
    again_at: datetime | None = None


class Prepared(BaseModel):
    """A letter as it was rendered when it was ordered; `reason` says why it could not be."""

    model_config = ConfigDict(extra="forbid")

    sender: str | None = None
    subject: str | None = None
    sha256: str | None = None
    language: str | None = None
    tree: Json | None = None
    template: str | None = None
    reason: str | None = None
    copies: list[Copy] = Field(default_factory=list)


class StoredLetter(Prepared):
    """A letter as it stands in the post; `proof` comes with its files."""

    trajectory: str
    key: str
    kind: str
    to_roles: list[Role]
    channel: Channel
    ordered_at: datetime
    send_at: datetime
    approved_by: str | None
    facts: Json
    status: str
    renderer: str | None
    proof: str | None
    released_at: datetime | None
    settled_at: datetime | None


# Writes the letters that a turn orders, by key, within the transaction that stores them.
Composer = Callable[[Connection, Turn], Mapping[str, Prepared]]


def no_letters(connection: Connection, turn: Turn) -> Mapping[str, Prepared]:
    """Leave every letter unwritten: it stays in the post without a text."""
    del connection, turn
    return {}


_STATUS = (
    update(post)
    .where(post.c.trajectory == bindparam("of"), post.c.key == bindparam("letter"))
    .values(
        status_before=post.c.status, status=bindparam("becomes"), status_seq=bindparam("by_row")
    )
)
_BEGUN = exists().where(
    post_copies.c.trajectory == post.c.trajectory,
    post_copies.c.key == post.c.key,
    post_copies.c.status != READY,
)
# Who holds back a letter that is already on its way comes too late; one that waits for the printer,
# for a mail server that is away, or to be sent again because somebody said so, is still here. That
# one on paper was posted is a person's word, which may be taken back.
_RECALL = _STATUS.where(
    or_(
        post.c.released_at.is_(None),
        post.c.status == LetterStatus.TO_PRINT.value,
        post.c.status == LetterStatus.POSTED.value,
        and_(
            post.c.status == LetterStatus.HELD.value, or_(post.c.settled_at.is_not(None), ~_BEGUN)
        ),
    )
)


def write(
    connection: Connection,
    turn: Turn,
    compose: Composer,
    *,
    replacing: bool,
) -> None:
    """Write the letters that a turn ordered and the statuses it gave."""
    # Written again from history, a letter that was ordered twice stands in the turn twice.
    orders = list({order.key: order for order in turn.letters}.values())
    # A correction orders a letter of an earlier turn again, under the same key.
    if replacing or any(not is_ordered_here(turn, order.key) for order in orders):
        orders = _unreleased(connection, turn.trajectory, orders)
    if orders:
        letters = compose(connection, turn)
        rows = [
            _row(connection, turn, order, letters.get(order.key, Prepared())) for order in orders
        ]
        connection.execute(upsert(connection, post, "trajectory", "key"), rows)
        copies = [
            sealing.copy_row(connection, turn.trajectory, order.key, copy.model_dump(mode="json"))
            for order in orders
            for copy in letters.get(order.key, Prepared()).copies
        ]
        if copies:
            keys = ("trajectory", "key", "role", "address")
            statement = upsert(connection, post_copies, *keys, keep=("changed_at",))
            connection.execute(statement, copies)
    _statuses(connection, turn)


async def release(
    engine: AsyncEngine, trajectory: str, key: str, at: datetime
) -> StoredLetter | None:
    """Take a letter for sending, unless it was held back; None for a letter that is not known."""
    return await write_to(engine, _release, trajectory, key, at)


async def settle(
    engine: AsyncEngine, letter: StoredLetter, status: str, at: datetime, reason: str | None
) -> None:
    """Note what became of a letter; a person's later word (posted) stays."""
    told = {"status": status, "reason": reason, "settled_at": at}
    await write_to(engine, sealing.settle, letter.trajectory, letter.key, told)


async def get_letter(engine: AsyncEngine, trajectory: str, key: str) -> StoredLetter | None:
    """Return one letter with its copies, or None."""
    return await read(engine, _letter, trajectory, key)


async def list_letters(
    engine: AsyncEngine, *, trajectory: str | None = None, status: str | None = None
) -> list[StoredLetter]:
    """Return letters with their copies, by sending moment; `to_print` is the print queue."""
    statement = select(post).order_by(post.c.send_at, post.c.trajectory, post.c.key)
    if trajectory is not None:
        statement = statement.where(post.c.trajectory == trajectory)
    if status is not None:
        statement = statement.where(post.c.status == status)
    return await read(engine, _letters, statement)


def _release(
    connection: Connection, trajectory: str, key: str, at: datetime
) -> StoredLetter | None:
    alone(connection, trajectory)
    found = _letter(connection, trajectory, key)
    if found is None or found.released_at or found.status == LetterStatus.RECALLED:
        return found
    connection.execute(
        update(post)
        .where(post.c.trajectory == trajectory, post.c.key == key)
        .values(released_at=at)
    )
    return found.model_copy(update={"released_at": at})


def _letters(connection: Connection, statement: Select[*tuple[Any, ...]]) -> list[StoredLetter]:
    found = connection.execute(statement).mappings().all()
    return [
        _stored(connection, row, _copies(connection, row["trajectory"], row["key"]))
        for row in found
    ]


def _unreleased(
    connection: Connection, trajectory: str, orders: list[LetterOrder]
) -> list[LetterOrder]:
    """Leave out the letters that have been released; forget the old copies of the others."""
    keys = [order.key for order in orders]
    found = connection.execute(
        select(post.c.key).where(
            post.c.trajectory == trajectory, post.c.key.in_(keys), post.c.released_at.is_not(None)
        )
    )
    released = set(found.scalars())
    free = [order for order in orders if order.key not in released]
    connection.execute(
        delete(post_copies).where(
            post_copies.c.trajectory == trajectory,
            post_copies.c.key.in_([order.key for order in free]),
        )
    )
    return free


def _statuses(connection: Connection, turn: Turn) -> None:
    recalled = LetterStatus.RECALLED.value
    given = {**turn.statuses, **dict.fromkeys(turn.recalled, recalled)}
    for statement, wanted in ((_STATUS, False), (_RECALL, True)):
        values = [
            {"of": turn.trajectory, "letter": key, "becomes": status, "by_row": turn.overview.seq}
            for key, status in given.items()
            if (status == recalled) is wanted
        ]
        if values:
            connection.execute(statement, values)


def _letter(connection: Connection, trajectory: str, key: str) -> StoredLetter | None:
    statement = select(post).where(post.c.trajectory == trajectory, post.c.key == key)
    row = (connection.execute(statement)).mappings().one_or_none()
    return None if row is None else _stored(connection, row, _copies(connection, trajectory, key))


def _copies(connection: Connection, trajectory: str, key: str) -> list[Copy]:
    statement = select(*(post_copies.c[name] for name in Copy.model_fields)).where(
        post_copies.c.trajectory == trajectory, post_copies.c.key == key
    )
    copies = [
        Copy(**sealing.open_copy(connection, trajectory, key, dict(row)))
        for row in connection.execute(statement).mappings()
    ]
    return sorted(copies, key=lambda copy: (copy.role.value, copy.address))


def _stored(connection: Connection, row: Mapping[Any, Any], copies: list[Copy]) -> StoredLetter:
    names = set(StoredLetter.model_fields) - {"copies"}
    told = sealing.open_letter(connection, {name: row[name] for name in names})
    return StoredLetter(**told, copies=copies)


def _row(
    connection: Connection, turn: Turn, order: LetterOrder, prepared: Prepared
) -> dict[str, Any]:
    row = {
        "trajectory": turn.trajectory,
        "key": order.key,
        "kind": order.kind,
        "to_roles": [role.value for role in order.to],
        "channel": order.channel.value,
        "ordered_at": order.ordered_at,
        "send_at": order.send_at,
        "approved_by": order.approved_by,
        "facts": order.facts,
        **prepared.model_dump(exclude={"copies"}),
        "renderer": None,
        "proof": None,
        "status": LetterStatus.HELD.value,
        "released_at": None,
        "settled_at": None,
        "status_seq": None,
        "status_before": None,
        "seq": row_of_letter(turn, order.key),
    }
    return sealing.letter_row(connection, row)
