"""Living: talks that roll on from the last one held, open items, support, moves, allocation."""

import pytest

from models.vocabulary import LetterStatus, ReviewStage, Role, Stage
from tests.models.story import Story
from tests.models.world import World, good_dwelling


# ---- the first talk (#37, #38, #28) -------------------------------------------------------------
def test_the_supporter_gets_the_list_of_open_items_after_two_weeks() -> None:
    s = Story().living().until("2027-02-15")
    order = s.order("open_items")
    assert [Role.SUPPORTER] == order.to
    assert {
        "items": ["familiale verzekering", "energieovername"],
        "talk_at": "2027-02-22T10:00+01:00",
        "by": "2027-02-22",
    } == order.facts


def test_energy_is_no_open_item_where_it_is_in_the_rent() -> None:
    world = World({"d7": good_dwelling("d7", energy_in_rent=True)})
    s = Story(world=world).living().until("2027-02-15")
    assert ["familiale verzekering"] == s.order("open_items").facts["items"]
    assert ["insurance"] == s.until("2027-02-22").talk().tasks


def test_what_is_missing_at_the_first_talk_becomes_a_task_and_never_a_refusal() -> None:
    s = Story().living().until("2027-02-22").talk(energy="neen")
    assert ["insurance", "energy"] == s.tasks
    assert {Role.SUPPORTER} == {s.state.tasks[key].whom for key in s.tasks}
    s.talk(insurance_until="2028-02-01", energy="klaar")
    assert [] == s.tasks


def test_sharers_go_over_their_agreements_at_the_first_talk() -> None:
    s = Story().living(living="delen", place="d8-1").until("2027-02-22")
    s.talk(insurance_until="2028-02-01", energy="klaar")
    assert ["sharing_agreed"] == s.tasks
    assert [] == s.talk(sharing_agreed=True).tasks


def test_a_talk_that_nobody_wrote_down_becomes_a_task() -> None:
    s = Story().living()
    assert "2027-02-23" == s.due_on("talk_unrecorded")
    assert "talk_unrecorded" in s.until("2027-02-23").tasks


# ---- the rolling talks (#39, #71, #72) ----------------------------------------------------------
def test_the_next_talk_is_due_three_months_after_the_last_one_held() -> None:
    s = Story().living().until("2027-02-22").talk(insurance_until="2028-02-01", energy="klaar")
    assert "2027-05-22" == str(s.state.talks.next_due)
    assert ("2027-05-08", "2027-05-23") == (s.due_on("talk_to_plan"), s.due_on("talk_overdue"))
    s.until("2027-06-10").talk()
    assert "2027-09-10" == str(s.state.talks.next_due)


def test_nothing_planned_is_a_task_two_weeks_before_and_late_is_a_task_after() -> None:
    s = Story().living().until("2027-02-22").talk(insurance_until="2028-02-01", energy="klaar")
    s.do("register_lease", on="2027-02-22")
    assert ["talk_to_plan"] == s.until("2027-05-08").tasks
    s.do("plan_talk", at="2027-05-20T10:00")
    assert [] == s.tasks
    s.do("talk_missed", reason="ziek")
    assert (["talk_to_plan"], "2027-05-22") == (s.tasks, str(s.state.talks.next_due))
    assert ["talk_to_plan", "talk_overdue"] == s.until("2027-05-23").tasks
    assert [] == s.talk().tasks


def test_the_next_talk_is_invited_from_the_talk_itself() -> None:
    s = Story().living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    assert ReviewStage.PLANNED is s.state.reviews
    assert {"at": "2027-05-20T10:00+02:00", "place": "in de woning", "talk": "driemaandelijks"} == (
        s.order("invitation_talk").facts
    )


def test_a_talk_that_does_not_count_leaves_the_due_date() -> None:
    s = Story().living().until("2027-02-22").talk()
    due = s.state.talks.next_due
    s.until("2027-03-10").talk(counts=False)
    assert (due, 1) == (s.state.talks.next_due, s.state.talks.held)


def test_a_talk_told_late_does_not_move_the_date_back() -> None:
    s = Story().living().until("2027-03-10").talk()
    s.talk(held_on="2027-02-22")
    assert "2027-06-10" == str(s.state.talks.next_due)


def test_goals_are_kept_until_there_are_new_ones() -> None:
    s = Story().living().until("2027-02-22").talk(goals=["budget", "koken"])
    assert ["budget", "koken"] == s.until("2027-03-10").talk().state.talks.goals


