"""A letter that a correction keeps here, and that is written again, in the real post."""

import re
from datetime import datetime, timedelta
from email import message_from_bytes, policy

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects import Activities
from models.facts import Delivery, Turn
from models.vocabulary import Role
from stores import post
from tests.activities.mail_server import DROP, FaultyServer
from tests.models.story import Story
from tests.models.world import moment
from tests.stores.turns import T


def recorded(s: Story) -> list[Turn]:
    """The turns of a story, from now on."""
    turns: list[Turn] = []
    drain = s.t.drain

    def drained(now: datetime) -> Turn:
        turns.append(drain(now))
        return turns[-1]

    s.t.drain = drained  # type: ignore[method-assign]
    return turns


async def tell(activities: Activities, turns: list[Turn]) -> None:
    """Write what the core decided since, twice: the second time brings nothing."""
    for turn in turns:
        assert await activities.record_turn(turn) == await activities.record_turn(turn)
    turns.clear()


async def printed(activities: Activities, s: Story, key: str) -> None:
    at = s.t.state.letters[key].order.send_at + timedelta(minutes=1)
    assert "to_print" == (await activities.deliver(Delivery(trajectory=T, key=key, at=at))).status


async def where(engine: AsyncEngine) -> dict[str, tuple[str, str]]:
    """Where each letter to the neighbours stands in the post, and since when it says."""
    return {
        one.key: (one.status, one.facts["since"])
        for one in await post.list_letters(engine, trajectory=T)
        if one.kind == "neighbours"
    }


async def test_the_wrong_paper_leaves_the_print_queue_and_the_right_one_comes(
    activities: Activities, engine: AsyncEngine
) -> None:
    s = Story(T)
    turns = recorded(s)
    s.offered().papers().until(moment("2027-02-03T09:30"))
    s.keys()
    first = s.order("neighbours").key
    await tell(activities, turns)
    await printed(activities, s, first)
    s.until(moment("2027-02-05T10:00"))
    await tell(activities, turns)
    assert {first: ("to_print", "2027-02-03")} == await where(engine)

    wrong = {"corrects": s.number("hand_over_keys"), "reason": "verkeerde dag"}
    s.do("correct", **wrong, fields={"on": "2027-02-02"}, second="bo:manager")
    await tell(activities, turns)
    assert {first: ("recalled", "2027-02-03")} == await where(engine)

    s.do("write_again", letter=first)
    second = s.order("neighbours").key
    await tell(activities, turns)
    await printed(activities, s, second)
    s.until(moment("2027-02-09T10:00"))
    await tell(activities, turns)
    both = {first: ("recalled", "2027-02-03"), second: ("to_print", "2027-02-02")}
    assert both == await where(engine)
    stored = await post.get_letter(engine, T, second)
    assert stored is not None
    assert stored.proof is not None
    assert "2 februari 2027" in stored.copies[0].text


async def delivered(activities: Activities, s: Story, key: str) -> str:
    at = s.t.state.letters[key].order.send_at + timedelta(minutes=1)
    return (await activities.deliver(Delivery(trajectory=T, key=key, at=at))).status


def invited(body: bytes) -> set[str]:
    """The days in May 2027 that a mail names."""
    text = message_from_bytes(body, policy=policy.default)
    plain = text.get_body(("plain",))
    assert plain is not None
    return set(re.findall(r"\d+ mei 2027", plain.get_content()))


async def test_a_refused_mail_leaves_once_with_the_right_facts_also_when_it_can_leave_by_then(
    activities: Activities, server: FaultyServer
) -> None:
    s = Story(T)
    turns = recorded(s)
    s.living(supporter="sofie").until("2027-02-22").talk(next_at="2027-05-20T10:00")
    first = s.order("invitation_talk").key
    await tell(activities, turns)
    server.faults["rcpt"] = ["550 no such user", "550 no such user"]
    assert "refused" == await delivered(activities, s, first)
    s.t.observe("letter_refused", {"key": first, "reason": "code 550"}, s.now)
    s.settle()

    wrong = {"corrects": s.number("record_talk"), "reason": "verkeerde dag"}
    s.do("correct", **wrong, fields={"next_at": "2027-05-21T10:00"}, second="bo:manager")
    await tell(activities, turns)
    assert [] == s.t.held_letters()
    s.do("write_again", letter=first)
    second = s.order("invitation_talk").key
    await tell(activities, turns)
    assert [second] == [order.key for order in s.t.held_letters()]
    for _ in range(2):
        assert "sent" == await delivered(activities, s, second)
    assert [{"21 mei 2027"}] * len(server.bodies) == [invited(body) for body in server.bodies]
    receivers = [to for to, _ in server.accepted]
    assert sorted(set(receivers)) == sorted(receivers)
    assert receivers
    assert "refused" == await delivered(activities, s, first)


async def test_what_was_posted_all_the_same_is_posted_and_is_held_back_when_that_is_undone(
    activities: Activities, engine: AsyncEngine
) -> None:
    s = Story(T)
    turns = recorded(s)
    s.living().until(moment("2027-02-01T12:00"))
    key = s.order("neighbours").key
    await tell(activities, turns)
    await printed(activities, s, key)
    s.until(moment("2027-02-03T10:00"))
    s.do("restrict", reason="betwist")
    await tell(activities, turns)
    assert {key: ("recalled", "2027-02-01")} == await where(engine)
    s.do("post_letter", letter=key, posted_on="2027-02-03")
    await tell(activities, turns)
    assert {key: ("posted", "2027-02-01")} == await where(engine)
    s.do("lift_restriction", reason="nagekeken")
    s.do("correct", corrects=s.number("post_letter"), reason="vergissing", second="bo:manager")
    await tell(activities, turns)
    assert {key: ("recalled", "2027-02-01")} == await where(engine)
    assert f"write_again:{key}" in s.tasks


async def test_a_mail_that_goes_again_leaves_once_also_after_a_recall_that_was_undone(
    activities: Activities, server: FaultyServer
) -> None:
    s = Story(T)
    turns = recorded(s)
    s.living(supporter="sofie").until("2027-02-22").talk(next_at="2027-05-20T10:00")
    key = s.order("invitation_talk").key
    s.state.letters[key].order.to.remove(Role.SUPPORTER)
    await tell(activities, turns)
    server.faults["body"] = [DROP]
    at = s.order("invitation_talk").send_at + timedelta(minutes=1)
    once = Delivery(trajectory=T, key=key, at=at, resend_minutes=None)
    assert "uncertain" == (await activities.deliver(once)).status
    s.t.observe("letter_uncertain", {"key": key, "reason": "geen antwoord"}, s.now)
    s.settle()
    s.now = moment("2027-02-27T12:00")
    s.do("answer_uncertain", letter=key, answer="opnieuw")
    await tell(activities, turns)
    s.do("recall_letter", letter=key)
    await tell(activities, turns)
    assert [] == s.t.held_letters()
    s.do("undo", fact=s.number("recall_letter"))
    await tell(activities, turns)
    assert [key] == [order.key for order in s.t.held_letters()]
    for _ in range(2):
        assert "sent" == await delivered(activities, s, key)
    assert [{"20 mei 2027"}] == [invited(body) for body in server.bodies]
