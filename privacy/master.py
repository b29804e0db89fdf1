"""The master key: it wraps every other key, and is kept outside the database.

It comes from OPSTAP_MASTER_KEY (the key itself) or a file (OPSTAP_MASTER_KEY_FILE, else
`master.key` in the state folder). Several keys may stand there, one a line: the first wraps, all of
them open, so that programs go on while every key is wrapped anew. Nothing here makes a key by
itself: only the embedded stack's first start and `opstap codec master` do.
"""

import base64
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from privacy.errors import MasterError
from privacy.sealing import SECRET_BYTES, derived, new_secret

FILE = "master.key"


class Master(NamedTuple):
    """A master key and the name by which keys say which one wrapped them."""

    id: str
    secret: bytes


class Masters(NamedTuple):
    """The master keys at hand: the first wraps, all open."""

    all: tuple[Master, ...]

    @property
    def current(self) -> Master:
        """The one that wraps."""
        return self.all[0]

    def by_id(self, wanted: str) -> Master | None:
        """Return one by its name, or None."""
        return next((one for one in self.all if one.id == wanted), None)


# Reads the master keys; called again when a key was wrapped by one that is not known yet.
Load = Callable[[], Masters]


def loader(key: str | None, file: Path) -> Load:
    """Return what reads the master keys: from the key itself when given, else from the file."""
    if key is not None:
        return lambda: parse(key, "OPSTAP_MASTER_KEY")
    return lambda: read(file)


def read(file: Path) -> Masters:
    """Read the file of master keys.

    Raises:
        MasterError: it is not there, cannot be read, or holds something else.
    """
    try:
        text = file.read_text(encoding="ascii")
    except FileNotFoundError:
        raise MasterError(
            f"Er is geen hoofdsleutel: {file} bestaat niet. Zet de bewaarde sleutel terug, of wijs "
            "ze aan met OPSTAP_MASTER_KEY_FILE. Voor een nieuwe databank maakt "
            "`opstap codec master BESTAND` er een."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "geen tekst"
        raise MasterError(f"De hoofdsleutel {file} kan niet gelezen worden: {why}.") from None
    return parse(text, str(file))


def parse(text: str, where: str) -> Masters:
    """Read master keys, one a line or with commas between.

    Raises:
        MasterError: none, or something else than 32 bytes as base64.
    """
    try:
        secrets = secrets_of(text)
    except ValueError:
        raise MasterError(
            f"De hoofdsleutel in {where} is niet goed: verwacht worden 32 bytes als base64, "
            "zoals `opstap codec master BESTAND` ze maakt."
        ) from None
    if not secrets:
        raise MasterError(f"De hoofdsleutel in {where} is leeg.")
    return Masters(tuple(Master(derived(one, "name", 6).hex(), one) for one in secrets))


def secrets_of(text: str) -> list[bytes]:
    """Return the secrets that stand in a text, one a line or with commas between.

    Raises:
        ValueError: something else than 32 bytes as base64.
    """
    found = []
    for word in text.replace(",", "\n").split():
        # Either alphabet: `openssl rand -base64 32` writes the other one.
        secret = base64.urlsafe_b64decode(word.replace("+", "-").replace("/", "_"))
        if len(secret) != SECRET_BYTES:
            raise ValueError(len(secret))
        found.append(secret)
    return found


def make_once(file: Path) -> bool:
    """Make a key (this one or the one that signs) where there is none; False when there is one.

    Whole or not at all, for the owner's eyes only, and on the disk before anything is sealed.
    """
    if file.exists():
        return False
    draft = _draft(file, [new_secret()])
    try:
        os.link(draft, file)  # fails where somebody else was faster: theirs counts
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    _to_disk(file.parent)
    return True


def add(file: Path) -> Masters:
    """Put a new master key before the others."""
    known = read(file)
    _replace(file, [new_secret(), *(one.secret for one in known.all)])
    return read(file)


def keep_current(file: Path) -> None:
    """Leave out all but the first."""
    _replace(file, [read(file).current.secret])


def _replace(file: Path, secrets: list[bytes]) -> None:
    _draft(file, secrets).replace(file)
    _to_disk(file.parent)


def _draft(file: Path, secrets: list[bytes]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        draft.unlink()
    number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "wb") as opened:
        opened.writelines(base64.urlsafe_b64encode(secret) + b"\n" for secret in secrets)
        opened.flush()
        os.fsync(opened.fileno())
    return draft


def _to_disk(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
