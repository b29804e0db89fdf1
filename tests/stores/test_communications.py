import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.communication import digits_of
from stores import communications
from stores.engine import write
from stores.money_tables import communications as table
from stores.outcomes import record_turn
from tests.stores.turns import after, turn


async def test_the_first_turn_gives_a_communication_and_later_ones_keep_it(
    engine: AsyncEngine,
) -> None:
    first = turn("refer")
    for one in (first, first, after(first, "call_up")):
        await record_turn(engine, one)
    await record_turn(engine, turn("refer", trajectory="t-2"))

    mine, theirs = digits_of("t-1"), digits_of("t-2")
    assert {mine: "t-1", theirs: "t-2"} == await communications.all(engine)
    assert (mine, None) == (
        await communications.of(engine, "t-1"),
        await communications.of(engine, "t-9"),
    )


async def test_who_comes_to_digits_that_are_taken_gets_the_next(engine: AsyncEngine) -> None:
    taken = {"trajectory": "t-older", "digits": digits_of("t-1")}
    await write(engine, lambda connection: connection.execute(insert(table), taken))

    for _ in range(2):
        assert digits_of("t-1", 1) == await write(engine, communications.give, "t-1")
    assert {digits_of("t-1"): "t-older", digits_of("t-1", 1): "t-1"} == await communications.all(
        engine
    )


async def test_two_residents_never_have_one_communication(engine: AsyncEngine) -> None:
    def twice(connection: Connection) -> None:
        for trajectory in ("t-1", "t-2"):
            row = {"trajectory": trajectory, "digits": "000000009797"}
            connection.execute(insert(table), row)

    with pytest.raises(IntegrityError):
        await write(engine, twice)
    assert {} == await communications.all(engine)
