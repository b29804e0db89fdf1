import asyncio
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.communication import digits_of
from stores import bank, bank_files, bank_telling
from stores.bank_tables import bank_files as files
from stores.bank_tables import bank_movements
from stores.engine import fetch
from tests.bank.making import IBAN, OTHER, Block, Line, camt, coda
from tests.stores.banking import AN, AT, BO, MONDAY, RENT, TUESDAY, WEDNESDAY, heard, known, load

__all__ = ["known"]


async def test_a_file_is_taken_in_and_what_it_holds_is_counted(known: AsyncEngine) -> None:
    taken = await load(known, coda(MONDAY))
    assert ("ingelezen", False, 1, 3, 0) == (
        taken.status,
        taken.already,
        taken.statements,
        taken.movements,
        taken.details,
    )
    assert (Decimal("339.00"), Decimal("90.00")) == (taken.credit, taken.debit)
    assert (1, 0, 1, 1) == (taken.booked, taken.proposed, taken.unmatched, taken.other)
    assert [(AN, "payment", "327.00")] == await heard(known)


async def test_the_same_file_again_books_nothing(known: AsyncEngine) -> None:
    first = await load(known, coda(MONDAY))
    again = await load(known, coda(MONDAY), name="kopie.cod")
    assert (True, "kopie.cod", first.booked) == (again.already, again.file, again.booked)
    assert 1 == len(await heard(known))
    assert 3 == len(await fetch(known, select(bank_movements)))


async def test_two_who_load_the_same_at_once_book_it_once(known: AsyncEngine) -> None:
    same = coda(MONDAY), coda(MONDAY), camt(MONDAY)
    taken = await asyncio.gather(*(load(known, content) for content in same))
    assert 1 == sum(one.booked for one in taken if not one.already)
    assert 1 == len(await bank_telling.untold(known))


