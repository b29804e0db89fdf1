"""Sealing the post: letters and their copies, on their way into and out of their tables.

An address is part of a copy's key and is sealed like everything here: the same address of one
letter always gives the same bytes.
"""

from sqlalchemy import Connection, update

from models.facts import Json
from models.vocabulary import LetterStatus
from stores.tables import post, post_copies
from stores.vault import (
    is_sealed,
    open_bytes,
    open_json,
    open_text,
    resident,
    seal_bytes,
    seal_json,
    seal_text,
)


def letter_row(connection: Connection, row: Json) -> Json:
    """Return a row of `post` with what is personal sealed."""
    owner, sealed = resident(row["trajectory"]), dict(row)
    for name in ("subject", "reason"):
        if name in row:
            sealed[name] = seal_text(connection, owner, _letter(row, name), row[name])
    for name in ("facts", "tree"):
        if row.get(name) is not None:
            sealed[name] = seal_json(connection, owner, _letter(row, name), row[name])
    return sealed


def open_letter(connection: Connection, row: Json) -> Json:
    """Return a row of `post` opened."""
    owner = resident(row["trajectory"])
    facts, tree = (
        open_json(connection, owner, _letter(row, name), row[name]) for name in ("facts", "tree")
    )
    return {
        **row,
        "facts": {} if is_sealed(facts) else facts,
        "tree": None if is_sealed(tree) else tree,
        **{
            name: open_text(connection, owner, _letter(row, name), row[name])
            for name in ("subject", "reason")
        },
    }


def copy_row(connection: Connection, trajectory: str, letter: str, copy: Json) -> Json:
    """Return a row of `post_copies` with what is personal sealed."""
    owner, sealed = resident(trajectory), {**copy, "trajectory": trajectory, "key": letter}
    for name in ("address", "text", "reason", "care_of"):
        if name in copy:
            sealed[name] = seal_text(connection, owner, _copy(letter, copy, name), copy[name])
    if copy.get("addressee") is not None:
        where = _copy(letter, copy, "addressee")
        sealed["addressee"] = seal_json(connection, owner, where, copy["addressee"])
    return sealed


def open_copy(connection: Connection, trajectory: str, letter: str, row: Json) -> Json:
    """Return a row of `post_copies` opened."""
    owner = resident(trajectory)
    addressee = open_json(connection, owner, _copy(letter, row, "addressee"), row["addressee"])
    return {
        **row,
        "addressee": None if is_sealed(addressee) else addressee,
        **{
            name: open_text(connection, owner, _copy(letter, row, name), row[name])
            for name in ("address", "text", "reason", "care_of")
        },
    }


def file_row(connection: Connection, trajectory: str, sha256: str, content: bytes) -> Json:
    """Return a file of a letter with its content sealed; its hash stays that of the content."""
    where = ("letter_files", sha256, "content")
    sealed = seal_bytes(connection, resident(trajectory), where, content)
    return {"trajectory": trajectory, "sha256": sha256, "content": sealed}


def open_file(connection: Connection, trajectory: str, sha256: str, content: bytes) -> bytes:
    """Return the content of a file of a letter; nothing of one that was forgotten."""
    where = ("letter_files", sha256, "content")
    return open_bytes(connection, resident(trajectory), where, bytes(content))


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
