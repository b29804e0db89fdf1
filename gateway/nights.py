"""The schedule of the nightly audit: made once, whoever starts first, and never twice."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
)

from gateway.settings import Settings
from workflows.programme import PROGRAMME_RUN

HOUR, MINUTE = 2, 30
# A machine that is off at night does the night's work when it is on again.
CATCH_UP = timedelta(hours=20)


def schedule_id(settings: Settings) -> str:
    """Return the schedule's name: one for each queue."""
    return f"nightly-audit-{settings.task_queue}"


async def plan_nights(client: Client, settings: Settings) -> bool:
    """Let the audit run every night; False when that was planned already."""
    name = schedule_id(settings)
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            PROGRAMME_RUN,
            id=name,
            task_queue=settings.task_queue,
            static_summary="Nachtelijke controle",
        ),
        spec=ScheduleSpec(
            calendars=[
                ScheduleCalendarSpec(hour=[ScheduleRange(HOUR)], minute=[ScheduleRange(MINUTE)])
            ],
            time_zone_name="Europe/Brussels",
        ),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=CATCH_UP),
    )
    try:
        await client.create_schedule(name, schedule)
    except ScheduleAlreadyRunningError:
        return False
    return True
