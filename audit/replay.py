"""`opstap audit replay`: does the code of today still come to what the history says?

Each history is replayed, the inputs of its activities and the chain's heads are compared with what
it holds, and the state it ends in with the outcome log and the overview. Reads only.
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter, WorkflowSerializationContext
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, WorkflowReplayResult

from audit import recording
from audit.comparing import same
from gateway.connect import data_converter
from models.core import Trajectory, replayed
from models.facts import Outcome, Start, Turn
from workflows.trajectory import TrajectoryWorkflow

LOCAL_ACTIVITY = "core_local_activity"
LONGEST = 300
# As the core writes a failure out: the message at its heart comes last.
_MESSAGE = re.compile(r'message: "((?:[^"\\]|\\.)*)"')
_VALUES = re.compile(r"\[type=.*", re.DOTALL)
OTHER_HEAD = "de keten had daar een andere kop"
OTHER = "dit is de geschiedenis van een ander traject"


@dataclass(frozen=True, slots=True)
class CameTo:
    """What a replay came to: the rows of the core, and the hashes that the log has for them."""

    trajectory: Trajectory | None
    rows: Sequence[Outcome]
    hashes: Sequence[str]


class Beside(Protocol):
    """What is stored, beside which a replay is held."""

    async def is_forgotten(self, trajectory: str) -> bool:
        """Whether nothing of this person can be read any more: then the chain alone counts."""

    async def chain(self, trajectory: str) -> str | None:
        """Return what is wrong with the stored chain; needs no key."""

    async def hashes(self, trajectory: str, rows: Sequence[Outcome]) -> Sequence[str]:
        """Return the hashes that rows of the core have in the log, from the first row on."""

    async def compare(self, trajectory: str, came_to: CameTo) -> str | None:
        """Return the first difference with what is stored."""


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
    workflows: Sequence[type] = (TrajectoryWorkflow,),
    converter: DataConverter | None = None,
    *,
    watched: bool = False,
) -> Replayer:
    """Return a replayer that records; other workflow classes are for trying a change.

    `watched` gives up on code that never comes to an end, as a worker does; that takes a thread
    beside, and a fifth of the speed.
    """
    return Replayer(
        workflows=list(workflows),
        data_converter=converter or data_converter(None),
        workflow_runner=UnsandboxedWorkflowRunner(),
        interceptors=[recording.Recorder()],
        debug_mode=not watched,
    )


async def replay(
    found: AsyncIterator[WorkflowHistory],
    beside: Beside | None = None,
    workflows: Sequence[type] = (TrajectoryWorkflow,),
    converter: DataConverter | None = None,
    *,
    watched: bool = False,
) -> AsyncIterator[Verdict]:
    """Replay histories one by one, a verdict on each; `beside` compares with what is stored."""
    converter = converter or data_converter(None)
    forgotten: list[WorkflowHistory] = []
    with_recorder = replayer(workflows, converter, watched=watched)
    async with with_recorder.workflow_replay_iterator(_open(found, beside, forgotten)) as results:
        async for result in results:
            name = result.history.workflow_id
            recorded = recording.forget(name)
            difference = await _difference(result, recorded, beside, converter)
            yield Verdict(name, len(result.history.events), difference)
    if beside is not None:
        for history in forgotten:
            broken = await beside.chain(history.workflow_id)
            yield Verdict(history.workflow_id, len(history.events), broken)


async def _open(
    found: AsyncIterator[WorkflowHistory], beside: Beside | None, forgotten: list[WorkflowHistory]
) -> AsyncIterator[WorkflowHistory]:
    """Yield the histories that can be read; the others are set apart, for their chain alone."""
    async for history in found:
        if beside is not None and await beside.is_forgotten(history.workflow_id):
            forgotten.append(history)
        else:
            yield history


async def _difference(
    result: WorkflowReplayResult,
    recorded: recording.Recording,
    beside: Beside | None,
    converter: DataConverter,
) -> str | None:
    history = result.history
    failed = _whose(history) or _replayed(result)
    if failed is not None:
        return failed
    rows = _rows(recorded)
    hashes = [row.hash for row in rows]
    if beside is not None:
        hashes = list(await beside.hashes(history.workflow_id, rows))
    of_row = {row.seq: sealed for row, sealed in zip(rows, hashes, strict=True)}
    heads = [of_row[turns[-1].outcomes[-1].seq] for turns in _written(recorded) if turns]
    difference = await _Asked(converter, history, recorded, heads).difference()
    if difference is not None or beside is None or _goes_on(history):
        return difference
    known = None if recorded.instance is None else recorded.instance.trajectory
    return await beside.compare(history.workflow_id, CameTo(known, rows, hashes))


def _rows(recorded: recording.Recording) -> list[Outcome]:
    """Return the rows that the replay came to, from the first one on."""
    written = {
        row.seq: row for turns in _written(recorded) for turn in turns for row in turn.outcomes
    }
    if 1 in written or recorded.instance is None:
        return [written[seq] for seq in sorted(written)]
    # A run that went on from another one has only its own turns.
    known: Trajectory = recorded.instance.trajectory
    return replayed(Start(trajectory=known.id, rules=known.first_rules), known.facts).outcomes


def _whose(history: WorkflowHistory) -> str | None:
    started = history.events[0].workflow_execution_started_event_attributes
    return OTHER if started.workflow_id not in {"", history.workflow_id} else None


def _goes_on(history: WorkflowHistory) -> bool:
    """Whether a newer run went on from here: only the newest run is what SQL shows."""
    last = history.events[-1].event_type
    return last == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW


def _replayed(result: WorkflowReplayResult) -> str | None:
    failure = result.replay_failure
    if failure is None:
        return None
    return f"de code van nu doet iets anders dan de geschiedenis: {_reason(str(failure))}"


def _reason(text: str) -> str:
    """Return what an error says at its heart, without the values that it met: they are people's."""
    innermost = _MESSAGE.findall(text)
    said = innermost[-1].replace("\\n", " ") if innermost else text
    said = _VALUES.sub("", said)
    return " ".join(said.split())[:LONGEST]


