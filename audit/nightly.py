"""The night's work: a checkpoint, a replay of what is open, an export of what was closed.

A day is done once: its checkpoint and its report have the day as their key, an export that is there
already is left alone. A difference is reported and never stops the rest.
"""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity
from temporalio.client import Client, WorkflowHistory
from temporalio.exceptions import ApplicationError

from audit import beside
from audit.ended import TEXT as ENDED
from audit.ended import ended_outside
from audit.exporting import Exporter, write_whole
from audit.fetching import histories
from audit.live import verify
from audit.proving import copies_of, make_checkpoint, trusted_keys
from audit.replay import Verdict, replay
from audit.retention import due
from gateway.errors import NotFound
from gateway.programmes import find_programme
from gateway.settings import Settings
from models.facts import Json
from proof.words import ProofError
from stores import checkpoints
from workflows.trajectory import WORKFLOW

log = structlog.get_logger()
_CLOSED = f'WorkflowType="{WORKFLOW}" AND ExecutionStatus!="Running"'


class Nightly:
    """The activity of the nightly audit, with what it needs."""

    def __init__(self, client: Client, engine: AsyncEngine, settings: Settings) -> None:
        """Keep them."""
        self._client = client
        self._engine = engine
        self._settings = settings

    @activity.defn
    async def audit_day(self, day: date) -> Json:
        """Do the work of one day; return its report, the first time and every time after."""
        known = await checkpoints.night(self._engine, day)
        if known is not None:
            return known
        try:
            report = await self._audited(day)
        except ProofError as error:
            # Somebody must set this right first; the schedule tries again tomorrow.
            raise ApplicationError(str(error), type="ProofError", non_retryable=True) from None
        await checkpoints.keep_night(self._engine, day, report)
        if report["differences"]:
            log.error("the nightly audit found differences", day=day.isoformat())
        return report

    async def _audited(self, day: date) -> Json:
        at = datetime.now(UTC)
        signed = await make_checkpoint(self._engine, self._settings, f"night:{day}", at)
        trusted = trusted_keys(self._settings, None)
        verified = await verify(self._engine, trusted, copies_of(self._settings))
        replayed, differences = await self._replayed()
        ended = await ended_outside(self._client, self._engine)
        exported = await self._exported(at)
        return {
            "day": day.isoformat(),
            "checkpoint": signed.statement.number,
            "rows": verified.rows,
            "replayed": replayed,
            "exported": exported,
            **await self._due(day),
            "differences": [
                *verified.problems,
                *differences,
                *(f"{name}: {ENDED}" for name in ended),
            ],
        }

    async def _due(self, day: date) -> Json:
        """On the first of the month, say whose retention period is over."""
        if day.day != 1:
            return {}
        found = await due(self._engine, find_programme(self._settings), day)
        if found:
            log.warning("retention periods are over: see `opstap audit due`", files=len(found))
        return {"due": [one.plain() for one in found]}

    async def _replayed(self) -> tuple[int, list[str]]:
        """Replay what is open; a trajectory that moves meanwhile is looked at once more."""
        count, differences = 0, []
        found = histories(self._client, open_only=True)
        async for verdict in self._replay(found):
            count += 1
            activity.heartbeat(count)
            if not verdict.good:
                again = histories(self._client, verdict.trajectory)
                differences += [
                    f"{one.trajectory}: {one.difference}"
                    async for one in self._replay(again)
                    if not one.good
                ]
        return count, differences

    def _replay(self, found: AsyncIterator[WorkflowHistory]) -> AsyncIterator[Verdict]:
        converter = self._client.data_converter
        # In the worker itself: what hangs must not hold up the steps of people.
        return replay(found, beside.Database(self._engine), converter=converter, watched=True)

    async def _exported(self, at: datetime) -> list[str]:
        """Export what was closed and has no export yet, before Temporal may forget it."""
        exporter = Exporter(self._client, self._engine, self._settings, at)
        written = []
        async for execution in self._client.list_workflows(_CLOSED):
            path = self._settings.proof / "exports" / f"{execution.id}.zip"
            activity.heartbeat(execution.id)
            if path.exists():
                continue
            try:
                write_whole(path, await exporter.export(execution.id))
            except NotFound:
                log.warning("a closed trajectory without rows", trajectory=execution.id)
                continue
            written.append(execution.id)
        return sorted(written)
