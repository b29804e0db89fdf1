"""The rent of the last month, and what is set off or paid back when somebody has left."""

from decimal import Decimal
from typing import Any

import pytest

from models.vocabulary import Debt, Stage
from tests.models.renting import MESSAGE, MONTH, late_on, pay, renting, sent
from tests.models.story import Story
from tests.models.world import moment


def leaves(s: Story, on: str, **given: Any) -> Story:
    s.do("plan_exit", leaves_on=on, exit_talk_at=f"{on[:8]}09T10:00", agreed_reason="ja", **given)
    return s


def left(s: Story, on: str, cost: str | None = None) -> Story:
    s.until(on)
    s.do(
        "complete_exit",
        left_on=on,
        no_talk_reason="weg",
        keys_returned=2,
        cleaning="kosten" if cost else "ok",
        energy="nvt",
        destination="netwerk",
        durable="ja",
        **({"cost": cost} if cost else {}),
    )
    return s


def april(s: Story) -> Decimal:
    lines = s.state.account.lines
    keys = {x.key for x in lines if x.key.startswith("charge:") and x.key.endswith(":2027-04")}
    return sum((x.amount for x in lines if {x.key, x.counters} & keys), Decimal(0))


# ---- the last month ----------------------------------------------------------------------------
@pytest.mark.parametrize(("edition", "owed"), [(2, "127.33"), (3, "382.00")])
def test_who_stays_longer_than_was_planned_pays_for_those_days_too(edition: int, owed: str) -> None:
    s = leaves(renting(edition=edition), "2027-04-10").until("2027-04-05")
    assert Decimal("127.33") == april(s), "ten of thirty days"
    leaves(s, "2027-04-30")
    assert Decimal(owed) == april(left(s, "2027-04-30"))


def test_who_stays_some_days_longer_pays_some_days_more_and_has_time_to() -> None:
    s = leaves(renting(), "2027-04-10").until("2027-04-08")
    leaves(s, "2027-04-15")
    rest = s.state.account.lines[-1]
    assert (Decimal("63.67"), True) == (rest.amount, str(rest.due_on) > "2027-04-15")
    assert Decimal("191.00") == april(left(s, "2027-04-15"))


def test_who_leaves_earlier_after_all_gets_both_parts_of_the_month_back() -> None:
    s = leaves(renting(), "2027-04-10").until("2027-04-08")
    leaves(s, "2027-04-25")
    assert Decimal("318.33") == april(s)
    assert Decimal("63.67") == april(left(s, "2027-04-05")), "five of thirty days"


def test_who_is_extended_in_the_last_month_pays_the_rest_of_it() -> None:
    s = renting("2027-02-15").until("2027-10-20")
    s.do("approve_notice", lease_end="2028-02-14")
    s.until("2027-10-25").do("record_posting", posted_on="2027-10-25", barcodes=["RR123456785BE"])
    s.until("2028-02-03")
    february = [x.amount for x in s.state.account.lines if x.key.endswith(":2028-02")]
    assert [Decimal("184.41")] == february, "until the 14th, fourteen of 29 days"
    s.do("extend_lease", new_end="2028-08-14", signed_on="2028-02-03", reason="op maat")
    february = [x.amount for x in s.state.account.lines if x.key.endswith(":2028-02")]
    assert MONTH == sum(february)
    s.until("2028-03-01")
    assert MONTH == s.state.account.lines[-1].amount


# ---- set off and paid back -----------------------------------------------------------------------
def prepaid(edition: int = 3) -> Story:
    """All of March and April is paid, and the exit comes in the middle of April."""
    s = leaves(renting(edition=edition).until("2027-04-01"), "2027-04-30")
    pay(s, 2 * MONTH, "2027-04-01")
    return s


