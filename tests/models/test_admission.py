"""Admission and waitlist: referral, completion, support, wish, call-up, reply, back, withdrawal."""

import pytest

from models.admission import ReferralForm
from models.vocabulary import LetterStatus, Role, Stage
from tests.models.story import Story


# ---- referral (#1, #2, #4, #5, #6, #15) ---------------------------------------------------------
def test_a_referral_stands_on_the_waitlist_and_the_supporter_hears_it() -> None:
    s = Story().referred()
    assert Stage.WAITLISTED is s.stage
    order = s.order("waitlist_confirmation")
    assert [Role.SUPPORTER] == order.to
    assert "2027-01-05T09:00" == f"{order.send_at:%Y-%m-%dT%H:%M}"


def test_a_supporter_who_is_new_to_us_gets_the_guide_once() -> None:
    s = Story().referred(new_supporter=True)
    assert ["waitlist_confirmation", "supporter_guide"] == s.letters(LetterStatus.HELD)
    assert ["waitlist_confirmation"] == Story().referred().letters(LetterStatus.HELD)


def test_a_new_supporter_is_noted_when_the_change_is_there() -> None:
    s = Story().referred()
    refusal = s.refused("change_supporter", supporter="sam", partner="joba", since="2027-03-01")
    assert "since" == refusal.about


def test_a_programme_without_a_waitlist_keeps_a_referral_referred() -> None:
    assert Stage.REFERRED is Story(waitlist=False).referred().stage


@pytest.mark.parametrize(
    ("birth_date", "age"),
    [("2010-01-05", 16), ("2001-01-04", 26)],
)
def test_who_is_too_young_or_too_old_is_not_referred(birth_date: str, age: int) -> None:
    refusal = Story().refused(
        "refer",
        birth_date=birth_date,
        sex="v",
        supporter="lien",
        living="alleen",
        partner="joba",
    )
    assert ("age", 1) == (refusal.code, refusal.rule)
    assert refusal.text.startswith(
        f"Op 4/1/2027 is de jongere {age} jaar; "
        "dit programma is er voor wie 17 tot en met 25 jaar is."
    )


@pytest.mark.parametrize("birth_date", ["2010-01-04", "2001-01-05"])
def test_the_first_day_of_17_and_the_last_day_of_25_count(birth_date: str) -> None:
    assert Stage.WAITLISTED is Story().referred(birth_date=birth_date).stage


def test_a_manager_may_refer_somebody_of_another_age_with_a_reason() -> None:
    s = Story()
    s.referred(birth_date="2001-01-04", who="mia", role="manager", override="broer woont er al")
    assert Stage.WAITLISTED is s.stage
    assert s.flags[0].startswith("uitzondering (broer woont er al): Op 4/1/2027 is de jongere 26")


def test_a_coordinator_may_not_make_that_exception_alone() -> None:
    s = Story()
    given = {"birth_date": "2001-01-04", "sex": "v", "supporter": "l", "living": "alleen"}
    refusal = s.refused("refer", **given, partner="joba", override="graag")
    assert "age" == refusal.code


def test_a_minor_is_flagged_and_turns_18_on_a_task() -> None:
    s = Story().referred(birth_date="2009-03-27")
    assert ["minderjarig: wie ondertekent mee?"] == s.flags
    assert "2027-03-27" == s.due_on("turns_18")
    assert ["turns_18"] == s.until("2027-03-27").tasks


def test_an_adult_has_no_task_for_turning_18() -> None:
    assert Story().referred().due("turns_18") is None


def test_who_becomes_too_old_is_announced_sixty_days_before() -> None:
    s = Story().referred(birth_date="2001-06-15")
    assert "2027-04-16" == s.due_on("too_old")
    assert "too_old" in s.until("2027-04-16").tasks


def test_the_supporter_tells_five_things_and_no_more() -> None:
    asked = {n for n, f in ReferralForm.model_fields.items() if f.is_required()}
    assert {"name", "birth_date", "sex", "supporter", "living"} == asked


