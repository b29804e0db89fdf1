"""What the log names by its hash: a short list of stores, each read and compared the same way.

Letters now; whoever stores something else that must be provable (bank files) adds a line here, and
it enters exports and checks by itself.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Outcome
from models.observations import LETTER_OBSERVATIONS
from proof.words import canonical
from stores import post
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
    return [one for letter in found for one in _copies(letter)]


def _copies(letter: StoredLetter) -> list[Stored]:
    """Every copy is the same letter, below the line that says for whom it is."""
    if letter.sha256 is None:
        return []
    texts = {_body(copy.text) for copy in letter.copies}
    return [
        Stored(
            letter.trajectory,
            letter.key,
            canonical({"subject": letter.subject, "text": text}),
            letter.sha256,
        )
        for text in sorted(texts)
    ]


def _body(text: str) -> str:
    first, blank, rest = text.partition("\n\n")
    return rest if blank and first.startswith("(Voor ") and first.endswith(")") else text


def _named_letter(row: Outcome) -> Named | None:
    if row.kind not in LETTER_OBSERVATIONS:
        return None
    data = row.detail.get("data", {})
    key, sha256 = data.get("key"), data.get("sha256")
    return Named(key, sha256) if isinstance(key, str) and isinstance(sha256, str) else None


PROVEN = (ProvenStore("brief", _letters, _named_letter),)
