"""A look at the payments says no more than the bank's data do, and calls no kept word broken."""

from datetime import date

import pytest

from models.ladder import Check, Waiting
from models.vocabulary import ArrearsStage
from tests.models.renting import (
    MESSAGE,
    MONTH,
    late_on,
    load,
    pay,
    reminded,
    renting,
    rung,
    sent,
    talked,
)
from tests.models.story import Story
from tests.models.test_adopt import LIVING
from tests.models.world import RENT, moment


def broken(s: Story) -> bool:
    return "agreement_broken" in s.tasks


# ---- data that came late -----------------------------------------------------------------------
@pytest.mark.parametrize(("edition", "asked"), [(2, 2 * MONTH), (3, MONTH)])
def test_data_until_the_middle_of_march_say_nothing_of_the_rent_of_april(
    edition: int, asked: object
) -> None:
    s = renting(edition=edition).until("2027-04-12")
    load(s, "2027-03-14")
    s.until("2027-04-13")
    assert {"checked_on": "2027-03-15", "pay": {"amount": str(asked)}} == s.order(MESSAGE).facts


def test_data_of_before_an_instalment_do_not_break_the_plan() -> None:
    s = reminded()
    lines = [{"due": "2027-03-25", "amount": "182"}, {"due": "2027-04-17", "amount": "200"}]
    s.do("agree_plan", signed_on="2027-03-22", lines=lines)
    s.until("2027-03-25")
    pay(s, "182", "2027-03-25")
    s.until("2027-04-26")
    load(s, "2027-04-14")
    assert ArrearsStage.MESSAGE is rung(s.until("2027-04-27")), "the rent of April is late"
    assert s.state.account.plan is not None
    assert s.state.account.plan.kept, "nobody knows yet of the instalment of the 17th"


def test_a_look_that_waits_is_not_lost_when_a_promise_falls_due_meanwhile() -> None:
    s = talked(reminded(), "belofte", promised_on="2027-04-12").until("2027-04-18")
    waits = s.state.arrears.waiting
    assert waits is not None
    assert (Check.FIRST, "2027-04-17") == (waits.check, waits.day.isoformat())
    load(s, "2027-04-16")
    assert broken(s.until("2027-04-20"))
    assert ["2027-03-15 09:00", "2027-04-19 09:00"] == sent(s, MESSAGE)


def test_a_promise_that_is_looked_at_on_new_data_brings_the_look_that_waited() -> None:
    s = talked(reminded(), "belofte", promised_on="2027-04-12").until("2027-04-16")
    assert Waiting(check=Check.FIRST, day=date(2027, 4, 15)) == s.state.arrears.waiting
    s.world.closes = s.now.date()  # loaded, and nobody was told of it
    assert 2 == len(sent(s.until("2027-04-20"), MESSAGE))


# ---- what was promised -------------------------------------------------------------------------
@pytest.mark.parametrize(("edition", "called_broken"), [(2, True), (3, False)])
def test_who_pays_what_was_promised_kept_it_though_newer_rent_is_late(
    edition: int, *, called_broken: bool
) -> None:
    s = talked(reminded(renting(edition=edition)), "belofte", promised_on="2027-04-12")
    s.until("2027-04-12")
    pay(s, MONTH, "2027-04-12")
    load(s, "2027-04-16")
    assert called_broken is broken(s.until("2027-04-18"))


def test_who_did_not_pay_what_was_promised_broke_it() -> None:
    s = talked(reminded(), "belofte", promised_on="2027-04-12").until("2027-04-12")
    load(s, "2027-04-16")
    assert broken(s.until("2027-04-18"))


@pytest.mark.parametrize(("edition", "kept"), [(2, False), (3, True)])
def test_a_plan_takes_the_place_of_a_promise_and_is_not_broken_by_it(
    edition: int, *, kept: bool
) -> None:
    s = talked(reminded(renting(edition=edition)), "belofte", promised_on="2027-04-01")
    s.until("2027-03-30")
    lines = [{"due": "2027-06-20", "amount": str(MONTH)}]
    s.do("agree_plan", signed_on="2027-03-30", lines=lines)
    late_on(s, "2027-04-15", "2027-04-14").until("2027-04-16")
    assert s.state.account.plan is not None
    assert kept is s.state.account.plan.kept


@pytest.mark.parametrize(("edition", "kept"), [(2, False), (3, True)])
def test_two_euro_too_little_do_not_break_a_plan_when_other_rent_is_late(
    edition: int, *, kept: bool
) -> None:
    s = reminded(renting(edition=edition))
    lines = [{"due": "2027-04-05", "amount": "182"}, {"due": "2027-06-05", "amount": "200"}]
    s.do("agree_plan", signed_on="2027-03-22", lines=lines)
    s.until("2027-04-05")
    pay(s, "180", "2027-04-05")
    late_on(s, "2027-04-15", "2027-04-14").until("2027-04-16")
    assert s.state.account.plan is not None
    assert kept is s.state.account.plan.kept


# ---- pauses --------------------------------------------------------------------------------------
@pytest.mark.parametrize("region", ["betaling", "traject"])
@pytest.mark.parametrize(("edition", "leaves"), [(2, 1), (3, 0)])
def test_a_message_that_was_about_to_leave_is_held_back_by_a_pause(
    region: str, edition: int, leaves: int
) -> None:
    s = late_on(renting(edition=edition), "2027-03-15", "2027-03-12")
    s.until(moment("2027-03-15T06:30"))
    s.do("hold", region=region, reason="ziekte_crisis", until="2027-04-01", owner="an")
    assert leaves == len(sent(s.until("2027-03-18"), MESSAGE))


def test_a_message_that_was_about_to_leave_is_held_back_when_the_resident_is_gone() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12").until(moment("2027-03-15T06:30"))
    gone = {"since": "2027-03-10", "kind": "gevangenis", "clear_by": "2027-04-30"}
    s.do("report_departure", post_to="begeleider", clears="begeleider", **gone)
    assert [] == sent(s.until("2027-03-18"), MESSAGE)


@pytest.mark.parametrize(("edition", "leaves"), [(2, 1), (3, 0)])
def test_data_that_are_loaded_in_a_pause_of_the_trajectory_bring_no_message(
    edition: int, leaves: int
) -> None:
    s = renting(edition=edition).until("2027-03-15")
    s.do("hold", region="traject", reason="ziekte_crisis", until="2027-04-01", owner="an")
    load(s, "2027-03-15")
    assert leaves == len(sent(s.until("2027-03-18"), MESSAGE))


def test_nothing_formal_is_ordered_in_a_pause_of_the_trajectory() -> None:
    s = talked(reminded(), "onbereikbaar", reason="neemt niet op").until("2027-04-06")
    s.do("hold", region="traject", reason="ziekte_crisis", until="2027-05-01", owner="an")
    assert "paused" == s.refused("order_registered", reason="geen antwoord").code


# ---- taken over ----------------------------------------------------------------------------------
@pytest.mark.parametrize(("edition", "looked_at"), [(2, None), (3, "2027-01-15")])
def test_who_had_a_message_before_the_takeover_is_looked_at_after_it(
    edition: int, looked_at: str | None
) -> None:
    s = Story(at="2027-01-04T10:00", rules=RENT, edition=edition)
    s.do("adopt", **LIVING, debt="200", letters_sent=["day15_message"])
    assert looked_at == s.due_on("check_15")
