"""What proof says when something is wrong, and how values are written before they are hashed."""

import hashlib
import json
from typing import Any


class ProofError(Exception):
    """Something that is to be proven cannot even be read; the sentence says what and where."""


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: Any) -> bytes:
    """Write JSON values with their keys in order and no spaces."""
    return _encode(value).encode()


def sha256(content: bytes) -> str:
    """Return the hash by which this content is known."""
    return hashlib.sha256(content).hexdigest()
