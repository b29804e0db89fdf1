from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from models.vocabulary import Role, Stage
from stores import outcomes, overview, tasks
from tests.stores.turns import LATER, NOON, T, after, task, turn
from tests.stores.turns import overview as row


async def test_the_overview_is_searched_by_stage_partner_and_id(engine: AsyncEngine) -> None:
    rows = [
        row("a-1", stage="wonen"),
        row("a-2", partner="ocmw"),
        row("b_1", stage="aangemeld", priority=True, eligible_from=date(2027, 7, 1)),
    ]
    await overview.replace_all(engine, [row("gone")])
    await overview.replace_all(engine, rows)
    assert rows == await overview.list_overview(engine)
    assert rows[:1] == await overview.list_overview(engine, stages=["wonen"])
    assert rows[1:2] == await overview.list_overview(engine, partner="ocmw")
    assert rows[2:] == await overview.list_overview(engine, search="_")
    assert rows[1:2] == await overview.list_overview(engine, limit=1, offset=1)
    assert 2 == await overview.count(engine, stages=["wonen", "wachtlijst"])
    assert None is await overview.get(engine, "gone")
    waiting = await overview.candidates(engine)
    assert [("a-2", Stage.WAITLISTED, False), ("b_1", Stage.REFERRED, True)] == [
        (c.trajectory, c.stage, c.priority) for c in waiting
    ]
    with_me = await overview.candidates(engine, also="a-1")
    assert ["a-1", "a-2", "b_1"] == [c.trajectory for c in with_me]
    await overview.replace_all(engine, [])
    assert 0 == await overview.count(engine)


async def test_tasks_are_listed_by_due_date_and_by_whom_they_are_for(engine: AsyncEngine) -> None:
    whenever = task("whenever")
    late = task("late", due=date(2027, 6, 2))
    soon = task("soon", due=date(2027, 6, 1), hard=True)
    hers = task("hers").model_copy(update={"whom": Role.SUPPORTER})
    await outcomes.record_turn(engine, turn("refer", tasks=[whenever, late, soon, hers]))
    mine = await tasks.list_tasks(engine, whom=Role.COORDINATOR)
    assert [soon, late, whenever] == [listed.task for listed in mine]
    assert [(T, hers)] == await tasks.list_tasks(engine, whom=Role.SUPPORTER)
    assert [(T, soon)] == await tasks.list_tasks(engine, due_until=date(2027, 6, 1))
    assert [] == await tasks.list_tasks(engine, trajectory="t-2")


async def test_a_task_that_opens_again_is_open_once(engine: AsyncEngine) -> None:
    first = turn("refer", tasks=[task("talk")])
    await outcomes.record_turn(engine, first)
    again = task("talk", LATER)
    await outcomes.record_turn(engine, after(first, "talk_missed", tasks=[again], at=LATER))
    assert [(T, again)] == await tasks.list_tasks(engine)
    closed = task("talk", done_at=LATER, done_by="opstap")
    assert [(T, closed), (T, again)] == await tasks.list_tasks(engine, also_done=True)
    assert NOON + timedelta(seconds=20) == LATER
