"""The bare resident-year: ten updates, sixteen timers, eight held letters, none of our rules.

Timers and letters stand in the code, as somebody who writes one workflow by hand would put them.
Every turn writes one row in a local activity; every letter waits for its moment and leaves by an
ordinary activity; the next moment and the stage are search attributes, set as often as ours.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy, SearchAttributeKey
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from bench.bare_row import Row
    from models.facts import Delivered, Delivery, Message, Start, StepAnswer, Tell

STAGE = SearchAttributeKey.for_keyword("OpstapStage")
PARTNER = SearchAttributeKey.for_keyword("OpstapPartner")
NEXT_DEADLINE = SearchAttributeKey.for_datetime("OpstapNextDeadline")
TIME = timedelta(seconds=30)
RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200))

# Day after the start → the letter that falls due with it, if any.
DEADLINES: dict[int, str | None] = {
    14: "open_items",
    60: None,
    101: None,
    160: None,
    177: None,
    181: None,
    192: None,
    206: None,
    238: None,
    252: None,
    258: None,
    283: None,
    298: None,
    333: "notice_reminder",
    334: None,
    350: None,
}
# Number of the step → the letters it orders; and the stage that it leads to.
ORDERS: dict[int, tuple[str, ...]] = {
    2: ("invitation_talk",),
    3: ("invitation_talk",),
    6: ("invitation_talk",),
    8: ("notice_mail", "notice_registered"),
    10: ("invitation_exit",),
}
STAGES = {1: "wonen", 9: "opzeg", 10: "uitstroom"}
TELLS = {1: "occupy_place"}
# Steps after which our next deadline is another one: there the bare one sets the attribute too.
MOVES = frozenset({1, 3, 4, 6, 9, 10})
HELD_FOR = timedelta(hours=17)
HELD_FOR_AFTER_DEADLINE = timedelta(hours=2)


@workflow.defn
class BareYear:
    """One year, written out."""

    @workflow.init
    def __init__(self, start: Start) -> None:
        """Keep the id."""
        self._id = start.trajectory
        self._rows = 0
        self._steps = 0
        self._next: datetime | None = None
        self._beside: set[asyncio.Task[None]] = set()

    @workflow.run
    async def run(self, _: Start) -> None:
        """Meet every deadline of the year, one after the other."""
        began = workflow.now()
        for day, letter in DEADLINES.items():
            self._next = began + timedelta(days=day)
            await workflow.sleep(self._next - workflow.now())
            await self._write()
            workflow.upsert_search_attributes([NEXT_DEADLINE.value_set(self._next)])
            if letter is not None:
                self._start(self._send((letter,), HELD_FOR_AFTER_DEADLINE))
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def step(self, request: Any = None) -> StepAnswer:
        """Write a row and answer; letters follow."""
        self._steps += 1
        number = self._steps
        await self._write()
        self._show(number)
        if number in ORDERS:
            self._start(self._send(ORDERS[number], HELD_FOR))
        if number in TELLS:
            self._start(self._tell(TELLS[number]))
        return StepAnswer(
            trajectory=self._id,
            seq=self._rows,
            stage="wonen",
            text=f"'{request['data'].get('label', 'Gesprek gehad')}' is vastgelegd. Fase: Wonen.",
            letters=[f"{self._rows}-{kind}" for kind in ORDERS.get(number, ())],
        )

    @step.validator
    def _may_step(self, request: Any = None) -> None:
        if not isinstance(request, dict) or not request.get("who"):
            raise ApplicationError("a step needs who", type="StepRefused", non_retryable=True)

    def _show(self, number: int) -> None:
        if self._next is None:
            return
        values: list[Any] = [NEXT_DEADLINE.value_set(self._next)] if number in MOVES else []
        if number in STAGES:
            values.append(STAGE.value_set(STAGES[number]))
        if number == 1:
            values.append(PARTNER.value_set("joba"))
        if values:
            workflow.upsert_search_attributes(values)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _write(self) -> None:
        self._rows += 1
        row = Row(workflow=self._id, seq=self._rows, at=workflow.now(), body="")
        await workflow.execute_local_activity(
            "write_row", row, result_type=str, start_to_close_timeout=TIME, retry_policy=RETRY
        )

    async def _send(self, letters: tuple[str, ...], held: timedelta) -> None:
        await workflow.sleep(held)
        await asyncio.gather(*(self._deliver(letter) for letter in letters))

    async def _deliver(self, letter: str) -> None:
        await workflow.execute_activity(
            "deliver",
            Delivery(trajectory=self._id, key=f"{self._rows}-{letter}", at=workflow.now()),
            result_type=Delivered,
            start_to_close_timeout=TIME,
            retry_policy=RETRY,
        )
        await self._write()

    async def _tell(self, kind: str) -> None:
        tell = Tell(key=f"1-{kind}-0", kind=kind, data={"place": "d7-1", "since": "2027-01-04"})
        await workflow.execute_activity(
            "carry",
            Message(trajectory=self._id, at=workflow.now(), tell=tell),
            start_to_close_timeout=TIME,
            retry_policy=RETRY,
        )