@pytest.mark.parametrize(
    ("given", "code", "rule"),
    [
        ({"held_on": "2027-01-31"}, "before_keys", 37),
        ({"held_on": "2027-02-23"}, "future", None),
        ({"held_on": "2027-02-22", "next_at": "2027-05-22T10:00"}, "closed_day", 37),
        ({"held_on": "2027-02-22", "next_at": "2027-02-22T10:00"}, "past", None),
    ],
)
def test_a_talk_that_cannot_be_is_refused(given: dict[str, str], code: str, rule: int) -> None:
    s = Story().living().until("2027-02-22")
    refusal = s.refused("record_talk", present=["bewoner"], weekly_support=True, **given)
    assert (code, rule) == (refusal.code, refusal.rule)


def test_one_talk_is_planned_at_a_time() -> None:
    s = Story().living()
    refusal = s.refused("plan_talk", at="2027-02-24T10:00")
    assert ("planned", 39) == (refusal.code, refusal.rule)


# ---- support, money between housemates (#8, #32) ------------------------------------------------
def test_no_weekly_contact_is_a_task() -> None:
    s = Story().living().until("2027-02-22")
    s.talk(weekly_support=False, insurance_until="2028-02-01", energy="klaar")
    assert ["weekly_support"] == s.tasks
    assert "geen wekelijks contact met de begeleider" in s.flags


def test_one_housemate_who_pays_for_the_other_is_a_signal() -> None:
    s = Story().living().until("2027-02-22")
    s.talk(housemate_money=True, insurance_until="2028-02-01", energy="klaar")
    assert ["housemate_money"] == s.tasks


# ---- insurance, allocation (#38, #95, #124) -----------------------------------------------------
def test_the_insurance_is_asked_again_a_month_before_it_ends() -> None:
    s = Story().living().until("2027-02-22").talk(insurance_until="2027-12-31", energy="klaar")
    assert "2027-11-30" == s.due_on("insurance_expires")
    s.until("2027-11-30")
    assert Role.SUPPORTER is s.state.tasks["insurance_expires"].whom


def test_an_insurance_that_outlives_the_lease_is_not_asked_again() -> None:
    s = Story().living().until("2027-02-22").talk(insurance_until="2028-02-01", energy="klaar")
    assert s.due("insurance_expires") is None


def test_without_a_known_insurance_it_is_asked_after_eleven_months() -> None:
    assert "2028-01-01" == Story().living().due_on("insurance_expires")


def test_the_accelerated_allocation_is_looked_at_from_the_sixth_month() -> None:
    s = Story().living()
    assert "2027-08-01" == s.due_on("allocation")
    s.until("2027-08-01").do(
        "note_allocation", status="aangevraagd", on="2027-08-01", recognised_service=True
    )
    assert ("aangevraagd", False) == (s.state.allocation, "allocation" in s.tasks)


# ---- the emergency move (#31) -------------------------------------------------------------------
def move(s: Story, **given: str) -> None:
    s.do("relocate", **{"place": "d9-1", "on": "2027-02-01", "reason": "conflict", **given})


def test_an_emergency_move_takes_the_reserve_and_frees_the_old_place() -> None:
    s = Story().living()
    move(s)
    assert (Stage.LIVING, "d9-1") == (s.stage, s.state.offer and s.state.offer.place)
    assert [("d7-1", "2027-02-01"), ("d9-1", "None")] == [
        (t.place, str(t.until)) for t in s.world.tenancies
    ]
    assert "noodherplaatsing naar d9-1" in s.flags


def test_an_emergency_move_is_decided_with_a_manager() -> None:
    s = Story().living()
    given = {"place": "d9-1", "on": "2027-02-01", "reason": "conflict"}
    assert "second_role" == s.refused("relocate", second="bo:coordinator", **given).code
    assert "second_missing" == s.refused("relocate", second=None, **given).code
    assert "same_place" == s.refused("relocate", **{**given, "place": "d7-1"}).code


def test_a_reserve_without_an_agreement_stays_empty() -> None:
    world = World({"d9": good_dwelling("d9", reserve=True)})
    s = Story(world=world).living()
    move(s)
    assert (["place_taken"], "d7-1") == (s.tasks, s.state.offer and s.state.offer.place)
    assert s.state.tasks["place_taken"].text.endswith("nog geen afspraak met de woonmaatschappij.")


