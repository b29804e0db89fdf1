"""A trajectory that is signed and exported, for whoever tampers with it."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from audit import live
from audit.exporting import Exporter
from audit.proving import copies_of, make_checkpoint, trusted_keys
from gateway.settings import Settings
from proof import sealed
from proof.export import Checked, check
from proof.keys import make_private, read_private
from stores.engine import make_engine
from stores.looks import Look, log_look
from stores.refusals import Refused, log_refusal
from tests.audit.conftest import Lived

AT = datetime(2027, 5, 6, 9, tzinfo=UTC)
Files = dict[str, bytes]


@dataclass
class Proven:
    """A trajectory in a database that is signed, with an export of it."""

    lived: Lived
    settings: Settings
    content: bytes

    @property
    def files(self) -> Files:
        return dict(sealed.unpack(self.content).files)

    def checked(self, content: bytes) -> Checked:
        return check(content, trusted_keys(self.settings, None))

    def repacked(self, files: Files) -> Checked:
        """An export that was opened, changed and zipped again, without the key."""
        content = sealed.pack(files, read_private(other_key(self.settings)))
        return self.checked(content[: -sealed.LENGTH] + self.content[-sealed.LENGTH :])

    async def verified(self, *statements: str, **values: str) -> list[str]:
        async with self.lived.engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement), values)
        trusted = trusted_keys(self.settings, None)
        found = await live.verify(self.lived.engine, trusted, copies_of(self.settings))
        return found.problems


def other_key(settings: Settings) -> Path:
    path = settings.state_dir / "other.key"
    make_private(path)
    return path


@pytest.fixture(scope="module")
async def proven_once(lived_once: Lived, tmp_path_factory: pytest.TempPathFactory) -> Proven:
    """Signed twice and exported, to read and to copy."""
    lived, home = lived_once, tmp_path_factory.mktemp("proven")
    make_private(home / "checkpoint.key")
    settings = Settings(state_dir=home, checkpoint_key_file=home / "checkpoint.key")
    asked = {"who": "an", "role": "coordinator"}
    for step in ("withdraw", "refer"):
        refused = Refused(
            at=AT, trajectory="", step=step, code="x", text="Nee.", source="gateway", **asked
        )
        await log_refusal(lived.engine, refused)
    await log_look(lived.engine, Look(at=AT, trajectory=lived.trajectory, what="view", **asked))
    await make_checkpoint(lived.engine, settings, "first", AT)
    await make_checkpoint(lived.engine, settings, "second", AT)
    exporter = Exporter(lived.handle._client, lived.engine, settings, AT)
    return Proven(lived, settings, await exporter.export(lived.trajectory))


@pytest.fixture
async def proven(proven_once: Proven, tmp_path: Path) -> AsyncIterator[Proven]:
    """A copy of its own for every test."""
    shutil.copytree(proven_once.settings.state_dir, tmp_path, dirs_exist_ok=True)
    database = tmp_path / "opstap.db"
    with (
        closing(sqlite3.connect(str(proven_once.lived.engine.url.database))) as here,
        closing(sqlite3.connect(database)) as there,
    ):
        here.backup(there)
    engine = make_engine(f"sqlite:///{database}")
    settings = Settings(state_dir=tmp_path, checkpoint_key_file=tmp_path / "checkpoint.key")
    yield Proven(replace(proven_once.lived, engine=engine), settings, proven_once.content)
    await engine.dispose()
