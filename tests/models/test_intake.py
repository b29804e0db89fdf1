"""Intake: two people, the colour checklist on doubt, one red leads only to "niet gestart"."""

from typing import Any

import pytest

from models.vocabulary import LetterStatus, Stage
from tests.models.story import Story
from tests.models.world import RULES

GREEN = dict.fromkeys(RULES.checklist, "groen")
GREEN_SHARING = dict.fromkeys((*RULES.checklist, *RULES.checklist_sharing), "groen")


def in_doubt(**given: Any) -> Story:
    return Story().at_intake(**given).days(7).verdicts("start", "twijfel")


def red() -> Story:
    s = in_doubt()
    s.do("fill_checklist", items={**GREEN, "veiligheid": "rood"}, decision="niet", second="bo")
    return s


# ---- two people (#17) ---------------------------------------------------------------------------
def test_the_verdict_counts_only_when_two_people_gave_one() -> None:
    s = Story().at_intake().days(7)
    s.do("give_verdict", held_on="2027-01-11", verdict="start")
    assert (False, ["second_verdict"]) == (s.state.accepted, s.tasks)
    refusal = s.refused("give_verdict", held_on="2027-01-11", verdict="start")
    assert ("verdict_given", 17) == (refusal.code, refusal.rule)
    s.do("give_verdict", who="bo", held_on="2027-01-11", verdict="start")
    assert (True, []) == (s.state.accepted, s.tasks)
    third = s.refused("give_verdict", who="cas", held_on="2027-01-11", verdict="niet")
    assert "two_verdicts" == third.code


def test_the_acquaintance_too_is_done_by_two_different_people() -> None:
    s = Story().eligible()
    s.do("call_up", to="kennismaking", at="2027-01-12T11:00", place="kantoor")
    s.until("2027-01-12")
    held = {"held_on": "2027-01-12", "present": ["bewoner"], "intake_at": "2027-01-19T10:00"}
    assert "second_missing" == s.refused("record_acquaintance", second=None, **held).code
    assert "same_person" == s.refused("record_acquaintance", second="an:manager", **held).code
    assert (
        "Een individuele begeleider kan hier geen tweede zijn."
        == s.refused("record_acquaintance", second="lien:supporter", **held).text
    )


def test_the_form_comes_before_the_verdict() -> None:
    s = Story().referred()
    s.do("complete_referral", support_since="2026-10-01")
    s.do("call_up", to="intake", at="2027-01-11T11:00", place="kantoor")
    refusal = s.days(7).refused("give_verdict", held_on="2027-01-11", verdict="start")
    assert ("form_missing", 5) == (refusal.code, refusal.rule)


def test_the_age_is_looked_at_again_at_the_intake() -> None:
    s = Story().at_intake(birth_date="2001-01-08").days(7)
    refusal = s.refused("give_verdict", held_on="2027-01-11", verdict="start")
    assert ("age", 1) == (refusal.code, refusal.rule)
    s.do(
        "give_verdict",
        held_on="2027-01-11",
        verdict="start",
        second="mia:manager",
        override="bijna",
    )
    assert s.flags[0].startswith("uitzondering (bijna)")


# ---- the checklist (#18, #19, #21, #24, #119) ---------------------------------------------------
@pytest.mark.parametrize("both", [("start", "niet"), ("start", "twijfel"), ("twijfel", "twijfel")])
def test_doubt_or_difference_makes_the_checklist_a_task(both: tuple[str, str]) -> None:
    s = Story().at_intake().days(7).verdicts(*both)
    assert (["checklist"], False) == (s.tasks, s.state.accepted)


def test_without_doubt_there_is_no_checklist() -> None:
    refusal = (
        Story().accepted().refused("fill_checklist", items=GREEN, decision="start", second="bo")
    )
    assert ("no_doubt", 18) == (refusal.code, refusal.rule)


def test_a_checklist_without_red_that_says_start_accepts() -> None:
    s = in_doubt()
    items = {**GREEN, "motivatie": "oranje"}
    s.do("fill_checklist", items=items, decision="start", second="bo")
    assert (True, []) == (s.state.accepted, s.tasks)


def test_one_red_can_only_be_a_no() -> None:
    items = {**GREEN, "veiligheid": "rood"}
    refusal = in_doubt().refused("fill_checklist", items=items, decision="start", second="bo")
    assert ("red", 19) == (refusal.code, refusal.rule)


