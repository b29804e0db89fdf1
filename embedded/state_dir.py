"""The folder where a running stack keeps everything, and the lock that keeps it to one stack.

The lock is the kernel's: it vanishes with its process, so a kill -9 leaves nothing to clean up.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded.errors import StackError
from privacy import master, signing_key


@dataclass(frozen=True)
class StateDir:
    """Where each thing lives; every path is absolute, so that children may work elsewhere."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> "StateDir":
        return cls(path.expanduser().resolve())

    @property
    def temporal_database(self) -> Path:
        return self.path / "temporal.db"

    @property
    def database(self) -> Path:
        return self.path / "opstap.db"

    @property
    def database_url(self) -> str:
        return f"sqlite+aiosqlite:///{self.database}"

    @property
    def master_key(self) -> Path:
        return self.path / master.FILE

    @property
    def signing_key(self) -> Path:
        return self.path / signing_key.FILE

    @property
    def mails(self) -> Path:
        return self.path / "mails"

    @property
    def checkpoint_key(self) -> Path:
        return self.path / "checkpoint.key"

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"


@contextmanager
def locked(state: StateDir) -> Iterator[None]:
    """Hold the folder for this process; a StackError when another stack holds it."""
    try:
        state.path.mkdir(parents=True, exist_ok=True)
        # Names and letters end up here: for the owner's eyes only.
        state.path.chmod(0o700)
        lock = (state.path / "lock").open("a+", encoding="ascii")
    except OSError as error:
        raise StackError(
            f"De map {state.path} kan niet gebruikt worden: {error.strerror}."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise StackError(
                f"De map {state.path} is al in gebruik door een andere Opstap "
                f"(proces {lock.read().strip() or 'onbekend'}): stop die eerst, "
                "of kies een andere map met --state-dir."
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
