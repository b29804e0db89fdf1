"""Fetching histories from Temporal: of one trajectory, of all there are, or of some runs."""

from collections.abc import AsyncIterator, Sequence

from temporalio.client import Client, WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from gateway.errors import no_trajectory
from workflows.trajectory import WORKFLOW

# A trajectory, and which of its runs.
Run = tuple[str, str]


async def executions(client: Client, *, open_only: bool = False) -> list[Run]:
    """Return the runs of all trajectories, by id."""
    query = f'WorkflowType="{WORKFLOW}"'
    if open_only:
        query += ' AND ExecutionStatus="Running"'
    return sorted([(found.id, found.run_id) async for found in client.list_workflows(query)])


async def histories(
    client: Client, trajectory: str | None = None, *, open_only: bool = False
) -> AsyncIterator[WorkflowHistory]:
    """Yield the history of one trajectory, or of all there are, open and closed.

    Raises:
        NotFound: there is no such trajectory.
    """
    if trajectory is None:
        async for history in these(client, await executions(client, open_only=open_only)):
            yield history
        return
    try:
        yield await client.get_workflow_handle(trajectory).fetch_history()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        raise no_trajectory(trajectory) from None


async def these(client: Client, runs: Sequence[Run]) -> AsyncIterator[WorkflowHistory]:
    """Yield the histories of some runs; one that Temporal let go of meanwhile is left out."""
    for name, run in runs:
        try:
            yield await client.get_workflow_handle(name, run_id=run).fetch_history()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
