from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.vocabulary import Debt, PostingKind
from stores import ledger, outcomes
from stores.ledger import By
from tests.stores.turns import LATER, T, after, charge, payment, turn

MARCH, APRIL = charge("2027-03"), charge("2027-04")


async def keys(engine: AsyncEngine) -> list[str]:
    return [posting.key for posting in await ledger.lines(engine, T)]


async def test_lines_come_with_their_turn_and_the_same_turn_again_changes_nothing(
    engine: AsyncEngine,
) -> None:
    paid = payment("m1", "327.00", "2027-03-08")
    first = turn("refer", postings=[MARCH])
    for one in (first, first, after(first, "payment", postings=[paid])):
        await outcomes.record_turn(engine, one)

    assert [MARCH, paid] == await ledger.lines(engine, T)
    assert MARCH.lines == (await ledger.lines(engine, T))[0].lines


async def test_the_balance_counts_until_a_day_by_booking_or_by_value(engine: AsyncEngine) -> None:
    early = payment("m1", "100.10", "2027-03-08", "2027-03-05")
    damage = charge(key="charge:schade:1", debt=Debt.DAMAGE, amount="80.05")
    await outcomes.record_turn(engine, turn("refer", postings=[MARCH, early, damage, APRIL]))
    await outcomes.record_turn(engine, turn("refer", trajectory="t-2", postings=[APRIL]))

    async def rent(day: str, by: By = By.BOOKED) -> Decimal:
        return (await ledger.balance(engine, T, date.fromisoformat(day), by))[Debt.RENT]

    assert Decimal("327.00") == await rent("2027-03-07")
    assert Decimal("226.90") == await rent("2027-03-07", By.VALUE)
    assert Decimal("226.90") == await rent("2027-03-08")
    assert Decimal("553.90") == await rent("2027-04-01")
    assert Decimal(0) == await rent("2027-02-28")
    assert {
        T: {Debt.RENT: Decimal("553.90"), Debt.DAMAGE: Decimal("80.05")},
        "t-2": {Debt.RENT: Decimal("327.00")},
    } == await ledger.balances(engine, date(2027, 4, 1))


async def test_a_reversal_is_a_line_of_its_own_that_reopens_the_month(engine: AsyncEngine) -> None:
    paid = payment("m1", "327.00", "2027-03-08")
    back = paid.model_copy(
        update={
            "key": "reversal:m2",
            "kind": PostingKind.REVERSAL,
            "amount": Decimal("327.00"),
            "booked_on": date(2027, 3, 22),
            "counters": paid.key,
        }
    )
    await outcomes.record_turn(engine, turn("refer", postings=[MARCH, paid, back]))

    assert [MARCH, paid, back] == await ledger.lines(engine, T)
    on = [date(2027, 3, day) for day in (21, 22)]
    assert [Decimal(0), Decimal(327)] == [
        (await ledger.balance(engine, T, day))[Debt.RENT] for day in on
    ]


async def test_lines_of_a_tail_that_never_happened_go_with_it(engine: AsyncEngine) -> None:
    first = turn("refer", postings=[MARCH])
    await outcomes.record_turn(engine, first)
    await outcomes.record_turn(engine, after(first, "payment", postings=[APRIL]))
    await outcomes.orphan_after(engine, T, 1, LATER)

    assert [MARCH.key] == await keys(engine)


async def test_a_tail_that_was_decided_otherwise_brings_its_own_lines(engine: AsyncEngine) -> None:
    first = turn("refer", postings=[MARCH])
    await outcomes.record_turn(engine, first)
    await outcomes.record_turn(engine, after(first, "payment", postings=[APRIL]))
    await outcomes.record_turn(
        engine, after(first, "call_up", decided_at=LATER, postings=[charge("2027-05")])
    )

    assert [MARCH.key, "charge:huur:2027-05"] == await keys(engine)


async def test_a_longer_turn_that_never_happened_leaves_the_lines_of_the_shorter_one(
    engine: AsyncEngine,
) -> None:
    await outcomes.record_turn(engine, turn("refer", "call_up", postings=[MARCH, APRIL]))
    await outcomes.record_turn(engine, turn("refer", postings=[MARCH]))
    await outcomes.orphan_after(engine, T, 1, LATER)

    assert [MARCH.key] == await keys(engine)


async def test_writing_history_again_brings_back_lost_lines(engine: AsyncEngine) -> None:
    whole = turn("refer", "payment", postings=[MARCH, MARCH, APRIL])
    await outcomes.record_turn(engine, whole)
    await ledger.replace(engine, T, [])
    await outcomes.rewrite(engine, [whole])

    assert [MARCH, APRIL] == await ledger.lines(engine, T)


async def test_an_amount_has_whole_cents(engine: AsyncEngine) -> None:
    odd = charge(amount="0.001")
    with pytest.raises(StatementError, match=r"parts of a cent: 0\.001"):
        await outcomes.record_turn(engine, turn("refer", postings=[odd]))


async def test_what_was_booked_within_some_days_is_listed_for_everybody(
    engine: AsyncEngine,
) -> None:
    await outcomes.record_turn(engine, turn("refer", postings=[MARCH, APRIL]))
    await outcomes.record_turn(engine, turn("refer", trajectory="t-2", postings=[APRIL]))

    march, april = date(2027, 3, 31), date(2027, 4, 1)
    assert [(T, MARCH)] == await ledger.entries(engine, until=march)
    assert [(T, APRIL), ("t-2", APRIL)] == await ledger.entries(engine, since=april)
    assert 3 == len(await ledger.entries(engine))


def test_the_first_line_that_differs_is_named() -> None:
    other = charge(amount="1")
    assert None is ledger.difference([MARCH, APRIL], [APRIL, MARCH])
    assert [
        "de lijn charge:huur:2027-03 is anders dan in het logboek",
        "de lijn charge:huur:2027-03 ontbreekt",
        "de lijn charge:huur:2027-03 staat niet in het logboek",
    ] == [
        ledger.difference(shown, told)
        for shown, told in (([other], [MARCH]), ([], [MARCH]), ([MARCH], []))
    ]
