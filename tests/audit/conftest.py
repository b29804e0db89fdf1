"""A trajectory with the real activities on SQLite, and its history."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.effects import Activities
from activities.post import FolderPost
from bench.virtual import world
from embedded.temporal_server import TemporalServerSettings
from models.facts import Start
from models.registers import Dwelling, Partner
from stores import people, registers
from stores.engine import create_or_upgrade, make_engine
from tests.running import gateway, stack, temporal_server
from tests.workflows.conftest import rules_on
from workflows.trajectory import WORKFLOW, TrajectoryWorkflow

__all__ = ["gateway", "stack"]


@pytest.fixture(scope="session")
async def temporal_dev_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[TemporalServerSettings]:
    """A server for these tests alone: an audit reads every trajectory on its server.

    On the one that all tests share, other stacks live too, sealed under keys of their own.
    """
    async with temporal_server(tmp_path_factory.mktemp("temporal")) as settings:
        yield settings


@dataclass
class Lived:
    """A trajectory that went from referral to intake, in Temporal and in SQL."""

    trajectory: str
    handle: WorkflowHandle[Any, Any]
    engine: AsyncEngine

    async def history(self) -> WorkflowHistory:
        """Its history as it stands."""
        return await self.handle.fetch_history()


@pytest.fixture
async def lived(time_skipping: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Lived]:
    """A trajectory that was referred, called up for an intake, and sent its letters."""
    async with living(time_skipping, tmp_path) as lived:
        yield lived


@pytest.fixture(scope="module")
async def lived_once(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lived]:
    """The same for all tests of a file, to read and to copy."""
    home = tmp_path_factory.mktemp("lived")
    async with world() as environment, living(environment, home) as lived:
        yield lived


@asynccontextmanager
async def living(time_skipping: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Lived]:
    url = f"sqlite+aiosqlite:///{tmp_path / 'opstap.db'}"
    await create_or_upgrade(url)
    engine = make_engine(url)
    await registers.put_partner(
        engine,
        Partner(
            id="joba",
            name="Joba",
            agreement_on=date(2024, 1, 1),
            supporters=["lien"],
            contact="lien@joba.example",
        ),
    )
    await registers.put_dwelling(engine, Dwelling(id="d7", bedrooms=1, destination="renovatie"))
    activities = Activities(engine, FolderPost(tmp_path / "mails"), time_skipping.client)
    trajectory = f"trajectory-{uuid.uuid4().hex[:8]}"
    now = await time_skipping.get_current_time()
    async with Worker(
        time_skipping.client,
        task_queue=trajectory,
        workflows=[TrajectoryWorkflow],
        activities=[
            activities.record_turn,
            activities.rewrite,
            activities.answer,
            activities.carry,
            activities.deliver,
        ],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        person = await people.admit(
            engine, name="Mira Voorbeeld", birth_date=date(2006, 3, 27), email="mira@example.org"
        )
        await people.link(engine, person, trajectory)
        handle = await time_skipping.client.start_workflow(
            WORKFLOW,
            Start(trajectory=trajectory, rules=rules_on(now.date())),
            id=trajectory,
            task_queue=trajectory,
        )
        referral = {
            "birth_date": "2006-03-27",
            "sex": "v",
            "supporter": "lien",
            "living": "alleen",
            "partner": "joba",
        }
        await _step(handle, "refer", referral)
        since = (now - timedelta(days=120)).date().isoformat()
        await _step(handle, "complete_referral", {"support_since": since})
        await time_skipping.sleep(timedelta(days=10))
        await _step(handle, "change_wish", {"living": "alleen"})
        yield Lived(trajectory, handle, engine)
    await engine.dispose()


async def _step(handle: WorkflowHandle[Any, Any], name: str, data: dict[str, Any]) -> None:
    await handle.execute_update(name, {"who": "an", "role": "coordinator", "data": data})
