import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from stores import orphans, outcomes, overview, post, tasks
from stores.errors import BrokenChain, StaleTurn, UnlinkedTurn
from tests.stores.log import PREPARED, composed, kinds
from tests.stores.turns import LATER, NOON, T, after, letter, task, turn


async def test_a_turn_is_written_whole(engine: AsyncEngine) -> None:
    first = turn("refer", "letter_ordered", tasks=[task()], letters=[letter(1)])
    key = first.letters[0].key
    head = await outcomes.record_turn(engine, first, composed)
    assert first.outcomes[-1].hash == head
    assert first.outcomes == await outcomes.rows(engine, T)
    assert outcomes.Head(2, head, NOON) == await outcomes.head(engine, T)
    assert first.overview == await overview.get(engine, T)
    assert [(T, task())] == await tasks.list_tasks(engine)
    stored = await post.get_letter(engine, T, key)
    assert stored is not None
    assert ("held", "Uitnodiging", PREPARED.copies) == (
        stored.status,
        stored.subject,
        stored.copies,
    )
    assert letter(1).facts == stored.facts
    assert letter(1).send_at == stored.send_at


async def test_the_same_turn_again_changes_nothing(engine: AsyncEngine) -> None:
    first = turn("refer", tasks=[task()], letters=[letter(1)])
    head = await outcomes.record_turn(engine, first)
    second = after(first, "call_up", tasks=[task(done_at=LATER, done_by="an")])
    newest = await outcomes.record_turn(engine, second)
    assert head == await outcomes.record_turn(engine, first)
    assert newest == await outcomes.record_turn(engine, second)
    assert ["refer", "call_up"] == await kinds(engine)
    assert [] == await tasks.list_tasks(engine)
    assert second.overview == await overview.get(engine, T)
    assert [] == await orphans.list_orphans(engine, T)


async def test_the_same_turn_twice_at_once_is_one(engine: AsyncEngine) -> None:
    first = turn("refer", tasks=[task()])
    heads = await asyncio.gather(*(outcomes.record_turn(engine, first) for _ in range(6)))
    assert {first.outcomes[-1].hash} == set(heads)
    assert ["refer"] == await kinds(engine)


async def test_a_tail_that_was_decided_earlier_moves_to_the_orphans(engine: AsyncEngine) -> None:
    first = turn("refer", tasks=[task("old")])
    await outcomes.record_turn(engine, first)
    phantom = after(
        first,
        "call_up",
        "no_reply",
        tasks=[task("old", done_at=LATER, done_by="an"), task("new", LATER)],
        letters=[letter(2)],
        at=LATER,
    )
    await outcomes.record_turn(engine, phantom, composed)
    real = after(first, "withdraw", decided_at=LATER)
    assert real.outcomes[-1].hash == await outcomes.record_turn(engine, real)
    assert ["refer", "withdraw"] == await kinds(engine)
    moved = await orphans.list_orphans(engine, T)
    assert [(row, "anders beslist") for row in phantom.outcomes] == moved
    assert [(T, task("old"))] == await tasks.list_tasks(engine, also_done=True)
    assert [] == await post.list_letters(engine)
    assert real.overview == await overview.get(engine, T)


async def test_a_letter_that_waits_for_the_printer_can_be_held_back(engine: AsyncEngine) -> None:
    first = turn("refer", letters=[letter(1)])
    key = letter(1).key
    await outcomes.record_turn(engine, first)
    taken = await post.release(engine, T, key, LATER)
    assert taken is not None
    printing = after(first, "letter_to_print", statuses={key: "to_print"})
    await outcomes.record_turn(engine, printing)
    recall = after(printing, "recall_letter", recalled=[key])
    await outcomes.record_turn(engine, recall)
    assert [] == await post.list_letters(engine, status="to_print")
    assert [key] == [x.key for x in await post.list_letters(engine, status="recalled")]
    await outcomes.record_turn(engine, after(recall, "undo", statuses={key: "to_print"}))
    assert [key] == [x.key for x in await post.list_letters(engine, status="to_print")]


async def test_every_letter_that_one_turn_holds_back_is_held_back(engine: AsyncEngine) -> None:
    first = turn("refer", letters=[letter(1), letter(2), letter(3)])
    one, two, three = (order.key for order in first.letters)
    await outcomes.record_turn(engine, first)
    assert None is not await post.release(engine, T, one, LATER)
    printing = after(first, "letter_to_print", statuses={one: "to_print"})
    await outcomes.record_turn(engine, printing)
    together = {"letters": [letter(4)], "recalled": [one, two, letter(4).key]}
    await outcomes.record_turn(engine, after(printing, "restrict", **together))
    stored = {x.key: x.status for x in await post.list_letters(engine)}
    held_back = dict.fromkeys((one, two, letter(4).key), "recalled")
    assert {**held_back, three: "held"} == stored