def test_an_emergency_move_past_the_dwellings_end_is_a_hard_task() -> None:
    world = World(
        {"d9": good_dwelling("d9", reserve=True, reserve_agreed=True, available_until="2027-06-30")}
    )
    s = Story(world=world).living()
    move(s)
    assert "dwelling_ends" in s.tasks


def test_letters_of_the_first_talk_left() -> None:
    s = Story().living().days(2)
    assert {"invitation_talk"} <= set(s.letters(LetterStatus.SENT))
    assert ["neighbours"] == s.letters(LetterStatus.TO_PRINT)


# ---- what is planned beside and instead ---------------------------------------------------------
def test_an_extra_talk_leaves_the_planned_one_as_it_is() -> None:
    s = Story().living().until("2027-02-22").talk(next_at="2027-05-20T10:00")
    s.do("plan_talk", at="2027-03-15T10:00", kind="extra")
    assert 2 == s.letters(LetterStatus.HELD).count("invitation_talk")
    s.until("2027-03-15").talk(counts=False)
    planned = s.state.talks.planned_at
    assert planned is not None
    assert ("2027-05-20", ReviewStage.PLANNED) == (str(planned.date()), s.state.reviews)


def test_a_talk_that_is_off_is_not_invited_for() -> None:
    s = Story().living()
    s.do("talk_missed", reason="bewoner belde")
    assert LetterStatus.RECALLED is s.letter("invitation_talk").status
    refusal = s.refused("talk_missed", reason="nog eens")
    assert ("not_planned", 39) == (refusal.code, refusal.rule)


def test_a_talk_that_does_not_count_leaves_what_is_late_late() -> None:
    s = Story().living().until("2027-02-22").talk(insurance_until="2028-03-01", energy="klaar")
    s.until("2027-05-25").talk(counts=False)
    assert {"talk_to_plan", "talk_overdue"} <= set(s.tasks)
    assert not {"talk_to_plan", "talk_overdue"} & set(s.talk().tasks)


def test_who_waits_in_a_shared_dwelling_for_a_housemate_is_asked_after() -> None:
    s = Story().living(living="delen", place="d8-1")
    assert "2027-04-02" == s.due_on("housemate_wait")
    assert "housemate_wait" in s.until("2027-04-02").tasks
    s = Story().living(living="delen", place="d8-1")
    s.hear("housemate_moved_in", {"other": "b", "since": "2027-02-01"})
    assert s.due("housemate_wait") is None
    assert Story().living().due("housemate_wait") is None


def test_an_emergency_move_keeps_the_priority_and_is_not_stopped_by_the_cap() -> None:
    s = Story(priority_cap=1).living(priority=True)
    move(s)
    assert ("d9-1", 1) == (s.state.offer and s.state.offer.place, s.world.used)


# ---- messages from outside ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("match_planned", {}, "other (other): vul dit in. at (at): vul dit in. place (place): vul"),
        (
            "match_planned",
            {"other": "b", "at": "morgen", "place": "k"},
            "at (at): schrijf een datum met",
        ),
        (
            "match_recorded",
            {"other": "b", "outcome": "ja"},
            "outcome (outcome): kies 'match', 'nog_eens' of",
        ),
        ("housemate_moved_in", {"other": "b"}, "since (since): vul dit in."),
        ("dwelling_changed", {"dwelling": "d7", "available_until": "31/2/2028"}, "bestaat niet"),
        ("letter_sent", {"key": "1-x"}, "'letter_sent' is geen waarneming van buitenaf."),
        ("nonsense", {}, "'nonsense' is geen waarneming van buitenaf."),
    ],
)
def test_a_message_that_cannot_be_read_is_refused_and_holds_nothing_up(
    name: str, data: dict[str, str], why: str
) -> None:
    refusal = Story().living().hear(name, data)
    assert refusal is not None
    assert why in refusal.text


def test_the_same_message_twice_counts_once() -> None:
    s = Story().living()
    for _ in range(2):
        assert (
            s.hear("dwelling_changed", {"dwelling": "d7", "available_until": "31/12/2027"}) is None
        )
    assert 1 == s.kinds.count("dwelling_changed")


def test_a_button_in_temporal_ends_nobodys_trajectory() -> None:
    s = Story().living()
    s.t.observe("cancel_asked", {}, s.now)
    s.settle()
    assert (Stage.LIVING, Role.MANAGER) == (s.stage, s.state.tasks["cancel_asked"].whom)
    assert "gevraagd om te annuleren in Temporal: het traject loopt door" in s.flags
