"""A printed letter that a correction takes back, and that is written again, in the real post."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects import Activities
from models.facts import Delivery, Turn
from stores import post
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
