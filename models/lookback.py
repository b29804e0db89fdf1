"""Looking back: what was known on a day, and what was true then, from the rows of the log.

Two clocks: `recorded_at` says when something was told, `valid_from` since when it is true. Rows are
never changed, so the past can be told as it was known then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.core import Trajectory, replayed
from models.facts import By, Fact, Json, Outcome, Start
from models.programme import Rules
from models.report import day_told, effective
from models.vocabulary import Role, Source


@dataclass(frozen=True, slots=True)
class LookBack:
    """What held on one day, as it was known on another.

    `rows` are what held, `later` what was true then but only told afterwards, and `gone` what was
    believed then and was taken back since.
    """

    stage: str
    rows: list[Outcome]
    later: list[Outcome]
    gone: list[Outcome]


def look_back(rows: Sequence[Outcome], on: date, known: date) -> LookBack:
    """Return what held on a day, as it was known on another day."""
    told = [row for row in rows if _recorded_on(row) <= known]
    holds = [(row, day_told(row, data)) for row, data in effective(told)]
    stage = before = ""
    for row, since in holds:
        if row.stage != before and since <= on:
            stage = row.stage
        before = row.stage
    now = {row.seq: day_told(row, data) for row, data in effective(rows)}
    then = [row for row, since in holds if since <= on]
    return LookBack(
        stage=stage,
        rows=then,
        later=[row for row in rows if _recorded_on(row) > known and now.get(row.seq, on) <= on],
        gone=[row for row in then if row.seq not in now or now[row.seq] > on],
    )


def _recorded_on(row: Outcome) -> date:
    # A row is stamped in Belgian time: its first ten signs are the Belgian day.
    return date.fromisoformat(row.recorded_at[:10])


def known_rows(rows: Sequence[Outcome], known: date) -> list[Outcome]:
    """Return the rows that were there at the end of a day."""
    return [row for row in rows if _recorded_on(row) <= known]


def fact_of(row: Outcome) -> Fact:
    """Return the fact that a row of the log carries."""
    detail: Json = row.detail
    second = detail.get("second")
    return Fact(
        seq=row.fact or 0,
        name=row.kind,
        source=Source(row.source),
        at=datetime.fromisoformat(row.recorded_at),
        by=By(who=row.by, role=Role(row.role)),
        second=By.model_validate(second) if second else None,
        data=detail.get("data", {}),
        key=detail.get("key"),
        override=detail.get("override"),
    )


def fold(trajectory: str, rows: Sequence[Outcome]) -> Trajectory:
    """Return the trajectory that the rows of the log come to; the first row carries its rules."""
    facts = [fact_of(row) for row in rows if row.fact is not None]
    rules = Rules.model_validate(rows[0].detail["rules"])
    return replayed(Start(trajectory=trajectory, rules=rules), facts)
