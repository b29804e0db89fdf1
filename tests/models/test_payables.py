from datetime import date
from decimal import Decimal
from typing import Any

from models.facts import Posting
from models.money import first_month, quote
from models.payables import Payable, payables, solidarity
from models.registers import Tenancy
from models.rent import Quote
from models.vocabulary import Debt, PostingKind
from tests.models.world import RULES

MARCH = date(2027, 3, 1)


def charge(day: date = MARCH, *, shared: bool = False) -> Posting:
    made = quote(RULES, bedrooms=3, shared=shared, flat_rate=Decimal(65))
    assert isinstance(made, Quote)
    part = first_month(RULES, made, day)
    return line(amount=part.total, lines=[one.as_json() for one in part.lines])


def line(**more: Any) -> Posting:
    row = {
        "key": "charge:huur:2027-03",
        "kind": PostingKind.CHARGE,
        "debt": Debt.RENT,
        "booked_on": MARCH,
        "value_on": MARCH,
        "text": "Huur",
    }
    return Posting(**{**row, **more})


def lives(trajectory: str, dwelling: str, since: str, until: str | None = None) -> Tenancy:
    return Tenancy(
        place=f"{dwelling}-1",
        dwelling=dwelling,
        trajectory=trajectory,
        since=date.fromisoformat(since),
        until=None if until is None else date.fromisoformat(until),
    )


def test_all_but_our_share_goes_on_for_every_dwelling() -> None:
    lines = [("a", charge()), ("b", charge(shared=True)), ("c", charge(shared=True))]
    homes = [
        lives("a", "d1", "2026-01-01"),
        lives("b", "d2", "2026-01-01"),
        lives("c", "d2", "2027-03-01"),
    ]

    assert [
        Payable("d1", Decimal("327.00"), Decimal("377.00"), 1),
        Payable("d2", Decimal("327.00"), Decimal("427.00"), 2),
    ] == payables(MARCH, lines, homes)


def test_a_part_of_a_month_goes_on_in_part() -> None:
    (owed,) = payables(MARCH, [("a", charge(date(2027, 3, 15)))], [lives("a", "d1", "2027-03-15")])

    assert (Decimal("206.74"), Decimal("179.32")) == (owed.charged, owed.amount)


def test_what_was_taken_back_is_not_owed() -> None:
    back = line(
        key="correction:9",
        kind=PostingKind.CORRECTION,
        amount=Decimal("-188.50"),
        counters="charge:huur:2027-03",
    )
    paid = line(key="payment:1", kind=PostingKind.PAYMENT, amount=Decimal(-377))
    (owed,) = payables(
        MARCH, [("a", charge()), ("a", back), ("a", paid)], [lives("a", "d1", "2027-01-01")]
    )

    assert (Decimal("188.50"), Decimal("163.50")) == (owed.charged, owed.amount)


def test_who_moved_counts_where_they_came_last_and_an_unknown_home_is_shown() -> None:
    homes = [
        lives("a", "d1", "2027-01-01", "2027-03-10"),
        lives("a", "d2", "2027-03-10"),
        lives("b", "d3", "2026-01-01", "2027-02-28"),
    ]

    found = payables(MARCH, [("a", charge()), ("b", charge())], homes)
    assert ["d2", None] == [one.dwelling for one in found]


def test_the_pot_holds_what_everybody_adds_less_what_is_lost_or_open() -> None:
    cost = line(key="cost:4:schade", debt=Debt.DAMAGE, amount=Decimal(80))
    lost = line(key="kwijtschelding:5", kind=PostingKind.WRITE_OFF, amount=Decimal("-20.50"))
    lines = [("a", charge()), ("b", charge(shared=True)), ("a", cost), ("a", lost)]

    pot = solidarity(lines, {"a": Decimal("12.25"), "b": Decimal(-5)})
    assert (Decimal("100.00"), Decimal("20.50"), Decimal("12.25"), Decimal("67.25")) == (
        pot.charged,
        pot.written_off,
        pot.open,
        pot.left,
    )


def test_what_a_correction_put_right_twice_counts_once() -> None:
    """The exit was on the 15th, then it turned out to be on the 10th."""
    whole = charge()
    first = line(
        key="correction:9:charge:huur:2027-03",
        kind=PostingKind.CORRECTION,
        amount=-whole.amount / 2,
        counters=whole.key,
    )
    back = first.model_copy(
        update={
            "key": f"correction:12:{first.key}",
            "amount": -first.amount,
            "counters": first.key,
        }
    )
    again = first.model_copy(update={"key": f"{first.key}@12", "amount": -whole.amount * 2 / 3})
    lines = [("a", one) for one in (whole, first, back, again)]
    (owed,) = payables(MARCH, lines, [lives("a", "d1", "2026-01-01")])
    assert (whole.amount / 3, Decimal("109.00")) == (owed.charged, owed.amount)
