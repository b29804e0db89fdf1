"""Finding the stack that runs: `opstap up` leaves its addresses in its state folder.

What is set in the environment wins. A folder whose lock nobody holds is a stack that has stopped,
and its addresses are not believed.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from gateway.settings import Settings

ADDRESSES = "running.json"
DEMO = "demo"
# Who sets one of these means another stack than the one of this folder.
_CHOSEN = ("OPSTAP_TEMPORAL_ADDRESS", "OPSTAP_TEMPORAL_PROFILE", "OPSTAP_DATABASE_URL")


def settings() -> Settings:
    """Return the settings of the stack that is meant: the environment's, or the one that runs."""
    if any(name in os.environ for name in _CHOSEN):
        return Settings()
    base = Path(os.environ.get("OPSTAP_STATE_DIR", "var"))
    for folder in (base, base / DEMO):
        found = _addresses(folder)
        if found is not None:
            given = {name.removeprefix("OPSTAP_").lower(): value for name, value in found.items()}
            return Settings.model_validate(given)
    return Settings()


def leave(folder: Path, environment: Mapping[str, str]) -> None:
    """Write down where the stack of this folder can be reached."""
    path = folder / ADDRESSES
    path.write_text(json.dumps(dict(environment), indent=1) + "\n", encoding="utf-8")
    path.chmod(0o600)


def _addresses(folder: Path) -> dict[str, str] | None:
    try:
        found: dict[str, str] = json.loads((folder / ADDRESSES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if _is_held(folder / "lock") else None


def _is_held(lock: Path) -> bool:
    """Whether a process holds the lock of a state folder."""
    with suppress(OSError), lock.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        fcntl.flock(opened, fcntl.LOCK_UN)
    return False
