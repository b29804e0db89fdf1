"""`opstap audit export`: one sealed file with everything of one trajectory, for an auditor.

History as the server holds it, the rows as they are chained, the letters, the newest checkpoint and
the story. Closed trajectories are exported by the nightly audit, before Temporal may forget them.
"""

import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from audit.narrative import told
from audit.proving import make_checkpoint, private_key
from gateway.errors import no_trajectory
from gateway.settings import Settings
from models.calendar import stamp
from models.facts import Outcome
from proof import checkpoint, sealed
from proof.chain import Row
from proof.export import Export, Item
from stores import chains, checkpoints, outcomes
from stores.proven import PROVEN


class Exporter:
    """Makes exports; one checkpoint serves all that it already covers."""

    def __init__(
        self, client: Client, engine: AsyncEngine, settings: Settings, at: datetime
    ) -> None:
        """Keep what is needed; `at` is the moment of the export."""
        self._client = client
        self._engine = engine
        self._settings = settings
        self._at = at
        self._kept: list[checkpoints.Kept] = []
        self._heads: list[checkpoint.Head] = []

    async def export(self, trajectory: str) -> bytes:
        """Return the sealed file of one trajectory.

        Raises:
            NotFound: neither Temporal nor the log knows it.
            ProofError: no key to seal it with.
        """
        key = private_key(self._settings)
        histories = [text async for text in self._histories(trajectory)]
        rows = await chains.of_trajectory(self._engine, trajectory)
        if not histories or not rows:
            raise no_trajectory(trajectory)
        readable = await outcomes.rows(self._engine, trajectory)
        signed, head, path = await self._proof(trajectory, rows[-1])
        made = Export(
            trajectory=trajectory,
            made_at=stamp(self._at),
            rows=rows,
            histories=histories,
            items=await self._items(trajectory, rows, readable),
            checkpoint=signed,
            head=head,
            path=path,
            story=told(trajectory, readable),
        )
        return sealed.pack(made.files(), key)

    async def _histories(self, trajectory: str) -> AsyncIterator[str]:
        """Yield the history of every run, oldest first."""
        run: str | None = None
        texts: list[str] = []
        try:
            while run != "":
                handle = self._client.get_workflow_handle(trajectory, run_id=run)
                history = await handle.fetch_history()
                texts.append(history.to_json())
                # Not the list of the server, which may lag behind: each run names the one before.
                started = history.events[0].workflow_execution_started_event_attributes
                run = started.continued_execution_run_id
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        for text in reversed(texts):
            yield text

    async def _items(self, trajectory: str, rows: list[Row], readable: list[Outcome]) -> list[Item]:
        """Return what the log names, each with its row where that row can be read as it stands."""
        content = {row.seq: row.content for row in rows}
        items = []
        for store in PROVEN:
            named = {
                found.sha256: row.seq
                for row in readable
                if (found := store.named(row)) is not None
                and found.sha256.encode() in content.get(row.seq, b"")
            }
            items += [
                Item(store.label, one.key, one.content, one.sha256, named.get(one.sha256))
                for one in await store.stored(self._engine, trajectory)
            ]
        return items

    async def _proof(
        self, trajectory: str, newest: Row
    ) -> tuple[checkpoint.Checkpoint, checkpoint.Head, checkpoint.Path]:
        """Return a checkpoint that covers the newest row; one is made when there is none yet."""
        head = checkpoint.Head(trajectory, newest.seq, newest.hash)
        if head not in self._heads:
            await self._read()
        if head not in self._heads:
            await make_checkpoint(
                self._engine, self._settings, f"export:{stamp(self._at)}:{newest.hash}", self._at
            )
            await self._read()
        path = checkpoint.path_to(self._heads, trajectory)
        signed = next(one for one in self._heads if one.chain == trajectory)
        return self._kept[-1][0], signed, path

    async def _read(self) -> None:
        self._kept = await checkpoints.every(self._engine)
        folded = checkpoint.fold(changed for _, changed in self._kept)
        self._heads = checkpoint.ordered(folded.values())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all, for its owner's eyes only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
