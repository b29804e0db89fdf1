"""Who was forgotten, written down outside the database too: a restored backup must not bring back.

One JSON line per trajectory, codes and ids alone. `reapply` runs at every start, before anything is
read: whoever stands here and still has a key is forgotten again.
"""

import json
import os
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from privacy.erasing import erase
from privacy.errors import MasterError
from privacy.keys import is_forgotten, ring_of
from stores.erasures import Erasure

FILE = "erased.jsonl"


def read(path: Path) -> list[Erasure]:
    """Return the erasures that a file tells, oldest first.

    Raises:
        MasterError: a line cannot be read; the file is always written whole.
    """
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [Erasure.model_validate(json.loads(line)) for line in lines]
    except (ValueError, ValidationError):
        raise MasterError(
            f"{path} is beschadigd: daarin staat wie gewist is. Zet een reservekopie terug."
        ) from None


def add(path: Path, erasure: Erasure) -> None:
    """Write down an erasure, once; it is on the disk before this returns."""
    known = read(path)
    if any(one.trajectory == erasure.trajectory for one in known):
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    lines = "".join(f"{one.model_dump_json()}\n" for one in [*known, erasure])
    part = path.with_name(f".{path.name}.{os.getpid()}")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "w", encoding="utf-8") as file:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


async def reapply(engine: AsyncEngine, path: Path) -> list[str]:
    """Forget again who stands in the file and still has a key; return their trajectories."""
    if ring_of(engine) is None:
        return []
    again = []
    for told in read(path):
        if await is_forgotten(engine, told.trajectory):
            continue
        await erase(engine, told.trajectory, told.at, told)
        again.append(told.trajectory)
    return again
