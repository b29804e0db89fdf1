"""`opstap audit replay`: does the code of today still come to what the history says?

Each history is replayed, the inputs of its activities and the chain's heads are compared with what
it holds, and the state it ends in with the outcome log and the overview. Reads only.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, WorkflowReplayResult

from audit import recording
from audit.comparing import first_difference
from models.facts import GENESIS, Turn, link
from models.projection import overview_of
from stores import outcomes, overview
from workflows.sandbox import runner
from workflows.trajectory import WORKFLOW, TrajectoryWorkflow

LOCAL_ACTIVITY = "core_local_activity"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the replay of one history says; `difference` is the first one, in Dutch."""

    trajectory: str
    events: int
    difference: str | None = None

    @property
    def good(self) -> bool:
        """Whether nothing differs."""
        return self.difference is None


def replayer(workflows: Sequence[type] = (TrajectoryWorkflow,)) -> Replayer:
    """Return a replayer that records; other workflow classes are for trying a change."""
    return Replayer(
        workflows=list(workflows),
        data_converter=pydantic_data_converter,
        workflow_runner=runner("audit.recording"),
        interceptors=[recording.Recorder()],
    )


async def histories(
    client: Client, trajectory: str | None = None
) -> AsyncIterator[WorkflowHistory]:
    """Yield the history of one trajectory, or of all there are, open and closed."""
    if trajectory is not None:
        yield await client.get_workflow_handle(trajectory).fetch_history()
        return
    async for execution in client.list_workflows(f'WorkflowType="{WORKFLOW}"'):
        handle = client.get_workflow_handle(execution.id, run_id=execution.run_id)
        yield await handle.fetch_history()


async def replay(
    found: AsyncIterator[WorkflowHistory],
    engine: AsyncEngine | None,
    workflows: Sequence[type] = (TrajectoryWorkflow,),
) -> AsyncIterator[Verdict]:
    """Replay histories one by one, a verdict on each; without engine SQL is not compared."""
    with_recorder = replayer(workflows)
    async for history in found:
        recording.forget(history.workflow_id)
        result = await with_recorder.replay_workflow(history, raise_on_replay_failure=False)
        recorded = recording.forget(history.workflow_id)
        difference = _replayed(result) or await _asked(history, recorded)
        if difference is None and engine is not None and not _goes_on(history):
            difference = await _stored(engine, history.workflow_id, recorded.instance)
        yield Verdict(history.workflow_id, len(history.events), difference)


def _goes_on(history: WorkflowHistory) -> bool:
    """Whether a newer run went on from here: only the newest run is what SQL shows."""
    last = history.events[-1].event_type
    return last == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW


def _replayed(result: WorkflowReplayResult) -> str | None:
    failure = result.replay_failure
    if failure is None:
        return None
    return f"de code van nu doet iets anders dan de geschiedenis: {failure}"


async def _asked(history: WorkflowHistory, recorded: recording.Recording) -> str | None:
    """Compare what the replay asked of the world with what the history says was asked."""
    scheduled = [
        event
        for event in history.events
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    for number, event in enumerate(scheduled):
        about = event.activity_task_scheduled_event_attributes
        if number >= len(recorded.activities):
            return f"gebeurtenis {event.event_id}: de code vraagt '{about.activity_type.name}' niet"
        name, args = recorded.activities[number]
        sent = await pydantic_data_converter.encode(args)
        if name != about.activity_type.name or [p.data for p in sent] != [
            p.data for p in about.input.payloads
        ]:
            return (
                f"gebeurtenis {event.event_id}: '{about.activity_type.name}' kreeg andere gegevens "
                f"dan de code nu zou geven aan '{name}'"
            )
    return await _heads(history.events, recorded.turns)


async def _heads(events: Sequence[HistoryEvent], turns: Sequence[Any]) -> str | None:
    """Recompute for each turn the head that its marker holds."""
    written = [Turn.model_validate(turn) if isinstance(turn, dict) else turn for turn in turns]
    heads = [_head(turn) for turn in written]
    number = 0
    for event in events:
        if event.event_type != EventType.EVENT_TYPE_MARKER_RECORDED:
            continue
        marker = event.marker_recorded_event_attributes
        if marker.marker_name != LOCAL_ACTIVITY or "result" not in marker.details:
            continue
        (head,) = await pydantic_data_converter.decode(marker.details["result"].payloads, [str])
        while number < len(heads) and heads[number] != head:
            number += 1
        if number == len(heads):
            return f"gebeurtenis {event.event_id}: de keten had daar een andere kop"
        number += 1
    return None


def _head(turn: Any) -> str:
    last: Turn = turn[-1] if isinstance(turn, list) else turn
    return last.outcomes[-1].hash


async def _stored(engine: AsyncEngine, trajectory: str, instance: Any) -> str | None:
    """Compare the state that the replay ended in with the outcome log and the overview."""
    replayed = instance.trajectory
    rows = await outcomes.rows(engine, trajectory)
    if len(rows) != replayed.seq:
        return f"het logboek heeft {len(rows)} rijen, de geschiedenis {replayed.seq}"
    previous = GENESIS
    for row in rows:
        if link(previous, row) != row.hash:
            return (
                f"rij {row.seq} van het logboek is veranderd: haar inhoud past niet bij haar hash"
            )
        previous = row.hash
    if previous != replayed.head:
        return "de laatste rij van het logboek is een andere dan die van de geschiedenis"
    difference = first_difference(await overview.get(engine, trajectory), overview_of(replayed))
    return None if difference is None else f"het overzicht toont iets anders: {difference}"
