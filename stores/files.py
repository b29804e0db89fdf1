"""The files of the letters: what was made of them, kept once under its hash, never made again.

A letter's proof is one hash over its manifest: the tree, the template and renderer that made it,
and every text, HTML and PDF that left. The log holds the proof; the rows here let anybody redo it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Json, canonical
from stores import post_sealing as sealing
from stores.engine import insert_once, read, write
from stores.post import Copy, StoredLetter
from stores.tables import letter_files, post, post_copies

HTML, PDF = "text/html", "application/pdf"


class Made(NamedTuple):
    """The files of one copy; a letter on paper has no HTML."""

    copy: Copy
    pdf: bytes
    html: bytes | None


def manifest(letter: StoredLetter) -> Json:
    """Return what a letter's proof covers; addresses stay out of it."""
    copies = sorted(letter.copies, key=lambda copy: (copy.role.value, copy.address))
    return {
        "trajectory": letter.trajectory,
        "key": letter.key,
        "kind": letter.kind,
        "tree": letter.sha256,
        "template": letter.template,
        "renderer": letter.renderer,
        "copies": [
            {
                "role": copy.role.value,
                "text": digest(copy.text.encode()),
                "html": copy.html_sha256,
                "pdf": copy.pdf_sha256,
            }
            for copy in copies
        ],
    }


def digest(content: bytes) -> str:
    """Return the hash by which these bytes are known."""
    return hashlib.sha256(content).hexdigest()


async def keep(
    engine: AsyncEngine, letter: StoredLetter, made: Iterable[Made], renderer: str
) -> str:
    """Keep the files of a letter and its proof; a letter that has them keeps the first ones."""
    return await write(engine, _keep, letter, list(made), renderer)


async def keep_scan(engine: AsyncEngine, trajectory: str, media_type: str, content: bytes) -> str:
    """Keep what came back on paper about a letter; return its hash, by which the log names it."""
    return await write(engine, _add, trajectory, media_type, content)


async def contents(engine: AsyncEngine, letter: StoredLetter) -> Mapping[str, bytes]:
    """Return the files of a letter, by hash."""
    statement = select(letter_files.c.sha256, letter_files.c.content).where(
        letter_files.c.trajectory == letter.trajectory,
        letter_files.c.sha256.in_(
            {sha for copy in letter.copies for sha in (copy.html_sha256, copy.pdf_sha256) if sha}
        ),
    )
    return await read(engine, _contents, letter.trajectory, statement)


def _contents(
    connection: Connection, trajectory: str, statement: Select[*tuple[Any, ...]]
) -> dict[str, bytes]:
    return {
        sha256: sealing.open_file(connection, trajectory, sha256, content)
        for sha256, content in connection.execute(statement)
    }


def _keep(connection: Connection, letter: StoredLetter, made: list[Made], renderer: str) -> str:
    mine = (post.c.trajectory == letter.trajectory, post.c.key == letter.key)
    known = connection.execute(select(post.c.proof).where(*mine).with_for_update()).scalar()
    if known is not None:
        _take_over(connection, letter)
        return str(known)
    for copy, pdf, html in made:
        copy.pdf_sha256 = _add(connection, letter.trajectory, PDF, pdf)
        copy.html_sha256 = _add(connection, letter.trajectory, HTML, html) if html else None
        ours = copy.model_dump(mode="json", include={"role", "address"})
        sealed = sealing.copy_row(connection, letter.trajectory, letter.key, ours)
        connection.execute(
            update(post_copies)
            .where(*(post_copies.c[name] == value for name, value in sealed.items()))
            .values(pdf_sha256=copy.pdf_sha256, html_sha256=copy.html_sha256)
        )
    letter.renderer = renderer
    letter.proof = digest(canonical(manifest(letter)))
    connection.execute(update(post).where(*mine).values(renderer=renderer, proof=letter.proof))
    return letter.proof


def _take_over(connection: Connection, letter: StoredLetter) -> None:
    """Give the copies the hashes that another try of this letter wrote meanwhile."""
    found = connection.execute(
        select(
            post_copies.c.role,
            post_copies.c.address,
            post_copies.c.html_sha256,
            post_copies.c.pdf_sha256,
        ).where(post_copies.c.trajectory == letter.trajectory, post_copies.c.key == letter.key)
    )
    hashes = {(row.role, row.address): (row.html_sha256, row.pdf_sha256) for row in found}
    for copy in letter.copies:
        ours = copy.model_dump(mode="json", include={"role", "address"})
        sealed = sealing.copy_row(connection, letter.trajectory, letter.key, ours)
        copy.html_sha256, copy.pdf_sha256 = hashes[sealed["role"], sealed["address"]]


def _add(connection: Connection, trajectory: str, media_type: str, content: bytes) -> str:
    sha256 = digest(content)
    row = sealing.file_row(connection, trajectory, sha256, content)
    connection.execute(insert_once(connection, letter_files), {**row, "media_type": media_type})
    return sha256
