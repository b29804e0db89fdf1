from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from stores import orphans, outcomes, overview, post, tasks
from stores.errors import BrokenChain, StaleTurn
from tests.stores.log import PREPARED, composed, kinds, lose_after
from tests.stores.turns import LATER, NOON, T, after, letter, task, turn


async def test_a_lost_tail_comes_back_from_history(engine: AsyncEngine) -> None:
    first = turn("refer")
    second = after(first, "call_up", tasks=[task()], letters=[letter(2)])
    third = after(second, "reply", tasks=[task(done_at=LATER, done_by="an")])
    for each in (first, second):
        await outcomes.record_turn(engine, each)
    await lose_after(engine, 1)
    with pytest.raises(BrokenChain):
        await outcomes.record_turn(engine, third)
    whole = turn(
        "refer",
        "call_up",
        tasks=[task()],
        letters=[letter(2)],
        decided_at=LATER,
    )
    assert second.outcomes[-1].hash == await outcomes.rewrite(engine, [whole])
    await outcomes.record_turn(engine, third)
    assert ["refer", "call_up", "reply"] == await kinds(engine)
    assert [] == await tasks.list_tasks(engine)
    assert [letter(2).key] == [stored.key for stored in await post.list_letters(engine)]


async def test_writing_history_again_moves_what_it_does_not_have(engine: AsyncEngine) -> None:
    first = turn("refer")
    await outcomes.record_turn(engine, first)
    await outcomes.record_turn(engine, after(first, "call_up", tasks=[task()]))
    whole = turn("refer", decided_at=LATER)
    assert first.outcomes[-1].hash == await outcomes.rewrite(engine, [whole])
    assert ["refer"] == await kinds(engine)
    assert ["call_up"] == [row.kind for row, _ in await orphans.list_orphans(engine, T)]
    assert [] == await tasks.list_tasks(engine)
    assert whole.overview == await overview.get(engine, T)


async def test_a_correction_that_never_happened_is_mended_from_history(engine: AsyncEngine) -> None:
    first = turn("refer", tasks=[task(text="Bel.")], letters=[letter(1)])
    await outcomes.record_turn(engine, first, composed)
    other = letter(1, facts={"at": "2027-06-01T11:00+02:00", "place": "elders"})
    await outcomes.record_turn(
        engine, after(first, "correct", tasks=[task(text="Mail.")], letters=[other])
    )
    real = after(first, "call_up", decided_at=LATER)
    with pytest.raises(BrokenChain, match=r"a correction from row 2 on never happened"):
        await outcomes.record_turn(engine, real)
    with pytest.raises(BrokenChain, match=r"a correction from row 2 on never happened"):
        await outcomes.orphan_after(engine, T, 1, LATER)
    whole = turn(
        "refer",
        "call_up",
        decided_at=LATER,
        tasks=[task(text="Bel.")],
        letters=[letter(1)],
    )
    await outcomes.rewrite(engine, [whole], composed)
    assert ["refer", "call_up"] == await kinds(engine)
    assert [(T, task(text="Bel."))] == await tasks.list_tasks(engine)
    stored = await post.get_letter(engine, T, letter(1).key)
    assert stored is not None
    assert (letter(1).facts, PREPARED.copies) == (stored.facts, stored.copies)


async def test_a_phantom_tail_is_moved_by_the_sweep(engine: AsyncEngine) -> None:
    first = turn("refer")
    await outcomes.record_turn(engine, first)
    await outcomes.record_turn(engine, after(first, "call_up", tasks=[task()]))
    before = NOON - timedelta(seconds=1)
    with pytest.raises(StaleTurn, match=r"t-1: row 2 was decided later"):
        await outcomes.orphan_after(engine, T, 1, before)
    assert 1 == await outcomes.orphan_after(engine, T, 1, LATER, first.overview)
    assert 0 == await outcomes.orphan_after(engine, T, 1, LATER, first.overview)
    assert ["refer"] == await kinds(engine)
    assert first.overview == await overview.get(engine, T)
    assert [] == await tasks.list_tasks(engine)


async def test_the_sweep_looks_at_what_was_decided_last(engine: AsyncEngine) -> None:
    assert [] == await outcomes.recent(engine, timedelta(hours=1))
    await outcomes.record_turn(engine, turn("refer", trajectory="old"))
    for name in ("b", "a"):
        late = turn("refer", trajectory=name, decided_at=NOON + timedelta(hours=2))
        await outcomes.record_turn(engine, late)
    assert ["a", "b", "old"] == await outcomes.trajectories(engine)
    assert ["a", "b"] == await outcomes.recent(engine, timedelta(hours=1))
    assert ["a", "b", "old"] == await outcomes.recent(engine, timedelta(hours=2))


async def test_the_same_row_may_be_orphaned_twice(engine: AsyncEngine) -> None:
    first = turn("refer")
    await outcomes.record_turn(engine, first)
    for moment in (LATER, LATER + timedelta(minutes=1)):
        await outcomes.record_turn(engine, after(first, "call_up"))
        assert 1 == await outcomes.orphan_after(engine, T, 1, moment)
    assert ["call_up"] == [row.kind for row, _ in await orphans.list_orphans(engine, T)]
