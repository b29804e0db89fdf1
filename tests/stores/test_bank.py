from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from bank.reading import read_file
from models.communication import digits_of
from models.paying import Fate, Way
from models.vocabulary import Debt
from stores import bank, bank_files, bank_queue, bank_telling
from stores.bank_files import Arrived, Taken
from stores.bank_import import take_in
from stores.bank_queue import Payment, Settled, Share
from stores.bank_tables import bank_files as files
from stores.bank_tables import bank_movements
from stores.engine import fetch
from stores.outcomes import record_turn
from tests.bank.making import IBAN, OTHER, Block, Line, camt, coda
from tests.stores.turns import after, charge, turn

AT = datetime(2027, 3, 9, 8, tzinfo=UTC)
AN, BO = "t-an", "t-bo"
RENT = Line("327.00", digits=digits_of(AN))
MONDAY = Block([RENT, Line("12.00", text="rente", name="", iban=""), Line("-90.00")], number=47)
TUESDAY = Block(
    [Line("213.50", digits=digits_of(BO))],
    number=48,
    opening="1249.00",
    opens_on="2027-03-08",
    closes_on="2027-03-09",
)
WEDNESDAY = Block(
    [Line("5.00")], number=49, opening="1462.50", opens_on="2027-03-09", closes_on="2027-03-10"
)


@pytest.fixture
async def known(engine: AsyncEngine) -> AsyncEngine:
    """Two residents, each with a charge of this month."""
    for who, amount in ((AN, "327.00"), (BO, "213.50")):
        one = turn("refer", trajectory=who, overview={"stage": "wonen"})
        await record_turn(engine, one.model_copy(update={"postings": [charge(amount=amount)]}))
    return engine


async def load(
    engine: AsyncEngine,
    content: bytes,
    *,
    ours: Sequence[str] = (),
    copies: bool = False,
    name: str = "b.cod",
) -> Taken:
    read = read_file(content)
    arrived = Arrived(name, content, read.kind, read.statements, read.fault)
    return await take_in(engine, arrived, ours=ours, copies=copies, at=AT, by="bea")


async def payment(engine: AsyncEngine, amount: str) -> Payment:
    found = await bank_queue.list_payments(engine, list(Fate))
    (one,) = [payment for payment in found if Decimal(amount) == payment.amount]
    return one


async def heard(engine: AsyncEngine) -> list[tuple[str, str, str]]:
    """What is still to be told: to whom, what, how much."""
    untold = await bank_telling.untold(engine)
    return [(one.trajectory, one.heard.name, one.heard.data["amount"]) for one in untold]


# ---- taking in ----------------------------------------------------------------------------------
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
    assert date(2027, 3, 8) == await bank.newest_closing(known)
    assert date(2027, 3, 9) == await bank.newest_closing(known, [IBAN])
    assert None is await bank.newest_closing(known, [IBAN, "BE00"])


