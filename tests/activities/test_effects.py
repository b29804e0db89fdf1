from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.composing import load_programmes
from activities.effects import Activities
from activities.post import FolderPost
from embedded.temporal_server import TemporalServerSettings
from models.facts import Answer, Ask, Json, Message, Question, Tell
from models.registers import Dwelling
from models.signing import HEAR, WRONG
from stores import outcomes, places, registers
from tests.stores.turns import LATER, NOON, T, after, turn

RULES = load_programmes()["wonen-met-kansen"].rules(date(2027, 1, 4))
PLACE = {"place": "d1-1", "start_on": "2027-06-01", "lease_end": "2028-05-31", "living": "alleen"}


@pytest.fixture
def activities(engine: AsyncEngine, tmp_path: Path) -> Activities:
    return Activities(engine, FolderPost(tmp_path / "mails"), cast("Client", None))


@pytest.fixture
async def dwelling(engine: AsyncEngine) -> None:
    valid = date(2030, 1, 1)
    await registers.put_dwelling(
        engine,
        Dwelling(
            id="d1", bedrooms=1, destination="afbraak", epc_until=valid, conformity_until=valid
        ),
    )


def question(kind: str, data: Json, trajectory: str = T, number: int = 5) -> Question:
    ask = Ask(key=f"{number}-{kind}", kind=kind, data=data)
    return Question(trajectory=trajectory, at=NOON, ask=ask, rules=RULES)


def message(kind: str, data: Json, number: int = 8) -> Message:
    tell = Tell(key=f"{number}-{kind}-0", kind=kind, data=data)
    return Message(trajectory=T, at=NOON, tell=tell)


async def failure(call: Callable[[], Any]) -> tuple[str | None, bool]:
    with pytest.raises(ApplicationError) as caught:
        await call()
    return caught.value.type, caught.value.non_retryable


async def test_a_turn_recorded_twice_is_one_turn(
    activities: Activities, engine: AsyncEngine
) -> None:
    first = turn("refer")
    run = ActivityEnvironment().run
    heads = {await run(activities.record_turn, first) for _ in range(2)}
    assert {first.outcomes[-1].hash} == heads
    assert first.outcomes == await outcomes.rows(engine, T)


async def test_the_workflow_hears_what_it_can_repair_and_what_not(activities: Activities) -> None:
    first = turn("refer")
    second = after(first, "call_up", decided_at=LATER)
    assert ("BrokenChain", False) == await failure(lambda: activities.record_turn(second))
    assert second.outcomes[-1].hash == await activities.rewrite([first, second])
    stale = after(first, "withdraw")
    assert ("StaleTurn", True) == await failure(lambda: activities.record_turn(stale))
    assert ("StaleTurn", True) == await failure(lambda: activities.rewrite([stale]))
    stale.outcomes[0].hash = "0" * 64
    assert ("UnlinkedTurn", True) == await failure(lambda: activities.record_turn(stale))


@pytest.mark.usefixtures("dwelling")
async def test_a_place_asked_twice_is_reserved_once(
    activities: Activities, engine: AsyncEngine
) -> None:
    asked = question("reserve_place", PLACE)
    answers = [await activities.answer(asked) for _ in range(2)]
    assert answers[0] == answers[1]
    assert ("place_reserved", "d1-1", "d1") == (
        answers[0].name,
        answers[0].data["place"],
        answers[0].data["dwelling"]["id"],
    )
    assert 1 == len(await places.list_tenancies(engine))
    other = await activities.answer(question("reserve_place", PLACE, "t-2"))
    assert Answer(name="place_taken", data={"text": "De plaats 'd1-1' is niet vrij."}) == other


async def test_a_call_up_is_answered_with_the_rank(
    activities: Activities, engine: AsyncEngine
) -> None:
    asked = {"to": "intake", "at": "2027-05-20T11:00+02:00", "place": "hier", "reason": None}
    no = await activities.answer(question("claim_call", asked))
    assert (
        Answer(name="call_denied", data={"text": "Deze jongere staat niet op de wachtlijst."}) == no
    )
    await outcomes.record_turn(engine, turn("refer"))
    yes = await activities.answer(question("claim_call", asked))
    rank = "plaats 1 op de wachtlijst: aangemeld op 6/5/2027"
    assert Answer(name="call_granted", data={**asked, "rank": rank}) == yes


@pytest.mark.usefixtures("dwelling")
async def test_messages_to_the_register_count_once(
    activities: Activities, engine: AsyncEngine
) -> None:
    await activities.answer(question("reserve_place", PLACE))
    for _ in range(2):
        await activities.carry(message("occupy_place", {"place": "d1-1", "since": "2027-06-02"}))
    (mine,) = await places.list_tenancies(engine)
    assert (date(2027, 6, 2), True) == (mine.since, mine.occupied)
    for _ in range(2):
        freed = message("free_place", {"place": "d1-1", "until": "2027-07-01"}, 9)
        await activities.carry(freed)
    assert [] == await places.list_tenancies(engine)
    await activities.carry(message("occupy_place", {"place": "zolder", "since": "2027-06-02"}))


