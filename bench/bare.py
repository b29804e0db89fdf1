"""Bare workflows: the same updates and activities as ours, with none of our rules.

One update with a validator, one activity that writes one row, the same start argument, the same
request, an answer of the same shape. What they lack is what is measured.
"""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from bench.bare_row import Row
    from models.facts import Start, StepAnswer

WRITE_ROW = "write_row"
TIME = timedelta(seconds=10)
RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200))
# As long as the JSON of one of our turns in the step measurement.
TURN_BYTES = 1300


class Bare(ABC):
    """The update that all bare workflows have; `_write` differs."""

    _trajectory: str
    _seq: int = 0
    _closed: bool = False

    @abstractmethod
    async def _write(self, row: Row) -> str:
        """Write a row."""

    @workflow.update
    async def step(self, _: Any = None) -> StepAnswer:
        """Write a row and answer."""
        self._seq += 1
        row = Row(
            workflow=self._trajectory, seq=self._seq, at=workflow.now(), body="." * TURN_BYTES
        )
        await self._write(row)
        return StepAnswer(
            trajectory=self._trajectory,
            seq=self._seq,
            stage="wachtlijst",
            text="'Aanmelding aanvullen' is vastgelegd. Fase: Wachtlijst.",
        )

    @step.validator
    def _may_step(self, request: Any = None) -> None:
        if not isinstance(request, dict) or not request.get("who"):
            raise ApplicationError("a step needs who", type="StepRefused", non_retryable=True)


@workflow.defn
class BareLocal(Bare):
    """One update, one local activity."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        """Keep the id."""
        self._trajectory = start.trajectory

    @workflow.run
    async def run(self, _: Start) -> None:
        """Stay open."""
        await workflow.wait_condition(lambda: self._closed)

    async def _write(self, row: Row) -> str:
        written: str = await workflow.execute_local_activity(
            WRITE_ROW, row, result_type=str, start_to_close_timeout=TIME, retry_policy=RETRY
        )
        return written


@workflow.defn
class BareOrdinary(Bare):
    """One update, one ordinary activity."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        """Keep the id."""
        self._trajectory = start.trajectory

    @workflow.run
    async def run(self, _: Start) -> None:
        """Stay open."""
        await workflow.wait_condition(lambda: self._closed)

    async def _write(self, row: Row) -> str:
        written: str = await workflow.execute_activity(
            WRITE_ROW, row, result_type=str, start_to_close_timeout=TIME, retry_policy=RETRY
        )
        return written
