"""A database with a few accounts, as turns would have written them: no Temporal needed."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Connection, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.settings import Settings
from gateway.steps import open_lists
from models.facts import Posting
from models.money import first_month, quote, whole_month
from models.registers import Dwelling, Partner
from models.rent import Lines, Quote
from models.vocabulary import Debt, PostingKind, Role
from privacy import master
from stores import outcomes, people, registers
from stores.engine import create_or_upgrade, write
from stores.registers import Employee
from stores.tables import tenancies
from tests.models.world import RULES
from tests.stores.turns import charge, payment, turn

ALONE, FIRST, SECOND = "trajectory-aa11", "trajectory-bb22", "trajectory-cc33"
PEOPLE = {ALONE: "Mira Voorbeeld", FIRST: "Jef Papierboot", SECOND: "Ada Duinzand"}


async def make(state: Path) -> None:
    """Make it in a state folder."""
    settings = Settings(state_dir=state)
    await create_or_upgrade(settings.database)
    for file in (settings.master_file, settings.signing_file):
        master.make_once(file)
    async with open_lists(settings) as lists:
        await _registers(lists.engine)
        for trajectory, name in PEOPLE.items():
            person = await people.admit(
                lists.engine, name=name, birth_date=date(2006, 1, 1), sex="v"
            )
            await people.link(lists.engine, person, trajectory)
        await _lives(lists.engine, ALONE, "d1-1", [*_rent(ALONE), *_paid()])
        await _lives(lists.engine, FIRST, "d2-1", _rent(FIRST))
        await _lives(lists.engine, SECOND, "d2-2", _rent(SECOND))


async def _registers(engine: AsyncEngine) -> None:
    partner = Partner(id="cas", name="CAS", agreement_on=date(2024, 1, 1), supporters=["sofie"])
    await registers.put_partner(engine, partner)
    for who, role in (("bea", Role.BOOKKEEPER), ("an", Role.COORDINATOR), ("tom", Role.TECHNICAL)):
        await registers.put_employee(engine, Employee(id=who, role=role))
    await registers.put_dwelling(engine, Dwelling(id="d1", bedrooms=1, flat_rate=Decimal(65)))
    await registers.put_dwelling(
        engine,
        Dwelling(
            id="d2", bedrooms=3, places=2, flat_rate=Decimal(150), energy_rate=Decimal("81.45")
        ),
    )


def _rent(trajectory: str) -> list[Posting]:
    alone = trajectory == ALONE
    made = quote(
        RULES,
        bedrooms=1 if alone else 3,
        shared=not alone,
        flat_rate=Decimal(65 if alone else 150),
        energy=None if alone else Decimal("81.45"),
    )
    assert isinstance(made, Quote)
    first = first_month(RULES, made, date(2025, 3, 15))
    months: list[tuple[str, Lines]] = [("2025-03", first)] if alone else []
    months.append(("2025-04", whole_month(RULES, made, date(2025, 4, 1))))
    return [
        charge(
            month,
            key=f"charge:{debt.value}:{month}",
            debt=debt,
            amount=str(part.part(debt).total),
            text=f"{debt.label} van {month}",
            lines=[line.as_json() for line in part.part(debt).lines],
        )
        for month, part in months
        for debt in part.debts
    ]


def _paid() -> list[Posting]:
    lost = charge(
        key="kwijtschelding:9:huur",
        kind=PostingKind.WRITE_OFF,
        amount="-9.32",
        booked_on=date(2025, 4, 20),
        value_on=date(2025, 4, 20),
        due_on=None,
        lines=[],
        text="=SOM(A1:A9)",
        debt=Debt.RENT,
    )
    return [payment("m1", "170.00", "2025-03-24", "2025-03-21"), lost]


async def _lives(engine: AsyncEngine, trajectory: str, place: str, lines: list[Posting]) -> None:
    seen = {"place": place, "lease_start": date(2025, 3, 1), "lease_end": date(2026, 8, 31)}
    living = turn("refer", trajectory=trajectory, postings=lines, overview=seen)
    await outcomes.record_turn(engine, living)
    await write(engine, _moves_in, trajectory, place)


def _moves_in(connection: Connection, trajectory: str, place: str) -> None:
    row = {
        "place": place,
        "dwelling": place.rpartition("-")[0],
        "trajectory": trajectory,
        "since": date(2025, 3, 1),
        "until": None,
        "priority": False,
        "occupied": True,
        "asked_key": "3-reserve_place",
        "answer": {},
    }
    connection.execute(insert(tenancies), row)
