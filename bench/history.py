"""How long a history grows in a resident-year: events and bytes, ours against the bare one."""

from collections import Counter

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from bench.report import Report, table
from bench.virtual import live, world

MOST_EVENTS = 285


async def measure(*, quick: bool = False) -> Report:
    """Live the year once: on a virtual clock it comes out the same every time."""
    del quick
    async with world() as environment:
        ours, bare = await live(environment, "year")
    report = Report("history")
    report.add("events of a resident-year", len(ours.events), at_most=MOST_EVENTS)
    report.add("events of the bare year", len(bare.events))
    report.add("events, ours / bare", len(ours.events) / len(bare.events), at_most=1.1)
    report.add("bytes of a resident-year", size(ours))
    report.add("bytes of the bare year", size(bare))
    report.add("bytes, ours / bare", size(ours) / size(bare), at_most=1.1)
    report.tables.append(by_type(ours, bare))
    return report


def size(history: WorkflowHistory) -> int:
    """Return the bytes of the events, serialized, before any encryption."""
    return sum(event.ByteSize() for event in history.events)


def by_type(ours: WorkflowHistory, bare: WorkflowHistory) -> str:
    """Return the events and bytes per type of event."""
    found = [_count(ours), _count(bare)]
    names = [name for name in sorted(found[0]) if found[0][name][0] or found[1][name][0]]
    rows = [
        (EventType.Name(name).removeprefix("EVENT_TYPE_").lower(), *found[0][name], *found[1][name])
        for name in names
    ]
    return table(("event", "ours", "bytes", "bare", "bytes"), rows)


def _count(history: WorkflowHistory) -> dict[EventType.ValueType, tuple[int, int]]:
    events: Counter[EventType.ValueType] = Counter()
    sizes: Counter[EventType.ValueType] = Counter()
    for event in history.events:
        events[event.event_type] += 1
        sizes[event.event_type] += event.ByteSize()
    zero = dict.fromkeys(EventType.values(), (0, 0))
    return zero | {name: (events[name], sizes[name]) for name in events}
