"""The figures of a year, each taken apart into the outcomes that it counts.

Counts what holds after undo and correction. A figure is nothing but its parts: who doubts a number
can read the rows behind it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import NamedTuple

from models.choices import Destination
from models.contract import safe_day
from models.facts import Json, Outcome
from models.letters import LETTERS, LetterKind
from models.observations import LETTER_OBSERVATIONS
from models.programme import Rules
from models.trajectory import STEPS
from models.vocabulary import Stage

STAGE_AT_END = "stages"
FIGURES: dict[str, str] = {
    STAGE_AT_END: "Waar de bewoners staan op het einde van het jaar",
    "referrals": "Aanmeldingen",
    "accepted": "Toegewezen plaatsen aan wie er nog niet woonde",
    "not_started": "Niet gestart, per reden",
    "withdrawn": "Ingetrokken, per vrager",
    "waiting_days": "Dagen tussen aanmelding en sleutels",
    "priority_overrides": "Plaatsen toegewezen boven de grens voor voorrang",
    "talks": "Opvolggesprekken gehouden",
    "talks_overdue": "Opvolggesprekken te laat",
    "extensions": "Verlengingen",
    "notices": "Aangetekende opzeggen, met de dagen marge",
    "notices_late": "Aangetekende opzeggen te laat gepost",
    "notice_alarms": "Alarmen over een opzeg",
    "departures": "Onverwachte vertrekken",
    "emergency_moves": "Noodverhuizingen",
    "destinations": "Uitstroom, per bestemming",
    "letters": "Brieven die vertrokken, per soort",
    "overrides": "Regels die opzijgezet werden",
    "corrections": "Rechtzettingen en ongedaan gemaakte stappen",
}
_COUNTED = {
    "refer": "referrals",
    "adopt": "referrals",
    "record_talk": "talks",
    "talk_overdue": "talks_overdue",
    "extend_lease": "extensions",
    "notice_alarm": "notice_alarms",
    "report_departure": "departures",
    "relocate": "emergency_moves",
    "correct": "corrections",
    "undo": "corrections",
}
_LEFT = frozenset(LETTER_OBSERVATIONS) - {"letter_refused", "letter_uncertain"}


class Part(NamedTuple):
    """One outcome in one figure: the row it is, its day, and what it adds."""

    figure: str
    trajectory: str
    seq: int
    day: date
    group: str = ""
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a year, with its parts."""

    name: str
    parts: list[Part]

    @property
    def label(self) -> str:
        """Return what it counts, in Dutch."""
        return FIGURES[self.name]

    def plain(self) -> Json:
        """Return the figure as JSON values, without its parts."""
        told: Json = {"label": self.label, "count": len(self.parts)}
        groups = Counter(part.group for part in self.parts if part.group)
        if groups:
            told["groups"] = dict(sorted(groups.items()))
        values = [part.value for part in self.parts if part.value is not None]
        if values:
            told |= {"least": min(values), "median": median(values), "most": max(values)}
        return told


def year_report(lives: Iterable[tuple[str, Sequence[Outcome]]], year: int) -> list[Figure]:
    """Return every figure of a year, in the order of the table."""
    by_name: dict[str, list[Part]] = {name: [] for name in FIGURES}
    for trajectory, rows in lives:
        for part in parts_of(trajectory, rows):
            if part.day.year == year:
                by_name[part.figure].append(part)
        last = next((row for row in reversed(rows) if row.recorded_at[:4] <= str(year)), None)
        if last is not None:
            at = date.fromisoformat(last.recorded_at[:10])
            part = Part(STAGE_AT_END, trajectory, last.seq, at, _stage(last.stage))
            by_name[STAGE_AT_END].append(part)
    return [Figure(name, sorted(parts, key=_order)) for name, parts in by_name.items()]


def _order(part: Part) -> tuple[date, str, int]:
    return part.day, part.trajectory, part.seq


