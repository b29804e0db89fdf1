"""`opstap audit erase`: forgetting a person, from the question of two people to the last file.

In this order, each part once however often it is asked: the step is the chain's last row; the
workflow ends; exports and mails go; the tombstone is written outside the database; the keys are
destroyed and the tables blanked, with who and why. Broken off halfway, asking again finishes.
"""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from audit.mails import delete_mails
from audit.retention import kept_until, state_of
from gateway.errors import Refused, no_trajectory
from gateway.programmes import find_programme
from gateway.steps import Gateway
from models.calendar import day_of, dutch_date
from models.choices import EraseReason
from models.facts import By
from models.rights import may_be_erased
from models.vocabulary import ENDED, STAFF, Role
from privacy import tombstones
from privacy.erasing import erase
from privacy.keys import is_forgotten
from stores import outcomes, people
from stores.erasures import Erasure

STEP = "erase_file"
ENDS_WITHIN = 10.0
_PAUSE = 0.1


class Asked(NamedTuple):
    """Who asks to erase, with whom, and why; the text goes with the file."""

    by: By
    second: By
    reason: EraseReason
    text: str | None = None


class Erased(NamedTuple):
    """What was done: which trajectories, how many rows were blanked, how many files went."""

    trajectories: list[str]
    rows: dict[str, int]
    files: int
    already: bool


def pair(one: By, other: By, reason: EraseReason, text: str | None = None) -> Asked:
    """Return the question of two people; the manager of the two answers for it.

    Raises:
        Refused: one person, nobody who manages, or somebody who is not staff.
    """
    if one.who == other.who:
        raise Refused("Wissen vraagt twee verschillende mensen.", "same_person")
    first, second = (one, other) if one.role is Role.MANAGER else (other, one)
    if first.role is not Role.MANAGER:
        raise Refused(
            "Bij wissen hoort een leidinggevende: geef die op als een van de twee.", "second_role"
        )
    if second.role not in STAFF:
        raise Refused(f"Wissen doet het team zelf, geen {second.role.label.lower()}.", "role")
    return Asked(first, second, reason, text)


async def weigh(gateway: Gateway, trajectory: str, reason: EraseReason) -> list[str]:
    """Return all that goes: every trajectory of this person, the asked one included.

    Raises:
        NotFound: the log does not know it.
        Refused: one of them still runs, has a debt or a legal pause, or is kept for longer.
    """
    if not await outcomes.sealed_rows(gateway.engine, trajectory):
        raise no_trajectory(trajectory)
    theirs = await people.trajectories_beside(gateway.engine, trajectory)
    for one in theirs:
        if not await is_forgotten(gateway.engine, one):
            await _weigh(gateway, one, reason)
    return theirs


async def _weigh(gateway: Gateway, trajectory: str, reason: EraseReason) -> None:
    state = await state_of(gateway.engine, trajectory)
    if state.stage not in ENDED:
        shown = state.stage.label if state.stage else "nog niet begonnen"
        raise Refused(
            f"{trajectory} loopt nog (fase '{shown}'): enkel een dossier dat ten einde is kan "
            "gewist worden.",
            "still_runs",
        )
    refusal = may_be_erased(state)
    if refusal is not None:
        raise Refused(f"{trajectory}: {refusal.text}", refusal.code)
    today = day_of(gateway.clock())
    until = kept_until(find_programme(gateway.settings), state, today)
    if reason is EraseReason.TERM and (until is None or until >= today):
        shown = "is niet ingesteld" if until is None else f"loopt tot {dutch_date(until)}"
        raise Refused(f"{trajectory}: de bewaartermijn {shown}.", "still_kept")


async def erase_person(gateway: Gateway, trajectory: str, asked: Asked) -> Erased:
    """Erase a person, whole; what was done before is not done again.

    Raises:
        NotFound, Refused: see `weigh`, or the trajectory itself said no.
    """
    theirs = await weigh(gateway, trajectory, asked.reason)
    for one in theirs:
        await _end(gateway, one, asked)
    files = await asyncio.to_thread(_exports, gateway.settings.proof, theirs)
    files += await delete_mails(gateway.engine, _folders(gateway), theirs)
    at = gateway.clock()
    for one in theirs:
        path = gateway.settings.proof / tombstones.FILE
        await asyncio.to_thread(tombstones.add, path, _told(one, asked, at))
    done = await erase(gateway.engine, trajectory, at, _told(trajectory, asked, at))
    return Erased(done.trajectories, done.rows, files, done.already)


def _folders(gateway: Gateway) -> list[Path]:
    """Return where mails of this machine are kept: the catcher's folder, or the one to post to."""
    own = gateway.settings.post_folder
    return [gateway.settings.state_dir / "mails", *([own] if own is not None else [])]


def _told(trajectory: str, asked: Asked, at: datetime) -> Erasure:
    return Erasure(
        at=at,
        trajectory=trajectory,
        who=asked.by.who,
        role=asked.by.role.value,
        second=asked.second.who,
        second_role=asked.second.role.value,
        reason=asked.reason.value,
    )


async def _end(gateway: Gateway, trajectory: str, asked: Asked) -> None:
    """Write the last row, and see that the workflow ends; a closed one takes no step any more."""
    if await is_forgotten(gateway.engine, trajectory) or not await _runs(gateway, trajectory):
        return
    data = {"reason": asked.reason.value, "text": asked.text}
    await gateway.step(
        trajectory,
        STEP,
        {name: value for name, value in data.items() if value is not None},
        asked.by,
        second=asked.second,
        request_id=f"erase-{trajectory}",
    )
    loop = asyncio.get_running_loop()
    until = loop.time() + ENDS_WITHIN
    while await _runs(gateway, trajectory):
        rows = await outcomes.sealed_rows(gateway.engine, trajectory)
        if loop.time() > until and any(row.kind == STEP for row in rows):
            # A letter that was held back still sleeps until its moment: nothing else waits.
            await gateway.client.get_workflow_handle(trajectory).terminate("gewist")
        await asyncio.sleep(_PAUSE)


async def _runs(gateway: Gateway, trajectory: str) -> bool:
    try:
        told = await gateway.client.get_workflow_handle(trajectory).describe()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return False
    return told.status is WorkflowExecutionStatus.RUNNING


def _exports(proof: Path, trajectories: list[str]) -> int:
    there = [path for one in trajectories if (path := proof / "exports" / f"{one}.zip").exists()]
    for path in there:
        path.unlink()
    return len(there)
