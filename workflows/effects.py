"""The only door to activities: one typed function each, with its time limits and a Dutch summary.

Activities are called by name, so that this package never imports them; a contract test holds the
names and the types of both sides together.
"""

from datetime import date, datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, FailureError

from models.facts import (
    Answer,
    Ask,
    Delivered,
    Delivery,
    Json,
    LetterOrder,
    Message,
    Question,
    Tell,
    Turn,
)
from models.letters import LETTERS, LetterKind
from models.programme import Rules

RECORD_TURN = "record_turn"
REWRITE = "rewrite"
ANSWER = "answer"
CARRY = "carry"
DELIVER = "deliver"
AUDIT_DAY = "audit_day"
BROKEN_CHAIN = "BrokenChain"

# Only the first retry is as soon as this.
_AT_ONCE = timedelta(milliseconds=300)
_NO_TIME = timedelta(milliseconds=1)
# A turn is written in less, or its database was away.
_SHORT = timedelta(minutes=1)
_SOON = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    maximum_interval=timedelta(seconds=30),
    non_retryable_error_types=[BROKEN_CHAIN],
)
_PATIENT = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=5))


async def record_turn(turn: Turn) -> str:
    """Write outcomes, overview, tasks and letter orders; return the head of the chain.

    A local activity of the same workflow task: short SQL work, retried for ever. At most two tries
    lie within one task, together shorter than a task may take; later ones wait for a timer (ADR 9).
    """
    head: str = await workflow.execute_local_activity(
        RECORD_TURN,
        turn,
        result_type=str,
        start_to_close_timeout=timedelta(seconds=10),
        local_retry_threshold=_AT_ONCE,
        retry_policy=_SOON,
    )
    return head


def clock(began: datetime, edition: int) -> datetime:
    """Return from when what follows a turn counts, the same live and on replay (ADR 9).

    The clock after a local activity may replay otherwise by as long as that lasted; the moment at
    which its turn began does not. Before edition 3 the clock counted where writing took long.
    """
    if edition >= 3:
        return began
    now = workflow.now()
    return began if now - began < _SHORT else now


async def wait_until(moment: datetime, summary: str) -> datetime:
    """Wait, with a timer even where the moment has passed; return what time it is then.

    Whether there is a timer is decided by the turn's own moment; how long it lasts, which the clock
    says, is nothing that a replay compares.
    """
    await workflow.sleep(max(moment - workflow.now(), _NO_TIME), summary=summary)
    return workflow.now()


async def rewrite(turns: list[Turn]) -> str:
    """Make SQL tell what history tells: for a tail that SQL lost or never should have had."""
    head: str = await workflow.execute_local_activity(
        REWRITE,
        turns,
        result_type=str,
        start_to_close_timeout=timedelta(seconds=10),
        local_retry_threshold=_AT_ONCE,
        retry_policy=_SOON,
    )
    return head


async def answer(trajectory: str, at: datetime, ask: Ask, rules: Rules) -> Answer:
    """Put a question about a shared thing to its register."""
    asked: Answer = await workflow.execute_activity(
        ANSWER,
        Question(trajectory=trajectory, at=at, ask=ask, rules=rules),
        result_type=Answer,
        start_to_close_timeout=timedelta(seconds=30),
        retry_policy=_SOON,
        summary=f"Vraag aan het register: {ask.kind}",
    )
    return asked


async def carry(trajectory: str, at: datetime, tell: Tell) -> None:
    """Bring a message to a register or to another trajectory."""
    await workflow.execute_activity(
        CARRY,
        Message(trajectory=trajectory, at=at, tell=tell),
        start_to_close_timeout=timedelta(seconds=30),
        retry_policy=_SOON,
        summary=f"Bericht: {tell.kind}",
    )


async def deliver(
    trajectory: str, order: LetterOrder, at: datetime, rules: Rules, since: datetime | None = None
) -> Delivered:
    """Let a letter leave the house; `at` is when its round began, or goes on after `since`."""
    delivered: Delivered = await workflow.execute_activity(
        DELIVER,
        Delivery(
            trajectory=trajectory,
            key=order.key,
            at=at,
            resend_minutes=rules.resend_minutes,
            since=since,
        ),
        result_type=Delivered,
        start_to_close_timeout=timedelta(minutes=2),
        retry_policy=_PATIENT,
        summary=LETTERS[LetterKind(order.kind)].label,
    )
    return delivered


async def audit_day(day: date) -> Json:
    """Sign a checkpoint, replay what is open, export what was closed; a day is done once."""
    report: Json = await workflow.execute_activity(
        AUDIT_DAY,
        day,
        result_type=Json,
        start_to_close_timeout=timedelta(hours=6),
        heartbeat_timeout=timedelta(minutes=5),
        retry_policy=_PATIENT,
        summary=f"Nachtelijke controle van {day.isoformat()}",
    )
    return report


def type_of(error: FailureError) -> str | None:
    """Return the type of the error that made an activity fail."""
    cause = error if isinstance(error, ApplicationError) else error.cause
    return cause.type if isinstance(cause, ApplicationError) else None
