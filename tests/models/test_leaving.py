"""Leaving: own notice, unexpected departure and return, exit, debt, recommendation, closing."""

from decimal import Decimal
from typing import Any

import pytest

from models.choices import Destination
from models.vocabulary import ContractStage, LetterStatus, Region, ReviewStage, Role, Stage
from tests.models.story import Story

GONE = {
    "since": "2027-03-01",
    "kind": "gevangenis",
    "post_to": "begeleider",
    "clears": "begeleider",
    "clear_by": "2027-04-01",
}


def living() -> Story:
    s = Story().living().until("2027-02-22")
    s.talk(insurance_until="2028-03-01", energy="klaar")
    s.do("register_lease", on="2027-02-22")
    return s.until("2027-03-01")


def departed() -> Story:
    s = living()
    s.do("report_departure", **GONE)
    return s


# ---- the resident's own notice (#42, #91) -------------------------------------------------------
def test_a_resident_leaves_with_three_months_from_the_first_of_the_next_month() -> None:
    s = living()
    refusal = s.refused("resident_gives_notice", received_on="2027-03-01", leaves_on="2027-06-29")
    assert (91, True) == (refusal.rule, "kan het vertrek vanaf 30/6/2027" in refusal.text)
    s.do("resident_gives_notice", received_on="2027-03-01", leaves_on="2027-06-30")
    assert Stage.EXIT is s.stage


def test_the_organisation_may_let_somebody_go_sooner() -> None:
    s = living()
    s.do("resident_gives_notice", received_on="2027-03-01", leaves_on="2027-03-31", waived=True)
    assert (Stage.EXIT, ["van de opzegtermijn van de bewoner afgezien"]) == (s.stage, s.flags)


def test_the_last_day_of_the_lease_needs_no_term_where_our_notice_was_posted() -> None:
    s = living().until("2027-10-11").notice_posted().until("2028-01-10")
    s.do("resident_gives_notice", received_on="2028-01-10", leaves_on="2028-01-31")
    assert Stage.EXIT is s.stage


def test_without_our_notice_the_last_day_is_a_short_term_like_any_other() -> None:
    s = living().until("2028-01-20")
    given = {"received_on": "2028-01-20", "leaves_on": "2028-01-31"}
    assert "tenant_term" == s.refused("resident_gives_notice", **given).code
    s.do("resident_gives_notice", **given, waived=True)
    assert (Stage.EXIT, ["van de opzegtermijn van de bewoner afgezien"]) == (s.stage, s.flags)


@pytest.mark.parametrize(("edition", "warned"), [(1, False), (2, True)])
def test_who_stays_longer_than_they_gave_notice_for_needs_our_notice_again(
    edition: int, warned: bool
) -> None:
    s = Story(edition=edition).living().until("2027-05-10")
    s.do("resident_gives_notice", received_on="2027-05-10", leaves_on="2027-08-31")
    s.until("2027-08-20")
    s.do("plan_exit", leaves_on="2028-01-31", exit_talk_at="2028-01-28T10:00")
    assert warned is (s.due("notice_alarm") is not None)


@pytest.mark.parametrize(("leaves", "code"), [("2028-02-01", "after_end"), ("2027-02-28", "order")])
def test_a_notice_lies_within_the_lease(leaves: str, code: str) -> None:
    refusal = living().refused("resident_gives_notice", received_on="2027-03-01", leaves_on=leaves)
    assert (code, 91) == (refusal.code, refusal.rule)


def test_after_the_residents_notice_the_landlords_is_not_needed() -> None:
    s = living()
    s.do("resident_gives_notice", received_on="2027-03-01", leaves_on="2027-06-30")
    assert [] == [d.key for d in s.t.future() if d.name.startswith("notice")]
    assert ("2027-06-16", "2027-07-01") == (s.due_on("exit_task"), s.due_on("exit_overdue"))


def test_a_premium_that_was_to_come_later_is_remembered_at_the_exit() -> None:
    s = living()
    s.do("note_premium", choice="later")
    s.do("resident_gives_notice", received_on="2027-03-01", leaves_on="2027-06-30")
    assert ["premium_later"] == s.tasks
    s.do("note_premium", choice="later", result="aangevraagd")
    assert [] == s.tasks


