import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.composing import load_programmes
from models.facts import Json
from models.registers import Decision, Dwelling, Tenancy, decide_place
from stores import outcomes, places, registers
from stores.engine import write
from stores.tables import tenancies
from tests.stores.turns import turn

DAY = date(2027, 6, 1)
RULES = load_programmes()["wonen-met-kansen"].rules(date(2027, 1, 4))


@pytest.fixture(autouse=True)
async def dwellings(engine: AsyncEngine) -> None:
    for number in range(1, 16):
        dwelling = Dwelling(
            id=f"d{number}",
            bedrooms=1,
            destination="renovatie",
            epc_until=date(2030, 1, 1),
            conformity_until=date(2030, 1, 1),
        )
        await registers.put_dwelling(engine, dwelling)


def failing_first(*errors: Exception) -> Callable[..., Decision]:
    """The decision, after as many failures as there are errors."""
    left = list(errors)

    def decide(*args: Any) -> Decision:
        if left:
            raise left.pop()
        return decide_place(*args)

    return decide


def wanted(place: str = "d1-1", **more: object) -> Json:
    request = {"place": place, "start_on": "2027-06-01", "lease_end": "2028-05-31"}
    return {**request, "living": "alleen", "priority": False, "match": None, **more}


async def test_the_same_question_twice_is_one_reservation(engine: AsyncEngine) -> None:
    first = await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)
    again = await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)
    assert first.granted
    assert first == again
    mine = Tenancy(place="d1-1", dwelling="d1", trajectory="t-1", since=DAY)
    assert [mine] == await places.list_tenancies(engine)


async def test_a_place_that_is_taken_or_unknown_is_refused(engine: AsyncEngine) -> None:
    await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)
    taken = await places.reserve(engine, "t-2", "5-reserve_place", wanted(), RULES)
    assert (False, "De plaats 'd1-1' is niet vrij.") == (taken.granted, taken.text)
    unknown = await places.reserve(engine, "t-2", "6-reserve_place", wanted("d1-9"), RULES)
    assert (False, "De plaats 'd1-9' bestaat niet.") == (unknown.granted, unknown.text)


async def test_of_two_offers_at_once_one_wins(engine: AsyncEngine) -> None:
    decisions = await asyncio.gather(
        *(places.reserve(engine, f"t-{n}", "5-reserve_place", wanted(), RULES) for n in range(8))
    )
    assert 1 == sum(decision.granted for decision in decisions)
    assert {"De plaats 'd1-1' is niet vrij."} == {d.text for d in decisions if not d.granted}
    assert 1 == len(await places.list_tenancies(engine))


async def test_the_cap_holds_when_many_ask_at_once(engine: AsyncEngine) -> None:
    decisions = await asyncio.gather(
        *(
            places.reserve(
                engine, f"t-{n}", "5-reserve_place", wanted(f"d{n}-1", priority=True), RULES
            )
            for n in range(1, 16)
        )
    )
    assert RULES.priority_cap == sum(decision.granted for decision in decisions)
    assert RULES.priority_cap == await places.priority_in_use(engine)
    override = wanted("d15-1", priority=True, override="crisis")
    free = next(n for n, d in enumerate(decisions, 1) if not d.granted)
    override["place"] = f"d{free}-1"
    above = await places.reserve(engine, f"t-{free}", "9-reserve_place", override, RULES)
    assert (True, ["boven 10 voorrangsplaatsen"]) == (above.granted, above.data["warnings"])


async def test_the_database_itself_refuses_two_open_tenancies_of_one_place(
    engine: AsyncEngine,
) -> None:
    await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)

    def cheat(connection: Connection) -> None:
        row = {"place": "d1-1", "dwelling": "d1", "trajectory": "t-2", "since": DAY}
        more = {"priority": False, "occupied": False, "asked_key": "1-x", "answer": {}}
        connection.execute(insert(tenancies), {**row, **more})

    with pytest.raises(IntegrityError):
        await write(engine, cheat)


async def test_a_race_lost_in_the_database_is_decided_once_more(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = IntegrityError("insert", None, Exception("uq_tenancies_open_place"))
    monkeypatch.setattr(places, "decide_place", failing_first(lost))
    assert (await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)).granted
    monkeypatch.setattr(places, "decide_place", failing_first(lost, lost))
    no = await places.reserve(engine, "t-2", "5-reserve_place", wanted("d2-1"), RULES)
    assert (False, "De plaats 'd2-1' is niet vrij.") == (no.granted, no.text)


