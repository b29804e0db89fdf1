"""Two databases, restored from backups of different moments: who knows what the other does not?

Compares for every trajectory the newest head that its history holds with the log, one small
question each, without replaying anything. Names what differs; the sweep mends it from history.
Names too what was ended in Temporal itself (`audit.ended`).
"""

import asyncio
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryReverseRequest
from temporalio.client import Client
from temporalio.converter import WorkflowSerializationContext
from temporalio.service import RPCError, RPCStatusCode

from audit.ended import TEXT as ENDED
from audit.ended import ended_outside
from audit.fetching import executions
from audit.replay import is_turn
from privacy.keys import is_forgotten
from proof.checkpoint import Head
from stores import chains

# A turn that is being written stands in the log a moment before it stands in the history.
PAUSE = 2.0
_PAGE = 20


class Difference(NamedTuple):
    """A trajectory that the two databases tell otherwise, in a Dutch sentence."""

    trajectory: str
    text: str


class Compared(NamedTuple):
    """What the two databases tell otherwise, and of how many trajectories they tell the same."""

    differing: list[Difference]
    equal: int


async def compare(client: Client, engine: AsyncEngine, *, pause: float = PAUSE) -> Compared:
    """Compare the database with Temporal; what differs is looked at twice."""
    every = await chains.names(engine) | {name for name, _ in await executions(client)}
    # What the history of somebody forgotten holds cannot be read any more, by anybody.
    names = {name for name in every if not await is_forgotten(engine, name)}
    found = await _differing(client, engine, names)
    if found:
        await asyncio.sleep(pause)
        found = await _differing(client, engine, {one.trajectory for one in found})
    return Compared(found, len(names - {one.trajectory for one in found}))


async def _differing(client: Client, engine: AsyncEngine, names: set[str]) -> list[Difference]:
    ended = await ended_outside(client, engine)
    found = [Difference(name, ENDED) for name in ended if name in names]
    for name in sorted(names):
        # One at a time: the whole log would stay in the worker's memory all the while.
        text = await _differs(client, name, await chains.heads_of(engine, name))
        if text is not None:
            found.append(Difference(name, text))
    return found


async def _differs(client: Client, name: str, rows: list[Head]) -> str | None:
    try:
        head = await newest_head(client, name)
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return f"staat in de database ({len(rows)} rijen) en niet in Temporal: Temporal is ouder"
    if head is None:
        return "staat in de database en heeft geen geschiedenis" if rows else None
    place = next((n for n in range(len(rows), 0, -1) if rows[n - 1].hash == head), None)
    if place is None:
        what = f"het logboek met {len(rows)} rijen kent haar niet: de database is ouder"
        return (
            f"de geschiedenis eindigt op een rij, en {what}"
            if rows
            else ("staat in Temporal en niet in de database: de database is ouder")
        )
    lost = rows[place - 1].seq - place
    if lost > 0:
        said = "ontbreekt 1 rij" if lost == 1 else f"ontbreken {lost} rijen"
        return f"in het logboek {said}: zie `opstap audit verify`"
    more = len(rows) - place
    if not more:
        return None
    said = "1 rij die" if more == 1 else f"{more} rijen die"
    return f"het logboek heeft {said} de geschiedenis niet heeft: Temporal is ouder"


async def newest_head(client: Client, name: str) -> str | None:
    """Return the chain's head that the history of a trajectory was last told."""
    token = b""
    while True:
        page = await client.workflow_service.get_workflow_execution_history_reverse(
            GetWorkflowExecutionHistoryReverseRequest(
                namespace=client.namespace,
                execution=WorkflowExecution(workflow_id=name),
                maximum_page_size=_PAGE,
                next_page_token=token,
            )
        )
        for event in page.history.events:
            if is_turn(event):
                return await _head(client, name, event)
        token = page.next_page_token
        if not token:
            return None


async def _head(client: Client, name: str, event: HistoryEvent) -> str:
    context = WorkflowSerializationContext(namespace=client.namespace, workflow_id=name)
    converter = client.data_converter.with_context(context)
    payloads = event.marker_recorded_event_attributes.details["result"].payloads
    (head,) = await converter.decode(payloads)
    return str(head)
