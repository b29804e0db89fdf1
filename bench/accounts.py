"""After the fire: SQL, history, registers and mails compared, row by row and letter by letter.

Everything is counted that is lost, there twice, or there without having been asked for.
"""

import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from email.policy import SMTP
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from audit.beside import Database
from audit.fetching import histories
from audit.replay import replay
from bench.staff import Staff
from models.facts import Json, Outcome, Turn
from stores import outcomes, places, post
from stores.orphans import list_orphans

PEOPLE = frozenset({"gateway", "temporal"})


@dataclass
class Accounts:
    """What was found; every count but the first two and the orphans should be zero."""

    rows: int = 0
    letters_sent: int = 0
    orphans: int = 0
    differing: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    mails_twice: list[str] = field(default_factory=list)
    mails_wrong: list[str] = field(default_factory=list)
    places_wrong: list[str] = field(default_factory=list)
    uncertain: int = 0
    held: int = 0

    async def compare(
        self, client: Client, engine: AsyncEngine, staff: Staff, trajectories: Iterable[str]
    ) -> None:
        """Compare SQL, the workflow's own telling and the replayed history of each trajectory."""
        keys: Counter[str] = Counter()
        for trajectory in trajectories:
            rows = await outcomes.rows(engine, trajectory)
            told = await client.get_workflow_handle(trajectory).query("whole", result_type=Turn)
            self.rows += len(rows)
            if _plain(rows) != _plain(told.outcomes):
                self.differing.append(f"{trajectory}: log and workflow")
            keys.update(_asked(rows))
            self.orphans += len(await list_orphans(engine, trajectory))
            await self._letters(engine, trajectory, told)
        await self._replayed(client, engine)
        self._requests(keys, staff)

    async def _replayed(self, client: Client, engine: AsyncEngine) -> None:
        async for verdict in replay(
            histories(client), Database(engine), converter=client.data_converter
        ):
            if not verdict.good:
                kept = await _keep(client, verdict.trajectory)
                self.differing.append(f"{verdict.trajectory}: {verdict.difference} ({kept})")

    def _requests(self, keys: Counter[str], staff: Staff) -> None:
        self.lost = sorted(key for key in staff.answered if not keys[key])
        self.twice = sorted(key for key, count in keys.items() if count > 1)
        known = staff.answered.keys() | staff.abandoned.keys()
        self.phantom = sorted(key for key in keys if key not in known)

    async def _letters(self, engine: AsyncEngine, trajectory: str, told: Turn) -> None:
        stored = {
            letter.key: letter for letter in await post.list_letters(engine, trajectory=trajectory)
        }
        ordered = {order.key for order in told.letters}
        if stored.keys() != ordered:
            self.differing.append(f"{trajectory}: letters {sorted(stored.keys() ^ ordered)}")
        for key, letter in stored.items():
            status = told.statuses.get(key, "held")
            self.letters_sent += status == "sent"
            self.uncertain += status == "uncertain"
            self.held += status == "held"
            if letter.status != status:
                self.differing.append(f"{trajectory}: {key} is {letter.status}, not {status}")

    async def count_mails(
        self, engine: AsyncEngine, folder: Path, trajectories: Iterable[str]
    ) -> None:
        """Hold every mail that left against the copies that history released."""
        left = Counter(_message_id(path) for path in folder.glob("*.eml"))
        self.mails_twice = sorted(name for name, count in left.items() if count > 1)
        known: dict[str, str] = {}
        for trajectory in trajectories:
            for letter in await post.list_letters(engine, trajectory=trajectory):
                known.update({copy.message_id: copy.status for copy in letter.copies})
        self.mails_wrong = sorted(name for name in left if name not in known)
        self.mails_wrong += sorted(
            name for name, status in known.items() if status == "sent" and not left[name]
        )


async def misplaced(engine: AsyncEngine, staying: dict[str, str]) -> list[str]:
    """Hold the register of places against who should have one: trajectory → place."""
    found = {tenancy.trajectory: tenancy.place for tenancy in await places.list_tenancies(engine)}
    return sorted(
        name for name in found.keys() | staying.keys() if found.get(name) != staying.get(name)
    )


async def _keep(client: Client, trajectory: str) -> Path:
    """Keep a history that differs, to be looked into: its server is gone afterwards."""
    history = await client.get_workflow_handle(trajectory).fetch_history()
    path = Path(tempfile.gettempdir()) / f"opstap-kill-{trajectory}.json"
    path.write_text(history.to_json(), encoding="utf-8")
    return path


def _plain(rows: list[Outcome]) -> list[Json]:
    # Each side has hashes of its own: the log chains its rows sealed.
    return [row.model_dump(mode="json", exclude={"hash"}) for row in rows]


def _asked(rows: list[Outcome]) -> list[str]:
    """Return the ids of the requests that these rows carry."""
    return [row.detail["key"] for row in rows if row.fact is not None and row.source in PEOPLE]


def _message_id(path: Path) -> str:
    with path.open("rb") as file:
        return str(BytesHeaderParser(policy=SMTP).parse(file)["Message-ID"])
