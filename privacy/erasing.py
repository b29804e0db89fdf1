"""Forgetting a person: the keys are destroyed and every table blanked, in one transaction.

Chain and structure stay, so that what was proven about everybody else still verifies. Whoever calls
has ended the trajectory's workflow first, and asked what must be asked (two people, no open debt,
no legal hold): here it is only carried out. Doing it twice is doing it once.
"""

import asyncio
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from privacy.errors import MasterError
from privacy.keys import bury, ring_of
from stores import erasing
from stores.engine import alone, write
from stores.erasures import Erasure, note
from stores.vault import person, resident


class Forgotten(NamedTuple):
    """What was done: whose trajectories, and how many rows were blanked in each table."""

    trajectories: list[str]
    rows: dict[str, int]
    already: bool


async def erase(
    engine: AsyncEngine, trajectory: str, at: datetime, told: Erasure | None = None
) -> Forgotten:
    """Forget the person of a trajectory, with every trajectory they had.

    `told` says by whom and why; it is kept in the same transaction, for each trajectory.

    Raises:
        MasterError: this database has no keys to destroy.
    """
    ring = ring_of(engine)
    if ring is None:
        raise MasterError("Deze databank is niet verzegeld: wissen kan hier niet.")
    done = await write(engine, _erase, trajectory, at, told)
    ring.forget()
    await asyncio.to_thread(erasing.leave_no_copy, engine)
    return done


def _erase(
    connection: Connection, trajectory: str, at: datetime, told: Erasure | None
) -> Forgotten:
    owner, theirs = erasing.trajectories_beside(connection, trajectory)
    rows: dict[str, int] = {}
    news = False
    for one in theirs:
        # A turn that is being written now is finished first; the next finds the tombstone.
        alone(connection, one)
        news = bury(connection, resident(one), at) or news
        for table, count in erasing.blank_trajectory(connection, one).items():
            rows[table] = rows.get(table, 0) + count
        if told is not None:
            note(connection, told.model_copy(update={"trajectory": one}))
    if owner is not None:
        news = bury(connection, person(owner), at) or news
        rows["people"] = erasing.blank_person(connection, owner)
    return Forgotten(theirs, rows, already=not news)