def test_the_trajectory_itself_never_holds_a_name() -> None:
    refusal = Story().refused(
        "refer",
        name="Amira",
        birth_date="2006-01-01",
        sex="v",
        supporter="l",
        living="alleen",
        partner="joba",
    )
    assert "name (name): dit veld bestaat niet." == refusal.text


def test_a_trajectory_starts_once() -> None:
    refusal = Story().referred().refused("refer")
    assert ("wrong_stage", "'Aanmelden' kan niet in de fase 'Wachtlijst'.") == (
        refusal.code,
        refusal.text,
    )


# ---- completion and support (#3, #5, #7, #8, #9, #12) -------------------------------------------
def test_the_second_form_may_come_in_pieces() -> None:
    s = Story().referred()
    s.do("complete_referral", homelessness="dreigend")
    s.do("complete_referral", support_since="2026-12-15")
    referral = s.state.referral
    assert referral is not None
    assert ("dreigend", "2027-02-15") == (referral.homelessness, str(referral.eligible_from))
    assert "empty" == s.refused("complete_referral").code


def test_two_months_of_support_come_before_a_call_up() -> None:
    s = Story().referred()
    call = {"to": "intake", "at": "2027-02-22T11:00", "place": "kantoor"}
    assert ("support_unknown", 7) == (s.refused("call_up", **call).code, 7)
    s.do("complete_referral", support_since="2026-12-15")
    refusal = s.refused("call_up", **call)
    assert refusal.text.startswith(
        "De begeleiding loopt nog geen 2 maanden: oproepen kan vanaf 15/2/2027."
    )
    assert ["eligible"] == s.until("2027-02-15").tasks
    s.do("call_up", **call)
    assert (Stage.INTAKE, []) == (s.stage, s.tasks)


def test_a_manager_may_call_up_sooner_with_a_reason() -> None:
    s = Story().referred()
    s.do("complete_referral", support_since="2026-12-15")
    call = {"to": "intake", "at": "2027-01-12T11:00", "place": "kantoor"}
    s.do("call_up", who="mia", role="manager", override="crisis", **call)
    assert "uitzondering: crisis" in s.flags


def test_support_that_falls_away_is_a_flag_and_a_task_and_never_an_exit() -> None:
    s = Story().living()
    s.do("report_support_ended", since="2027-02-01", reason="andere job")
    assert (Stage.LIVING, ["supporter_gone"]) == (s.stage, s.tasks)
    assert ["begeleiding viel weg"] == s.flags
    assert "supporter_gap" in s.until("2027-02-08").tasks
    assert "Al 7 dagen geen begeleider." == s.state.tasks["supporter_gap"].text


def test_a_supporter_who_is_missing_is_asked_for_every_week() -> None:
    s = Story().living()
    s.do("report_support_ended", since="2027-02-01", reason="andere job")
    s.until("2027-02-23")
    assert "Al 21 dagen geen begeleider." == s.state.tasks["supporter_gap"].text
    asked = [o.recorded_at[:10] for o in s.outcomes if o.kind == "supporter_gap"]
    assert ["2027-02-08", "2027-02-15", "2027-02-22"] == asked


def test_a_new_supporter_gets_the_guide_and_the_asking_stops() -> None:
    s = Story().living()
    s.do("report_support_ended", since="2027-02-01", reason="andere job")
    s.days(8).do("change_supporter", supporter="sam", since="2027-02-09", partner="kamino")
    assert "supporter_guide" in s.letters(LetterStatus.HELD)
    assert ("sam", "kamino", []) == (
        s.state.referral and s.state.referral.supporter,
        s.state.referral and s.state.referral.partner,
        [t for t in s.tasks if t.startswith("supporter")],
    )
    assert s.due("supporter_gap") is None


