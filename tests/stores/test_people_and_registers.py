import asyncio
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from models.registers import Dwelling, Partner
from models.vocabulary import Role
from stores import people, refusals, registers
from stores.engine import read
from stores.people import Contacts, Person
from stores.refusals import Refused
from stores.registers import Employee, Supporter
from tests.stores.turns import NOON

BORN = date(2006, 2, 28)


async def test_a_repeated_referral_finds_the_same_person(engine: AsyncEngine) -> None:
    first = await people.admit(engine, name="Zoë  de Wit", birth_date=BORN, email="z@example.org")
    again = await people.admit(engine, name=" zoe DE wit ", birth_date=BORN, phone="0470 00 00 00")
    other = await people.admit(engine, name="Zoë de Wit", birth_date=BORN + timedelta(days=1))
    assert first == again
    assert first != other
    for _ in range(2):
        await people.link(engine, first, "t-1")
    await people.link(engine, first, "t-2")
    assert ["t-1", "t-2"] == await people.trajectories_of(engine, first)
    assert {"t-1": "Zoë  de Wit"} == await people.names(engine, ["t-1", "t-9"])
    known = Person(
        id=first,
        name="Zoë  de Wit",
        birth_date=BORN,
        email="z@example.org",
        phone="0470 00 00 00",
    )
    assert known == await people.get_person(engine, "t-1")
    assert None is await people.get_person(engine, "t-9")


async def test_a_person_admitted_many_times_at_once_is_one(engine: AsyncEngine) -> None:
    ids = await asyncio.gather(
        *(people.admit(engine, name="Ali", birth_date=BORN) for _ in range(6))
    )
    assert 1 == len(set(ids))


async def test_the_key_of_the_names_is_made_once(engine: AsyncEngine) -> None:
    key = await people.people_key(engine)
    assert 32 == len(key)
    assert key == await people.people_key(engine)
    hashed = people.hashed("Ali", BORN, key)
    assert 64 == len(hashed)
    assert hashed != people.hashed("Ali", BORN, b"another key")


async def test_partners_keep_their_supporters(engine: AsyncEngine) -> None:
    partner = Partner(id="cas", name="CAS", agreement_on=date(2020, 1, 1), supporters=["sofie"])
    for _ in range(2):
        await registers.put_partner(engine, partner)
    tom = Supporter(id="tom", partner="cas", name="Tom", email="tom@example.org")
    await registers.put_supporter(engine, tom)
    both = partner.model_copy(update={"supporters": ["sofie", "tom"]})
    assert [both] == await registers.list_partners(engine)
    assert both == await registers.get_partner(engine, "cas")
    assert both == await registers.partner_of(engine, "tom")
    assert None is await registers.partner_of(engine, "eva")
    assert None is await registers.get_partner(engine, "ocmw")
    await registers.put_partner(engine, partner)
    assert tom == await registers.get_supporter(engine, "tom")
    sofie = Supporter(id="sofie", partner="cas")
    assert [sofie, tom] == await registers.list_supporters(engine)


async def test_dwellings_and_staff_are_replaced_by_writing_them_again(engine: AsyncEngine) -> None:
    dwelling = Dwelling(id="d1", bedrooms=3, places=2, epc_until=date(2030, 1, 1))
    await registers.put_dwelling(engine, dwelling)
    changed = dwelling.model_copy(update={"available_until": date(2029, 1, 1)})
    await registers.put_dwelling(engine, changed)
    assert [changed] == await registers.list_dwellings(engine)
    assert changed == await registers.get_dwelling(engine, "d1")
    an = Employee(id="an", role=Role.COORDINATOR, name="An")
    await registers.put_employee(engine, an)
    assert [an] == await registers.list_staff(engine)
    assert an == await registers.get_employee(engine, "an")
    assert None is await registers.get_employee(engine, "bo")


async def test_letters_reach_whoever_is_known(engine: AsyncEngine) -> None:
    person = await people.admit(engine, name="Ali", birth_date=BORN)
    await people.link(engine, person, "t-1")
    await registers.put_partner(engine, Partner(id="cas", name="CAS", contact="cas@example.org"))
    await registers.put_dwelling(engine, Dwelling(id="d1", bedrooms=1, address="Straat 1"))
    some = await read(
        engine, people.load_contacts, "t-1", supporter="sofie", partner="cas", dwelling="d1"
    )
    known = Contacts(
        resident="Ali", partner="CAS", partner_contact="cas@example.org", address="Straat 1"
    )
    assert known == some
    nobody = await read(
        engine, people.load_contacts, "t-9", supporter=None, partner=None, dwelling=None
    )
    assert Contacts() == nobody


async def test_refusals_are_kept_in_order(engine: AsyncEngine) -> None:
    refused = Refused(
        at=NOON,
        trajectory="t-1",
        step="hand_over_keys",
        who="an",
        role="coordinator",
        code="papers",
        text="De papieren zijn nog niet in orde.",
        source="gateway",
    )
    other = refused.model_copy(update={"trajectory": "t-2"})
    await refusals.log_refusal(engine, refused)
    await refusals.log_refusal(engine, other)
    assert [refused, other] == await refusals.list_refusals(engine)
    assert [other] == await refusals.list_refusals(engine, "t-2")
