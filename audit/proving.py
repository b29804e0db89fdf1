"""Making checkpoints: signed with a key outside the database, and kept a second time outside it.

The copy beside the exports is what tells that the newest checkpoint was taken away: a database
alone cannot miss its own last row.
"""

import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.settings import Settings
from models.calendar import stamp
from proof import checkpoint
from proof.checkpoint import Checkpoint, Head
from proof.keys import Trusted, fingerprint, read_private, read_public
from proof.words import ProofError, canonical
from stores import checkpoints

NO_KEY = (
    "Er is geen sleutel om controlepunten te tekenen. Geef het bestand op met "
    "OPSTAP_CHECKPOINT_KEY_FILE."
)


def private_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the key that signs.

    Raises:
        ProofError: none is set, or it cannot be read.
    """
    path = settings.checkpoint_file
    if settings.checkpoint_key_file is None and not path.exists():
        raise ProofError(NO_KEY)
    return read_private(path)


def trusted_keys(settings: Settings, public: Path | None) -> Trusted:
    """Return the keys to believe: those of a file, or the public half of our own.

    Raises:
        ProofError: neither can be read.
    """
    if public is not None:
        return read_public(public)
    own = private_key(settings).public_key()
    return {fingerprint(own): own}


async def make_checkpoint(
    engine: AsyncEngine, settings: Settings, key: str, at: datetime
) -> Checkpoint:
    """Sign every head as it stands now, and keep a copy; the same key twice is one checkpoint.

    Raises:
        ProofError: no key, or an earlier checkpoint cannot be read.
    """
    signing = private_key(settings)

    def sign(heads: Sequence[Head], before: Checkpoint | None) -> Checkpoint:
        return checkpoint.sign(signing, heads, stamp(at), before)

    made = await checkpoints.make(engine, key, sign)
    _keep_copy(copies_of(settings), made)
    return made


def copies_of(settings: Settings) -> Path:
    """Return the file with the second copy of every checkpoint."""
    return settings.proof / "checkpoints.jsonl"


def read_copies(path: Path) -> list[Checkpoint]:
    """Return the copies outside the database; none when the file is not there.

    Raises:
        ProofError: a line cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [checkpoint.read(json.loads(line)) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        raise ProofError(f"{path} is niet te lezen") from None


def _keep_copy(path: Path, made: Checkpoint) -> None:
    if any(kept.hash == made.hash for kept in read_copies(path)):
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(canonical(made.plain()) + b"\n")
        file.flush()
        os.fsync(file.fileno())