async def test_giving_back_twice_is_giving_back_once(engine: AsyncEngine) -> None:
    await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)
    until = date(2027, 7, 1)
    await places.release(engine, "t-1", "7-free_place-0", "d1-1", until)
    await places.release(engine, "t-1", "7-free_place-0", "d1-1", date(2027, 8, 1))
    ended = await places.list_tenancies(engine, also_ended=True)
    assert [until] == [tenancy.until for tenancy in ended]
    again = wanted(start_on="2027-07-01")
    assert (await places.reserve(engine, "t-1", "9-reserve_place", again, RULES)).granted


async def test_a_corrected_day_of_leaving_moves_the_end_of_the_tenancy(
    engine: AsyncEngine,
) -> None:
    await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)
    await places.release(engine, "t-1", "7-free_place-0", "d1-1", date(2027, 7, 1))
    await places.release(engine, "t-1", "9-free_place-0", "d1-1", date(2027, 6, 15))
    await places.release(engine, "t-1", "7-free_place-0", "d1-1", date(2027, 7, 1))
    ended = await places.list_tenancies(engine, also_ended=True)
    assert [date(2027, 6, 15)] == [tenancy.until for tenancy in ended]


async def test_a_place_given_back_before_it_was_granted_stays_free(engine: AsyncEngine) -> None:
    await places.release(engine, "t-1", "7-free_place-0", "d1-1", DAY)
    late = await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)
    assert (False, "De plaats 'd1-1' is intussen teruggegeven.") == (late.granted, late.text)
    assert [] == await places.list_tenancies(engine)
    assert (await places.reserve(engine, "t-1", "9-reserve_place", wanted(), RULES)).granted


async def test_moving_in_twice_is_moving_in_once(engine: AsyncEngine) -> None:
    await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)
    keys = date(2027, 6, 3)
    for _ in range(2):
        assert (await places.occupy(engine, "t-1", "8-occupy_place-0", "d1-1", keys)).granted
    (mine,) = await places.list_tenancies(engine)
    assert (True, keys) == (mine.occupied, mine.since)


async def test_who_is_taken_over_in_the_middle_gets_the_place(engine: AsyncEngine) -> None:
    seen = {"priority": True, "stage": "wonen", "place": "d1-1"}
    await outcomes.record_turn(engine, turn("adopt", overview=seen))
    for _ in range(2):
        assert (await places.occupy(engine, "t-1", "1-occupy_place-0", "d1-1", DAY)).granted
    assert [("t-1", True, True)] == [
        (tenancy.trajectory, tenancy.priority, tenancy.occupied)
        for tenancy in await places.list_tenancies(engine, dwelling="d1")
    ]
    other = await places.occupy(engine, "t-2", "1-occupy_place-0", "d1-1", DAY)
    assert (False, "De plaats 'd1-1' is niet vrij.") == (other.granted, other.text)
    nowhere = await places.occupy(engine, "t-2", "1-occupy_place-0", "zolder", DAY)
    assert (False, "De plaats 'zolder' bestaat niet.") == (nowhere.granted, nowhere.text)


async def test_who_left_again_does_not_move_in_by_an_old_message(engine: AsyncEngine) -> None:
    await places.reserve(engine, "t-1", "5-reserve_place", wanted(), RULES)
    await places.release(engine, "t-1", "9-free_place-0", "d1-1", DAY)
    assert (await places.occupy(engine, "t-1", "8-occupy_place-0", "d1-1", DAY)).granted
    assert [] == await places.list_tenancies(engine, trajectory="t-1")


async def test_the_waitlist_decides_who_may_be_called_up(engine: AsyncEngine) -> None:
    ready = {"eligible_from": date(2027, 5, 1)}
    for name, day in (("t-1", 2), ("t-2", 1)):
        seen = {**ready, "referred_on": date(2027, 3, day)}
        await outcomes.record_turn(engine, turn("refer", trajectory=name, overview=seen))
    no = await places.decide_call_now(engine, "t-1", DAY, {}, RULES)
    assert not no.granted
    assert no.text.startswith("Er staat nog 1 jongere voor; eerst t-2")
    yes = await places.decide_call_now(engine, "t-2", DAY, {}, RULES)
    assert (True, "plaats 1 op de wachtlijst: aangemeld op 1/3/2027") == (
        yes.granted,
        yes.data["rank"],
    )
