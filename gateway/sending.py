"""Talking to the workflow: one update, one query, and what their errors mean in Dutch.

Promises that what comes out is an answer or one of `gateway.errors`; never an error of Temporal.
"""

import asyncio
import hashlib
import logging
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from gateway.errors import NoAnswer, Refused, no_trajectory
from gateway.settings import Settings
from models.errors import TOO_EARLY, OpstapError
from models.facts import Heard, Json, Start, StepAnswer, canonical
from models.signing import HEAR, Sign, spoken
from models.unreadable import ANSWERS, MARKER, Why, unreadable
from models.vocabulary import Stage
from privacy.errors import Erased
from workflows.trajectory import WORKFLOW

log = logging.getLogger("opstap.gateway")
PATIENCE = timedelta(seconds=30)
SETTLES_WITHIN = 10.0
# After a look that came before its task: that task is on its way (`workflows.punctual`).
_AGAIN_AFTER = (0.05, 0.2, 0.5, 1.0, 2.0)
# A task that goes on in a next one while its turn is still being written may not replay, and that
# begins at four fifths of this: longer than all tries of writing within one task (ADR 9).
TASK_TIMEOUT = timedelta(seconds=60)
SHUT = "shut"
# What the register says no with; the row itself holds the sentence (models.observations).
DENIALS = ("call_denied", "place_taken", "match_refused")
_TROUBLE = (
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowAlreadyStartedError,
    RPCError,
    Erased,
)
_SLOW = (
    "Opstap antwoordt niet op tijd: draait de worker (`opstap up` of `opstap worker`)? Nog eens "
    "proberen mag, er gebeurt niets dubbel."
)


def update_id(request: Json) -> str:
    """Return the id of the update that carries a request: one id, one content.

    A request asked again is signed anew. Under one update id a server that died while the worker
    was busy would write the newer request into the history, and the worker's answer to the older
    one beside it. That a request counts once, by its own id, is the trajectory's to see.
    """
    return f"{request['id']}-{hashlib.sha256(canonical(request)).hexdigest()[:16]}"


async def send(client: Client, trajectory: str, step: str, request: Json) -> StepAnswer:
    """Take a step in a trajectory that runs.

    Raises:
        Refused, NotFound, NoAnswer: with a Dutch sentence.
    """
    handle = client.get_workflow_handle(trajectory)
    try:
        answer = await handle.execute_update(
            step, request, id=update_id(request), rpc_timeout=PATIENCE
        )
        return StepAnswer.model_validate(readable(answer))
    except _TROUBLE as error:
        raise await _told(handle, explained(error, trajectory)) from None


async def tell(client: Client, sign: Sign, trajectory: str, heard: Heard) -> None:
    """Let a trajectory hear something that is no step; twice the same counts once.

    Raises:
        Refused, NotFound, NoAnswer: with a Dutch sentence.
    """
    handle = client.get_workflow_handle(trajectory)
    request = spoken(sign, trajectory, heard)
    try:
        await handle.execute_update(HEAR, request, id=heard.id, rpc_timeout=PATIENCE)
    except _TROUBLE as error:
        raise await _told(handle, explained(error, trajectory)) from None


async def begin(
    client: Client, settings: Settings, start: Start, step: str, request: Json
) -> StepAnswer:
    """Start a trajectory with its first step; the same request again starts nothing new.

    Raises:
        Refused, NotFound, NoAnswer: with a Dutch sentence.
    """
    options: dict[str, Any] = {
        "id": start.trajectory,
        "task_queue": settings.task_queue,
        "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
        "id_reuse_policy": WorkflowIDReusePolicy.REJECT_DUPLICATE,
        "task_timeout": TASK_TIMEOUT,
        "static_summary": f"Traject {start.trajectory.removeprefix('trajectory-')}",
    }
    try:
        if not settings.update_with_start:
            await client.start_workflow(WORKFLOW, start, **options)
            return await send(client, start.trajectory, step, request)
        answer = await client.execute_update_with_start_workflow(
            step,
            request,
            id=update_id(request),
            rpc_timeout=PATIENCE,
            start_workflow_operation=WithStartWorkflowOperation(WORKFLOW, start, **options),
        )
        return StepAnswer.model_validate(readable(answer))
    except _TROUBLE as error:
        raise explained(error, start.trajectory) from None