async def test_a_letter_held_back_by_such_a_tail_is_held_again(engine: AsyncEngine) -> None:
    first = turn("refer", letters=[letter(1)])
    await outcomes.record_turn(engine, first)
    key = letter(1).key
    await outcomes.record_turn(engine, after(first, "recall_letter", recalled=[key]))
    stored = await post.get_letter(engine, T, key)
    assert stored is not None
    assert "recalled" == stored.status
    await outcomes.record_turn(engine, after(first, "call_up", decided_at=LATER))
    stored = await post.get_letter(engine, T, key)
    assert stored is not None
    assert "held" == stored.status


async def test_a_released_letter_stays_even_when_its_tail_goes(engine: AsyncEngine) -> None:
    first = turn("refer")
    await outcomes.record_turn(engine, first)
    await outcomes.record_turn(engine, after(first, "call_up", letters=[letter(2)]))
    await post.release(engine, T, letter(2).key, LATER)
    await outcomes.record_turn(engine, after(first, "withdraw", decided_at=LATER))
    assert [letter(2).key] == [stored.key for stored in await post.list_letters(engine)]


async def test_only_what_differs_moves_when_the_turns_are_cut_differently(
    engine: AsyncEngine,
) -> None:
    await outcomes.record_turn(engine, turn("refer", "call_up", "no_reply"))
    again = turn("refer", "call_up", "reply", decided_at=LATER, letters=[letter(2)])
    await outcomes.record_turn(engine, again)
    assert ["refer", "call_up", "reply"] == await kinds(engine)
    moved = await orphans.list_orphans(engine, T)
    assert ["no_reply"] == [row.kind for row, _ in moved]
    longer = turn("refer", "call_up", "reply", "intake", decided_at=LATER)
    await outcomes.record_turn(engine, longer)
    assert ["refer", "call_up", "reply", "intake"] == await kinds(engine)
    assert [letter(2).key] == [stored.key for stored in await post.list_letters(engine)]


async def test_a_stale_turn_is_refused_and_changes_nothing(engine: AsyncEngine) -> None:
    first = turn("refer")
    await outcomes.record_turn(engine, first)
    newer = after(first, "withdraw", decided_at=LATER)
    await outcomes.record_turn(engine, newer)
    with pytest.raises(StaleTurn, match=r"t-1: row 2 was decided later"):
        await outcomes.record_turn(engine, after(first, "call_up", tasks=[task()]))
    stale = after(after(first, "call_up"), "reply")
    with pytest.raises(StaleTurn, match=r"t-1: row 2 was decided later"):
        await outcomes.record_turn(engine, stale)
    assert ["refer", "withdraw"] == await kinds(engine)
    assert [] == await tasks.list_tasks(engine)
    assert newer.overview == await overview.get(engine, T)


async def test_a_turn_that_follows_nothing_is_refused(engine: AsyncEngine) -> None:
    first = turn("refer")
    second = after(first, "call_up")
    with pytest.raises(BrokenChain, match=r"t-1: row 1 is not the one this turn follows"):
        await outcomes.record_turn(engine, second)
    assert None is await outcomes.head(engine, T)


async def test_a_turn_that_follows_another_row_is_refused(engine: AsyncEngine) -> None:
    await outcomes.record_turn(engine, turn("adopt"))
    with pytest.raises(BrokenChain, match=r"t-1: row 1 is not the one this turn follows"):
        await outcomes.record_turn(engine, after(turn("refer"), "call_up", decided_at=LATER))
    assert ["adopt"] == await kinds(engine)


async def test_hashes_that_do_not_follow_are_refused(engine: AsyncEngine) -> None:
    changed = turn("refer", "call_up")
    changed.outcomes[1].by = "bram"
    with pytest.raises(UnlinkedTurn, match=r"t-1: the hash of row 2 does not follow"):
        await outcomes.record_turn(engine, changed)
    gap = turn("refer", "call_up")
    gap.outcomes[1].seq = 3
    with pytest.raises(UnlinkedTurn, match=r"t-1: row 3 is out of order"):
        await outcomes.record_turn(engine, gap)
    with pytest.raises(UnlinkedTurn, match=r"t-1: row 2 cannot be the first"):
        await outcomes.record_turn(engine, turn("call_up", first=2))
    assert None is await outcomes.head(engine, T)


async def test_a_posted_letter_stays_posted(engine: AsyncEngine) -> None:
    first = turn("refer", letters=[letter(1)])
    await outcomes.record_turn(engine, first, composed)
    released = await post.release(engine, T, letter(1).key, LATER)
    assert released is not None
    posted = {letter(1).key: "posted"}
    await outcomes.record_turn(engine, after(first, "record_posting", statuses=posted))
    await post.settle(engine, released, "to_print", LATER, None)
    stored = await post.get_letter(engine, T, letter(1).key)
    assert stored is not None
    assert "posted" == stored.status


async def test_a_turn_without_outcomes_only_renews_what_people_see(engine: AsyncEngine) -> None:
    first = turn("refer")
    head = await outcomes.record_turn(engine, first)
    silent = first.model_copy(
        update={
            "previous": head,
            "outcomes": [],
            "overview": first.overview.model_copy(update={"next_at": LATER}),
        }
    )
    assert head == await outcomes.record_turn(engine, silent)
    assert silent.overview == await overview.get(engine, T)
    assert ["refer"] == await kinds(engine)
