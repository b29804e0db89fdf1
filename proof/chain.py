"""A hash chain: every row's hash covers the hash before it and the row's own bytes.

What the bytes say is of no concern here: they may be readable or sealed. The first thing that does
not follow is told in one Dutch sentence.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from proof.words import sha256

GENESIS = "0" * 64


class Row(NamedTuple):
    """One link: its number, when it was noted, the bytes that its hash covers, and the hash."""

    seq: int
    recorded_at: str
    content: bytes
    hash: str


def link(previous: str, content: bytes) -> str:
    """Return the hash of a row that follows `previous`."""
    return sha256(previous.encode("ascii") + content)


def broken(rows: Iterable[Row]) -> str | None:
    """Return the first thing that does not follow, or None for a chain that is whole."""
    previous, number, moment = GENESIS, 0, ""
    for row in rows:
        if row.seq != number + 1:
            return _out_of_order(number, row.seq)
        if link(previous, row.content) != row.hash:
            return (
                f"rij {row.seq} past niet bij haar hash: ze is veranderd, of van plaats verwisseld"
            )
        if moment and _earlier(row.recorded_at, moment):
            return (
                f"rij {row.seq} is genoteerd op {row.recorded_at}, vroeger dan rij {number} "
                f"({moment}): de klok is teruggezet"
            )
        previous, number, moment = row.hash, row.seq, row.recorded_at
    return None


def _out_of_order(last: int, found: int) -> str:
    if found > last + 1:
        missing = f"rij {last + 1}" if found == last + 2 else f"rijen {last + 1} tot {found - 1}"
        verb = "ontbreekt" if found == last + 2 else "ontbreken"
        return f"{missing} {verb}, of de rijen staan niet in volgorde"
    return f"na rij {last} komt rij {found}: de rijen staan niet in volgorde"


def _earlier(one: str, other: str) -> bool:
    try:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return True