async def test_what_nobody_knows_is_refused_for_good(activities: Activities) -> None:
    asked, told = question("horoscope", {}), message("gossip", {})
    assert ("Unknown", True) == await failure(lambda: activities.answer(asked))
    assert ("Unknown", True) == await failure(lambda: activities.carry(told))


class Told(BaseModel):
    name: str
    data: dict[str, Any]
    id: str
    signed: dict[str, Any] | None = None


@workflow.defn(name="Listener")
class Listener:
    """Hears everything, except from who asks for silence."""

    def __init__(self) -> None:
        self.heard: list[Told] = []
        self.done = False

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self.done)

    @workflow.update
    def hear(self, told: Told) -> None:
        self.heard.append(told)

    @hear.validator
    def weigh(self, told: Told) -> None:
        if told.data.get("place") == "nergens":
            raise ApplicationError("die jongere wil niet delen.")
        if told.data.get("since") == "2027-08-01" and (told.signed or {}).get("mac") != "right":
            raise ApplicationError(WRONG.text, {"code": WRONG.code})

    @workflow.signal
    def stop(self) -> None:
        self.done = True

    @workflow.query
    def all(self) -> list[Told]:
        return self.heard


@pytest.mark.dev_server
async def test_another_trajectory_hears_once_and_may_refuse(
    engine: AsyncEngine, tmp_path: Path, temporal_dev_server: TemporalServerSettings
) -> None:
    server = temporal_dev_server
    client = await Client.connect(
        server.address, namespace=server.namespace, data_converter=pydantic_data_converter
    )
    activities = Activities(engine, FolderPost(tmp_path), client)
    other = f"listener-{engine.dialect.name}"
    async with Worker(
        client,
        task_queue=other,
        workflows=[Listener],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(Listener.run, id=other, task_queue=other)
        meet = {"other": other, "at": "2027-06-03T11:00+02:00", "place": "hier"}
        for _ in range(2):
            answer = await activities.answer(question("invite_match", meet))
            assert Answer(name="match_confirmed", data=meet) == answer
        no = await activities.answer(question("invite_match", {**meet, "place": "nergens"}, "t-3"))
        assert Answer(name="match_refused", data={"text": "die jongere wil niet delen."}) == no
        recorded = {"other": other, "outcome": "match", "held_on": "2027-06-03"}
        for _ in range(2):
            await activities.carry(message("match_recorded", recorded))
        moved_in = {"other": other, "since": "2027-07-01"}
        await activities.carry(message("housemate_moved_in", moved_in, 9))
        assert [
            ("match_planned", {**meet, "other": T}, f"{T}-5-invite_match"),
            ("match_recorded", {**recorded, "other": T}, f"{T}-8-match_recorded-0"),
            ("housemate_moved_in", {**moved_in, "other": T}, f"{T}-9-housemate_moved_in-0"),
        ] == [(told.name, told.data, told.id) for told in await handle.query(Listener.all)]
        await handle.signal(Listener.stop)
        await handle.result()
        closed = "het traject van die jongere is afgesloten of bestaat niet."
        for gone in (other, "listener-nowhere"):
            late = await activities.answer(question("invite_match", {**meet, "other": gone}, "t-4"))
            assert Answer(name="match_refused", data={"text": closed}) == late
            await activities.carry(message("match_recorded", {**recorded, "other": gone}, 11))


@pytest.mark.dev_server
async def test_what_is_told_is_signed_and_waits_while_our_key_is_not_believed(
    engine: AsyncEngine, tmp_path: Path, temporal_dev_server: TemporalServerSettings
) -> None:
    server, macs = temporal_dev_server, iter(("wrong", "right"))
    client = await Client.connect(
        server.address, namespace=server.namespace, data_converter=pydantic_data_converter
    )
    signed: list[tuple[str, str]] = []

    def sign(trajectory: str, step: str, request: Json) -> Json:
        signed.append((trajectory, step))
        return {**request, "signed": {"mac": next(macs)}}

    activities = Activities(engine, FolderPost(tmp_path), client, sign=sign)
    other = f"believer-{engine.dialect.name}"
    async with Worker(
        client,
        task_queue=other,
        workflows=[Listener],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        handle = await client.start_workflow(Listener.run, id=other, task_queue=other)
        moved_in = message("housemate_moved_in", {"other": other, "since": "2027-08-01"})
        # Not lost and not left: Temporal tries it again, and each try is signed anew.
        assert ("NotBelieved", False) == await failure(lambda: activities.carry(moved_in))
        assert [] == await handle.query(Listener.all)
        await activities.carry(moved_in)
        assert [f"{T}-8-housemate_moved_in-0"] == [
            told.id for told in await handle.query(Listener.all)
        ]
        assert [(other, HEAR)] * 2 == signed
        await handle.signal(Listener.stop)
        await handle.result()