def parts_of(trajectory: str, rows: Sequence[Outcome]) -> Iterator[Part]:
    """Return what one trajectory adds to the figures, whatever the year."""
    life = _Life(trajectory)
    for row, data in effective(rows):
        yield from life.parts(row, data)


class _Life:
    """What must be remembered of earlier rows to read a later one."""

    def __init__(self, trajectory: str) -> None:
        self._trajectory = trajectory
        self._rules: Rules | None = None
        self._asked: Json = {}
        self._referred: date | None = None
        self._lease_end: date | None = None

    def parts(self, row: Outcome, data: Json) -> Iterator[Part]:
        """Return what one row adds."""
        kind, day = row.kind, day_told(row, data)
        told = row.detail.get("rules") or (data.get("rules") if kind == "adopt_rules" else None)
        if told:
            self._rules = Rules.model_validate(told)
        if kind in {"refer", "adopt"}:
            day = self._referred = _day(data.get("referred_on")) or day
            self._lease_end = _day(data.get("lease_end"))
        if kind in _COUNTED:
            yield self._part(_COUNTED[kind], row, day)
        if row.detail.get("override"):
            yield self._part("overrides", row, day, kind)
        if kind in _LEFT:
            name = row.detail["letter"]["kind"]
            yield self._part("letters", row, day, LETTERS[LetterKind(name)].label)
        yield from self._housing(row, data, day)

    def _housing(self, row: Outcome, data: Json, day: date) -> Iterator[Part]:
        kind = row.kind
        if kind in {"offer_place", "relocate"}:
            self._asked = data
        elif kind == "place_reserved":
            if self._lease_end is None:
                yield self._part("accepted", row, day)
            if data.get("override"):
                yield self._part("priority_overrides", row, day)
            self._lease_end = _day(self._asked.get("lease_end")) or self._lease_end
        elif kind == "hand_over_keys" and self._referred is not None:
            yield self._part("waiting_days", row, day, value=(day - self._referred).days)
        elif kind == "extend_lease":
            self._lease_end = _day(data["new_end"])
        elif kind == "record_posting" and self._lease_end is not None and self._rules is not None:
            margin = (safe_day(self._lease_end, self._rules) - day).days
            yield self._part("notices", row, day, value=margin)
            if margin < 0:
                yield self._part("notices_late", row, day, value=margin)
        elif kind == "reject":
            yield self._part("not_started", row, day, data["reason"])
        elif kind == "withdraw":
            yield self._part("withdrawn", row, day, data["asked_by"])
        elif kind == "complete_exit":
            where = Destination(data["destination"]).label
            yield self._part("destinations", row, day, where)

    def _part(
        self, figure: str, row: Outcome, day: date, group: str = "", value: int | None = None
    ) -> Part:
        return Part(figure, self._trajectory, row.seq, day, group, value)


def effective(rows: Sequence[Outcome]) -> Iterable[tuple[Outcome, Json]]:
    """Return the rows that still hold, each with its data as corrected."""
    gone: set[int] = set()
    instead: dict[int, Json] = {}
    for row in rows:
        if row.kind == "undo":
            gone.add(row.detail["data"]["fact"])
        elif row.kind == "correct":
            data = row.detail["data"]
            if data.get("fields") is None:
                gone.add(data["corrects"])
            else:
                instead[data["corrects"]] = {**instead.get(data["corrects"], {}), **data["fields"]}
    for row in rows:
        if row.fact not in gone or row.fact is None:
            data = row.detail.get("data", {})
            yield row, {**data, **instead[row.fact]} if row.fact in instead else data


def day_told(row: Outcome, data: Json) -> date:
    """Return since when a row is true: the day its step asks for, as corrected, or its own."""
    step = STEPS.get(row.kind)
    told = data.get(step.valid) if step is not None and step.valid is not None else None
    return _day(data.get("valid_from") or told) or date.fromisoformat(row.valid_from[:10])


def _day(told: str | None) -> date | None:
    return date.fromisoformat(told[:10]) if told else None


def _stage(value: str) -> str:
    return Stage(value).label if value in set(Stage) else "-"
