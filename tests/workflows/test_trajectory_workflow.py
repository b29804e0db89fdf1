"""The durable life of one trajectory on the time-skipping server."""

import asyncio
from datetime import datetime

from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner
from temporalio.workflow import NondeterminismError

from models.core import Trajectory
from models.facts import GENESIS, Start, StepAnswer, link
from tests.workflows.conftest import Resident
from workflows.trajectory import WORKFLOW, Steps, TrajectoryWorkflow

UPDATES = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_REJECTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
)


@workflow.defn(name=WORKFLOW)
class ChangedWorkflow(Steps):
    """Somebody changed the workflow: it sleeps first."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        self.trajectory = Trajectory(start)

    def check(self, name: str, request: object) -> None:
        """Let every step through."""

    def take(self, name: str, request: object) -> StepAnswer:
        return self.trajectory.take(name, request, workflow.now())

    @workflow.run
    async def run(self, start: Start) -> str:
        await asyncio.sleep(3600)
        return start.trajectory


async def updates_in(history: WorkflowHistory) -> int:
    return sum(event.event_type in UPDATES for event in history.events)


async def test_a_referral_is_written_in_one_turn_with_its_letter(resident: Resident) -> None:
    answer = await resident.step(
        "refer",
        birth_date="2006-03-27",
        sex="v",
        supporter="lien",
        living="alleen",
        partner="joba",
    )
    await resident.quiet()
    assert answer["text"] == "'Aanmelden' is vastgelegd. Fase: Wachtlijst."
    assert [len(turn.outcomes) for turn in resident.effects.turns] == [2]
    turn = resident.effects.turns[0]
    assert [outcome.kind for outcome in turn.outcomes] == ["refer", "letter_ordered"]
    assert [order.kind for order in turn.letters] == ["waitlist_confirmation"]
    assert turn.previous == GENESIS
    assert turn.outcomes[1].hash == link(turn.outcomes[0].hash, turn.outcomes[1])


async def test_a_refused_step_leaves_no_update_in_history(referred: Resident) -> None:
    before = await updates_in(await referred.handle.fetch_history())
    error = await referred.refused(
        "hand_over_keys",
        {
            "who": "an",
            "role": "coordinator",
            "data": {"on": "2027-01-04", "keys": 1, "first_talk_at": "2027-01-25T10:00"},
        },
    )
    assert error.type == "StepRefused"
    assert error.message.startswith("'Sleutels geven' kan niet in de fase 'Wachtlijst'. Wat nu wel")
    assert await updates_in(await referred.handle.fetch_history()) == before


async def test_what_cannot_be_read_is_refused_in_a_sentence(referred: Resident) -> None:
    assert (await referred.refused("call_up", [1, 2])).message == (
        'Geef één JSON-object, bv. {"who": "an", "role": "coordinator", "data": {…}}.'
    )
    assert (await referred.refused("call_up", None)).message.startswith("Geef één JSON-object")
    wrong = {"who": "an", "role": "coordinator", "data": {"to": "feest", "at": 3, "place": ""}}
    assert (await referred.refused("call_up", wrong)).message == (
        "Oproepen voor (to): kies 'kennismaking' of 'intake'. "
        "Wanneer (at): schrijf een datum met uur als 6/5/2027 11:00. Waar (place): vul dit in."
    )
    unknown = await referred.refused("dance", {})
    assert "De stap 'dance' bestaat niet. Zie `opstap steps ID`." == unknown.message


async def test_the_same_request_twice_is_one_step(referred: Resident) -> None:
    await referred.step("change_wish", living="delen", id="request-1")
    answer = await referred.step("change_wish", living="delen", id="request-1")
    assert answer["text"] == "'Woonwens wijzigen' was al vastgelegd. Fase: Wachtlijst."
    await referred.quiet()
    assert referred.effects.kinds().count("change_wish") == 1


async def test_a_letter_leaves_at_nine_on_a_working_day(referred: Resident) -> None:
    await referred.pass_time(days=6)
    view = await referred.quiet()
    sent = view["state"]["letters"]["1-waitlist_confirmation"]
    at = datetime.fromisoformat(sent["sent_at"]).astimezone(
        datetime.fromisoformat("2027-01-01T00:00+01:00").tzinfo
    )
    assert sent["status"] == "sent"
    assert at.weekday() < 5
    assert [delivery.key for delivery in referred.effects.deliveries] == ["1-waitlist_confirmation"]


async def test_a_letter_held_back_in_time_never_leaves(referred: Resident) -> None:
    await referred.step("recall_letter", letter="1-waitlist_confirmation")
    await referred.pass_time(days=8)
    assert referred.effects.deliveries == []


async def test_a_mail_that_hangs_holds_nothing_up(referred: Resident) -> None:
    referred.effects.mail_hangs = asyncio.Event()
    view = await referred.quiet()
    send_at = datetime.fromisoformat(view["next_moment"])
    # The test server's clock stands still while an activity runs: stop just after its start.
    now = await referred.environment.get_current_time()
    await referred.pass_time(seconds=int((send_at - now).total_seconds()) + 1)
    answer = await referred.step("change_wish", living="delen")
    assert answer["stage"] == "wachtlijst"
    referred.effects.mail_hangs.set()


async def test_a_call_up_waits_for_the_register_and_then_invites(referred: Resident) -> None:
    day = await referred.working_day(10)
    answer = await referred.step("call_up", to="intake", at=f"{day}T10:00", place="kantoor")
    assert answer["pending"] is True
    view = await referred.quiet()
    assert view["overview"]["stage"] == "intake"
    assert referred.effects.kinds()[-3:] == ["call_up", "call_granted", "letter_ordered"]


async def test_a_denied_call_up_stays_on_the_waitlist_with_a_task(referred: Resident) -> None:
    referred.effects.denies = "Er staan nog 2 jongeren voor."
    day = await referred.working_day(10)
    await referred.step("call_up", to="intake", at=f"{day}T10:00", place="kantoor")
    view = await referred.quiet()
    assert view["overview"]["stage"] == "wachtlijst"
    assert view["state"]["tasks"]["call_denied"]["text"] == (
        "Oproepen ging niet door: Er staan nog 2 jongeren voor."
    )


async def test_a_step_is_accepted_while_the_database_is_down(referred: Resident) -> None:
    referred.effects.sql_is_down = True
    answer = await referred.step("change_wish", living="delen")
    assert answer["text"] == "'Woonwens wijzigen' is vastgelegd. Fase: Wachtlijst."
    assert "change_wish" not in referred.effects.kinds()
    referred.effects.sql_is_down = False
    await referred.pass_time(minutes=2)
    await referred.quiet()
    assert referred.effects.kinds().count("change_wish") == 1


async def test_a_lost_tail_in_sql_is_written_again_from_the_facts(referred: Resident) -> None:
    referred.effects.chain_is_broken = True
    await referred.step("change_wish", living="delen")
    await referred.quiet()
    (whole,) = referred.effects.rewritten
    assert [outcome.seq for outcome in whole.outcomes] == [1, 2, 3, 4, 5]
    assert whole.previous == GENESIS


async def test_every_history_replays_and_a_changed_workflow_fails(referred: Resident) -> None:
    day = await referred.working_day(10)
    await referred.step("call_up", to="intake", at=f"{day}T10:00", place="kantoor")
    await referred.quiet()
    await referred.pass_time(days=20)
    history = await referred.handle.fetch_history()
    replayer = Replayer(
        workflows=[TrajectoryWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    good = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    assert good.replay_failure is None

    changed = Replayer(
        workflows=[ChangedWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    bad = await changed.replay_workflow(history, raise_on_replay_failure=False)
    assert isinstance(bad.replay_failure, NondeterminismError)


async def test_a_request_to_cancel_ends_nobodys_trajectory(referred: Resident) -> None:
    await referred.handle.cancel()
    view = await referred.quiet()
    answer = await referred.step("change_wish", living="delen")
    await referred.quiet()
    assert view["state"]["tasks"]["cancel_asked"]["whom"] == "manager"
    assert answer["text"] == "'Woonwens wijzigen' is vastgelegd. Fase: Wachtlijst."
    assert referred.effects.kinds()[-2:] == ["cancel_asked", "change_wish"]


async def test_whoever_cannot_take_a_step_hears_that_first(referred: Resident) -> None:
    error = await referred.refused("hand_over_keys", {"who": "an", "role": "coordinator"})
    assert error.message.startswith("'Sleutels geven' kan niet in de fase 'Wachtlijst'.")


async def test_a_file_that_is_shut_ends_the_workflow(referred: Resident) -> None:
    await referred.step("withdraw", asked_by="jongere", reason="vond iets anders")
    await referred.pass_time(days=120)
    head = await referred.handle.result()
    assert head == referred.effects.turns[-1].outcomes[-1].hash
    assert referred.effects.kinds()[-1] == "archive"
