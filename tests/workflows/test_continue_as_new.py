"""Continue-as-new is only a guard: the same state, the same chain, the deadlines armed again."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from embedded.ports import free_port
from embedded.temporal_server import TemporalServerSettings, start_temporal_server
from models.facts import Fact, Start
from tests.workflows.conftest import Effects, Resident, rules_on, start, working
from workflows.trajectory import WORKFLOW


async def test_a_trajectory_goes_on_from_its_facts_with_the_same_chain(
    referred: Resident,
) -> None:
    before = await referred.handle.query("whole")
    facts = [_fact(row) for row in before["outcomes"] if row["fact"] is not None]
    client = referred.environment.client
    again = await client.start_workflow(
        WORKFLOW,
        Start(
            trajectory=referred.handle.id,
            rules=rules_on((await referred.environment.get_current_time()).date()),
            facts=facts,
        ),
        id=f"{referred.handle.id}-again",
        task_queue=referred.queue,
    )
    view = await again.query("view")
    assert view["overview"]["head"] == before["overview"]["head"]
    assert view["overview"]["next_at"] == before["overview"]["next_at"]


@pytest.mark.dev_server
async def test_a_long_history_continues_as_new_and_answers_on(tmp_path: Path) -> None:
    settings = TemporalServerSettings(
        database=tmp_path / "temporal.db",
        log=tmp_path / "temporal.log",
        port=free_port(),
        ui_port=free_port(),
        extra=(
            "--dynamic-config-value",
            "limit.historyCount.suggestContinueAsNew=60",
        ),
    )
    server = await start_temporal_server(settings)
    try:
        client = await Client.connect(
            settings.address,
            namespace=settings.namespace,
            data_converter=pydantic_data_converter,
        )
        await _live_long(client)
    finally:
        await server.stop(within=5)


async def _live_long(client: Client) -> None:
    environment = WorkflowEnvironment.from_client(client)
    effects = Effects()
    queue = f"long-{uuid.uuid4().hex[:8]}"
    async with working(environment, effects, queue):
        resident = await start(environment, effects, queue)
        referral = {"birth_date": "2006-03-27", "sex": "v", "supporter": "lien"}
        await resident.step("refer", **referral, living="alleen", partner="joba")
        for number in range(16):
            living = "delen" if number % 2 else "alleen"
            await resident.step("change_wish", living=living, id=f"wish-{number}")
        view = await resident.quiet()
        repeated = await resident.step("change_wish", living="alleen", id="wish-3")
        described = await resident.handle.describe()
    first_run = resident.handle.first_execution_run_id
    assert described.run_id != first_run
    assert effects.kinds().count("change_wish") == 16
    assert repeated["text"] == "'Woonwens wijzigen' was al vastgelegd. Fase: Wachtlijst."
    assert view["overview"]["head"] == effects.turns[-1].outcomes[-1].hash


def _fact(row: dict[str, Any]) -> Fact:
    detail = row["detail"]
    return Fact.model_validate(
        {
            "seq": row["fact"],
            "name": row["kind"],
            "source": row["source"],
            "at": row["recorded_at"],
            "by": {"who": row["by"], "role": row["role"]},
            "data": detail.get("data", {}),
            "key": detail.get("key"),
        }
    )
