"""Two tries of one letter at once, a slow mail server, a word in between: never twice."""

import asyncio
from contextlib import AbstractAsyncContextManager, nullcontext

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.exceptions import ApplicationError

from activities import sending
from activities.effects import Activities
from activities.post import Handover, Mail, TryLater
from activities.sending import Moment, send
from letters.render import Letters
from models.facts import Delivered
from stores import post
from stores.copies import mark_copy
from tests.activities.delivering import AT, DELIVERY, NOBODY, ORDER, order, statuses
from tests.activities.mail_server import DROP, FaultyServer
from tests.stores.turns import T, after, turn

HELD_BACK = Delivered(status="refused", reason="de brief werd tegengehouden")


class SlowPost:
    """A mail server that takes a mail, and answers when it is told to."""

    def __init__(self) -> None:
        self.offered = asyncio.Event()
        self.answers = asyncio.Event()
        self.taken: list[str] = []
        self.abandoned = 0
        self.before_body = 0.0

    def line(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def offer(self, mail: Mail) -> Handover:
        await asyncio.sleep(self.before_body)
        return SlowHandover(self, mail)


class SlowHandover:
    def __init__(self, post: SlowPost, mail: Mail) -> None:
        self.post = post
        self.mail = mail

    async def finish(self) -> None:
        self.post.offered.set()
        await self.post.answers.wait()
        self.post.taken.append(self.mail.to)

    async def abandon(self) -> None:
        self.post.abandoned += 1


async def released(engine: AsyncEngine) -> post.StoredLetter:
    letter = await post.release(engine, T, ORDER.key, AT)
    assert letter is not None
    return letter


async def test_a_try_that_is_stopped_still_hears_what_became_of_the_body(
    activities: Activities, engine: AsyncEngine
) -> None:
    await order(activities)
    slow = SlowPost()
    work = send(engine, slow, Letters(), await released(engine), Moment(AT, AT))
    stopped = asyncio.create_task(work)
    await slow.offered.wait()
    stopped.cancel()
    await asyncio.sleep(0)
    slow.answers.set()
    with pytest.raises(asyncio.CancelledError):
        await stopped
    assert 1 == len(slow.taken)
    assert ["ready", "sent"] == sorted((await statuses(engine))[1].values())


@pytest.mark.parametrize("became", ["ready", "refused"])
async def test_a_try_that_came_second_leaves_the_letter_to_the_first(
    activities: Activities, engine: AsyncEngine, became: str
) -> None:
    await order(activities)
    letter = await released(engine)
    (first, _) = letter.copies
    await mark_copy(engine, letter, first, "sending", AT)
    seen_by_the_second = await released(engine)
    await mark_copy(engine, letter, first, became, AT, heard=True)
    slow = SlowPost()
    slow.answers.set()
    with pytest.raises(TryLater, match="een andere poging verzendt deze brief"):
        await send(engine, slow, Letters(), seen_by_the_second, Moment(AT, AT))
    assert first.address not in slow.taken
    assert became == (await statuses(engine))[1][first.role.value]


async def test_with_a_slow_server_a_try_begins_no_mail_that_it_may_not_end(
    activities: Activities, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "NONE_BEGINS_AFTER", 0.1)
    await order(activities)
    slow = SlowPost()
    slow.answers.set()
    slow.before_body = 0.2
    with pytest.raises(TryLater, match="de mailserver is traag"):
        await send(engine, slow, Letters(), await released(engine), Moment(AT, AT))
    assert 1 == len(slow.taken)
    await send(engine, slow, Letters(), await released(engine), Moment(AT, AT))
    assert 2 == len(set(slow.taken))
    assert 2 == len(slow.taken)


async def test_a_letter_that_waits_for_a_mail_server_that_is_away_is_still_held_back(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    first = turn("refer", letters=[ORDER])
    await activities.record_turn(first)
    server.faults["connect"] = [DROP, DROP]
    with pytest.raises(ApplicationError, match="could not leave"):
        await activities.deliver(DELIVERY)
    await activities.record_turn(after(first, "recall_letter", recalled=[ORDER.key]))
    assert "recalled" == (await statuses(engine))[0]
    assert HELD_BACK == await activities.deliver(DELIVERY)
    assert [] == server.accepted


async def test_a_letter_of_which_one_mail_left_is_not_held_back_any_more(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    first = turn("refer", letters=[ORDER])
    await activities.record_turn(first)
    server.faults["rcpt"] = ["250 ok", "451 busy"]
    with pytest.raises(ApplicationError, match="could not leave"):
        await activities.deliver(DELIVERY)
    await activities.record_turn(after(first, "recall_letter", recalled=[ORDER.key]))
    assert "held" == (await statuses(engine))[0]
    assert "sent" == (await activities.deliver(DELIVERY)).status
    assert 2 == len(server.accepted)


async def test_a_word_that_comes_just_before_the_body_keeps_it_here(
    activities: Activities, engine: AsyncEngine
) -> None:
    first = turn("refer", letters=[ORDER])
    await activities.record_turn(first)
    slow = SlowPost()
    slow.before_body = 0.3
    late = Activities(engine, slow, NOBODY)
    leaving = asyncio.create_task(late.deliver(DELIVERY))
    await asyncio.sleep(0.1)
    await activities.record_turn(after(first, "recall_letter", recalled=[ORDER.key]))
    with pytest.raises(ApplicationError, match="could not leave"):
        await leaving
    assert ([], 2) == (slow.taken, slow.abandoned)
    assert HELD_BACK == await late.deliver(DELIVERY)
