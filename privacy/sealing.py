"""Sealing, pure: bytes in, bytes out. No database, no clock, no configuration.

`DataKey` is the key of one owner (a resident, a person, the programme). Payloads are sealed with
AES-256-GCM, the owner as additional data. What stands in SQL is sealed with AES-SIV: the same value
at the same place always gives the same bytes, so that a chain over sealed rows can be made again;
owner, row and field are additional data, so that no value can be moved elsewhere.
"""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_BYTES = 32
NONCE_BYTES = 12
# Before every sealed cell: AES-SIV has nothing to seal in an empty value.
_CELL = b"\x01"


class Damaged(Exception):  # noqa: N818 (named for what the caller hears)
    """What was sealed is changed, stands in another place, or is under another key."""


class DataKey:
    """The key of one owner, with what is derived from it."""

    __slots__ = ("_cells", "_marks", "_payloads", "_who", "owner")

    def __init__(self, owner: str, secret: bytes) -> None:
        """Derive one key per use: none of them tells anything about another."""
        self.owner = owner
        self._who = owner.encode()
        self._payloads = AESGCM(derived(secret, "payload", 32))
        self._cells = AESSIV(derived(secret, "cell", 64))
        self._marks = derived(secret, "mark", 32)

    def seal(self, plain: bytes) -> bytes:
        """Seal a payload."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._payloads.encrypt(nonce, plain, self._who)

    def open(self, sealed: bytes) -> bytes:
        """Open a payload.

        Raises:
            Damaged: it was not sealed so.
        """
        try:
            return self._payloads.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], self._who)
        except (InvalidTag, ValueError):
            raise Damaged(self.owner) from None

    def seal_cell(self, plain: bytes, *where: str) -> bytes:
        """Seal a value for its place in SQL; the same value there gives the same bytes."""
        return self._cells.encrypt(_CELL + plain, self._place(where))

    def open_cell(self, sealed: bytes, *where: str) -> bytes:
        """Open a value of that place.

        Raises:
            Damaged: it was not sealed so.
        """
        try:
            return self._cells.decrypt(sealed, self._place(where))[len(_CELL) :]
        except (InvalidTag, ValueError):
            raise Damaged(f"{self.owner}: {'/'.join(where)}") from None

    def mark(self, text: str) -> str:
        """Return by what a text can be recognised, and never found, without the key."""
        return hmac.digest(self._marks, text.encode(), "sha256").hex()

    def _place(self, where: tuple[str, ...]) -> list[bytes]:
        return [self._who, *(word.encode() for word in where)]


def new_secret() -> bytes:
    """Return a new secret, from the operating system's chance."""
    return os.urandom(SECRET_BYTES)


def derived(secret: bytes, use: str, length: int) -> bytes:
    """Return the key for one use, derived from a secret."""
    return HKDF(SHA256(), length, salt=None, info=f"opstap/{use}".encode()).derive(secret)


def wrap(master: bytes, owner: str, secret: bytes) -> bytes:
    """Seal an owner's secret under a master key."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(derived(master, "wrap", 32)).encrypt(nonce, secret, owner.encode())


def unwrap(master: bytes, owner: str, wrapped: bytes) -> bytes:
    """Open an owner's secret.

    Raises:
        Damaged: another master key, another owner, or changed.
    """
    try:
        opening = AESGCM(derived(master, "wrap", 32))
        return opening.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], owner.encode())
    except (InvalidTag, ValueError):
        raise Damaged(owner) from None
