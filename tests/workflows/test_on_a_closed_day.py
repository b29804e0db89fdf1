"""A mail that could not leave on its day: never on a Saturday or Sunday, and once after it."""

import uuid
from datetime import date, datetime, timedelta

from temporalio.testing import WorkflowEnvironment

from models.calendar import BRUSSELS, is_working_day
from tests.workflows.conftest import Effects, Resident, refer, rules_on, start, working
from tests.workflows.test_going_again import replays

MAIL = "1-waitlist_confirmation"


async def before_a_friday(environment: WorkflowEnvironment) -> date:
    """Go to the noon before a Friday that has a Monday after it; return that Friday."""
    now: datetime = await environment.get_current_time()
    friday = now.astimezone(BRUSSELS).date() + timedelta(days=2)
    while friday.weekday() != 4 or not all(
        is_working_day(day, rules_on(day).closed) for day in (friday, friday + timedelta(days=3))
    ):
        friday += timedelta(days=1)
    noon = datetime(friday.year, friday.month, friday.day, 12, tzinfo=BRUSSELS) - timedelta(days=1)
    await environment.sleep(noon - now)
    return friday


async def on_friday(environment: WorkflowEnvironment, resident: Resident, friday: date) -> None:
    """Refer somebody, whose letter leaves at nine on Friday; the mail server is away until late."""
    await refer(resident)
    view = await resident.quiet()
    (letter,) = view["state"]["letters"].values()
    assert (friday, 9) == (
        (at := datetime.fromisoformat(letter["order"]["send_at"])).date(),
        at.hour,
    )
    await environment.sleep(timedelta(days=5))


async def tried_on(environment: WorkflowEnvironment, away: timedelta) -> list[tuple[int, int]]:
    """Return on which days after that Friday it was tried, and at what hour it was to leave."""
    effects, queue = Effects(away={MAIL: away}), f"test-{uuid.uuid4().hex[:8]}"
    async with working(environment, effects, queue):
        friday = await before_a_friday(environment)
        resident = await start(environment, effects, queue)
        await on_friday(environment, resident, friday)
        view = await resident.quiet()
        assert "sent" == view["state"]["letters"][MAIL]["status"]
        first = effects.deliveries[0].at
        since = [None if one.at == first else first for one in effects.deliveries]
        assert since == [one.since for one in effects.deliveries]
        await replays(resident)
        at = [one.at.astimezone(BRUSSELS) for one in effects.deliveries]
        return [((one.date() - friday).days, one.hour) for one in at]


async def test_a_mail_that_waits_for_its_server_does_not_leave_in_the_weekend(
    time_skipping: WorkflowEnvironment,
) -> None:
    tries = await tried_on(time_skipping, timedelta(hours=25))
    assert [(0, 9), (0, 9), (3, 9)] == tries


async def test_a_mail_whose_server_is_back_the_same_day_leaves_that_day(
    time_skipping: WorkflowEnvironment,
) -> None:
    tries = await tried_on(time_skipping, timedelta(hours=3))
    assert [(0, 9), (0, 9)] == tries


async def test_a_mail_whose_server_is_back_on_the_next_working_day_leaves_at_once(
    time_skipping: WorkflowEnvironment,
) -> None:
    tries = await tried_on(time_skipping, timedelta(hours=72 + 5))
    assert [(0, 9), (0, 9), (3, 14)] == tries
