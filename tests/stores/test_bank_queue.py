from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from models.communication import digits_of
from models.paying import Fate, Way
from models.vocabulary import Debt
from stores import bank_queue, bank_telling
from stores.bank_queue import Settled, Share
from stores.outcomes import record_turn
from tests.bank.making import Block, Line, coda
from tests.stores.banking import AN, AT, BO, MONDAY, heard, known, load, payment
from tests.stores.turns import after, charge, turn

__all__ = ["known"]


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


async def test_what_may_have_been_told_is_taken_back_the_other_way(known: AsyncEngine) -> None:
    """Telling was killed before it could note that the resident heard."""
    await load(known, coda(MONDAY))
    await bank_telling.take_up(known, 10, AT)
    one = await payment(known, "327.00")
    await bank_queue.take_back(known, one, "Teruggezet door bea.", AT, "bea")
    again = await payment(known, "327.00")
    await bank_queue.assign(known, again, [Share(BO, Decimal("327.00"))], AT, "bea")
    assert [
        (AN, "payment", "327.00"),
        (AN, "payment_reversed", "327.00"),
        (BO, "payment", "327.00"),
    ] == await heard(known)


async def test_of_a_split_payment_only_the_part_that_was_refused_waits(known: AsyncEngine) -> None:
    await load(known, coda(Block([Line("540.50", name="OCMW ANTWERPEN")])))
    one = await payment(known, "540.50")
    shares = [Share(AN, Decimal("327.00")), Share(BO, Decimal("213.50"))]
    await bank_queue.assign(known, one, shares, AT, "bea")
    an, bo = await bank_telling.take_up(known, 10, AT)
    await bank_telling.told(known, [an], AT)
    await bank_telling.refused(known, bo, "Het dossier is afgesloten.")

    waits = await payment(known, "540.50")
    assert (Fate.UNMATCHED, Decimal("213.50")) == (waits.fate, waits.left)
    with pytest.raises(Settled):
        await bank_queue.assign(known, waits, shares, AT, "bea")
    await bank_queue.assign(known, waits, [Share(AN, Decimal("213.50"))], AT, "bea")
    assert [(AN, "payment", "213.50")] == await heard(known), "what An heard is not told again"


async def test_a_late_refusal_leaves_what_a_person_decided_since(known: AsyncEngine) -> None:
    await load(known, coda(MONDAY))
    (late,) = await bank_telling.take_up(known, 10, AT)
    one = await payment(known, "327.00")
    await bank_queue.take_back(known, one, "Teruggezet door bea.", AT, "bea")
    again = await payment(known, "327.00")
    await bank_queue.assign(known, again, [Share(BO, Decimal("327.00"))], AT, "bea")
    await bank_telling.refused(known, late, "Deze persoon huurt hier niet.")
    assert Fate.BOOKED is (await payment(known, "327.00")).fate
    assert [(BO, "payment", "327.00")] == await heard(known), "and nothing is taken back"


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