class _Asked:
    """What a replay asked of the world, beside what the history says was asked."""

    def __init__(
        self,
        converter: DataConverter,
        history: WorkflowHistory,
        recorded: recording.Recording,
        heads: Sequence[str],
    ) -> None:
        context = WorkflowSerializationContext(
            namespace=recorded.namespace, workflow_id=history.workflow_id
        )
        self._converter = converter.with_context(context)
        self._events = history.events
        self._recorded = recorded
        self._heads_after = heads

    async def difference(self) -> str | None:
        """Return the first thing that was asked otherwise."""
        return await self._activities() or await self._heads()

    async def _activities(self) -> str | None:
        asked = self._recorded.activities
        scheduled = [
            event
            for event in self._events
            if event.HasField("activity_task_scheduled_event_attributes")
        ]
        for number, event in enumerate(scheduled):
            about = event.activity_task_scheduled_event_attributes
            if number >= len(asked):
                return (
                    f"gebeurtenis {event.event_id}: de code vraagt '{about.activity_type.name}' "
                    "niet"
                )
            name, args = asked[number]
            sent = self._converter.payload_converter.to_payloads(args)
            kept = await self._opened(about.input.payloads)
            if name != about.activity_type.name or not same(sent, kept):
                return (
                    f"gebeurtenis {event.event_id}: '{about.activity_type.name}' kreeg andere "
                    f"gegevens dan de code nu zou geven aan '{name}'"
                )
        return None

    async def _opened(self, payloads: Sequence[Payload]) -> Sequence[Payload]:
        """Return payloads as they were before the codec sealed them."""
        codec = self._converter.payload_codec
        return payloads if codec is None else await codec.decode(list(payloads))

    async def _heads(self) -> str | None:
        """Recompute for each turn the head that its marker holds."""
        heads, number = self._heads_after, 0
        for event in self._events:
            if not is_turn(event):
                continue
            details = event.marker_recorded_event_attributes.details
            (head,) = await self._converter.decode(details["result"].payloads, [str])
            while number < len(heads) and heads[number] != head:
                number += 1
            if number == len(heads):
                return f"gebeurtenis {event.event_id}: {OTHER_HEAD}"
            number += 1
        return None


def is_turn(event: HistoryEvent) -> bool:
    """Whether an event holds the head that a turn came to."""
    if event.event_type != EventType.EVENT_TYPE_MARKER_RECORDED:
        return False
    marker = event.marker_recorded_event_attributes
    return marker.marker_name == LOCAL_ACTIVITY and "result" in marker.details


def _written(recorded: recording.Recording) -> list[list[Turn]]:
    """Return what the replay would have written, a list of turns for each time that it wrote."""
    return [
        [_turn(one) for one in (told if isinstance(told, list) else [told])]
        for told in recorded.turns
    ]


def _turn(told: Any) -> Turn:
    return Turn.model_validate(told) if isinstance(told, dict) else told
