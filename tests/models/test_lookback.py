"""The past is told as it was known, and every figure of a year leads to its rows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateway.settings import Settings
from models.facts import Outcome
from models.lookback import fold, look_back
from models.report import FIGURES, parts_of, year_report
from simulation.figures import figures_of
from simulation.generator import Plan, generate
from simulation.played import Played
from simulation.programme import rules_on

FIRST = datetime(2027, 3, 1, 9, tzinfo=UTC)


def row(
    seq: int, kind: str, stage: str, day: int, valid_on: int | None = None, **data: Any
) -> Outcome:
    recorded = (FIRST + timedelta(days=day - 1)).isoformat(timespec="minutes")
    valid = recorded if valid_on is None else date(2027, 3, valid_on).isoformat()
    return Outcome(
        seq=seq,
        recorded_at=recorded,
        valid_from=valid,
        kind=kind,
        stage=stage,
        by="an",
        role="coordinator",
        source="gateway",
        fact=seq,
        detail={"data": data},
    )


DEPARTED = [
    row(1, "hand_over_keys", "wonen", 1, on="2027-03-01"),
    row(2, "record_talk", "wonen", 4, held_on="2027-03-04"),
    row(3, "report_departure", "onverwacht_vertrek", 10, valid_on=3, since="2027-03-03"),
]


@pytest.mark.parametrize(
    ("on", "known", "stage", "rows", "later"),
    [
        (5, 5, "wonen", [1, 2], [3]),
        (5, 12, "onverwacht_vertrek", [1, 2, 3], []),
        (2, 12, "wonen", [1], []),
        (12, 12, "onverwacht_vertrek", [1, 2, 3], []),
    ],
)
def test_what_was_told_later_was_not_known_before(
    on: int, known: int, stage: str, rows: list[int], later: list[int]
) -> None:
    past = look_back(DEPARTED, date(2027, 3, on), date(2027, 3, known))
    assert (stage, rows) == (past.stage, [one.seq for one in past.rows])
    assert later == [one.seq for one in past.later]


def test_what_was_taken_back_is_told_as_believed_then() -> None:
    rows = [*DEPARTED, row(4, "undo", "wonen", 15, fact=3, reason="vergist")]
    then = look_back(rows, date(2027, 3, 12), date(2027, 3, 12))
    assert ("onverwacht_vertrek", [3]) == (then.stage, [one.seq for one in then.gone])
    now = look_back(rows, date(2027, 3, 12), date(2027, 3, 20))
    assert ("wonen", []) == (now.stage, now.gone)


def test_a_corrected_day_counts_from_the_day_of_the_correction() -> None:
    correction = row(
        4, "correct", "onverwacht_vertrek", 15, corrects=3, fields={"since": "2027-03-08"}
    )
    rows = [*DEPARTED, correction]
    assert "onverwacht_vertrek" == look_back(rows, date(2027, 3, 5), date(2027, 3, 12)).stage
    assert "wonen" == look_back(rows, date(2027, 3, 5), date(2027, 3, 20)).stage


# ---- the report ---------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def played() -> Played:
    settings = Settings()
    rules = {"programme": settings.programme}
    plan = Plan(25, 3, date(2027, 1, 4), 20, rules)
    return generate(plan, rules_on(settings, rules), lambda _: None)


def test_the_figures_of_all_years_are_those_of_the_simulation(played: Played) -> None:
    counted = dict.fromkeys(FIGURES, 0)
    for life in played.lives:
        for part in parts_of(life.resident, life.outcomes):
            counted[part.figure] += 1
    told = figures_of(played)
    assert {
        "accepted": told["admission"]["accepted"],
        "not_started": sum(told["admission"]["not_started"].values()),
        "withdrawn": sum(told["admission"]["withdrawn"].values()),
        "waiting_days": told["waiting_days"]["count"],
        "notices": told["notices"]["posted"],
        "notices_late": told["notices"]["late"],
        "notice_alarms": told["notices"]["alarms"],
        "talks": told["talks"]["held"],
        "talks_overdue": told["talks"]["overdue"],
        "extensions": told["extensions"],
        "departures": told["departures"],
        "emergency_moves": told["emergency_moves"],
        "priority_overrides": told["priority_places"]["overrides"],
    }.items() <= counted.items()
    assert counted["waiting_days"] > 5


def test_every_part_of_a_figure_is_a_row_of_its_year(played: Played) -> None:
    lives = [(life.resident, life.outcomes) for life in played.lives]
    rows = {(name, one.seq): one for name, found in lives for one in found}
    for figure in year_report(lives, 2027):
        assert figure.plain()["count"] == len(figure.parts)
        assert all((part.trajectory, part.seq) in rows for part in figure.parts)
        assert all(part.day.year == 2027 for part in figure.parts)
    (stages,) = [one for one in year_report(lives, 2027) if one.name == "stages"]
    assert len(stages.parts) == sum(found[0].recorded_at < "2028" for _, found in lives)


def test_the_log_of_a_whole_life_folds_to_its_last_stage(played: Played) -> None:
    for life in played.lives[:5]:
        told = fold(life.resident, life.outcomes)
        assert life.outcomes[-1].stage == told.state.stage
        recorded = [datetime.fromisoformat(one.recorded_at) for one in life.outcomes]
        assert recorded == sorted(recorded), "a clock of our own never goes back"
