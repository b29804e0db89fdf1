from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from gateway.settings import Settings
from models.contract import safe_day
from models.report import effective
from simulation import output
from simulation.figures import figures_of
from simulation.generator import generate
from simulation.played import Played, play_on_core
from simulation.programme import rules_on
from simulation.script import Script, read_script
from tests.simulation.conftest import PLAN

SATURDAY = 5


def play(script: Script) -> Played:
    return play_on_core(script, rules_on(Settings(), script.rules))


def test_a_script_of_twenty_lines_is_refused_twice(example: Callable[[str], Script]) -> None:
    played = play(example("two-refusals.jsonl"))

    assert [
        (
            7,
            (
                "De begeleiding loopt nog geen 2 maanden: oproepen kan vanaf 17/2/2030."
                " Een leidinggevende kan met een reden een uitzondering maken."
            ),
        ),
        (11, "U gaf al een oordeel; het tweede komt van een collega."),
    ] == [(no.line, no.text) for no in played.refusals]
    assert {"r1": "ingetrokken", "r2": "wachtlijst"} == {
        life.resident: life.outcomes[-1].stage for life in played.lives
    }


def test_a_resident_in_prison_gets_the_notice_in_time(example: Callable[[str], Script]) -> None:
    played = play(example("prison.jsonl"))

    sent = {
        row.detail["letter"]["kind"]: row.detail["letter"].get("sent_at")
        for row in played.lives[0].outcomes
        if row.kind in {"letter_sent", "letter_to_print"}
    }
    assert "2027-02-03T09:00+01:00" == sent["notice_mail"]
    assert "2027-04-30T09:00+02:00" == sent["notice_reminder"]
    assert {"posted": 1, "late": 0, "alarms": 0} == {
        name: figures_of(played)["notices"][name] for name in ("posted", "late", "alarms")
    }


def test_an_unknown_step_and_an_unknown_resident_are_refusals(
    example: Callable[[str], Script],
) -> None:
    script = example("two-refusals.jsonl")
    script.facts = script.facts[:2]
    script.facts[0].step, script.facts[0].resident = "reffer", "r9"
    script.facts[1].resident = "r8"

    played = play(script)

    assert [
        "De stap 'reffer' bestaat niet. Bedoelt u 'refer'?",
        "Dit traject is nog niet aangemeld.",
    ] == [no.text for no in played.refusals]
    assert [] == played.lives


def test_the_same_seed_gives_the_same_files_byte_for_byte(year: Played, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder, played in (
        (first, year),
        (second, generate(PLAN, rules_on(Settings(), PLAN.rules))),
    ):
        output.prepare(folder)
        output.write(folder, played)

    for name in output.FILES:
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_playing_the_script_that_was_written_gives_the_same_files(
    year: Played, tmp_path: Path
) -> None:
    written, again = tmp_path / "written", tmp_path / "again"
    output.prepare(written)
    output.write(written, year)
    lines = (written / "script.jsonl").read_text(encoding="utf-8").splitlines()
    output.prepare(again)
    output.write(again, play(read_script(lines)))

    for name in output.FILES:
        assert (written / name).read_bytes() == (again / name).read_bytes()


def test_no_letter_leaves_on_a_closed_day(year: Played) -> None:
    moments = [
        datetime.fromisoformat(row.recorded_at)
        for life in year.lives
        for row in life.outcomes
        if row.kind in {"letter_sent", "letter_to_print"}
    ]

    assert len(moments) > 400
    assert [] == [
        at for at in moments if at.weekday() >= SATURDAY or at.date() in year.rules.closed
    ]
    assert {(9, 0)} == {(at.hour, at.minute) for at in moments}


def test_no_notice_is_posted_after_the_last_safe_day(year: Played) -> None:
    margins = []
    for life in year.lives:
        end = date.min
        for row, data in effective(life.outcomes):
            if row.kind == "offer_place":
                end = date.fromisoformat(data["lease_end"])
            elif row.kind == "extend_lease":
                end = date.fromisoformat(data["new_end"])
            elif row.kind == "record_posting":
                posted = date.fromisoformat(data["posted_on"])
                margins.append((safe_day(end, year.rules) - posted).days)

    assert len(margins) > 10
    assert min(margins) >= 0


def test_priority_places_go_over_the_cap_with_an_override_alone(year: Played) -> None:
    gauge = figures_of(year)["priority_places"]

    assert gauge["most"] <= gauge["cap"] + gauge["overrides"]
    assert 1 == gauge["overrides"], "the year shows one exception"


def test_every_log_is_numbered_without_a_gap_and_never_goes_back(year: Played) -> None:
    for life in year.lives:
        assert [*range(1, len(life.outcomes) + 1)] == [row.seq for row in life.outcomes]
        moments = [datetime.fromisoformat(row.recorded_at) for row in life.outcomes]
        assert sorted(moments) == moments


def test_a_year_shows_every_kind_of_life() -> None:
    plan = replace(PLAN, seed=2)
    year = generate(plan, rules_on(Settings(), plan.rules))
    kinds = {row.kind for life in year.lives for row in life.outcomes}

    assert {
        "record_reply", "return_to_waitlist", "withdraw", "fill_checklist", "reject",
        "record_match_talk", "match_recorded", "match_refused", "call_denied", "place_taken",
        "change_wish", "release_place", "report_support_ended", "hold", "release_hold", "correct",
        "undo", "recall_letter", "extend_lease", "relocate", "resident_gives_notice",
        "report_departure", "resident_returns", "complete_exit", "close_file", "write_off",
        "recommend", "turns_18", "notice_alarm", "attach_proof", "housemate_moved_in",
    } <= kinds  # fmt: skip
    again = [
        row.detail["data"]["previous"]
        for life in year.lives
        for row in life.outcomes
        if row.kind == "refer" and "previous" in row.detail["data"]
    ]
    assert again, "somebody who did not start was referred again"
    assert len(year.refusals) > 10
