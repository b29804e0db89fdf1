"""The waitlist: call-up, reply, back to the list, withdrawal."""

from models.vocabulary import LetterStatus, Role, Stage
from tests.models.story import Story
from tests.models.world import World


# ---- call-up (#10, #11, #13, #14) ---------------------------------------------------------------
def test_a_call_up_invites_the_youth_and_the_supporter() -> None:
    s = Story().at_intake()
    order = s.order("invitation_intake")
    assert (Stage.INTAKE, [Role.RESIDENT, Role.SUPPORTER]) == (s.stage, order.to)
    assert {"at": "2027-01-11T11:00+01:00", "place": "kantoor"} == order.facts


def test_the_acquaintance_is_optional_and_leads_to_the_intake() -> None:
    s = Story().eligible()
    s.do("call_up", to="kennismaking", at="2027-01-12T11:00", place="kantoor")
    assert Stage.ACQUAINTANCE is s.stage
    assert "invitation_acquaintance" in s.letters()
    s.until("2027-01-12").do(
        "record_acquaintance",
        held_on="2027-01-12",
        present=["bewoner"],
        intake_at="2027-01-19T10:00",
    )
    assert (Stage.INTAKE, "invitation_intake") == (s.stage, s.letters()[-1])


def test_who_is_not_first_is_called_up_only_with_a_reason() -> None:
    world = World()
    Story("first", world=world).eligible()
    s = Story("second", "2027-01-05T10:00", world).eligible()
    call = {"to": "intake", "at": "2027-01-12T11:00", "place": "kantoor"}
    s.do("call_up", **call)
    assert (Stage.WAITLISTED, ["eligible", "call_denied"]) == (s.stage, s.tasks)
    assert s.state.tasks["call_denied"].text == (
        "Oproepen ging niet door: Er staat nog 1 jongere voor; "
        "eerst first (plaats 1 op de wachtlijst: aangemeld op 4/1/2027). "
        "Geef anders een reden op ('Waarom deze jongere eerst')."
    )
    s.do("call_up", **call, not_first_reason="grote woning vrij")
    assert (Stage.INTAKE, []) == (s.stage, s.tasks)
    assert "niet de eerste op de lijst: grote woning vrij" in s.flags


def test_an_appointment_lies_ahead_on_a_working_day() -> None:
    s = Story().eligible()
    assert "past" == s.refused("call_up", to="intake", at="2027-01-04T09:00", place="k").code
    refusal = s.refused("call_up", to="intake", at="2027-03-29T09:00", place="k")
    assert "Wanneer: 29/3/2027 is geen werkdag." == refusal.text


def test_no_reply_becomes_a_task_after_one_and_two_weeks_and_nobody_is_removed() -> None:
    s = Story().eligible()
    s.do("call_up", to="intake", at="2027-01-29T11:00", place="kantoor")
    asked = [d.at.date().isoformat() for d in s.t.future() if d.name == "no_reply"]
    assert ["2027-01-11", "2027-01-18"] == asked
    s.until("2027-06-30")
    assert (Stage.INTAKE, ["no_reply", "no_show"]) == (s.stage, s.tasks)


def test_a_reply_stops_the_asking() -> None:
    s = Story().eligible()
    s.do("call_up", to="intake", at="2027-01-29T11:00", place="kantoor")
    s.days(8).do("record_reply", answer="komt")
    assert ([], None) == (s.tasks, s.due("no_reply"))


def test_a_new_moment_invites_again() -> None:
    s = Story().at_intake().days(2)
    s.do("record_reply", answer="andere_datum", new_at="2027-01-14T10:00")
    assert 2 == s.letters().count("invitation_intake")
    assert "2027-01-14T10:00+01:00" == s.order("invitation_intake").facts["at"]


def test_who_does_not_come_asks_for_a_new_appointment() -> None:
    s = Story().at_intake()
    s.do("record_reply", answer="komt_niet")
    assert ["new_appointment"] == s.tasks


def test_back_on_the_waitlist_the_rank_is_kept() -> None:
    s = Story().at_intake().days(10)
    s.do("return_to_waitlist", reason="kwam twee keer niet")
    assert (Stage.WAITLISTED, "2027-01-04", []) == (
        s.stage,
        str(s.state.referral and s.state.referral.referred_on),
        s.tasks,
    )
    assert s.state.appointment is None


def test_a_withdrawal_ends_everything_and_holds_back_what_did_not_leave() -> None:
    s = Story().at_intake()
    s.do("withdraw", asked_by="jongere", reason="vond iets anders")
    assert (Stage.WITHDRAWN, []) == (s.stage, s.tasks)
    assert ["waitlist_confirmation", "invitation_intake"] == s.letters(LetterStatus.RECALLED)


def test_a_withdrawal_from_the_move_in_frees_the_place() -> None:
    s = Story().offered()
    s.do("withdraw", asked_by="partner", reason="vond iets anders")
    assert "2027-01-11" == str(s.world.tenancies[0].until)


def test_another_wish_is_noted() -> None:
    s = Story().referred(living="delen").until("2027-03-06")
    assert ["housemate_wait"] == s.tasks
    assert (
        "Wacht al 60 dagen op een medebewoner: toch alleen?" == s.state.tasks["housemate_wait"].text
    )
    s.do("change_wish", living="alleen")
    assert ([], "alleen") == (s.tasks, s.state.referral and s.state.referral.living)


def test_a_file_that_ended_is_shut_after_ninety_days() -> None:
    s = Story().referred()
    s.do("withdraw", asked_by="jongere", reason="vond iets anders")
    assert not s.until("2027-04-03").state.archived
    assert s.until("2027-04-04").state.archived
