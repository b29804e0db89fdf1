"""A house that is set on fire: server, worker and mail catcher, killed and started again at will.

The same folder, ports and databases before and after, as on a machine that lost its power.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from bench.killed_worker import ORDER
from bench.laboratory import OURS, Laboratory, new_laboratory
from embedded.catcher import Catcher
from embedded.child import Child
from embedded.ports import LOOPBACK, free_port
from embedded.temporal_server import start_temporal_server
from gateway.settings import Settings

DIES_WITHIN = 120.0


@dataclass
class House:
    """What runs now; `lab` is where it runs."""

    lab: Laboratory
    smtp_port: int
    server: Child
    worker: Child
    died_alone: int = 0

    @property
    def client(self) -> Client:
        """The connection to the server; it survives the server's deaths."""
        return self.lab.client

    @property
    def settings(self) -> Settings:
        """The settings of the worker."""
        return self.lab.settings(OURS)

    @property
    def mails(self) -> Path:
        """Where every mail is that left."""
        return self.lab.folder / "mails"

    @property
    def order(self) -> Path:
        """The file that orders a worker to die after a commit."""
        return self.lab.folder / "die"

    async def kill(self, *, server: bool, worker: bool) -> None:
        """Kill -9, and start again what died."""
        for child, wanted in ((self.worker, worker), (self.server, server)):
            if wanted:
                child.kill()
        await self.mend(server=server, worker=worker)

    def arm(self, request: str, *, server: bool) -> None:
        """Order the worker to die once it committed this request."""
        told = {"request": request, "server": self.server.pid if server else None}
        draft = self.order.with_suffix(".part")
        draft.write_text(json.dumps(told), encoding="utf-8")
        draft.replace(self.order)

    async def died(self, *, server: bool, worker: bool) -> None:
        """Wait for deaths."""
        async with asyncio.timeout(DIES_WITHIN):
            for child, wanted in ((self.worker, worker), (self.server, server)):
                if wanted:
                    await child.wait()

    async def mend(self, *, server: bool, worker: bool) -> None:
        """Start again what is killed; a worker that could not live without its server too."""
        await self.died(server=server, worker=worker)
        if server:
            self.server = await start_temporal_server(self.lab.server)
        if self.worker.returncode is not None:
            self.died_alone += not worker
            self.worker = await start_worker(self.lab, self.smtp_port, self.order)


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    """A house that stands, and is gone afterwards."""
    async with new_laboratory() as (lab, server):
        port = free_port()
        catcher = Catcher(lab.folder / "mails", port)
        await catcher.start()
        built = House(lab, port, server, await start_worker(lab, port, lab.folder / "die"))
        try:
            yield built
        finally:
            await built.worker.stop(within=8)
            await built.server.stop(within=5)
            await catcher.stop()


async def start_worker(lab: Laboratory, smtp_port: int, order: Path) -> Child:
    """Start the worker that can be ordered to die."""
    mail = {"OPSTAP_SMTP_HOST": LOOPBACK, "OPSTAP_SMTP_PORT": str(smtp_port)}
    return await lab.start_worker(
        OURS, "bench.killed_worker", {ORDER: str(order), **mail}, keep_mail_in_folder=False
    )
