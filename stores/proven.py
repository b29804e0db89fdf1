"""What the log names by its hash: a short list of stores, each read and compared the same way.

Letters now; whoever stores something else that must be provable (bank files) adds a line here, and
it enters exports and checks by itself.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Outcome, canonical
from models.observations import LETTER_OBSERVATIONS
from stores import files, post
from stores.post import StoredLetter


class Stored(NamedTuple):
    """One thing as it is stored, and the hash that its row gives it."""

    trajectory: str
    key: str
    content: bytes
    sha256: str


class Named(NamedTuple):
    """What a row of the log says of one thing."""

    key: str
    sha256: str


@dataclass(frozen=True)
class ProvenStore:
    """A store whose things the log names; `label` is the Dutch word for one of them."""

    label: str
    stored: Callable[[AsyncEngine, str | None], Awaitable[list[Stored]]]
    named: Callable[[Outcome], Named | None]


async def _letters(engine: AsyncEngine, trajectory: str | None) -> list[Stored]:
    found = await post.list_letters(engine, trajectory=trajectory)
    return [one for letter in found for one in await _parts(engine, letter)]


async def _parts(engine: AsyncEngine, letter: StoredLetter) -> list[Stored]:
    """Return a letter's manifest under its own key, and its words and files beside it."""
    parts = []
    if letter.proof is not None:
        parts.append(("", canonical(files.manifest(letter)), letter.proof))
        kept = await files.contents(engine, letter)
        named = ((copy.html_sha256, copy.pdf_sha256) for copy in letter.copies)
        hashes = sorted({sha for pair in named for sha in pair if sha is not None})
        parts += [(":bestand", kept.get(sha, b""), sha) for sha in hashes]
    if letter.sha256 is not None and letter.tree is not None:
        parts.append((":woorden", canonical(letter.tree), letter.sha256))
    return [
        Stored(letter.trajectory, f"{letter.key}{what}", content, sha256)
        for what, content, sha256 in parts
    ]


def _named_letter(row: Outcome) -> Named | None:
    if row.kind not in LETTER_OBSERVATIONS:
        return None
    data = row.detail.get("data", {})
    key, sha256 = data.get("key"), data.get("sha256")
    return Named(key, sha256) if isinstance(key, str) and isinstance(sha256, str) else None


PROVEN = (ProvenStore("brief", _letters, _named_letter),)
