"""Sealing the post: letters and their copies, on their way into and out of their tables.

An address is part of a copy's key and is sealed like everything here: the same address of one
letter always gives the same bytes.
"""

from sqlalchemy import Connection, update

from models.facts import Json
from models.vocabulary import LetterStatus
from stores.tables import post, post_copies
from stores.vault import is_sealed, open_json, open_text, resident, seal_json, seal_text


def letter_row(connection: Connection, row: Json) -> Json:
    """Return a row of `post` with what is personal sealed."""
    owner, sealed = resident(row["trajectory"]), dict(row)
    for name in ("subject", "reason"):
        if name in row:
            sealed[name] = seal_text(connection, owner, _letter(row, name), row[name])
    if "facts" in row:
        sealed["facts"] = seal_json(connection, owner, _letter(row, "facts"), row["facts"])
    return sealed


def open_letter(connection: Connection, row: Json) -> Json:
    """Return a row of `post` opened."""
    owner = resident(row["trajectory"])
    facts = open_json(connection, owner, _letter(row, "facts"), row["facts"])
    return {
        **row,
        "facts": {} if is_sealed(facts) else facts,
        **{
            name: open_text(connection, owner, _letter(row, name), row[name])
            for name in ("subject", "reason")
        },
    }


def copy_row(connection: Connection, trajectory: str, letter: str, copy: Json) -> Json:
    """Return a row of `post_copies` with what is personal sealed."""
    owner, sealed = resident(trajectory), {**copy, "trajectory": trajectory, "key": letter}
    for name in ("address", "text", "reason"):
        if name in copy:
            sealed[name] = seal_text(connection, owner, _copy(letter, copy, name), copy[name])
    return sealed


def open_copy(connection: Connection, trajectory: str, letter: str, row: Json) -> Json:
    """Return a row of `post_copies` opened."""
    owner = resident(trajectory)
    return {
        **row,
        **{
            name: open_text(connection, owner, _copy(letter, row, name), row[name])
            for name in ("address", "text", "reason")
        },
    }


def mark_copy(
    connection: Connection, copy: tuple[str, str, str, str], statuses: set[str], told: Json
) -> int:
    """Give a copy that has one of these statuses another; return whether it did."""
    trajectory, letter, role, address = copy
    sealed = copy_row(connection, trajectory, letter, {**told, "role": role, "address": address})
    statement = (
        update(post_copies)
        .where(
            post_copies.c.trajectory == trajectory,
            post_copies.c.key == letter,
            post_copies.c.role == role,
            post_copies.c.address == sealed["address"],
            post_copies.c.status.in_(statuses),
        )
        .values({name: sealed[name] for name in told})
    )
    return connection.execute(statement).rowcount


def settle(connection: Connection, trajectory: str, letter: str, told: Json) -> None:
    """Note what became of a letter, unless a person did already."""
    sealed = letter_row(connection, {**told, "trajectory": trajectory, "key": letter})
    statement = (
        update(post)
        .where(
            post.c.trajectory == trajectory,
            post.c.key == letter,
            post.c.status != LetterStatus.POSTED.value,
        )
        .values({name: sealed[name] for name in told})
    )
    connection.execute(statement)


def _letter(row: Json, name: str) -> tuple[str, ...]:
    return "post", row["key"], name


def _copy(letter: str, copy: Json, name: str) -> tuple[str, ...]:
    return "post_copies", letter, str(copy["role"]), name
