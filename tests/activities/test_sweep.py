from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client, WorkflowQueryFailedError

from activities.sweep import sweep
from models.errors import TOO_EARLY
from models.facts import Turn
from stores import orphans, outcomes
from tests.stores.turns import after, turn

# The sweep asks the real clock: what it mends was decided before.
PAST = datetime(2026, 1, 5, 10, tzinfo=UTC)


class Histories:
    """What the workflows would tell; who is missing cannot be asked."""

    def __init__(self, *turns: Turn, early: dict[str, int] | None = None) -> None:
        self.whole = {turn.trajectory: turn for turn in turns}
        self.early = early or {}
        self.asked: list[str] = []

    def get_workflow_handle(self, trajectory: str) -> "Histories":
        self.asked.append(trajectory)
        return self

    async def query(self, name: str, *, result_type: type[Any]) -> Turn:
        assert ("whole", Turn) == (name, result_type)
        if self.early.get(self.asked[-1], 0) > 0:
            self.early[self.asked[-1]] -= 1
            raise WorkflowQueryFailedError(TOO_EARLY)
        if self.asked[-1] not in self.whole:
            raise WorkflowQueryFailedError("gone")
        return self.whole[self.asked[-1]]


async def mended(engine: AsyncEngine, histories: Histories) -> list[str]:
    client, hour = cast("Client", histories), timedelta(hours=1)
    return await sweep(client, engine, within=hour, pauses=(0, 0))


async def test_phantom_rows_go_and_lost_rows_come_back(engine: AsyncEngine) -> None:
    names = ("equal", "lost", "phantom", "unknown")
    firsts = {name: turn("refer", trajectory=name, decided_at=PAST) for name in names}
    for first in firsts.values():
        await outcomes.record_turn(engine, first)
    await outcomes.record_turn(engine, after(firsts["phantom"], "call_up", decided_at=PAST))
    histories = Histories(
        firsts["equal"], turn("refer", "call_up", trajectory="lost"), firsts["phantom"]
    )
    assert ["lost", "phantom"] == await mended(engine, histories)
    assert list(names) == histories.asked
    assert ["refer", "call_up"] == [row.kind for row in await outcomes.rows(engine, "lost")]
    assert ["refer"] == [row.kind for row in await outcomes.rows(engine, "phantom")]
    moved = await orphans.list_orphans(engine, "phantom")
    assert ["call_up"] == [row.kind for row, _ in moved]
    assert [] == await mended(engine, histories)


async def test_who_is_asked_before_its_task_is_asked_again_after_the_others(
    engine: AsyncEngine,
) -> None:
    for name in ("busy", "early", "lost"):
        await outcomes.record_turn(engine, turn("refer", trajectory=name, decided_at=PAST))
    told = [turn("refer", "call_up", trajectory=name) for name in ("busy", "early", "lost")]
    histories = Histories(*told, early={"busy": 9, "early": 1})
    assert ["lost", "early"] == await mended(engine, histories)
    assert ["busy", "early", "lost", "busy", "early", "busy"] == histories.asked
    assert ["refer", "call_up"] == [row.kind for row in await outcomes.rows(engine, "early")]
    assert ["refer"] == [row.kind for row in await outcomes.rows(engine, "busy")]


async def test_what_does_not_add_up_is_left_for_a_person(engine: AsyncEngine) -> None:
    first = turn("refer")
    await outcomes.record_turn(engine, first)
    wrong = turn("adopt")
    wrong.outcomes[0].by = "bram"
    assert [] == await mended(engine, Histories(wrong))
    assert first.outcomes == await outcomes.rows(engine, first.trajectory)


async def test_an_empty_log_asks_nobody(engine: AsyncEngine) -> None:
    nothing = Histories()
    assert [] == await mended(engine, nothing)
    assert [] == nothing.asked
