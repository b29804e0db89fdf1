"""`opstap audit verify` without a file: everything that is stored, compared with what was signed.

Chains, checkpoints, the copy of the checkpoints outside the database, and the letters. Reads only;
every difference is one Dutch sentence, and none repeats what a row says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from audit.proving import read_copies
from models.facts import Outcome
from proof import chain, checkpoint
from proof.checkpoint import Checkpoint, Head
from proof.keys import Trusted
from proof.words import ProofError, sha256
from stores import chains, checkpoints, outcomes
from stores.checkpoints import Kept
from stores.diaries import DIARIES
from stores.errors import Sealed
from stores.proven import PROVEN, ProvenStore, Stored

_SHOWN = {"refusals": "weigeringen", "looks": "inzages", "erasures": "wissingen"}


@dataclass
class Verified:
    """What was compared, what is wrong, and what deserves a look."""

    chains: int = 0
    rows: int = 0
    checkpoints: int = 0
    things: int = 0
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


class _Walked(NamedTuple):
    """What is kept of a chain: its hashes by their numbers, and what is broken."""

    hashes: dict[int, str]
    broken: str | None


def _walked(rows: list[chain.Row]) -> _Walked:
    return _Walked({row.seq: row.hash for row in rows}, chain.broken(rows))


async def verify(engine: AsyncEngine, trusted: Trusted, copies: Path) -> Verified:
    """Compare everything; what cannot be read is a problem like any other."""
    found = Verified()
    stored = await chains.each(engine, _walked)
    found.chains = len(stored)
    for name, (hashes, broken) in stored.items():
        found.rows += len(hashes)
        if broken is not None:
            found.problems.append(f"{_SHOWN.get(name, name)}: {broken}")
    try:
        kept = await checkpoints.every(engine)
        _checkpoints(found, kept, trusted, read_copies(copies))
    except ProofError as error:
        found.problems.append(str(error))
        kept = []
    _heads(found, kept, stored, await chains.orphaned(engine))
    await _proven(found, engine, [name for name in stored if name not in DIARIES])
    return found


def _checkpoints(
    found: Verified, kept: list[Kept], trusted: Trusted, copies: Sequence[Checkpoint]
) -> None:
    found.checkpoints = len(kept)
    found.problems += checkpoint.broken(kept, trusted)
    here = {one.statement.number: one for one, _ in kept}
    for copy in copies:
        number = copy.statement.number
        ours = here.get(number)
        if ours is None:
            found.problems.append(
                f"controlepunt {number} staat in de kopie buiten de database, en niet erin"
            )
        elif ours.hash != copy.hash:
            found.problems.append(
                f"controlepunt {number} is een ander dan in de kopie buiten de database"
            )
    if kept and not copies:
        found.remarks.append("er is geen kopie van de controlepunten buiten de database")
    if not kept:
        found.remarks.append("er is nog geen controlepunt: maak het met `opstap audit checkpoint`")


def _heads(
    found: Verified,
    kept: list[Kept],
    stored: Mapping[str, _Walked],
    orphaned: set[Head],
) -> None:
    """Everything that was ever signed must still be there."""
    there = {name: walked.hashes for name, walked in stored.items()}
    apart = 0
    for signed, changed in kept:
        for head in changed:
            if there.get(head.chain, {}).get(head.seq) == head.hash:
                continue
            if head in orphaned:
                apart += 1
                continue
            what = "ontbreekt" if head.seq not in there.get(head.chain, {}) else "is een andere"
            found.problems.append(
                f"{_SHOWN.get(head.chain, head.chain)}: rij {head.seq}, getekend in controlepunt "
                f"{signed.statement.number} ({signed.statement.at}), {what}"
            )
    if apart:
        found.remarks.append(f"{apart} getekende rijen stonden niet in een geschiedenis: zie apart")


async def _proven(found: Verified, engine: AsyncEngine, trajectories: list[str]) -> None:
    for store in PROVEN:
        try:
            per = await _by_trajectory(found, engine, store, trajectories)
        except (ValueError, SQLAlchemyError):
            found.problems.append(f"{store.label}: niet te lezen")
            continue
        found.things += sum(map(len, per.values()))
        for trajectory, stored in sorted(per.items()):
            try:
                rows = await outcomes.rows(engine, trajectory)
            except (ValueError, Sealed):
                found.problems.append(f"{trajectory}: een rij van het logboek is niet te lezen")
                continue
            found.problems += replaced(store, trajectory, stored, rows)


async def _by_trajectory(
    found: Verified, engine: AsyncEngine, store: ProvenStore, trajectories: list[str]
) -> dict[str, list[Stored]]:
    """Return what is stored of each; what was sealed and does not open any more is named."""
    per: dict[str, list[Stored]] = {trajectory: [] for trajectory in trajectories}
    try:
        for one in await store.stored(engine, None):
            per.setdefault(one.trajectory, []).append(one)
    except Sealed:
        # One of them somewhere: look for it apart, and still compare all the others.
        for trajectory in trajectories:
            try:
                per[trajectory] = await store.stored(engine, trajectory)
            except Sealed as error:
                del per[trajectory]
                found.problems.append(f"{trajectory}: {store.label}: {str(error).rstrip('.')}")
    return per


def replaced(
    store: ProvenStore, trajectory: str, stored: Sequence[Stored], rows: Sequence[Outcome]
) -> list[str]:
    """Return what is stored otherwise than the log names it."""
    problems = [
        f"{trajectory}: {store.label} {one.key} is vervangen: de tekst past niet bij de hash"
        for one in stored
        if sha256(one.content) != one.sha256
    ]
    by_key = {one.key: one.sha256 for one in stored}
    for row in rows:
        named = store.named(row)
        if named is None or by_key.get(named.key) == named.sha256:
            continue
        what = "is vervangen" if named.key in by_key else "ontbreekt"
        problems.append(
            f"{trajectory}: {store.label} {named.key} {what}: rij {row.seq} van het logboek noemt "
            "een andere hash"
        )
    return problems