async def ask(client: Client, trajectory: str, query: str) -> Any:
    """Ask a trajectory something.

    Raises:
        NotFound, NoAnswer: with a Dutch sentence.
    """
    handle = client.get_workflow_handle(trajectory)
    for pause in _AGAIN_AFTER:
        try:
            return readable(await handle.query(query, rpc_timeout=PATIENCE))
        except WorkflowQueryFailedError as error:
            if str(error) != TOO_EARLY:
                raise explained(error, trajectory) from None
            await asyncio.sleep(pause)
        except _TROUBLE as error:
            raise explained(error, trajectory) from None
    raise NoAnswer(TOO_EARLY)


def readable(answer: Any) -> Any:
    """Return an answer, unless it could not be opened.

    Raises:
        Refused: with the reason; it is logged, for it should not happen.
    """
    refusal = unreadable(answer)
    if refusal is None:
        return answer
    log.error("an answer could not be opened: %s", answer[MARKER])
    raise Refused(ANSWERS[Why(answer[MARKER])], refusal.code)


def explained(error: BaseException, trajectory: str) -> OpstapError:
    """Return what an error of Temporal means for the person who asked."""
    if isinstance(error, Erased):
        return Refused(str(error), "erased")
    cause = error.cause if isinstance(error, WorkflowUpdateFailedError) else None
    if isinstance(cause, ApplicationError):
        told = cause.details[0] if cause.details and isinstance(cause.details[0], dict) else {}
        return Refused(
            cause.message,
            told.get("code") or "refused",
            rule=told.get("rule"),
            about=told.get("about"),
        )
    if isinstance(error, WorkflowAlreadyStartedError):
        return shut(trajectory)
    if isinstance(error, RPCError):
        if error.status is RPCStatusCode.NOT_FOUND:
            return shut(trajectory) if "completed" in error.message else no_trajectory(trajectory)
        if error.status is RPCStatusCode.ALREADY_EXISTS:
            return shut(trajectory)
    return NoAnswer(_SLOW)


def shut(trajectory: str) -> Refused:
    """Return the refusal of a file that is shut for good."""
    return Refused(f"Het dossier '{trajectory}' is definitief gesloten.", SHUT)


async def _told(handle: "WorkflowHandle[Any, Any]", said: OpstapError) -> OpstapError:
    """Tell a file that was shut from a trajectory that somebody ended in Temporal itself."""
    if not isinstance(said, Refused) or said.code != SHUT:
        return said
    try:
        status = (await handle.describe()).status
    except RPCError:
        return said
    if status is WorkflowExecutionStatus.COMPLETED:
        return said
    return Refused(
        f"Het traject '{handle.id}' werd in Temporal zelf beëindigd, niet door een stap: het neemt "
        "niets meer aan. Verwittig wie Opstap beheert (`opstap audit compare`).",
        "ended_outside",
    )


async def settle(
    client: Client, answer: StepAnswer, step: str, label: str, within: float = SETTLES_WITHIN
) -> StepAnswer:
    """Wait until the register has answered what a step asked.

    Raises:
        Refused: the register said no, in its own sentence.
    """
    loop = asyncio.get_running_loop()
    until, pause = loop.time() + within, 0.02
    while (view := await ask(client, answer.trajectory, "view"))["state"].get("asks"):
        if loop.time() > until:
            text = f"'{label}' is vastgelegd; het antwoord van het register volgt."
            return answer.model_copy(update={"text": text})
        await asyncio.sleep(pause)
        pause = min(pause * 2, 0.5)
    rows = await ask(client, answer.trajectory, "timeline")
    came = _came_back(rows, step, answer.seq)
    denial = next((row for row in came if row["kind"] in DENIALS), None)
    if denial is not None:
        raise Refused(denial["detail"]["data"]["text"], denial["kind"])
    stage = Stage(view["overview"]["stage"])
    ordered = [row["detail"]["letter"]["key"] for row in came if row["kind"] == "letter_ordered"]
    return answer.model_copy(
        update={
            "seq": max([answer.seq, *(row["seq"] for row in came)]),
            "stage": stage.value,
            "text": f"'{label}' is vastgelegd. Fase: {stage.label}.",
            "letters": [*answer.letters, *ordered],
            "pending": False,
        }
    )


def _came_back(rows: list[Json], step: str, seq: int) -> list[Json]:
    """Return the outcomes that answer the step's question: the observation and its letters."""
    numbers = [row["fact"] for row in rows if row["kind"] == step and row["seq"] <= seq]
    if not numbers:
        return []
    key = f"{numbers[-1]}-"
    for place, row in enumerate(rows):
        if row["seq"] > seq and str(row["detail"].get("key", "")).startswith(key):
            later = rows[place + 1 :]
            brought = next((n for n, one in enumerate(later) if one["fact"]), len(later))
            return [row, *later[:brought]]
    return []
