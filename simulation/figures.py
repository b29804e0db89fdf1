"""The figures of a play: what a coordinator reports at the end of a year, from the outcomes alone.

Counts what holds after undo and correction. The priority gauge, the empty days and the margins of
the notices are what the programme is judged by; see docs/scripts.md for each figure.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from statistics import median

from models.calendar import day_of
from models.contract import safe_day
from models.facts import Json
from models.programme import Rules
from models.report import effective
from simulation.played import Lived, Played

_ENDS = frozenset({"withdraw", "release_place", "complete_exit"})


@dataclass(slots=True)
class _Sums:
    """What is added up over all residents."""

    stages: Counter[str] = field(default_factory=Counter)
    letters: dict[str, Counter[str]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    destinations: dict[str, dict[str, Counter[str]]] = field(default_factory=dict)
    gauge: list[tuple[str, int, int]] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)
    lived: dict[str, list[tuple[date, date]]] = field(default_factory=dict)
    margins: list[int] = field(default_factory=list)
    accepted: int = 0
    overrides: int = 0


def figures_of(played: Played) -> Json:
    """Return the figures, ready to be written as JSON."""
    sums = _Sums()
    last = day_of(played.script.until)
    for life in played.lives:
        _add(sums, life, played.rules, last)
    decided = sums.accepted + sum(sums.rejected.values())
    return {
        "residents": len(played.lives),
        "outcomes": sum(len(life.outcomes) for life in played.lives),
        "refusals": len(played.refusals),
        "stages": dict(sorted(sums.stages.items())),
        "letters": {kind: dict(sorted(n.items())) for kind, n in sorted(sums.letters.items())},
        "admission": {
            "accepted": sums.accepted,
            "not_started": dict(sorted(sums.rejected.items())),
            "withdrawn": dict(sorted(sums.withdrawn.items())),
            "acceptance": round(sums.accepted / decided, 3) if decided else None,
        },
        "waiting_days": _spread(sums.waited),
        "priority_places": {
            "cap": played.rules.priority_cap,
            "most": _highest(sums.gauge),
            "overrides": sums.overrides,
        },
        "empty_days": _empty_days(played, sums, last),
        "notices": {
            "posted": len(sums.margins),
            "late": sum(1 for margin in sums.margins if margin < 0),
            "alarms": sums.kinds["notice_alarm"],
            "margin_days": _spread(sums.margins),
        },
        "talks": {"held": sums.kinds["record_talk"], "overdue": sums.kinds["talk_overdue"]},
        "extensions": sums.kinds["extend_lease"],
        "departures": sums.kinds["report_departure"],
        "emergency_moves": sums.kinds["relocate"],
        "destinations": {
            year: {name: dict(sorted(n.items())) for name, n in sorted(per.items())}
            for year, per in sorted(sums.destinations.items())
        },
    }


def _add(sums: _Sums, life: Lived, rules: Rules, last: date) -> None:
    sums.stages[life.outcomes[-1].stage] += 1
    asked: Json = {}
    lease_end: date | None = None
    place, since, priority, referred = "", last, False, last
    for row, data in effective(life.outcomes):
        kind = row.kind
        sums.kinds[kind] += 1
        if kind.startswith("letter_"):
            name = row.detail["letter"]["kind"]
            sums.letters.setdefault(name, Counter())[kind.removeprefix("letter_")] += 1
        elif kind in {"refer", "adopt"}:
            priority = bool(data.get("priority"))
            referred = date.fromisoformat(data.get("referred_on") or row.recorded_at[:10])
            place, since, lease_end = _adopted(data)
            if place and priority:
                sums.gauge.append((row.recorded_at, 1, row.seq))
        elif kind in {"offer_place", "relocate"}:
            asked = data
        elif kind == "place_reserved":
            if place:
                _left(sums, place, since, date.fromisoformat(data["start_on"]))
            if priority:
                sums.gauge.append((row.recorded_at, -1 if place else 1, row.seq))
            place, since = data["place"], date.fromisoformat(data["start_on"])
            sums.overrides += bool(data.get("override"))
            sums.accepted += lease_end is None
            lease_end = (
                date.fromisoformat(asked["lease_end"]) if "lease_end" in asked else lease_end
            )
        elif kind == "hand_over_keys":
            sums.waited.append((date.fromisoformat(data["on"]) - referred).days)
        elif kind == "extend_lease":
            lease_end = date.fromisoformat(data["new_end"])
        elif kind == "record_posting" and lease_end is not None:
            posted = date.fromisoformat(data["posted_on"])
            sums.margins.append((safe_day(lease_end, rules) - posted).days)
        elif kind == "reject":
            sums.rejected[data["reason"]] += 1
        if kind == "withdraw":
            sums.withdrawn[data["asked_by"]] += 1
        if kind == "complete_exit":
            year = sums.destinations.setdefault(data["left_on"][:4], {})
            year.setdefault(data["destination"], Counter())[data["durable"]] += 1
        if kind in _ENDS and place:
            _left(
                sums, place, since, date.fromisoformat(data.get("left_on") or row.recorded_at[:10])
            )
            if priority:
                sums.gauge.append((row.recorded_at, -1, row.seq))
            place = ""
    if place:
        _left(sums, place, since, last)


def _adopted(data: Json) -> tuple[str, date, date | None]:
    if "place" not in data:
        return "", date.max, None
    return (
        data["place"],
        date.fromisoformat(data["lease_start"]),
        date.fromisoformat(data["lease_end"]),
    )


def _left(sums: _Sums, place: str, since: date, until: date) -> None:
    if until > since:
        sums.lived.setdefault(place, []).append((since, until))


def _highest(gauge: list[tuple[str, int, int]]) -> int:
    """The most priority places in use at once; what ends in a minute ends before what begins."""
    most = now = 0
    for _, change, _ in sorted(gauge):
        now += change
        most = max(most, now)
    return most


def _empty_days(played: Played, sums: _Sums, last: date) -> Json:
    facts = played.script.facts
    if not facts:
        return {"total": 0, "share": None}
    first = day_of(facts[0].at)
    places = empty = days = 0
    for dwelling in played.script.dwellings:
        if dwelling.reserve:
            continue
        until = min(last, (dwelling.available_until or last) + timedelta(days=1))
        for place in dwelling.place_ids():
            places += 1
            days += max((until - first).days, 0)
            empty += max((until - first).days, 0) - sum(
                max((min(end, until) - max(start, first)).days, 0)
                for start, end in sums.lived.get(place, ())
            )
    return {"places": places, "total": empty, "share": round(empty / days, 3) if days else None}


def _spread(values: list[int]) -> Json:
    if not values:
        return {"count": 0}
    return {
        "count": len(values),
        "least": min(values),
        "median": median(values),
        "most": max(values),
    }
