"""A history is replayed and compared; what was tampered with is found and named."""

from collections.abc import AsyncIterator

from sqlalchemy import text
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory

from audit.beside import Database
from audit.rebuild import rebuild
from audit.replay import Verdict, replay
from stores import overview
from tests.audit.conftest import Lived
from tests.workflows.test_trajectory_workflow import ChangedWorkflow
from workflows.trajectory import TrajectoryWorkflow


async def verdict_on(
    lived: Lived, history: WorkflowHistory | None = None, workflow: type = TrajectoryWorkflow
) -> Verdict:
    found = history or await lived.history()

    async def one() -> AsyncIterator[WorkflowHistory]:
        yield found

    (verdict,) = [verdict async for verdict in replay(one(), Database(lived.engine), [workflow])]
    return verdict


async def test_an_untouched_history_is_equal(lived: Lived) -> None:
    verdict = await verdict_on(lived)
    assert verdict.difference is None
    assert verdict.events > 20


async def test_a_changed_workflow_is_found(lived: Lived) -> None:
    verdict = await verdict_on(lived, workflow=ChangedWorkflow)
    assert verdict.difference is not None
    assert verdict.difference.startswith("de code van nu doet iets anders dan de geschiedenis: ")


async def test_another_input_of_an_activity_is_found(lived: Lived) -> None:
    history = await lived.history()
    (sent,) = [
        event
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]
    payload = sent.activity_task_scheduled_event_attributes.input.payloads[0]
    payload.data = payload.data.replace(b"1-waitlist", b"2-waitlist")
    assert (await verdict_on(lived, history)).difference == (
        f"gebeurtenis {sent.event_id}: 'deliver' kreeg andere gegevens dan de code nu "
        "zou geven aan 'deliver'"
    )


async def test_another_head_in_a_marker_is_found(lived: Lived) -> None:
    history = await lived.history()
    markers = [
        event
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED
    ]
    payload = markers[1].marker_recorded_event_attributes.details["result"].payloads[0]
    payload.data = b'"' + b"0" * 64 + b'"'
    assert (await verdict_on(lived, history)).difference == (
        f"gebeurtenis {markers[1].event_id}: de keten had daar een andere kop"
    )


async def test_a_row_deleted_from_the_log_is_found(lived: Lived) -> None:
    async with lived.engine.begin() as connection:
        await connection.execute(text("DELETE FROM outcomes WHERE seq = 3"))
    assert (await verdict_on(lived)).difference == (
        "het logboek klopt niet: rij 3 ontbreekt, of de rijen staan niet in volgorde"
    )


async def test_a_row_changed_in_the_log_is_found(lived: Lived) -> None:
    async with lived.engine.begin() as connection:
        await connection.execute(text("UPDATE outcomes SET kind = 'withdraw' WHERE seq = 3"))
    assert (await verdict_on(lived)).difference == (
        "het logboek klopt niet: rij 3 past niet bij haar hash: ze is veranderd, of van plaats "
        "verwisseld"
    )


async def test_a_changed_overview_is_found_and_made_again_from_the_log(lived: Lived) -> None:
    async with lived.engine.begin() as connection:
        await connection.execute(text("UPDATE overview SET stage = 'wonen'"))
    sentence = "stage is 'wonen', en moet 'wachtlijst' zijn"
    assert (await verdict_on(lived)).difference == f"het overzicht toont iets anders: {sentence}"
    assert await rebuild(lived.engine, check=True) == [f"{lived.trajectory}: {sentence}"]
    assert await rebuild(lived.engine, check=False) == [f"{lived.trajectory}: {sentence}"]
    assert await rebuild(lived.engine, check=True) == []
    row = await overview.get(lived.engine, lived.trajectory)
    assert row is not None
    assert row.stage == "wachtlijst"
