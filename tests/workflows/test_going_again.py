"""A letter that a person sends again, while another mail of its moment hangs; and its replay."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner

from models.calendar import BRUSSELS, is_working_day
from models.programme import Rules
from tests.workflows.conftest import Effects, Resident, refer, rules_on, start, working
from workflows.trajectory import TrajectoryWorkflow

AGAIN = "1-waitlist_confirmation"
WITHIN = 20


@asynccontextmanager
async def one_uncertain_one_hangs(
    environment: WorkflowEnvironment, edition: int
) -> AsyncIterator[Resident]:
    """Two mails of one moment: of one nobody knows whether it left, the other still hangs."""
    effects = Effects(hanging="intake", uncertain=[AGAIN], mail_hangs=asyncio.Event())
    queue = f"test-{uuid.uuid4().hex[:8]}"
    async with working(environment, effects, queue):
        await noon(environment)
        resident = await start(environment, effects, queue, await rules(environment, edition))
        await refer(resident)
        day = await resident.working_day(10)
        await resident.step("call_up", to="intake", at=f"{day}T10:00", place="kantoor")
        view = await resident.quiet()
        (send_at,) = {one["order"]["send_at"] for one in view["state"]["letters"].values()}
        left = datetime.fromisoformat(send_at) - await environment.get_current_time()
        await resident.pass_time(seconds=int(left.total_seconds()) + 1)
        async with asyncio.timeout(WITHIN):
            while await status(resident) != "uncertain":
                await asyncio.sleep(0.02)
        yield resident
        assert effects.mail_hangs is not None
        effects.mail_hangs.set()
        view = await resident.quiet()
        assert {"sent"} == {one["status"] for one in view["state"]["letters"].values()}
        assert 3 == len(effects.deliveries)
        await replays(resident)


async def noon(environment: WorkflowEnvironment) -> None:
    """Go to an hour at which two letters that are ordered together have one moment."""
    now: datetime = await environment.get_current_time()
    tomorrow = (now + timedelta(days=1)).replace(hour=12, minute=0, second=0)
    await environment.sleep(tomorrow - now)


async def rules(environment: WorkflowEnvironment, edition: int) -> Rules:
    today = (await environment.get_current_time()).date()
    return rules_on(today).model_copy(update={"edition": edition})


async def status(resident: Resident) -> str:
    view: dict[str, Any] = await resident.handle.query("view")
    return str(view["state"]["letters"][AGAIN].get("status", "held"))


async def goes_again(resident: Resident) -> None:
    async with asyncio.timeout(WITHIN):
        while [AGAIN, AGAIN] != [one.key for one in resident.effects.deliveries]:
            await asyncio.sleep(0.02)


async def replays(resident: Resident) -> None:
    replayer = Replayer(
        workflows=[TrajectoryWorkflow],
        data_converter=pydantic_data_converter,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    replayed = await replayer.replay_workflow(await resident.handle.fetch_history())
    assert None is replayed.replay_failure


async def test_a_letter_that_goes_again_waits_for_no_other_mail(
    time_skipping: WorkflowEnvironment,
) -> None:
    async with one_uncertain_one_hangs(time_skipping, edition=3) as resident:
        await resident.step("answer_uncertain", letter=AGAIN, answer="opnieuw")
        await goes_again(resident)


async def test_who_took_over_the_new_rules_meanwhile_waits_for_no_other_mail_either(
    time_skipping: WorkflowEnvironment,
) -> None:
    async with one_uncertain_one_hangs(time_skipping, edition=2) as resident:
        newer = (await rules(time_skipping, 3)).model_dump(mode="json")
        await resident.step(
            "adopt_rules", role="manager", rules=newer, reason="nieuwe regels vanaf nu"
        )
        await resident.step("answer_uncertain", letter=AGAIN, answer="opnieuw")
        await goes_again(resident)


@pytest.mark.parametrize("adopted", [False, True], ids=["kept", "adopted afterwards"])
async def test_in_the_second_edition_it_waited_until_the_others_were_settled(
    time_skipping: WorkflowEnvironment, adopted: bool
) -> None:
    async with one_uncertain_one_hangs(time_skipping, edition=2) as resident:
        await resident.step("answer_uncertain", letter=AGAIN, answer="opnieuw")
        if adopted:
            newer = (await rules(time_skipping, 3)).model_dump(mode="json")
            await resident.step(
                "adopt_rules", role="manager", rules=newer, reason="nieuwe regels vanaf nu"
            )
        await resident.step("change_wish", living="delen")
        await asyncio.sleep(0.5)
        assert [AGAIN] == [one.key for one in resident.effects.deliveries]


async def go_to(environment: WorkflowEnvironment, moment: datetime) -> None:
    await environment.sleep(moment - await environment.get_current_time())


async def test_on_a_closed_day_a_mail_that_goes_again_is_held_back_until_it_leaves(
    time_skipping: WorkflowEnvironment,
) -> None:
    effects = Effects(uncertain=[AGAIN])
    queue = f"test-{uuid.uuid4().hex[:8]}"
    async with working(time_skipping, effects, queue):
        await noon(time_skipping)
        resident = await start(time_skipping, effects, queue, await rules(time_skipping, 3))
        await refer(resident)
        await resident.pass_time(days=6)
        view = await resident.quiet()
        assert "uncertain" == view["state"]["letters"][AGAIN]["status"]
        now = (await time_skipping.get_current_time()).astimezone(BRUSSELS)
        days = (now.replace(hour=12) + timedelta(days=n) for n in range(1, 9))
        closed = rules_on(now.date()).closed
        await go_to(time_skipping, next(d for d in days if not is_working_day(d.date(), closed)))
        await resident.step("answer_uncertain", letter=AGAIN, answer="opnieuw")
        view = await resident.quiet()
        leaves = datetime.fromisoformat(view["state"]["letters"][AGAIN]["order"]["send_at"])
        await go_to(time_skipping, leaves - timedelta(minutes=10))
        await resident.step("recall_letter", letter=AGAIN)
        await resident.pass_time(days=2)
        view = await resident.quiet()
        assert "recalled" == view["state"]["letters"][AGAIN]["status"]
        assert [AGAIN] == [one.key for one in effects.deliveries]
        await replays(resident)
