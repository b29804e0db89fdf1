"""What leaves is stored first, under its hash, and one proof in the log covers all of it."""

import email
import email.policy
import hashlib
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects import Activities
from letters.pdf import RENDERER
from models.facts import Delivery, canonical
from models.registers import Dwelling
from models.vocabulary import Channel
from stores import files, people, post, registers
from stores.engine import fetch
from stores.post import StoredLetter
from stores.tables import letter_files
from tests.activities.delivering import AT, DELIVERY, ORDER, order
from tests.activities.mail_server import FaultyServer
from tests.stores.turns import T, letter, turn


async def stored(engine: AsyncEngine, key: str = ORDER.key) -> StoredLetter:
    found = await post.get_letter(engine, T, key)
    assert found is not None
    return found


async def test_the_mail_that_left_is_made_of_the_files_that_are_stored(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await order(activities)
    for _ in range(2):
        await activities.deliver(DELIVERY)
    letter = await stored(engine)
    kept = await files.contents(engine, letter)
    assert 2 == len(kept)  # one PDF and one HTML, for two receivers
    assert [] == [sha for sha, content in kept.items() if files.digest(content) != sha]
    for body, copy in zip(server.bodies, letter.copies, strict=True):
        mail = email.message_from_bytes(
            body.replace(b"\r\n..", b"\r\n."), policy=email.policy.default
        )
        html = mail.get_body(("html",))
        (pdf,) = mail.iter_attachments()
        assert html is not None
        assert kept[copy.pdf_sha256 or ""] == pdf.get_content()
        written = html.get_content().replace("\r\n", "\n").encode()
        assert kept[copy.html_sha256 or ""] == written


async def test_the_proof_is_the_hash_of_the_manifest(
    activities: Activities, engine: AsyncEngine
) -> None:
    await order(activities)
    delivered = await activities.deliver(DELIVERY)
    letter = await stored(engine)
    assert letter.proof == delivered.sha256
    assert letter.proof == hashlib.sha256(canonical(files.manifest(letter))).hexdigest()
    assert letter.sha256 == hashlib.sha256(canonical(letter.tree)).hexdigest()
    assert (RENDERER, "nl") == (letter.renderer, letter.language)
    assert letter.template is not None
    letter.copies[0].text += "."
    assert letter.proof != hashlib.sha256(canonical(files.manifest(letter))).hexdigest()


async def test_files_are_made_once_and_never_again(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    server.faults["rcpt"] = ["451 busy", "451 busy"]
    await order(activities)
    with pytest.raises(Exception, match="could not leave"):
        await activities.deliver(DELIVERY)
    before = await fetch(engine, select(letter_files))
    await activities.deliver(DELIVERY)
    assert before == await fetch(engine, select(letter_files))
    assert 2 == len(server.accepted)


async def test_paper_is_filed_for_each_receiver_with_their_own_address(
    activities: Activities, engine: AsyncEngine
) -> None:
    await registers.put_dwelling(engine, Dwelling(id="d1", bedrooms=1, address="Straat 1, 2000 A"))
    facts = {"lease_end": "2028-05-31"}
    registered = letter(1, "notice_registered", channel=Channel.REGISTERED, facts=facts)
    await order(activities, registered, place="d1-1")
    delivered = await activities.deliver(Delivery(trajectory=T, key=registered.key, at=AT))
    assert "to_print" == delivered.status
    kept = await stored(engine, registered.key)
    assert [["Ali Ben", "Straat 1", "2000 A"], ["Sofie", "CAS"]] == [
        copy.addressee for copy in kept.copies
    ]
    assert 2 == len({copy.pdf_sha256 for copy in kept.copies})
    assert {None} == {copy.html_sha256 for copy in kept.copies}


@pytest.mark.parametrize(
    ("name", "address", "reason"),
    [
        (
            "Ali 😀",
            "Straat 1",
            (
                "brief 'notice_registered', nl.md, regel 9: het veld 'people.resident':"
                " het teken '😀' (U+1F600 GRINNING FACE) kan niet in een brief"
            ),
        ),
        (
            "Ali",
            "a, b, c, d, e",
            (
                "brief 'notice_registered': het adres telt 6 regels; in het venster passen er 5."
                " Kort het adres in"
            ),
        ),
    ],
)
async def test_a_letter_that_cannot_be_drawn_is_refused_and_the_trajectory_goes_on(
    activities: Activities, engine: AsyncEngine, name: str, address: str, reason: str
) -> None:
    await registers.put_dwelling(engine, Dwelling(id="d1", bedrooms=1, address=address))
    person = await people.admit(engine, name=name, birth_date=date(2005, 1, 1))
    await people.link(engine, person, "t-7")
    facts = {"lease_end": "2028-05-31"}
    registered = letter(1, "notice_registered", channel=Channel.REGISTERED, facts=facts)
    await activities.record_turn(
        turn("refer", trajectory="t-7", letters=[registered], overview={"place": "d1-1"})
    )
    for _ in range(2):
        delivered = await activities.deliver(Delivery(trajectory="t-7", key=registered.key, at=AT))
        assert ("refused", reason) == (delivered.status, delivered.reason)