# ---- unexpected departure (#96) -----------------------------------------------------------------
def test_a_departure_stops_the_talks_and_rests_the_payment_while_the_notice_runs_on() -> None:
    s = departed()
    assert (Stage.DEPARTED, ReviewStage.STOPPED) == (s.stage, s.state.reviews)
    assert "2027-04-30" == str(s.state.holds[Region.PAYMENT].until)
    names = {d.name for d in s.t.future()}
    assert {"notice_prepare", "notice_alarm", "lease_ended", "clear_dwelling", "hold_ends"} <= names
    assert not {"talk_to_plan", "talk_overdue", "talk_unrecorded"} & names
    order = s.order("departed")
    assert [Role.RESIDENT, Role.SUPPORTER] == order.to
    assert {"post_to": "begeleider", "clear_by": "2027-04-01"} == order.facts


def test_who_clears_the_dwelling_has_a_day() -> None:
    assert "clear_dwelling" in departed().until("2027-04-01").tasks


def test_a_departure_is_a_fact_and_not_refused_but_not_foretold_either() -> None:
    assert "future" == living().refused("report_departure", **{**GONE, "since": "2027-03-02"}).code


def test_who_returns_goes_on_where_the_lease_stands() -> None:
    s = departed().until("2027-03-15")
    s.do("resident_returns", on="2027-03-15")
    assert (Stage.LIVING, ReviewStage.TO_PLAN, {}) == (s.stage, s.state.reviews, s.state.holds)
    assert ["talk_to_plan", "payment_after_hold"] == s.tasks


def test_a_talk_that_was_planned_before_the_departure_is_gone_after_the_return() -> None:
    s = living()
    s.do("plan_talk", at="2027-05-20T10:00")
    s.do("report_departure", **GONE)
    assert "invitation_talk" in s.letters(LetterStatus.RECALLED)
    s.until("2027-06-15").do("resident_returns", on="2027-06-15")
    assert (None, None) == (s.state.talks.planned_at, s.due("talk_unrecorded"))


def test_who_was_leaving_returns_to_leaving() -> None:
    s = living()
    s.do("resident_gives_notice", received_on="2027-03-01", leaves_on="2027-06-30")
    s.do("plan_exit", leaves_on="2027-06-30", exit_talk_at="2027-06-29T10:00")
    s.do("report_departure", **GONE)
    s.do("resident_returns", on="2027-03-01")
    assert Stage.EXIT is s.stage
    # The exit talk was called off with the departure, so it is to be planned again.
    assert "2027-06-16" == s.due_on("exit_task")


# ---- the exit (#92, #93, #94, #99) --------------------------------------------------------------
def test_a_planned_exit_invites_both_and_lies_within_the_lease() -> None:
    s = living()
    exit_ = {"leaves_on": "2027-03-31", "exit_talk_at": "2027-03-30T10:00"}
    assert ("no_notice", 92) == (
        s.refused("plan_exit", **exit_).code,
        s.refused("plan_exit", **exit_).rule,
    )
    assert "after_end" == s.refused("plan_exit", **{**exit_, "leaves_on": "2028-02-01"}).code
    s.do("plan_exit", **exit_, agreed_reason="huis gevonden")
    assert (Stage.EXIT, [Role.RESIDENT, Role.SUPPORTER]) == (s.stage, s.order("invitation_exit").to)
    assert ["vertrek in overleg: huis gevonden"] == s.flags


def test_an_exit_is_prepared_two_weeks_before_and_missed_the_day_after() -> None:
    s = Story().living().notice_posted()
    assert "2028-01-17" == s.due_on("exit_task")
    s.until("2028-01-17").do("plan_exit", leaves_on="2028-01-31", exit_talk_at="2028-01-28T10:00")
    assert "exit_task" not in s.tasks
    assert s.until("2028-02-01").state.tasks["exit_overdue"].hard


def test_an_exit_in_order_closes_the_file_and_frees_the_place() -> None:
    s = Story().living().leaving().gone()
    assert (Stage.CLOSED, ContractStage.ENDED, []) == (s.stage, s.state.contract, s.tasks)
    assert "2028-01-31" == str(s.world.tenancies[0].until)
    leaving = s.state.leaving
    assert leaving is not None
    assert ("prive", "ja") == (leaving.destination, leaving.durable)


@pytest.mark.parametrize(
    ("given", "code", "rule"),
    [
        ({"talk_on": None}, "exit_talk", 92),
        ({"energy": "neen"}, "energy", 92),
        ({"cleaning": "kosten"}, "cost", 93),
        ({"cost": "50"}, "cost", 93),
        ({"left_on": "2027-01-31"}, "before_keys", 92),
        ({"durable": None}, "bad_fields", None),
        ({"destination": "straat"}, "bad_fields", None),
    ],
)
def test_an_exit_leaves_nothing_open(given: dict[str, Any], code: str, rule: int | None) -> None:
    s = Story().living().leaving()
    data = {
        "left_on": "2028-01-31",
        "talk_on": "2028-01-28",
        "keys_returned": 2,
        "cleaning": "ok",
        "energy": "klaar",
        "destination": "prive",
        "durable": "ja",
    }
    refusal = s.refused("complete_exit", **{**data, **given})
    assert (code, rule) == (refusal.code, refusal.rule)


