"""Runs of the whole programme, started by a Temporal Schedule: the nightly audit.

Durable and without rules: a run names its day, and the activity does a day's work once.
"""

from datetime import timedelta

from temporalio import workflow

from models.calendar import day_of
from models.facts import Json
from workflows import effects

PROGRAMME_RUN = "ProgrammeRun"
# A run that begins after midnight is about the day that ended.
_BEFORE = timedelta(hours=12)


@workflow.defn(name=PROGRAMME_RUN)
class ProgrammeRunWorkflow:
    """One night: a checkpoint, a replay of what is open, an export of what was closed."""

    @workflow.run
    async def run(self) -> Json:
        """Return the report of the night."""
        return await effects.audit_day(day_of(workflow.now() - _BEFORE))
