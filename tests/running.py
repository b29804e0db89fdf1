"""A worker on the real Temporal server and a SQLite file, with the demo's registers: for tests.

Whoever imports `stack` gets one for the whole run, with its own database and task queue.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest

from embedded.child import Child, program
from embedded.ports import free_port
from embedded.temporal_server import TemporalServerSettings, start_temporal_server
from gateway.registers import read_registers, write_registers
from gateway.settings import Settings
from gateway.steps import Gateway, open_gateway
from privacy import master
from stores.engine import create_or_upgrade

REGISTERS = Path(__file__).parent.parent / "demo" / "registers.jsonl"


@dataclass
class Stack:
    """What tests need to reach it."""

    environment: dict[str, str]
    settings: Settings
    mails: Path


@asynccontextmanager
async def temporal_server(home: Path) -> AsyncIterator[TemporalServerSettings]:
    """The real Temporal server, with its state in a folder."""
    settings = TemporalServerSettings(
        database=home / "temporal.db",
        log=home / "temporal.log",
        port=free_port(),
        ui_port=free_port(),
    )
    server = await start_temporal_server(settings)
    try:
        yield settings
    finally:
        await server.stop(within=5)


@pytest.fixture(scope="session")
async def stack(
    temporal_dev_server: TemporalServerSettings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stack]:
    home = tmp_path_factory.mktemp("stack")
    environment = {
        "OPSTAP_TEMPORAL_ADDRESS": temporal_dev_server.address,
        "OPSTAP_TEMPORAL_NAMESPACE": temporal_dev_server.namespace,
        "OPSTAP_TASK_QUEUE": f"stack-{uuid4().hex[:8]}",
        "OPSTAP_STATE_DIR": str(home),
        "OPSTAP_DATABASE_URL": f"sqlite+aiosqlite:///{home / 'opstap.db'}",
        "OPSTAP_POST_FOLDER": str(home / "mails"),
        "OPSTAP_UNSIGNED_STEPS": "true",
    }
    given = {name.removeprefix("OPSTAP_").lower(): value for name, value in environment.items()}
    settings = Settings.model_validate(given)
    await create_or_upgrade(settings.database)
    for file in (settings.master_file, settings.signing_file):
        master.make_once(file)
    worker = await Child.start(program("worker"), log=home / "worker.log", environment=environment)
    async with open_gateway(settings) as gateway:
        await polling(gateway, settings.task_queue)
        await write_registers(gateway.engine, read_registers(REGISTERS.read_text(), "demo"))
    yield Stack(environment, settings, home / "mails")
    await worker.stop(within=10)


async def polling(gateway: Gateway, queue: str) -> None:
    """Wait until the worker asks for work: what is started before that waits ten seconds longer."""
    request = DescribeTaskQueueRequest(
        namespace=gateway.settings.temporal_namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    service = gateway.client.workflow_service
    while not (await service.describe_task_queue(request)).pollers:
        await asyncio.sleep(0.1)


@pytest.fixture(scope="session")
async def gateway(stack: Stack) -> AsyncIterator[Gateway]:
    async with open_gateway(stack.settings) as opened:
        yield opened
