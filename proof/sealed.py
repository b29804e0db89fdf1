"""The file of an export: a zip whose last bytes are a signature over every byte before them.

Nothing in the file escapes the seal, not even the zip's own headers. What is written is the same
for the same content; what is read may be anything, and is never believed to be a good zip.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from proof.keys import Trusted, fingerprint, signature_problem
from proof.words import ProofError

# Lower case only: a capital would be another byte with the same meaning.
_SEAL = re.compile(rb"opstap-export-1 ([0-9a-f]{16}) ([0-9a-f]{128})")
LENGTH = len("opstap-export-1 ") + 16 + 1 + 128
LARGEST = 1_000_000_000
_BROKEN_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
# What a zip can hold as a date at the earliest: the same for every file, so that bytes repeat.
_DATE = (1980, 1, 1, 0, 0, 0)


class Opened(NamedTuple):
    """The files of an export, and what is wrong with its seal."""

    files: Mapping[str, bytes]
    problem: str | None


def pack(files: Mapping[str, bytes], key: Ed25519PrivateKey) -> bytes:
    """Write and seal an export."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, files[name])
        archive.comment = b" " * LENGTH
    body = buffer.getvalue()[:-LENGTH]
    name = fingerprint(key.public_key())
    return body + f"opstap-export-1 {name} {key.sign(body).hex()}".encode()


def unpack(content: bytes, trusted: Trusted | None = None) -> Opened:
    """Read an export; without trusted keys the seal is not looked at.

    Raises:
        ProofError: this is no zip that can be read.
    """
    return Opened(_files(content), None if trusted is None else seal_problem(content, trusted))


def seal_problem(content: bytes, trusted: Trusted) -> str | None:
    """Say why the seal is not to be believed, or None."""
    seal = _SEAL.fullmatch(content[-LENGTH:])
    if seal is None:
        return "het zegel ontbreekt of is beschadigd"
    signature = bytes.fromhex(seal[2].decode())
    problem = signature_problem(trusted, seal[1].decode(), signature, content[:-LENGTH])
    if problem == "de handtekening klopt niet":
        return "het zegel klopt niet: het bestand is veranderd nadat het gemaakt werd"
    return None if problem is None else f"het zegel is {problem}"


def _files(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > LARGEST:
                raise ProofError("het bestand zegt groter te zijn dan een uitvoer kan zijn")
            return {entry.filename: archive.read(entry) for entry in entries}
    except _BROKEN_ZIP:
        raise ProofError("het bestand is beschadigd: het is geen leesbare zip") from None