def test_an_exit_without_a_talk_says_why() -> None:
    s = Story().living().leaving().gone(talk_on=None, no_talk_reason="onbereikbaar")
    assert Stage.CLOSED is s.stage


def test_keys_that_do_not_come_back_are_flagged() -> None:
    assert "1 sleutel(s) niet terug" in Story().living().leaving().gone(keys_returned=1).flags


def test_there_are_eight_destinations() -> None:
    assert [
        "prive",
        "sociaal_gewoon",
        "sociaal_versneld",
        "netwerk",
        "groepswonen",
        "hotel",
        "gevangenis",
        "andere",
    ] == [d.value for d in Destination]


def test_a_departure_ends_with_the_exit_too() -> None:
    s = departed().until("2027-04-01")
    s.gone(
        talk_on=None, no_talk_reason="in de gevangenis", destination="gevangenis", durable="neen"
    )
    assert (Stage.CLOSED, None) == (s.stage, s.state.departure)


def test_a_housemate_who_leaves_is_known_to_the_other() -> None:
    from tests.models.test_matching import held, planned

    a, b = planned()
    held(a, b, "match")
    offer = {"start_on": "2027-02-01", "lease_end": "2028-01-31"}
    for s, place in ((a, "d8-1"), (b, "d8-2")):
        s.do("offer_place", place=place, **offer)
        s.papers().until("2027-02-01").keys()
    assert "housemate" in a.tasks
    b.until("2027-03-01").do("report_departure", **GONE)
    b.gone(talk_on=None, no_talk_reason="weg")
    assert (None, True) == (a.state.match, "match_off" in a.tasks)


# ---- aftercare (#97, #98) -----------------------------------------------------------------------
def owing() -> Story:
    return Story().living().leaving().gone(cleaning="kosten", cost="120,00")


def test_an_open_debt_keeps_the_file_open_and_asks_every_month() -> None:
    s = owing()
    assert (Stage.AFTERCARE, Decimal(120)) == (s.stage, s.state.debt)
    s.until("2028-04-01")
    asked = [o.recorded_at[:10] for o in s.outcomes if o.kind == "aftercare"]
    assert ["2028-02-29", "2028-03-31"] == asked
    assert "Open schuld van € 120.00: bekijk het plan." == s.state.tasks["aftercare"].text
    assert s.due("archive") is None


def test_a_debt_that_is_paid_closes_the_file() -> None:
    s = owing().until("2028-03-01")
    s.do("close_file", settled_on="2028-03-01")
    assert (Stage.CLOSED, Decimal(0), "2028-05-30") == (s.stage, s.state.debt, s.due_on("archive"))


def test_letting_a_debt_go_takes_a_manager_and_somebody_else() -> None:
    s = owing()
    assert "second_missing" == s.refused("write_off", amount="120", reason="x", second=None).code
    refusal = s.refused("write_off", amount="100", reason="x", second="an2:coordinator")
    assert ("Er staat € 120,00 open.", 98) == (refusal.text, refusal.rule)
    s.do("write_off", amount="120", reason="geen inkomen", second="cas:coordinator")
    assert (Stage.CLOSED, Decimal(0)) == (s.stage, s.state.debt)
    assert "kwijtgescholden: € 120: geen inkomen" in s.flags


def test_a_recommendation_needs_consent_and_a_stay() -> None:
    s = Story().living().leaving()
    refusal = s.refused("recommend", consent=False)
    assert "De bewoner gaat akkoord (consent): kies True." == refusal.text
    s.do("recommend", consent=True)
    assert {"since": "2027-02-01", "talks": 0} == s.order("recommendation").facts
    s.gone()
    s.do("recommend", consent=True)
    assert "2028-01-31" == s.order("recommendation").facts["until"]


def test_an_exit_told_late_leaves_the_file_open_for_its_ninety_days() -> None:
    s = Story().living().leaving().until("2028-06-30").gone(left_on="2028-01-31")
    assert (Stage.CLOSED, "2028-09-28") == (s.stage, s.due_on("archive"))
