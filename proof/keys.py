"""The keys that sign: one private key in a file of its own, never in the database.

Ed25519. A public key is known by its fingerprint, which people compare over another channel; a file
with public keys may hold several, so that a key can be replaced.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from proof.words import ProofError, sha256

_END = b"-----END PUBLIC KEY-----"

# Fingerprint → key.
Trusted = Mapping[str, Ed25519PublicKey]


def make_private(path: Path) -> bool:
    """Make a private key that only its owner can read; False when there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(number, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    return True


def read_private(path: Path) -> Ed25519PrivateKey:
    """Read the private key.

    Raises:
        ProofError: not there, not readable by its owner alone, or not such a key.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise ProofError(
                f"De sleutel {path} is ook voor anderen leesbaar: doe eerst `chmod 600 {path}`."
            )
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise ProofError(f"De sleutel {path} is niet te lezen: {error.strerror}.") from None
    except (ValueError, TypeError):
        raise ProofError(f"{path} is geen privésleutel (Ed25519, PEM).") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ProofError(f"{path} is geen privésleutel (Ed25519, PEM).")
    return key


def read_public(path: Path) -> Trusted:
    """Read a file with one or more public keys.

    Raises:
        ProofError: not there, or no such keys.
    """
    try:
        parts = path.read_bytes().split(_END)
    except OSError as error:
        raise ProofError(f"De sleutel {path} is niet te lezen: {error.strerror}.") from None
    found = [_public(part + _END + b"\n", path) for part in parts[:-1]]
    if not found:
        raise ProofError(f"{path} is geen publieke sleutel (Ed25519, PEM).")
    return {fingerprint(key): key for key in found}


def _public(text: bytes, path: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(text.lstrip())
    except ValueError:
        raise ProofError(f"{path} is geen publieke sleutel (Ed25519, PEM).") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ProofError(f"{path} is geen publieke sleutel (Ed25519, PEM).")
    return key


def public_text(key: Ed25519PublicKey) -> str:
    """Write a public key as a file holds it."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def fingerprint(key: Ed25519PublicKey) -> str:
    """Return the short name of a key, the same on every machine."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return sha256(raw)[:16]


def signature_problem(trusted: Trusted, who: str, signature: bytes, content: bytes) -> str | None:
    """Say why a signature is not to be believed, or None."""
    key = trusted.get(who)
    if key is None:
        ours = ", ".join(sorted(trusted))
        return f"getekend met een andere sleutel ({_shown(who)}) dan de vertrouwde ({ours})"
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return "de handtekening klopt niet"
    return None


def _shown(who: str) -> str:
    """A name that somebody else wrote: shown only when it looks like one."""
    return who if len(who) == 16 and set(who) <= set("0123456789abcdef") else "onleesbaar"
