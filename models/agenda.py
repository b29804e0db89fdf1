"""What is still to come: the deadline table applied to a state.

`deadlines` draws the screen "Toekomst", `next_deadline` drives the workflow's timer; both walk the
same rows. A deadline of a paused region waits, unless it is hard or runs on; one that was met stays met.
"""

from collections.abc import Iterator
from datetime import date, datetime
from operator import attrgetter

from models.calendar import brussels
from models.deadlines import DEADLINES
from models.facts import Deadline, Json
from models.programme import Rules
from models.state import Hold, TrajectoryState
from models.timed import DeadlineRow
from models.vocabulary import Region, Stage

BY_STAGE: dict[Stage | None, tuple[DeadlineRow, ...]] = {
    stage: tuple(row for row in DEADLINES if stage in row.stages) for stage in Stage
}


def _minute_of(when: date | datetime, rules: Rules) -> int:
    """Return a moment as a number that orders Belgian clock times.

    Building an aware datetime for every candidate would cost more than the rules themselves.
    """
    if isinstance(when, datetime):
        return when.toordinal() * 1440 + when.hour * 60 + when.minute
    return when.toordinal() * 1440 + rules.task_hour * 60


def _deadline(
    row: DeadlineRow, key: str, when: date | datetime, data: Json, rules: Rules, hold: Hold | None
) -> Deadline:
    return Deadline.trusted(
        key=key,
        name=row.name,
        at=when if isinstance(when, datetime) else brussels(when, rules.task_hour),
        region=row.region,
        hard=row.hard,
        runs_on=row.runs_on,
        text=row.text.format(**data) if data else row.text,
        letter=row.letter.value if row.letter else None,
        paused_until=hold.until if hold else None,
        data=data,
    )


def _paused(state: TrajectoryState, row: DeadlineRow) -> Hold | None:
    if row.hard or row.runs_on or not state.holds:
        return None
    return state.holds.get(row.region) or state.holds.get(Region.MAIN)


def _was_sent(row: DeadlineRow, sent_before: list[str]) -> bool:
    """What was sent before an adoption is not sent again."""
    return row.letter is not None and row.letter.value in sent_before


def _still_to_come(
    state: TrajectoryState, rules: Rules
) -> Iterator[tuple[DeadlineRow, str, date | datetime, Json]]:
    for row in BY_STAGE.get(state.stage, ()):
        if _was_sent(row, state.sent_before):
            continue
        for key, when, data in row.when(state, rules):
            if key not in state.met:
                yield row, key, when, data


def deadlines(state: TrajectoryState, rules: Rules) -> list[Deadline]:
    """Return every dated thing still to come, the earliest first; what is past due is included."""
    found = [
        _deadline(row, key, when, data, rules, _paused(state, row))
        for row, key, when, data in _still_to_come(state, rules)
    ]
    return sorted(found, key=lambda deadline: (deadline.at, deadline.key))


def next_deadline(state: TrajectoryState, rules: Rules) -> Deadline | None:
    """Return the next deadline that is not paused; builds only the one it returns."""
    met, sent_before, holds = state.met, state.sent_before, state.holds
    first: tuple[int, str] | None = None
    found: tuple[DeadlineRow, str, date | datetime, Json] | None = None
    for row in BY_STAGE.get(state.stage, ()):
        if (holds and _paused(state, row)) or (sent_before and _was_sent(row, sent_before)):
            continue
        for key, when, data in row.when(state, rules):
            if key in met:
                continue
            minute = _minute_of(when, rules)
            if first is None or minute < first[0] or (minute == first[0] and key < first[1]):
                first, found = (minute, key), (row, key, when, data)
    return None if found is None else _deadline(*found, rules, None)


def proposal(late: list[Deadline], rules: Rules) -> Json:
    """Return what is put to somebody when several things come to light late: one list.

    What came back several times is one line of it; what is about something else has its own.
    """
    line_of = _about if rules.edition >= 2 else attrgetter("name")
    texts = {line_of(deadline): deadline.text for deadline in late}
    return {
        "keys": sorted(deadline.key for deadline in late),
        "texts": [texts[line] for line in sorted(texts)],
        "hard": any(deadline.hard for deadline in late),
        "letters": {deadline.key: deadline.data for deadline in late if deadline.letter},
    }


def _about(deadline: Deadline) -> str:
    """Return what a deadline is about: its key, without the day that the key ends in."""
    return deadline.key.rpartition(":")[0]
