"""Checkpoints: once a day one signature over the heads of all chains, each naming the one before.

The heads stand in a hash tree, so that an export can show that its own head was signed without
telling whose the others are. A checkpoint keeps only the heads that changed since the last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proof.chain import GENESIS
from proof.keys import Trusted, fingerprint, signature_problem
from proof.words import ProofError, canonical, sha256

FORMAT = "opstap-checkpoint-1"


class Head(NamedTuple):
    """The newest row of one chain."""

    chain: str
    seq: int
    hash: str


# The way from a leaf to the root: the neighbour's hash, and whether it stands on the left.
Path = list[tuple[bool, str]]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed."""

    number: int
    at: str
    previous: str
    root: str
    chains: int

    def content(self) -> bytes:
        """Return the bytes that are signed; their hash is the checkpoint's name."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return canonical({"format": FORMAT, **told})


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement."""

    statement: Statement
    key: str
    signature: bytes

    @property
    def hash(self) -> str:
        """The name by which the next checkpoint knows this one."""
        return sha256(self.statement.content())

    def plain(self) -> dict[str, Any]:
        """Return it as JSON values."""
        told = {n: getattr(self.statement, n) for n in self.statement.__dataclass_fields__}
        return {**told, "key": self.key, "signature": self.signature.hex()}


def sign(
    key: Ed25519PrivateKey, heads: Iterable[Head], at: str, before: Checkpoint | None
) -> Checkpoint:
    """Sign the heads as they stand."""
    leaves = ordered(heads)
    statement = Statement(
        number=before.statement.number + 1 if before else 1,
        at=at,
        previous=before.hash if before else GENESIS,
        root=root(leaves),
        chains=len(leaves),
    )
    return Checkpoint(statement, fingerprint(key.public_key()), key.sign(statement.content()))


def read(value: Any) -> Checkpoint:
    """Read a checkpoint from JSON values.

    Raises:
        ProofError: something is missing or of another kind.
    """
    try:
        statement = Statement(
            number=int(value["number"]),
            at=str(value["at"]),
            previous=str(value["previous"]),
            root=str(value["root"]),
            chains=int(value["chains"]),
        )
        return Checkpoint(statement, str(value["key"]), bytes.fromhex(value["signature"]))
    except (KeyError, TypeError, ValueError):
        raise ProofError("een controlepunt is niet te lezen") from None


def untrue(checkpoint: Checkpoint, trusted: Trusted) -> str | None:
    """Say why a checkpoint is not to be believed, or None."""
    content = checkpoint.statement.content()
    problem = signature_problem(trusted, checkpoint.key, checkpoint.signature, content)
    return None if problem is None else f"controlepunt {checkpoint.statement.number}: {problem}"


def broken(checkpoints: Sequence[tuple[Checkpoint, Sequence[Head]]], trusted: Trusted) -> list[str]:
    """Return what is wrong with a row of checkpoints, each with the heads that changed in it."""
    problems: list[str] = []
    heads: dict[str, Head] = {}
    before: Checkpoint | None = None
    for checkpoint, changed in checkpoints:
        stated = checkpoint.statement
        if (problem := untrue(checkpoint, trusted)) is not None:
            problems.append(problem)
        if (problem := _follows(before, checkpoint)) is not None:
            problems.append(problem)
        heads.update({head.chain: head for head in changed})
        if root(ordered(heads.values())) != stated.root:
            problems.append(
                f"controlepunt {stated.number}: de bewaarde koppen zijn niet die van het zegel"
            )
        before = checkpoint
    return problems


def _follows(before: Checkpoint | None, this: Checkpoint) -> str | None:
    number = this.statement.number
    expected = before.statement.number + 1 if before else 1
    if number > expected:
        gone = str(expected) if number == expected + 1 else f"{expected} tot {number - 1}"
        return f"controlepunt {gone} ontbreekt"
    if number < expected:
        return f"controlepunt {number} staat niet op zijn plaats"
    if this.statement.previous != (before.hash if before else GENESIS):
        return f"controlepunt {number} noemt een ander controlepunt {number - 1}"
    if before is not None and this.statement.at < before.statement.at:
        return f"controlepunt {number} is vroeger dan het vorige: de klok is teruggezet"
    return None


# ---- the hash tree ------------------------------------------------------------------------------
def ordered(heads: Iterable[Head]) -> list[Head]:
    """Return heads in the order of the tree."""
    return sorted(heads, key=lambda head: head.chain)


def leaf(head: Head) -> str:
    """Return the hash of a head in the tree."""
    return sha256(b"\x00" + canonical([head.chain, head.seq, head.hash]))


def root(heads: Sequence[Head]) -> str:
    """Return the top of the tree over heads in order."""
    level = [leaf(head) for head in heads]
    while len(level) > 1:
        level = _up(level)
    return level[0] if level else GENESIS


def path_to(heads: Sequence[Head], chain: str) -> Path:
    """Return the way from a chain's leaf to the root.

    Raises:
        ProofError: the chain is not among the heads.
    """
    place = next((n for n, head in enumerate(heads) if head.chain == chain), None)
    if place is None:
        raise ProofError(f"'{chain}' staat nog in geen enkel controlepunt")
    level = [leaf(head) for head in heads]
    path: Path = []
    while len(level) > 1:
        beside = place ^ 1
        if beside < len(level):
            path.append((beside < place, level[beside]))
        level, place = _up(level), place // 2
    return path


def climb(head: Head, path: Iterable[tuple[bool, str]]) -> str:
    """Return the root that a leaf and its way come to."""
    at = leaf(head)
    for left, beside in path:
        at = _join(beside, at) if left else _join(at, beside)
    return at


def fold(changes: Iterable[Sequence[Head]]) -> Mapping[str, Head]:
    """Return the heads after these changes."""
    return {head.chain: head for changed in changes for head in changed}


def _up(level: list[str]) -> list[str]:
    pairs = [_join(*level[n : n + 2]) for n in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs


def _join(left: str, right: str) -> str:
    return sha256(b"\x01" + bytes.fromhex(left) + bytes.fromhex(right))
