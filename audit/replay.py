"""`opstap audit replay`: does the code of today still come to what the history says?

Each history is replayed, the inputs of its activities and the chain's heads are compared with what
it holds, and the state it ends in with the outcome log and the overview. Reads only.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHistory
from temporalio.converter import DataConverter, WorkflowSerializationContext
from temporalio.worker import Replayer, WorkflowReplayResult

from audit import recording
from audit.comparing import first_difference
from gateway.connect import data_converter
from models.core import Trajectory, replayed
from models.facts import GENESIS, Outcome, Start, Turn, link
from models.projection import overview_of
from privacy.keys import is_forgotten
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


def replayer(
    workflows: Sequence[type] = (TrajectoryWorkflow,), engine: AsyncEngine | None = None
) -> Replayer:
    """Return a replayer that records; other workflow classes are for trying a change."""
    return Replayer(
        workflows=list(workflows),
        data_converter=data_converter(engine),
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
    with_recorder = replayer(workflows, engine)
    async for history in found:
        if engine is not None and await is_forgotten(engine, history.workflow_id):
            broken = _chained(await outcomes.sealed_rows(engine, history.workflow_id))
            yield Verdict(history.workflow_id, len(history.events), broken)
            continue
        recording.forget(history.workflow_id)
        result = await with_recorder.replay_workflow(history, raise_on_replay_failure=False)
        recorded = recording.forget(history.workflow_id)
        difference = _replayed(result)
        if difference is None:
            hashes = await _hashes(engine, recorded.instance)
            difference = await _asked(history, recorded, hashes, engine)
            if difference is None and engine is not None and not _goes_on(history):
                difference = await _stored(engine, recorded.instance.trajectory, hashes)
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


async def _hashes(engine: AsyncEngine | None, instance: Any) -> dict[str, str]:
    """Return the hash in the log of each row of the core, sealed again, by the core's own hash."""
    known: Trajectory = instance.trajectory
    start = Start(trajectory=known.id, rules=known.first_rules)
    rows = replayed(start, known.facts).outcomes
    if engine is None:
        return {row.hash: row.hash for row in rows}
    sealed = await outcomes.sealed_hashes(engine, known.id, rows)
    return dict(zip((row.hash for row in rows), sealed, strict=True))


async def _asked(
    history: WorkflowHistory,
    recorded: recording.Recording,
    hashes: Mapping[str, str],
    engine: AsyncEngine | None,
) -> str | None:
    """Compare what the replay asked of the world with what the history says was asked."""
    # What the history holds is opened, never what was asked sealed: that differs every time.
    converter = data_converter(engine).with_context(
        WorkflowSerializationContext(namespace="", workflow_id=history.workflow_id)
    )
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
        sent = converter.payload_converter.to_payloads(args)
        held = list(about.input.payloads)
        if converter.payload_codec is not None:
            held = await converter.payload_codec.decode(held)
        if name != about.activity_type.name or [p.data for p in sent] != [p.data for p in held]:
            return (
                f"gebeurtenis {event.event_id}: '{about.activity_type.name}' kreeg andere gegevens "
                f"dan de code nu zou geven aan '{name}'"
            )
    heads = [hashes.get(_head(turn)) for turn in recorded.turns]
    return await _heads(history.events, heads, converter)


async def _heads(
    events: Sequence[HistoryEvent], heads: Sequence[str | None], converter: DataConverter
) -> str | None:
    """Compare the head after each turn with the one that its marker holds."""
    number = 0
    for event in events:
        if event.event_type != EventType.EVENT_TYPE_MARKER_RECORDED:
            continue
        marker = event.marker_recorded_event_attributes
        if marker.marker_name != LOCAL_ACTIVITY or "result" not in marker.details:
            continue
        (head,) = await converter.decode(marker.details["result"].payloads)
        while number < len(heads) and heads[number] != head:
            number += 1
        if number == len(heads):
            return f"gebeurtenis {event.event_id}: de keten had daar een andere kop"
        number += 1
    return None


def _head(turn: Any) -> str:
    last: Turn = turn[-1] if isinstance(turn, list) else turn
    return last.outcomes[-1].hash


async def _stored(engine: AsyncEngine, known: Trajectory, hashes: Mapping[str, str]) -> str | None:
    """Compare the state that the replay ended in with the outcome log and the overview."""
    rows = await outcomes.sealed_rows(engine, known.id)
    if len(rows) != known.seq:
        return f"het logboek heeft {len(rows)} rijen, de geschiedenis {known.seq}"
    broken = _chained(rows)
    if broken is not None:
        return broken
    head = rows[-1].hash if rows else GENESIS
    if head != hashes.get(known.head, GENESIS):
        return "de laatste rij van het logboek is een andere dan die van de geschiedenis"
    told = overview_of(known).model_copy(update={"head": head})
    difference = first_difference(await overview.get(engine, known.id), told)
    return None if difference is None else f"het overzicht toont iets anders: {difference}"


def _chained(rows: Sequence[Outcome]) -> str | None:
    """Name the first row whose content is not what its hash covers; needs no key."""
    previous = GENESIS
    for row in rows:
        if link(previous, row) != row.hash:
            return (
                f"rij {row.seq} van het logboek is veranderd: haar inhoud past niet bij haar hash"
            )
        previous = row.hash
    return None
