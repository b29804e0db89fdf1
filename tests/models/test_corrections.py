"""Undo and correction: the facts stay, the state is folded again, what left is never sent twice."""

from typing import Any

import pytest

from models.vocabulary import LetterStatus, Stage
from tests.models.story import Story
from tests.models.world import RULES, World, good_dwelling, moment


def correct(s: Story, step: str, fields: dict[str, Any] | None, **given: Any) -> None:
    given = {"second": "bo:manager", **given}
    s.do("correct", corrects=s.number(step), reason="vergissing", fields=fields, who="an", **given)


def consequences(s: Story) -> dict[str, Any]:
    found: dict[str, Any] = s.outcomes[-1].detail.get("consequences", {})
    return found


def last_of(s: Story, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = [o for o in s.outcomes if o.kind == kind][-1].detail
    return found


def state(s: Story) -> dict[str, Any]:
    """The state without what only remembers how it came to be."""
    dump = s.state.dump()
    for name in ("told", "met"):
        dump.pop(name, None)
    return dump


# ---- undo ---------------------------------------------------------------------------------------
def test_undo_returns_to_the_state_before() -> None:
    s = Story().at_intake().days(7)
    before = state(s)
    s.do("give_verdict", held_on="2027-01-11", verdict="niet")
    s.do("undo", fact=s.number("give_verdict"))
    assert before == {k: v for k, v in state(s).items() if k != "tasks"} | {
        "tasks": before.get("tasks", {})
    }
    assert [] == [t for t in s.tasks if t == "second_verdict"]
    assert ["give_verdict", "undo"] == s.kinds[-2:]


def test_undo_holds_back_the_letter_of_the_step() -> None:
    s = Story().living()
    s.do("note_premium", choice="nu")
    s.do("undo", fact=s.number("note_premium"))
    assert LetterStatus.RECALLED is s.letter("premium_info").status
    assert s.state.premium is None
    assert "premium_info" not in [kind for kind, _ in s.days(3).sent]


def test_undo_is_for_the_last_step_within_half_an_hour_with_nothing_gone() -> None:
    s = Story().living()
    s.do("note_premium", choice="nu")
    s.do("note_domicile", since="2027-02-01")
    refusal = s.refused("undo", fact=s.number("note_premium"))
    assert refusal.text.startswith("Alleen de laatste stap kan ongedaan gemaakt worden")
    s.now = s.now.replace(hour=10, minute=1)
    assert "too_late" == s.refused("undo", fact=s.number("note_domicile")).code
    keys = Story().living()
    refusal = keys.refused("undo", fact=keys.number("hand_over_keys"))
    assert "'Sleutels geven' heeft al gevolgen elders: gebruik 'Corrigeren'." == refusal.text


def test_undo_does_not_call_back_a_letter_that_left() -> None:
    s = Story().living().until(moment("2027-02-02T08:30"))
    s.do("note_premium", choice="nu")
    s.until(moment("2027-02-02T09:00"))
    assert "premium_info" in s.letters(LetterStatus.SENT)
    refusal = s.refused("undo", fact=s.number("note_premium"))
    assert "Er is al een brief van deze stap vertrokken: gebruik 'Corrigeren'." == refusal.text


def test_undo_is_possible_after_somebody_elses_letter_left() -> None:
    s = Story().living().until(moment("2027-02-02T08:45"))
    s.do("note_premium", choice="nu")
    s.until(moment("2027-02-02T09:00"))
    assert "invitation_talk" in s.letters(LetterStatus.SENT)
    s.do("undo", fact=s.number("note_premium"))
    assert (None, LetterStatus.RECALLED) == (s.state.premium, s.letter("premium_info").status)
    assert LetterStatus.SENT is s.letter("invitation_talk").status


def test_undo_takes_back_what_the_step_made_due_at_once() -> None:
    s = Story().referred()
    s.do("complete_referral", support_since="2026-10-01")
    assert ["eligible"] == s.tasks
    s.do("undo", fact=s.number("complete_referral"))
    assert ([], None) == (s.tasks, s.state.referral and s.state.referral.eligible_from)


def test_what_was_undone_can_be_done_again() -> None:
    s = Story().living()
    s.do("note_premium", choice="nu")
    s.do("undo", fact=s.number("note_premium"))
    s.do("note_premium", choice="later")
    assert ["premium_info"] == [k for k in s.letters(LetterStatus.HELD) if k == "premium_info"]


def test_undoing_a_recall_lets_the_letter_leave_after_all() -> None:
    s = Story().referred()
    s.do("recall_letter", letter=s.order("waitlist_confirmation").key)
    s.do("undo", fact=s.number("recall_letter"))
    assert LetterStatus.HELD is s.letter("waitlist_confirmation").status
    assert ["waitlist_confirmation"] == [kind for kind, _ in s.days(2).sent]


# ---- correction ---------------------------------------------------------------------------------
def test_a_correction_names_what_it_corrects_and_lists_its_consequences() -> None:
    s = Story().living().until("2027-02-22").talk(insurance_until="2028-03-01", energy="klaar")
    correct(s, "record_talk", {"held_on": "2027-02-15"})
    assert "2027-05-15" == str(s.state.talks.next_due)
    assert {
        "deadlines_cancelled": ["talk_overdue:2027-05-22", "talk_to_plan:2027-05-22"],
        "deadlines_armed": ["talk_overdue:2027-05-15", "talk_to_plan:2027-05-15"],
    } == last_of(s, "correct")["consequences"]


def test_a_correction_followed_by_its_reverse_returns_to_the_state_before() -> None:
    s = Story().living().until("2027-02-22").talk(insurance_until="2028-03-01", energy="klaar")
    before = state(s)
    correct(s, "record_talk", {"held_on": "2027-02-15"})
    correct(s, "record_talk", {"held_on": "2027-02-22"})
    assert before == state(s)


def test_a_talk_that_never_was_is_taken_out() -> None:
    s = Story().living().until("2027-02-22").talk()
    correct(s, "record_talk", None)
    assert (0, "2027-03-01") == (s.state.talks.held, str(s.state.talks.next_due))
    assert "insurance" not in s.tasks


def test_an_exit_entered_too_early_gives_back_stage_place_and_deadlines() -> None:
    s = Story().living().leaving().gone()
    s.days(10)
    correct(s, "complete_exit", None)
    assert Stage.EXIT is s.stage
    assert "exit_overdue:2028-01-31" in s.state.met
    assert f"catch_up:{s.number('catch_up')}" in s.tasks
    assert [None] == [t.until for t in s.world.tenancies if t.until is None]
    assert s.due("archive") is None


def test_a_wrong_day_of_leaving_reaches_the_register_of_places() -> None:
    s = Story().living().leaving().gone()
    correct(s, "complete_exit", {"left_on": "2028-01-29"})
    assert "2028-01-29" == str(s.world.tenancies[0].until)


def test_a_wrong_day_of_the_keys_reaches_the_register_of_places() -> None:
    s = Story().living().days(1)
    correct(s, "hand_over_keys", {"on": "2027-01-31"})
    assert {"place": "d7-1", "since": "2027-01-31"} == s.world.told[-1][1].data


def test_letters_that_left_and_are_wrong_now_are_listed_and_not_sent_again() -> None:
    s = Story().at_intake().days(2)
    s.do("record_reply", answer="andere_datum", new_at="2027-01-14T10:00")
    s.days(2)
    before = len(s.sent)
    correct(s, "record_reply", {"new_at": "2027-01-15T10:00"})
    key = s.order("invitation_intake").key
    assert [key] == consequences(s)["letters_wrong"]
    assert f"rectify:{s.number('correct')}" in s.tasks
    assert before == len(s.days(5).sent)


def test_a_letter_that_did_not_leave_yet_leaves_with_the_right_facts() -> None:
    s = Story().living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    assert "2027-05-21T10:00+02:00" == s.order("invitation_talk").facts["at"]
    assert 1 == [kind for kind, _ in s.days(2).sent].count("invitation_talk") - 1


def test_a_letter_that_somebody_held_back_stays_back_after_a_correction() -> None:
    s = Story().living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    s.do("recall_letter", letter=s.order("invitation_talk").key)
    correct(s, "record_talk", {"next_at": "2027-05-21T10:00"})
    assert LetterStatus.RECALLED is s.letter("invitation_talk").status


def test_a_letter_of_a_step_that_comes_back_leaves_after_all() -> None:
    s = Story().living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    correct(s, "record_talk", {"next_at": None})
    assert LetterStatus.RECALLED is s.letter("invitation_talk").status
    correct(s, "record_talk", {"next_at": "2027-05-20T10:00"})
    assert LetterStatus.HELD is s.letter("invitation_talk").status


def test_the_task_to_rectify_outlives_the_next_correction() -> None:
    s = Story().at_intake().days(2)
    s.do("record_reply", answer="andere_datum", new_at="2027-01-14T10:00")
    s.days(2)
    correct(s, "record_reply", {"new_at": "2027-01-15T10:00"})
    rectify = f"rectify:{s.number('correct')}"
    s.do("complete_referral", homelessness="dreigend")
    s.do("undo", fact=s.number("complete_referral"))
    assert rectify in s.tasks


def test_steps_that_no_longer_fit_are_dropped_and_listed() -> None:
    s = Story().accepted()
    s.do("offer_place", place="d7-1", start_on="2027-02-01", lease_end="2028-01-31")
    correct(s, "give_verdict", {"verdict": "niet"})
    assert (Stage.INTAKE, None) == (s.stage, s.state.offer)
    dropped = last_of(s, "correct")["consequences"]["dropped"]
    assert [f"{s.number('offer_place')} offer_place"] == dropped
    assert "2027-01-11" == str(s.world.tenancies[0].until)


def test_a_place_that_was_wrong_is_asked_again_and_stays_through_later_corrections() -> None:
    s = Story().offered()
    correct(s, "offer_place", {"place": "d8-1"})
    assert (Stage.MOVE_IN, "d8-1") == (s.stage, s.state.offer and s.state.offer.place)
    s.papers()
    papers = sorted(s.state.papers)
    correct(s, "give_verdict", {"held_on": "2027-01-10"})
    assert (Stage.MOVE_IN, "d8-1", papers) == (
        s.stage,
        s.state.offer and s.state.offer.place,
        sorted(s.state.papers),
    )


@pytest.mark.parametrize("step", ["fill_checklist", "offer_place", "complete_exit"])
def test_what_weighs_heavily_is_corrected_by_two(step: str) -> None:
    if step == "fill_checklist":
        from tests.models.test_intake import red

        s = red()
    else:
        s = Story().living().leaving().gone()
    refusal = s.refused("correct", corrects=s.number(step), reason="x", fields=None, second=None)
    assert ("second_missing", 19) == (refusal.code, refusal.rule)


def test_some_things_cannot_be_corrected() -> None:
    s = Story().referred()
    assert "no_such_step" == s.refused("correct", corrects=99, reason="x").code
    assert "first_step" == s.refused("correct", corrects=1, reason="x").code
    refusal = s.refused("correct", corrects=1, reason="x", fields={"birth_date": "31/2/2006"})
    assert "Geboortedatum (birth_date): 31/2/2006 bestaat niet in de kalender." == refusal.text
    s.days(2)
    seq = s.number("letter_sent")
    assert "no_such_step" == s.refused("correct", corrects=seq, reason="x", fields={}).code


def test_rules_that_do_not_add_up_are_refused_in_a_correction_too() -> None:
    s = Story().referred()
    rules = RULES.model_copy(update={"waitlist": False}).model_dump(mode="json")
    s.do("adopt_rules", rules=rules, reason="proef", who="mia")
    assert s.t.rules.waitlist is False
    refusal = s.refused(
        "correct", corrects=s.number("adopt_rules"), reason="x", fields={"rules": {}}
    )
    assert "bad_fields" == refusal.code
    correct(s, "adopt_rules", None)
    assert s.t.rules.waitlist is True


def test_a_deadline_that_was_met_does_not_come_back_after_a_correction() -> None:
    s = Story().living().until("2027-02-15")
    assert 1 == s.kinds.count("open_items")
    correct(s, "hand_over_keys", {"keys": 3})
    s.days(3)
    assert 1 == s.kinds.count("open_items")


def test_a_correction_holds_from_the_day_it_names() -> None:
    s = Story().living().until("2027-02-22").talk()
    correct(s, "record_talk", {"held_on": "2027-02-15"}, valid_from="2027-02-15")
    assert "2027-02-15" == next(o for o in s.outcomes if o.kind == "correct").valid_from


def test_a_lease_is_not_corrected_past_the_end_of_its_dwelling() -> None:
    s = Story(world=World({"d7": good_dwelling("d7", available_until="2028-01-31")})).living()
    correct(s, "offer_place", {"lease_end": "2028-01-15"})
    s.hear("dwelling_changed", {"dwelling": "d7", "available_until": "2028-01-20"})
    given = {"corrects": s.number("offer_place"), "reason": "x", "second": "bo:manager"}
    refusal = s.refused("correct", **given, fields={"lease_end": "2028-01-21"})
    assert ("dwelling_ends", 46, "lease_end") == (refusal.code, refusal.rule, refusal.about)
    text = "De woning is maar beschikbaar tot 20/1/2028: het contract loopt tot 21/1/2028."
    assert text == refusal.text
    correct(s, "offer_place", {"lease_end": "2028-01-20"})
    s.hear("dwelling_changed", {"dwelling": "d7", "available_until": "2027-12-31"}, "h2")
    correct(s, "offer_place", {"lease_end": "2028-01-10"})  # nearer to the end of the dwelling
    assert "dwelling_ends" in s.tasks
