"""Steps of which the origin is shown, and steps of which it is not, on the time-skipping server."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from models.signing import HEAR, STALE, UNSIGNED, WRONG, sign
from tests.workflows.conftest import Resident
from workflows.trajectory import TrajectoryWorkflow
from workflows.trust import Trust, believe

KEY = b"k" * 32
WITHIN = timedelta(minutes=5)
PLAIN = {"who": "an", "role": "coordinator", "data": {"living": "delen"}}
OURS = {**PLAIN, "id": "r1", "source": "gateway"}
Believing = Callable[..., None]


@pytest.fixture
def believing() -> Iterator[Believing]:
    """Tell the validators of this process whom to believe; afterwards they ask nothing."""

    def tell(*, unsigned: bool) -> None:
        believe(Trust((KEY,), WITHIN, unsigned))

    yield tell
    believe(None)


async def signed(resident: Resident, request: dict[str, Any], **other: Any) -> dict[str, Any]:
    where = {"trajectory": resident.handle.id, "step": "change_wish"} | other
    return sign(KEY, request=request, at=await resident.environment.get_current_time(), **where)


async def updates(resident: Resident) -> int:
    history = await resident.handle.fetch_history()
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    return sum(event.event_type == accepted for event in history.events)


async def taken(resident: Resident) -> int:
    rows = await resident.handle.query("timeline")
    return sum(row["kind"] == "change_wish" for row in rows)


async def test_a_forged_step_is_refused_in_a_sentence_and_leaves_no_update(
    referred: Resident, believing: Believing
) -> None:
    believing(unsigned=True)
    before = await updates(referred)
    good = await signed(referred, OURS)
    elsewhere = await signed(referred, OURS, trajectory="trajectory-of-another")
    another = await signed(referred, OURS, step="withdraw")
    for forged, told in (
        (OURS, UNSIGNED),
        ({**OURS, "source": "script"}, UNSIGNED),
        ({**good, "who": "bo"}, WRONG),
        ({**good, "data": {"living": "alleen"}}, WRONG),
        (elsewhere, WRONG),
        (another, WRONG),
    ):
        error = await referred.refused("change_wish", forged)
        assert (told.text, told.code) == (error.message, error.details[0]["code"])
    assert (before, 0) == (await updates(referred), await taken(referred))


async def test_a_caught_request_that_is_sent_again_counts_once_and_later_not_at_all(
    referred: Resident, believing: Believing
) -> None:
    believing(unsigned=False)
    caught = await signed(referred, OURS)

    # Under an update id of its own each time: it is the request's id that counts.
    for name in ("one", "two"):
        await referred.handle.execute_update("change_wish", caught, id=name)
    assert 1 == await taken(referred)

    await referred.pass_time(minutes=6)
    error = await referred.refused("change_wish", caught)
    assert STALE.text == error.message
    assert 1 == await taken(referred)


async def test_a_step_straight_from_temporal_is_accepted_on_one_machine_and_stays_unconfirmed(
    referred: Resident, believing: Believing
) -> None:
    believing(unsigned=True)
    await referred.handle.execute_update("change_wish", PLAIN)
    sources = [row["source"] for row in await referred.handle.query("timeline")]
    assert "temporal" == sources[-1]

    believing(unsigned=False)
    error = await referred.refused("change_wish", PLAIN)
    assert UNSIGNED.text == error.message
    assert 1 == await taken(referred)


async def test_what_is_told_is_believed_as_a_step_is(
    referred: Resident, believing: Believing
) -> None:
    heard = {"name": "housemate_moved_in", "data": {"other": "b", "since": "2027-02-01"}, "id": "h"}
    good = await signed(referred, heard, step=HEAR)
    believing(unsigned=False)
    before = await updates(referred)
    as_a_step = await signed(referred, heard)
    elsewhere = await signed(referred, heard, step=HEAR, trajectory="trajectory-of-another")
    for forged, told in (
        (heard, UNSIGNED),
        ({**heard, "signed": None}, UNSIGNED),
        ({**good, "data": {"other": "c", "since": "2027-02-01"}}, WRONG),
        ({**good, "id": "h2"}, WRONG),
        (as_a_step, WRONG),
        (elsewhere, WRONG),
    ):
        error = await referred.refused(HEAR, forged)
        assert (told.text, told.code) == (error.message, error.details[0]["code"])
    assert before == await updates(referred)

    for name in ("one", "two"):
        await referred.handle.execute_update(HEAR, good, id=name)
    rows = await referred.handle.query("timeline")
    assert 1 == sum(row["kind"] == "housemate_moved_in" for row in rows)

    await referred.pass_time(minutes=6)
    error = await referred.refused(HEAR, good)
    assert STALE.text == error.message

    believing(unsigned=True)
    await referred.handle.execute_update(HEAR, {**heard, "id": "h3"})


async def test_who_is_not_believed_learns_nothing_of_the_trajectory(
    referred: Resident, believing: Believing
) -> None:
    believing(unsigned=False)
    for name in ("hand_over_keys", "close_file", "change_wish"):
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await referred.handle.execute_update(name, PLAIN)
        assert isinstance(caught.value.cause, ApplicationError)
        assert UNSIGNED.text == caught.value.cause.message


async def test_a_history_replays_whoever_is_believed_now(
    referred: Resident, believing: Believing
) -> None:
    believing(unsigned=True)
    await referred.handle.execute_update("change_wish", await signed(referred, OURS))
    await referred.handle.execute_update("change_wish", {**PLAIN, "data": {"living": "alleen"}})
    heard = {"name": "housemate_moved_in", "data": {"other": "b", "since": "2027-02-01"}, "id": "h"}
    await referred.handle.execute_update(HEAR, heard)
    await referred.handle.execute_update(HEAR, await signed(referred, heard, step=HEAR))
    await referred.quiet()
    history = await referred.handle.fetch_history()
    replayer = Replayer(
        workflows=[TrajectoryWorkflow],
        workflow_runner=UnsandboxedWorkflowRunner(),
        data_converter=pydantic_data_converter,
    )
    for trust in (None, Trust((b"another key",), timedelta(0), unsigned=False)):
        believe(trust)
        await replayer.replay_workflow(history)
