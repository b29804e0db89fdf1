from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncEngine

from models.registers import Dwelling
from stores import ledger, outcomes, payables, registers
from stores.payables import Paid
from tests.stores.turns import LATER, NOON, charge, payment, turn


async def test_a_tick_stays_as_it_was_first_set_until_it_is_taken_back(
    engine: AsyncEngine,
) -> None:
    for name in ("d1", "d2"):
        await registers.put_dwelling(engine, Dwelling(id=name, bedrooms=1))
    first = [Paid("d1", Decimal("277.00"), NOON, "bea"), Paid("d2", Decimal(1), NOON, "bea")]
    await payables.tick(engine, "2027-03", first)
    await payables.tick(engine, "2027-03", [Paid("d1", Decimal("300.00"), LATER, "an")])
    await payables.untick(engine, "2027-03", ["d2"])

    assert {"d1": first[0]} == await payables.paid(engine, "2027-03")
    assert {} == await payables.paid(engine, "2027-04")


async def test_the_lines_of_a_month_are_its_charges_and_what_counters_them(
    engine: AsyncEngine,
) -> None:
    energy = charge(key="charge:energie:2027-03")
    back = payment("m1", "10", "2027-05-01").model_copy(
        update={"key": "correction:9:charge:huur:2027-03", "counters": "charge:huur:2027-03"}
    )
    lines = [charge("2027-03"), energy, charge("2027-04"), back, payment("m2", "1", "2027-03-02")]
    await outcomes.record_turn(engine, turn("refer", postings=lines))

    found = [entry.posting.key for entry in await ledger.of_month(engine, "2027-03")]
    assert ["charge:energie:2027-03", "charge:huur:2027-03", back.key] == found


async def test_what_a_correction_charged_anew_is_of_its_month_too(engine: AsyncEngine) -> None:
    anew = charge(key="charge:huur:2027-03@12", amount="300.00")
    back = payment("m1", "10", "2027-05-01").model_copy(
        update={
            "key": "correction:12:correction:9:charge:huur:2027-03",
            "counters": "correction:9:charge:huur:2027-03",
        }
    )
    await outcomes.record_turn(engine, turn("refer", postings=[charge("2027-03"), anew, back]))

    found = [entry.posting.key for entry in await ledger.of_month(engine, "2027-03")]
    assert ["charge:huur:2027-03", anew.key, back.key] == found


async def test_a_dwelling_keeps_its_rates(engine: AsyncEngine) -> None:
    dwelling = Dwelling(
        id="d1", bedrooms=3, places=2, flat_rate=Decimal("150.25"), energy_rate=Decimal("81.45")
    )
    await registers.put_dwelling(engine, dwelling)
    assert dwelling == await registers.get_dwelling(engine, "d1")