def test_a_partner_without_its_own_support_needs_another_supporter_before_the_intake() -> None:
    s = Story().eligible(partner="noodopvang", priority=True, supports=False)
    s.do("change_supporter", supporter="sam", since="2027-01-04", partner="kamino")
    referral = s.state.referral
    assert referral is not None
    # The two months count from who really supports; the priority stays.
    assert ("2027-03-04", True) == (str(referral.eligible_from), referral.priority)


def test_the_acquaintance_does_not_lead_past_a_missing_supporter() -> None:
    s = Story().eligible(partner="noodopvang", supports=False)
    call = {"at": "2027-01-12T11:00", "place": "kantoor"}
    boss = {"who": "mia", "role": "manager", "override": "kent hem al"}
    assert ("other_supporter", 12) == _why(s, "call_up", to="intake", **call, **boss)
    s.do("call_up", to="kennismaking", **call, **boss)
    s.until("2027-01-12")
    held = {"held_on": "2027-01-12", "present": ["bewoner"], "intake_at": "2027-01-19T10:00"}
    assert ("other_supporter", 12) == _why(s, "record_acquaintance", **held)


def _why(s: Story, step: str, **given: object) -> tuple[str, int | None]:
    refusal = s.refused(step, **given)
    return refusal.code, refusal.rule


# ---- what a mistake may not undo ----------------------------------------------------------------
def test_an_impossible_birth_date_is_nobodys_exception() -> None:
    given = {"sex": "v", "supporter": "l", "living": "alleen", "partner": "joba"}
    boss = {"who": "mia", "role": "manager", "override": "toch"}
    for birth_date in ("2027-02-01", "1900-01-01"):
        refusal = Story().refused("refer", birth_date=birth_date, **given, **boss)
        assert ("birth_date", "De geboortedatum klopt niet.") == (refusal.code, refusal.text)


def test_who_was_supported_for_long_may_be_called_up_at_once() -> None:
    s = Story().eligible()
    assert (["eligible"], None) == (s.tasks, s.due("eligible"))
    assert "catch_up" not in s.kinds


def test_the_two_months_do_not_count_from_a_partner_without_its_own_support() -> None:
    s = Story().eligible(partner="noodopvang", priority=True, supports=False)
    call = {"to": "kennismaking", "at": "2027-01-12T11:00", "place": "kantoor"}
    assert ("other_supporter", 12) == _why(s, "call_up", **call)
    s.do("change_supporter", supporter="sam", since="2027-01-04", partner="kamino")
    assert ("support_too_short", 7) == _why(s, "call_up", **call)
    s.do("complete_referral", support_since="2026-10-15")
    assert "2026-12-15" == str(s.state.referral and s.state.referral.eligible_from)


def test_an_invitation_for_the_old_moment_does_not_leave_with_the_new_one() -> None:
    s = Story().at_intake()
    s.do("record_reply", answer="andere_datum", new_at="2027-01-14T10:00")
    assert ["invitation_intake"] == s.letters(LetterStatus.RECALLED)
    assert ["waitlist_confirmation", "invitation_intake"] == s.letters(LetterStatus.HELD)


def test_an_appointment_that_is_off_is_not_asked_after() -> None:
    for answer in ("komt_niet", "andere_datum"):
        s = Story().at_intake()
        s.do("record_reply", answer=answer)
        assert (["new_appointment"], None) == (s.tasks, s.due("no_show"))
        assert ["invitation_intake"] == s.letters(LetterStatus.RECALLED)
        s.do("record_reply", answer="komt", new_at="2027-01-14T10:00")
        assert ([], "2027-01-15") == (s.tasks, s.due_on("no_show"))


def test_a_withdrawal_waits_for_the_register_that_is_being_asked() -> None:
    s = Story().accepted()
    s.answering = False
    s.do("offer_place", place="d7-1", start_on="2027-02-01", lease_end="2028-01-31")
    refusal = s.refused("withdraw", asked_by="jongere", reason="toch niet")
    assert "pending" == refusal.code


def test_who_is_almost_too_old_at_referral_is_announced_at_once() -> None:
    assert ["too_old"] == Story().referred(birth_date="2001-02-01").tasks
