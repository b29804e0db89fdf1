"""Repayment plans, costs, and what is owed after the exit."""

from datetime import timedelta
from decimal import Decimal

import pytest

from models.calendar import day_of, is_working_day
from models.vocabulary import ArrearsStage, Stage
from tests.models.renting import MESSAGE, MONTH, late_on, load, pay, reminded, renting, rung, sent
from tests.models.story import Story
from tests.models.world import RENT


# ---- plans -------------------------------------------------------------------------------------
def test_a_plan_adds_up_to_what_is_open_or_is_refused_with_both_amounts() -> None:
    s = reminded()
    plan = {"signed_on": "2027-03-22", "lines": [{"due": "2027-05-10", "amount": "300"}]}
    refusal = s.refused("agree_plan", **plan)
    assert "plan_sum" == refusal.code
    assert "€ 300,00" in refusal.text
    assert "€ 382,00" in refusal.text


def planned() -> Story:
    s = reminded()
    s.do(
        "agree_plan",
        signed_on="2027-03-22",
        lines=[{"due": "2027-05-05", "amount": "182"}, {"due": "2027-06-05", "amount": "200"}],
    )
    return s


def test_a_plan_that_is_made_anew_on_its_own_day_counts_as_it_was_made_last() -> None:
    s = planned()
    s.do(
        "agree_plan",
        signed_on="2027-03-22",
        lines=[{"due": "2027-05-05", "amount": "82"}, {"due": "2027-06-05", "amount": "300"}],
    )
    assert [82, 300] == [item.amount for item in s.state.account.open_items()]


def test_who_keeps_a_plan_is_not_late() -> None:
    s = planned().until("2027-04-05")
    pay(s, MONTH, "2027-04-05")
    assert ArrearsStage.IN_ORDER is rung(s)
    s.until("2027-05-05")
    pay(s, MONTH + 182, "2027-05-05")
    s.until("2027-06-05")
    pay(s, MONTH + 200, "2027-06-05")
    assert None is s.state.account.plan, "all is paid"
    assert ["2027-03-15 09:00"] == sent(s, MESSAGE)


@pytest.mark.parametrize(("paid_on", "kept"), [("2027-05-14", True), (None, False)])
def test_a_plan_is_looked_at_in_the_run_of_the_fifteenth(
    paid_on: str | None, *, kept: bool
) -> None:
    s = planned().until("2027-04-05")
    pay(s, MONTH, "2027-04-05")
    if paid_on is not None:
        s.until(paid_on)
        pay(s, MONTH + 182, paid_on)
    late_on(s, "2027-05-15", "2027-05-14").until("2027-05-20")
    plan = s.state.account.plan
    assert plan is not None
    assert kept is plan.kept
    assert kept is ("agreement_broken" not in s.tasks)


def test_a_plan_is_never_broken_on_old_data() -> None:
    s = planned().until("2027-04-05")
    pay(s, MONTH, "2027-04-05")
    late_on(s, "2027-05-15", "2027-05-07").until("2027-05-17")
    assert s.state.account.plan is not None
    assert s.state.account.plan.kept, "nobody knows yet what was paid"
    pay(s, MONTH + 182, "2027-05-14")
    load(s, "2027-05-17")
    assert s.state.account.plan.kept
    assert "agreement_broken" not in s.tasks


def test_an_ex_resident_keeps_the_plan_and_is_looked_at_until_nothing_is_open() -> None:
    s = planned()
    s.do("plan_exit", leaves_on="2027-04-30", exit_talk_at="2027-04-29T10:00", agreed_reason="ja")
    s.until("2027-04-30")
    s.do(
        "complete_exit",
        left_on="2027-04-30",
        talk_on="2027-04-29",
        keys_returned=2,
        cleaning="ok",
        energy="nvt",
        destination="prive",
        durable="ja",
    )
    assert Stage.AFTERCARE is s.stage
    assert 2 * MONTH == s.state.account.balance()
    late_on(s, "2027-05-15", "2027-05-14").until("2027-05-18")
    assert 2 == len(sent(s, MESSAGE)), "the run of the fifteenth goes on after the exit"
    pay(s, 2 * MONTH, "2027-05-18")
    assert "close_file" in s.tasks
    s.do("close_file", settled_on="2027-05-18")
    assert "afgesloten" == s.state.dump()["stage"]


def test_who_leaves_in_the_middle_of_a_month_pays_until_that_day() -> None:
    s = renting()
    s.do("plan_exit", leaves_on="2027-04-15", exit_talk_at="2027-04-14T10:00", agreed_reason="ja")
    s.until("2027-04-20")
    s.do(
        "complete_exit",
        left_on="2027-04-10",
        no_talk_reason="weg",
        keys_returned=2,
        cleaning="ok",
        energy="nvt",
        destination="netwerk",
        durable="ja",
    )
    april = [
        x.amount for x in s.state.account.lines if "charge:huur:2027-04" in {x.key, x.counters}
    ]
    assert Decimal("127.33") == sum(april), "ten of thirty days of € 382"


def test_two_people_let_a_debt_go_and_the_ledger_shows_it() -> None:
    s = renting()
    s.do("charge_cost", debt="schade", amount="85", due_on="2027-03-01", what="nieuw slot")
    s.do("plan_exit", leaves_on="2027-02-28", exit_talk_at="2027-02-26T10:00", agreed_reason="ja")
    s.until("2027-02-28")
    s.do(
        "complete_exit",
        left_on="2027-02-28",
        no_talk_reason="weg",
        keys_returned=2,
        cleaning="ok",
        energy="nvt",
        destination="netwerk",
        durable="ja",
    )
    assert "amount" == s.refused("write_off", amount="80", reason="klein").code
    s.do("write_off", amount="85", reason="geen inkomen")
    assert Decimal(0) == s.state.account.balance()
    assert "kwijtschelding" == s.state.account.lines[-1].kind


def test_every_message_of_three_years_leaves_on_a_working_day() -> None:
    s = renting()
    for _ in range(30):
        s.world.closes = day_of(s.now) + timedelta(days=40)
        s.days(25)
    days = [day for kind, day in s.sent if kind == MESSAGE]
    assert len(days) > 10
    assert all(is_working_day(day_of(at), RENT.closed) for at in days)
    assert len({(at.year, at.month) for at in days}) == len(days), "one a month"