async def test_the_same_statement_in_another_file_is_set_aside(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    other = await load(known, coda(MONDAY, end="\n"))
    assert ("quarantaine", "known") == (other.status, other.code)
    assert "Afschrift 47 van 8/3/2027 (BE68 5390 0754 7034) is al ingelezen." == other.reason
    assert 1 == len(await heard(known))


async def test_a_file_with_an_old_and_a_new_statement_gives_the_new_one(
    known: AsyncEngine,
) -> None:
    await load(known, coda(MONDAY))
    both = await load(known, coda(MONDAY, TUESDAY))
    assert ("ingelezen", 1, 1, ["known"]) == (
        both.status,
        both.statements,
        both.booked,
        [one["code"] for one in both.set_aside],
    )
    assert [(AN, "payment", "327.00"), (BO, "payment", "213.50")] == await heard(known)


async def test_a_grouped_receipt_is_booked_by_its_details(known: AsyncEngine) -> None:
    group = [RENT, Line("213.50", digits=digits_of(BO))]
    one = Block([Line("540.50", grouped=True, details=group)])
    taken = await load(known, coda(one))
    assert (1, 2, 2) == (taken.movements, taken.details, taken.booked)
    assert [(AN, "payment", "327.00"), (BO, "payment", "213.50")] == await heard(known)


async def test_two_equal_payments_on_one_day_are_two_payments(known: AsyncEngine) -> None:
    twice = Line("327.00", digits=digits_of(AN), reference="ZELFDE")
    taken = await load(known, coda(Block([twice, twice])))
    assert 2 == taken.booked
    assert 2 == len(await heard(known))


@pytest.mark.parametrize("made", [coda, camt])
async def test_a_file_in_quarantine_is_kept_whole_and_booked_nowhere(
    known: AsyncEngine, made: object
) -> None:
    content = made(Block([RENT], closing="0.00"))  # type: ignore[operator]
    for _ in range(2):
        taken = await load(known, content)
        assert ("quarantaine", "balances", False) == (taken.status, taken.code, taken.already)
    (row,) = await fetch(known, select(files))
    assert content == row["content"]
    assert [] == await heard(known)
    assert [] == await bank.list_statements(known)
    assert None is await bank.newest_closing(known)


async def test_a_statement_of_another_account_is_set_aside_and_ours_is_booked(
    known: AsyncEngine,
) -> None:
    foreign = Block([Line("999.00", digits=digits_of(BO))], account=OTHER)
    taken = await load(known, coda(MONDAY, foreign), ours=[IBAN])
    assert ("ingelezen", 1, Decimal("339.00"), ["account"]) == (
        taken.status,
        taken.statements,
        taken.credit,
        [one["code"] for one in taken.set_aside],
    )
    assert [(AN, "payment", "327.00")] == await heard(known)


async def test_a_file_for_another_account_alone_is_quarantined(known: AsyncEngine) -> None:
    taken = await load(known, coda(MONDAY), ours=[OTHER])
    assert ("quarantaine", "account") == (taken.status, taken.code)
    assert ("ingelezen", 1) == ((again := await load(known, coda(MONDAY))).status, again.booked)


async def test_what_waits_for_a_statement_in_between_fits_once_that_is_there(
    known: AsyncEngine,
) -> None:
    await load(known, coda(MONDAY))
    early = await load(known, coda(WEDNESDAY), name="woensdag.cod")
    assert ("quarantaine", "gap") == (early.status, early.code)
    ((name, content),) = await bank_files.waiting(known)
    assert ("woensdag.cod", coda(WEDNESDAY)) == (name, content)

    await load(known, coda(TUESDAY))
    assert "ingelezen" == (await load(known, content, name=name)).status
    assert [] == await bank_files.waiting(known)
    await bank_telling.told(known, await bank_telling.untold(known), AT)
    assert date(2027, 3, 10) == await bank.newest_closing(known)


async def test_a_part_of_a_file_that_waited_joins_the_rest_later(known: AsyncEngine) -> None:
    content = coda(MONDAY, WEDNESDAY)
    first = await load(known, content)
    assert (1, ["gap"]) == (first.statements, [one["code"] for one in first.set_aside])
    await load(known, coda(TUESDAY))
    second = await load(known, content)
    assert (False, 2, 4, []) == (
        second.already,
        second.statements,
        second.movements,
        second.set_aside,
    )
    assert (await load(known, content)).already


async def test_a_movement_that_is_in_another_statement_is_never_booked_twice(
    known: AsyncEngine,
) -> None:
    one = Line("327.00", digits=digits_of(AN), reference="BANKREF")
    await load(known, camt(Block([one])))
    again = Block([one], number=48, opening="1327.00", opens_on="2027-03-08")
    taken = await load(known, camt(again))
    assert ("quarantaine", "overlaps") == (taken.status, taken.code)
    assert 1 == len(await heard(known))


async def test_the_newest_day_is_that_of_the_account_that_lags_behind(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY, TUESDAY, Block([], account=OTHER)))
    await bank_telling.told(known, await bank_telling.untold(known), AT)
    assert date(2027, 3, 8) == await bank.newest_closing(known)
    assert date(2027, 3, 9) == await bank.newest_closing(known, [IBAN])
    assert None is await bank.newest_closing(known, [IBAN, "BE00"])


async def test_what_was_booked_and_not_heard_is_not_known_yet(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY, TUESDAY))
    assert date(2027, 3, 7) == await bank.newest_closing(known)
    assert date(2027, 3, 8) == await bank.newest_closing(known, None, BO)
    await bank_telling.told(known, await bank_telling.untold(known), AT)
    assert date(2027, 3, 9) == await bank.newest_closing(known)


async def test_nobody_is_late_whose_payment_waits_for_a_person(known: AsyncEngine) -> None:
    text = f"huur {digits_of(AN)}"
    await load(known, coda(Block([Line("327.00", text=text)])))
    assert date(2027, 3, 7) == await bank.newest_closing(known, None, AN)
    assert date(2027, 3, 8) == await bank.newest_closing(known, None, BO)
