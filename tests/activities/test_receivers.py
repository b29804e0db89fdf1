from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects import Activities
from models.facts import Delivered, Delivery, LetterOrder
from models.registers import Dwelling, Partner
from models.vocabulary import Channel, Role
from stores import people, post, registers
from tests.activities.delivering import AT, DELIVERY, ORDER, order
from tests.activities.mail_server import FaultyServer
from tests.stores.turns import T, letter, turn


async def test_paper_waits_for_a_person(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await registers.put_dwelling(engine, Dwelling(id="d1", bedrooms=1, address="Straat 1"))
    registered = letter(
        1, "notice_registered", channel=Channel.REGISTERED, facts={"lease_end": "2028-05-31"}
    )
    await order(activities, registered, place="d1-1")
    delivery = Delivery(trajectory=T, key=registered.key, at=AT)
    for _ in range(2):
        assert "to_print" == (await activities.deliver(delivery)).status
    (printed,) = await post.list_letters(engine, status="to_print")
    assert [("resident", "Straat 1"), ("supporter", "CAS")] == [
        (copy.role.value, copy.address) for copy in printed.copies
    ]
    assert "Je huurt van ons de woning aan Straat 1." in printed.copies[0].text
    assert [] == server.accepted


async def test_who_has_no_mail_is_reached_through_the_supporter(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    person = await people.admit(engine, name="Bo", birth_date=date(2006, 1, 1))
    await people.link(engine, person, "t-2")
    both = turn("refer", trajectory="t-2", letters=[ORDER])
    await activities.record_turn(both)
    delivered = await activities.deliver(DELIVERY.model_copy(update={"trajectory": "t-2"}))
    assert "sent" == delivered.status
    assert ["sofie@example.org", "sofie@example.org"] == [to for to, _ in server.accepted]
    assert b"(Voor Bo. Wil je deze brief aan hem of haar geven?)" in server.bodies[0]
    assert b"(Voor Bo." not in server.bodies[1]


async def test_without_any_address_the_letter_is_refused_with_a_reason(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    person = await people.admit(engine, name="Bo", birth_date=date(2006, 1, 1))
    await people.link(engine, person, T)
    alone = {"supporter": None, "partner": None}
    office = letter(1, "alone_status", to=[Role.WELFARE_OFFICE], facts={"start_on": "2027-06-01"})
    await order(activities, office, **alone)
    delivered = await activities.deliver(Delivery(trajectory=T, key=office.key, at=AT))
    assert ("refused", "ocmw (geen mailadres gekend)") == (delivered.status, delivered.reason)
    assert [] == server.accepted


async def test_the_welfare_office_has_its_own_address(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await registers.put_partner(engine, Partner(id="ocmw", name="OCMW", contact="o@example.org"))
    facts = {"start_on": "2027-06-01"}
    await order(activities, letter(1, "alone_status", to=[Role.WELFARE_OFFICE], facts=facts))
    delivered = await activities.deliver(Delivery(trajectory=T, key="1-alone_status", at=AT))
    assert ("sent", ["o@example.org"]) == (delivered.status, [to for to, _ in server.accepted])


@pytest.mark.parametrize(
    ("given", "seen", "reason"),
    [
        (
            letter(1, facts={}),
            {},
            (
                "brief 'invitation_intake', _shared/appointment.nl.md, regel 1:"
                " het veld 'at' ontbreekt"
            ),
        ),
        (ORDER, {"programme": "elders"}, "het programma van deze brief is niet gekend"),
    ],
)
async def test_a_letter_that_cannot_be_written_never_holds_up_the_log(
    activities: Activities, given: LetterOrder, seen: dict[str, str], reason: str
) -> None:
    await order(activities, given, **seen)
    delivered = await activities.deliver(DELIVERY)
    assert Delivered(status="refused", reason=reason) == delivered


async def test_a_letter_about_somebody_unknown_is_refused(activities: Activities) -> None:
    await activities.record_turn(turn("refer", trajectory="t-9", letters=[ORDER]))
    delivered = await activities.deliver(DELIVERY.model_copy(update={"trajectory": "t-9"}))
    assert ("refused", "de naam van de bewoner is niet gekend") == (
        delivered.status,
        delivered.reason,
    )


async def test_a_wrong_address_is_refused_before_anything_leaves(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    wrong = "ali@example.org\nBcc: all@example.org"
    await people.admit(engine, name="Ali Ben", birth_date=date(2006, 1, 1), email=wrong)
    await order(activities)
    delivered = await activities.deliver(DELIVERY)
    reason = "bewoner (ongeldig mailadres); wel verzonden aan: individuele begeleider"
    assert ("refused", reason) == (delivered.status, delivered.reason)
    assert ["sofie@example.org"] == [to for to, _ in server.accepted]