@pytest.mark.parametrize(("edition", "asked"), [(2, ["300.00"]), (3, ["109.00"])])
def test_what_was_paid_too_much_of_the_rent_pays_the_damage(edition: int, asked: list[str]) -> None:
    s = left(prepaid(edition), "2027-04-15", cost="300")
    assert (Stage.AFTERCARE, Decimal(109)) == (s.stage, s.state.account.balance())
    late_on(s, "2027-06-15", "2027-06-14").until("2027-06-16")
    assert asked == [s.order(MESSAGE).facts["pay"]["amount"]]


def test_who_paid_what_was_left_owes_nothing_of_any_kind() -> None:
    s = left(prepaid(), "2027-04-15", cost="300").until("2027-04-28")
    pay(s, "109", "2027-04-28")
    assert {Decimal(0)} == {s.state.account.balance(debt) for debt in Debt}
    assert ["close_file"] == s.tasks
    late_on(s, "2027-06-15", "2027-06-14").until("2027-06-20")
    assert [] == sent(s, MESSAGE)


@pytest.mark.parametrize(("edition", "stage"), [(2, Stage.CLOSED), (3, Stage.AFTERCARE)])
def test_a_file_is_not_closed_over_what_the_resident_still_gets_back(
    edition: int, stage: Stage
) -> None:
    s = left(prepaid(edition), "2027-04-15")
    assert (stage, Decimal(-191)) == (s.stage, s.state.account.balance())
    assert (["refund"] if edition == 3 else []) == s.tasks


def test_a_refund_is_no_payment_that_was_taken_back_and_closes_the_file() -> None:
    s = left(prepaid(), "2027-04-15").until("2027-04-20")
    seen = {"movement": "m9", "amount": "191.00", "booked": "2027-04-20", "value": "2027-04-20"}
    assert None is s.hear("payment_reversed", seen, "bank-m9")
    assert (Decimal(0), ["close_file"]) == (s.state.account.balance(), s.tasks)
    s.do("close_file", settled_on="2027-04-20")
    assert Stage.CLOSED is s.stage


def test_who_writes_a_debt_off_writes_off_no_more_than_that() -> None:
    s = renting()
    s.do("charge_cost", debt="schade", amount="85", due_on="2027-02-20", what="nieuw slot")
    cost = s.state.account.lines[-1].key
    s.until("2027-02-20")
    pay(s, "85", "2027-02-20")
    s.do("correct_charge", line=cost, amount="0", reason="dat slot was er al")
    left(leaves(s, "2027-03-31"), "2027-03-31")
    s.do("write_off", amount="297", reason="geen inkomen")
    assert Decimal(0) == s.state.account.balance()


def test_a_payment_and_a_correction_in_aftercare_are_set_off_too() -> None:
    s = left(prepaid(), "2027-04-15", cost="300").until("2027-04-20")
    cost = next(x.key for x in s.state.account.lines if x.key.startswith("cost:"))
    s.do("correct_charge", line=cost, amount="100", reason="de rekening was lager")
    assert (Decimal(-91), ["refund"]) == (s.state.account.balance(), s.tasks)


# ---- when it ends --------------------------------------------------------------------------------
@pytest.mark.parametrize(("edition", "leave"), [(2, 1), (3, 0)])
def test_who_was_let_off_a_debt_hears_no_more_of_it(edition: int, leave: int) -> None:
    s = left(leaves(renting(edition=edition), "2027-03-31"), "2027-03-31")
    late_on(s, "2027-04-15", "2027-04-14").until(moment("2027-04-15T06:30"))
    s.do("write_off", amount=str(MONTH), reason="geen inkomen")
    assert leave == len(sent(s.until("2027-04-20"), MESSAGE))


@pytest.mark.parametrize(("edition", "drafted"), [(2, False), (3, True)])
def test_a_reminder_that_the_exit_cut_short_is_drafted_again_in_aftercare(
    edition: int, *, drafted: bool
) -> None:
    s = late_on(leaves(renting(edition=edition), "2027-03-31"), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    assert "approve_reminder" in s.tasks
    left(s, "2027-03-31")
    late_on(s, "2027-04-15", "2027-04-30").until("2027-04-21")
    assert drafted is ("approve_reminder" in s.tasks)