# ---- matching over files ------------------------------------------------------------------------
async def test_who_paid_before_is_known_by_account_and_amount(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    april = after(turn("refer", trajectory=AN), "due", overview={"stage": "wonen"})
    await record_turn(known, april.model_copy(update={"postings": [charge("2027-04")]}))

    later = Block([Line("327.00", text="huur")], number=48, opening="1249.00")
    later.opens_on, later.closes_on = "2027-03-08", "2027-04-05"
    taken = await load(known, coda(later))
    assert (0, 1) == (taken.booked, taken.proposed)
    proposed = [
        one
        for one in await bank_queue.list_payments(known, [Fate.PROPOSED])
        if one.booked_on == date(2027, 4, 5)
    ]
    assert [(AN, Way.PAYER)] == [(one.trajectory, one.way) for one in proposed]


async def test_a_payment_that_the_bank_takes_back_reopens_it(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    back = Block([Line("-327.00", digits=digits_of(AN), reason="MS03")], number=48)
    back.opening, back.opens_on, back.closes_on = "1249.00", "2027-03-08", "2027-03-22"
    taken = await load(known, coda(back))
    assert 1 == taken.booked
    first, second = await bank_telling.untold(known)
    assert ("payment_reversed", "327.00", first.movement) == (
        second.heard.name,
        second.heard.data["amount"],
        second.heard.data["reverses"],
    )


# ---- deciding -----------------------------------------------------------------------------------
async def test_one_transfer_for_several_residents_is_split(known: AsyncEngine) -> None:
    await load(known, coda(Block([Line("540.50", name="OCMW ANTWERPEN")])))
    one = await payment(known, "540.50")
    shares = [Share(AN, Decimal("327.00")), Share(BO, Decimal("213.50"), Debt.DAMAGE)]
    await bank_queue.assign(known, one, shares, AT, "bea")
    untold = await bank_telling.untold(known)
    assert [
        (AN, f"bank-{one.id}", "327.00", None),
        (BO, f"bank-{one.id}.2", "213.50", "schade"),
    ] == [
        (u.trajectory, u.heard.id, u.heard.data["amount"], u.heard.data.get("debt")) for u in untold
    ]
    with pytest.raises(Settled):
        await bank_queue.assign(known, one, shares, AT, "bea")


async def test_what_was_told_is_told_no_more(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    await bank_telling.told(known, await bank_telling.untold(known), AT)
    assert [] == await bank_telling.untold(known)


async def test_what_a_file_refuses_comes_back_to_the_queue_with_why(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    (one,) = await bank_telling.untold(known)
    await bank_telling.refused(known, one, "Deze persoon huurt hier niet.")
    assert [] == await bank_telling.untold(known)
    queued = await payment(known, "327.00")
    assert (Fate.UNMATCHED, "Deze persoon huurt hier niet.") == (queued.fate, queued.why)

    await bank_queue.assign(known, queued, [Share(BO, Decimal("327.00"))], AT, "bea")
    assert [(BO, "payment", "327.00")] == await heard(known)


async def test_taking_back_before_it_was_told_tells_nothing(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    one = await payment(known, "327.00")
    await bank_queue.take_back(known, one, "Teruggezet door bea.", AT, "bea")
    assert [] == await heard(known)
    assert Fate.UNMATCHED is (await payment(known, "327.00")).fate


async def test_taking_back_after_it_was_told_tells_the_other_way(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    await bank_telling.told(known, await bank_telling.untold(known), AT)
    one = await payment(known, "327.00")
    await bank_queue.take_back(known, one, "Teruggezet door bea.", AT, "bea")
    (back,) = await bank_telling.untold(known)
    assert (AN, "payment_reversed", one.id, f"bank-{one.id}.2") == (
        back.trajectory,
        back.heard.name,
        back.heard.data["reverses"],
        back.heard.id,
    )
    again = await payment(known, "327.00")
    await bank_queue.assign(known, again, [Share(BO, Decimal("327.00"))], AT, "bea")
    assert [(AN, "payment_reversed", "327.00"), (BO, "payment", "327.00")] == await heard(known)


async def test_a_payment_that_was_cleared_can_come_back(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    one = await payment(known, "12.00")
    await bank_queue.clear(known, one, "rente van de bank")
    cleared = await payment(known, "12.00")
    assert (Fate.CLEARED, "rente van de bank") == (cleared.fate, cleared.why)
    await bank_queue.take_back(known, cleared, "Teruggezet door bea.", AT, "bea")
    assert Fate.UNMATCHED is (await payment(known, "12.00")).fate


async def test_a_payment_is_found_by_the_beginning_of_its_id(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    one = await payment(known, "327.00")
    for start in (one.id, one.id[:8], one.id.removeprefix("m-")[:6]):
        assert [one.id] == [found.id for found in await bank_queue.find(known, start)]
    assert [] == await bank_queue.find(known, "m-%")
