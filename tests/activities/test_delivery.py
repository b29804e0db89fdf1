import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.exceptions import ApplicationError

from activities.effects import Activities
from activities.post import SmtpPost, TryLater
from activities.sending import Moment, send
from letters.render import Letters
from models.facts import Delivered
from stores import post
from stores.copies import mark_copy
from stores.engine import write
from stores.tables import post_copies
from tests.activities.delivering import AT, DELIVERY, NOBODY, ORDER, order, statuses
from tests.activities.mail_server import DROP, FaultyServer
from tests.stores.turns import T, after, turn


async def test_a_letter_reaches_both_and_a_second_try_sends_nothing(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await order(activities)
    first = await activities.deliver(DELIVERY)
    stored = await post.get_letter(engine, T, ORDER.key)
    assert stored is not None
    assert Delivered(status="sent", sha256=stored.proof) == first
    assert first == await activities.deliver(DELIVERY)
    assert ["ali@example.org", "sofie@example.org"] == [to for to, _ in server.accepted]
    assert ("sent", {"resident": "sent", "supporter": "sent"}) == await statuses(engine)
    assert (AT, AT) == (stored.released_at, stored.settled_at)


async def test_a_mail_says_who_when_and_what(activities: Activities, server: FaultyServer) -> None:
    await order(activities)
    await activities.deliver(DELIVERY)
    mail = email.message_from_bytes(server.bodies[0], policy=email.policy.default)
    assert "wonenmetkansen@opstap.example" == mail["From"]
    assert "ali@example.org" == mail["To"]
    assert "Uitnodiging voor je intakegesprek" == mail["Subject"]
    assert "Fri, 07 May 2027 07:00:00 +0000" == mail["Date"]
    assert "auto-generated" == mail["Auto-Submitted"]
    assert mail["Message-ID"].endswith("@opstap.example>")
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    text = plain.get_content().replace("\r\n", "\n")
    assert text.startswith("Beste Ali Ben\n")
    assert "| Wanneer: donderdag 20 mei 2027 om 11.00 uur\n| Waar: bij ons op kantoor\n" in text
    assert "<strong>Wanneer:</strong> donderdag 20 mei 2027" in html.get_content()
    (pdf,) = mail.iter_attachments()
    assert ("application/pdf", "uitnodiging-intake.pdf") == (
        pdf.get_content_type(),
        pdf.get_filename(),
    )
    assert pdf.get_content().startswith(b"%PDF-1.7")


async def test_the_same_letter_has_the_same_message_id(
    activities: Activities, engine: AsyncEngine
) -> None:
    await order(activities)
    one = await post.get_letter(engine, T, ORDER.key)
    changed = ORDER.model_copy(update={"facts": {**ORDER.facts, "place": "elders"}})
    await activities.rewrite([turn("refer", letters=[changed])])
    other = await post.get_letter(engine, T, ORDER.key)
    assert one is not None
    assert other is not None
    assert [copy.message_id for copy in one.copies] == [copy.message_id for copy in other.copies]
    assert one.sha256 != other.sha256


async def test_after_a_lost_answer_the_mail_is_uncertain_and_never_sent_again(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    server.faults["accepted"] = [DROP]
    await order(activities)
    for _ in range(2):
        delivered = await activities.deliver(DELIVERY)
        assert ("uncertain", "niet zeker of de brief vertrok naar: bewoner") == (
            delivered.status,
            delivered.reason,
        )
    assert ["ali@example.org", "sofie@example.org"] == [to for to, _ in server.accepted]
    assert ("uncertain", {"resident": "uncertain", "supporter": "sent"}) == await statuses(engine)


async def test_a_copy_found_on_its_way_after_a_crash_is_uncertain(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await order(activities)
    crashed = update(post_copies).where(post_copies.c.role == "resident").values(status="sending")
    await write(engine, lambda connection: connection.execute(crashed))
    assert "uncertain" == (await activities.deliver(DELIVERY)).status
    assert ["sofie@example.org"] == [to for to, _ in server.accepted]


async def test_an_address_that_does_not_exist_is_refused_without_naming_it(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    server.faults["rcpt"] = ["550 no such user ali@example.org"]
    await order(activities)
    delivered = await activities.deliver(DELIVERY)
    reason = "bewoner (code 550 van de mailserver); wel verzonden aan: individuele begeleider"
    assert ("refused", reason) == (delivered.status, delivered.reason)
    assert ["sofie@example.org"] == [to for to, _ in server.accepted]
    stored = await post.get_letter(engine, T, ORDER.key)
    assert stored is not None
    assert "550 no such user ali@example.org" == stored.copies[0].reason


@pytest.mark.parametrize("phase", ["rcpt", "data", "body"])
async def test_a_busy_server_is_tried_again_and_then_the_letter_goes_once(
    activities: Activities, engine: AsyncEngine, server: FaultyServer, phase: str
) -> None:
    server.faults[phase] = ["451 busy"]
    await order(activities)
    with pytest.raises(ApplicationError, match=r"1-invitation_intake could not leave \(451\)"):
        await activities.deliver(DELIVERY)
    assert ("held", {"resident": "ready", "supporter": "sent"}) == await statuses(engine)
    assert "sent" == (await activities.deliver(DELIVERY)).status
    assert ["sofie@example.org", "ali@example.org"] == [to for to, _ in server.accepted]


async def test_two_tries_at_once_send_every_copy_once(
    activities: Activities, server: FaultyServer
) -> None:
    await order(activities)
    tries = await asyncio.gather(
        *(activities.deliver(DELIVERY) for _ in range(3)), return_exceptions=True
    )
    assert all(isinstance(result, Delivered | ApplicationError) for result in tries)
    receivers = [to for to, _ in server.accepted]
    assert len(set(receivers)) == len(receivers)
    await activities.deliver(DELIVERY)
    assert ["ali@example.org", "sofie@example.org"] == sorted(to for to, _ in server.accepted)


async def test_a_copy_that_another_try_took_meanwhile_is_left_to_it(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await order(activities)
    seen = await post.release(engine, T, ORDER.key, AT)
    assert seen is not None
    await activities.deliver(DELIVERY)
    smtp = SmtpPost("127.0.0.1", server.port)
    with pytest.raises(TryLater, match="een andere poging verzendt deze brief"):
        await send(engine, smtp, Letters(), seen, Moment(AT, AT))
    assert 2 == len(server.accepted)


async def test_the_servers_answer_counts_more_than_a_guess(
    activities: Activities, engine: AsyncEngine
) -> None:
    await order(activities)
    letter = await post.release(engine, T, ORDER.key, AT)
    assert letter is not None
    (copy, _) = letter.copies
    assert await mark_copy(engine, letter, copy, "sending", AT)
    guess = copy.model_copy()
    assert await mark_copy(engine, letter, guess, "uncertain", AT)
    assert await mark_copy(engine, letter, guess, "again", AT, again_at=AT)
    assert not await mark_copy(engine, letter, copy, "sent", AT)
    assert await mark_copy(engine, letter, copy, "sent", AT, heard=True)
    assert not await mark_copy(engine, letter, guess, "refused", AT)
    assert {"resident": "sent", "supporter": "ready"} == (await statuses(engine))[1]


async def test_a_letter_that_left_is_never_written_again(
    activities: Activities, engine: AsyncEngine
) -> None:
    await order(activities)
    await activities.deliver(DELIVERY)
    before = await post.get_letter(engine, T, ORDER.key)
    changed = ORDER.model_copy(update={"facts": {**ORDER.facts, "place": "elders"}})
    await activities.rewrite([turn("refer", letters=[changed])])
    assert before == await post.get_letter(engine, T, ORDER.key)


async def test_a_correction_orders_the_letter_of_an_earlier_turn_again(
    activities: Activities, engine: AsyncEngine
) -> None:
    first = turn("refer", letters=[ORDER])
    await activities.record_turn(first)
    changed = ORDER.model_copy(update={"facts": {**ORDER.facts, "place": "elders"}})
    await activities.record_turn(after(first, "correct", letters=[changed]))
    (stored,) = await post.list_letters(engine)
    assert changed.facts == stored.facts
    assert ["Waar: elders" in copy.text for copy in stored.copies] == [True, True]


async def test_a_letter_that_was_held_back_does_not_leave(
    activities: Activities, server: FaultyServer
) -> None:
    first = turn("refer", letters=[ORDER])
    await activities.record_turn(first)
    await activities.record_turn(after(first, "recall_letter", recalled=[ORDER.key]))
    delivered = await activities.deliver(DELIVERY)
    assert Delivered(status="refused", reason="de brief werd tegengehouden") == delivered
    assert [] == server.accepted


async def test_holding_back_what_has_left_comes_too_late(
    activities: Activities, engine: AsyncEngine
) -> None:
    first = turn("refer", letters=[ORDER])
    await activities.record_turn(first)
    await activities.deliver(DELIVERY)
    await activities.record_turn(after(first, "recall_letter", recalled=[ORDER.key]))
    assert "sent" == (await statuses(engine))[0]


async def test_a_letter_that_is_not_stored_yet_is_tried_again(activities: Activities) -> None:
    with pytest.raises(ApplicationError, match="1-invitation_intake is not stored yet") as caught:
        await activities.deliver(DELIVERY)
    assert not caught.value.non_retryable


async def test_a_line_is_held_until_the_answer_of_its_mail_is_committed(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await order(activities)
    seen: list[list[str]] = []

    class Watched(SmtpPost):
        @asynccontextmanager
        async def line(self) -> AsyncIterator[None]:
            async with super().line():
                yield
                seen.append(sorted((await statuses(engine))[1].values()))

    post_with_one_line = Watched("127.0.0.1", server.port, timeout=5, lines=1)
    await Activities(engine, post_with_one_line, NOBODY).deliver(DELIVERY)
    assert [["ready", "sent"], ["sent", "sent"]] == seen