def test_after_a_red_the_only_way_out_is_not_to_start() -> None:
    s = red()
    assert (False, ["reject"]) == (s.state.accepted, s.tasks)
    offer = {"place": "d7-1", "start_on": "2027-02-01", "lease_end": "2028-01-31"}
    assert "not_accepted" == s.refused("offer_place", **offer).code
    s.do("reject", reason="rood", text="nu nog te vroeg", second="bo")
    assert Stage.NOT_STARTED is s.stage


def test_the_checklist_is_filled_in_by_two_and_leaves_nothing_out() -> None:
    s = in_doubt()
    assert (
        "second_missing"
        == s.refused("fill_checklist", items=GREEN, decision="start", second=None).code
    )
    some = {k: v for k, v in GREEN.items() if k != "motivatie"} | {"bewindvoering": "rood"}
    refusal = s.refused("fill_checklist", items=some, decision="niet", second="bo")
    assert "Punten: ontbreekt: motivatie; hoort er niet bij: bewindvoering." == refusal.text


def test_who_wants_to_share_has_a_stricter_checklist() -> None:
    s = in_doubt(living="delen")
    refusal = s.refused("fill_checklist", items=GREEN, decision="start", second="bo")
    assert (
        "items",
        21,
        "Punten: ontbreekt: levensfase, perspectief, samen_leven.",
    ) == (refusal.code, refusal.rule, refusal.text)
    s.do("fill_checklist", items=GREEN_SHARING, decision="start", second="bo")
    assert s.state.accepted


# ---- not starting (#19, #20, #23) ---------------------------------------------------------------
def test_a_no_follows_from_the_facts() -> None:
    s = Story().accepted()
    refusal = s.refused("reject", reason="twee_keer_niet", text="geen klik", second="bo")
    assert ("no_ground", 19) == (refusal.code, refusal.rule)


@pytest.mark.parametrize("reason", ["twee_keer_niet", "checklist"])
def test_two_times_no_or_the_decision_of_the_checklist_are_grounds_too(reason: str) -> None:
    if reason == "checklist":
        s = in_doubt()
        s.do("fill_checklist", items=GREEN, decision="niet", second="bo")
    else:
        s = Story().at_intake().days(7).verdicts("niet", "niet")
    assert ["reject"] == s.tasks
    s.do("reject", reason=reason, text="nu nog te vroeg", second="bo")
    assert (Stage.NOT_STARTED, ["not_started"]) == (s.stage, s.letters(LetterStatus.HELD))
    assert {"reason": "nu nog te vroeg"} == s.order("not_started").facts


def test_a_decision_not_to_start_is_talked_over_within_two_weeks() -> None:
    s = red()
    s.do("reject", reason="rood", text="nu nog te vroeg", second="bo")
    assert ["decision_talk"] == s.until("2027-01-25").tasks
    s.do("record_decision_talk", held_on="2027-01-25", present=["bewoner"])
    assert ([], None) == (s.tasks, s.due("decision_talk"))


# ---- what nobody may get around -----------------------------------------------------------------
def test_a_red_cannot_be_filled_in_over_or_waited_out() -> None:
    s = red()
    again = s.refused("fill_checklist", items=GREEN, decision="start", second="bo")
    assert ("filled_in", 19) == (again.code, again.rule)
    back = s.refused("return_to_waitlist", reason="later nog eens")
    assert ("red", 19) == (back.code, back.rule)


def test_a_wrong_red_is_corrected_by_two_with_a_reason() -> None:
    s = red()
    fields = {"items": {**GREEN, "veiligheid": "oranje"}, "decision": "start"}
    asked = {
        "corrects": s.number("fill_checklist"),
        "reason": "verkeerd aangeklikt",
        "fields": fields,
    }
    assert ("second_missing", 19) == (
        s.refused("correct", second=None, **asked).code,
        s.refused("correct", second="an:coordinator", **asked).rule,
    )
    s.do("correct", second="bo:coordinator", **asked)
    assert (True, []) == (s.state.accepted, s.tasks)
    assert "fill_checklist" in s.kinds  # the original stays visible


def test_who_wants_to_share_after_all_gets_the_stricter_checklist() -> None:
    s = in_doubt()
    s.do("fill_checklist", items=GREEN, decision="start", second="bo")
    s.do("change_wish", living="delen")
    assert (False, ["checklist"]) == (s.state.accepted, s.tasks)
    s.do("fill_checklist", items=GREEN_SHARING, decision="start", second="bo")
    assert s.state.accepted


def test_another_wish_does_not_wash_a_red_away() -> None:
    s = red()
    s.do("change_wish", living="delen")
    assert (True, False) == (s.state.checklist and s.state.checklist.red, s.state.accepted)
