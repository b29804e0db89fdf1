"""What people read without asking Temporal: lists, tasks, the waitlist, and who is who.

A supporter sees only residents whom they support. Names come from the register of people, and go
to staff alone.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.errors import NotFound, Refused, no_trajectory
from gateway.past import Past, as_of, shown_to
from gateway.programmes import rules_on
from gateway.settings import Settings
from models.calendar import day_of
from models.facts import By, Overview
from models.registers import Candidate, rank_reason, waitlist
from models.vocabulary import STAFF, Role
from privacy.errors import Erased
from privacy.keys import is_forgotten
from stores import overview, people, places, registers, tasks
from stores.erasures import is_restricted
from stores.looks import Look, log_look
from stores.tasks import Listed
from stores.vault import FORGOTTEN

log = logging.getLogger("opstap.gateway")
Clock = Callable[[], datetime]
PREFIX = "trajectory-"
# Who still sees a file of which the processing is restricted (GDPR 18).
WHEN_RESTRICTED = (Role.COORDINATOR, Role.MANAGER, Role.AUDITOR)


class Waiting(NamedTuple):
    """Somebody on the waitlist, with why they stand there."""

    position: int
    candidate: Candidate
    reason: str


def wall_clock() -> datetime:
    """Return the real time."""
    return datetime.now(UTC)


class Lists:
    """The reading half of the gateway: SQL only, so it answers while Temporal is away."""

    def __init__(self, engine: AsyncEngine, settings: Settings, clock: Clock = wall_clock) -> None:
        """Keep the database, the settings, and where the time comes from."""
        self.engine = engine
        self.settings = settings
        self.clock = clock

    # ---- who -----------------------------------------------------------------------------------
    async def person(self, text: str) -> By:
        """Return who acts: "an", or "an:coordinator" when the register says so too.

        Raises:
            Refused: the register does not know this person, or in another role.
        """
        who, _, role = (part.strip() for part in text.partition(":"))
        known = await self._role_of(who)
        if known is None:
            raise Refused(
                f"'{who}' staat niet in het register van medewerkers of begeleiders. Laad het met "
                "`opstap registers load BESTAND`.",
                "unknown_person",
            )
        if role and role != known.value:
            raise Refused(
                f"'{who}' staat in het register als {known.label.lower()} ({known.value}), "
                f"niet als '{role}'.",
                "role",
            )
        return By(who=who, role=known)

    async def _role_of(self, who: str) -> Role | None:
        employee = await registers.get_employee(self.engine, who)
        if employee is not None:
            return employee.role
        supporter = await registers.get_supporter(self.engine, who)
        return None if supporter is None else Role.SUPPORTER

    # ---- which ---------------------------------------------------------------------------------
    async def find(self, text: str, by: By | None = None) -> str:
        """Return the trajectory whose id begins so; "trajectory-" itself may be left out.

        Raises:
            NotFound: none begins so, or more than one does.
        """
        wanted = text if text.startswith(PREFIX) else PREFIX + text
        rows = await overview.list_overview(self.engine, search=wanted)
        found = [row for row in rows if row.trajectory.startswith(wanted) and sees(by, row)]
        exact = [row for row in found if row.trajectory == wanted]
        if len(found) == 1 or exact:
            return (exact or found)[0].trajectory
        if found:
            ids = ", ".join(row.trajectory for row in found[:5])
            raise NotFound(f"'{text}' past op {len(found)} trajecten: {ids}. Typ er meer van.")
        # Written down in Temporal already, though the overview may follow.
        if text.startswith(PREFIX) and (by is None or by.role is not Role.SUPPORTER):
            return text
        raise no_trajectory(text)

    async def may_see(self, trajectory: str, by: By | None) -> None:
        """Refuse a supporter who asks about somebody else's resident, and who need not see.

        Raises:
            NotFound: as if it were not there.
            Refused: what is known may only be kept, and this role does not need it.
        """
        if by is not None and by.role is Role.SUPPORTER:
            row = await overview.get(self.engine, trajectory)
            if row is None or not sees(by, row):
                raise no_trajectory(trajectory)
        if by is not None and by.role not in WHEN_RESTRICTED:
            await self._not_restricted(trajectory)

    async def _not_restricted(self, trajectory: str) -> None:
        if await is_restricted(self.engine, trajectory):
            raise Refused(
                "De verwerking van dit dossier is beperkt: enkel een coördinator, een "
                "leidinggevende of een auditor mag het nog inkijken.",
                "restricted",
            )

    async def not_erased(self, trajectory: str) -> None:
        """Refuse what is asked about somebody who was forgotten.

        Raises:
            Refused: with the sentence.
        """
        if await is_forgotten(self.engine, trajectory):
            raise Refused(str(Erased()), "erased")

    # ---- lists ---------------------------------------------------------------------------------
    async def overview(
        self,
        *,
        stages: Iterable[str] | None = None,
        partner: str | None = None,
        by: By | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Overview]:
        """Return the overview rows that this person may see."""
        if by is None or by.role is not Role.SUPPORTER:
            return await overview.list_overview(
                self.engine, stages=stages, partner=partner, limit=limit, offset=offset
            )
        rows = await overview.list_overview(self.engine, stages=stages, partner=partner)
        mine = [row for row in rows if sees(by, row)]
        return mine[offset:] if limit is None else mine[offset : offset + limit]

    async def count(
        self,
        *,
        stages: Iterable[str] | None = None,
        partner: str | None = None,
        by: By | None = None,
    ) -> int:
        """Return how many rows `overview` has without a limit."""
        if by is not None and by.role is Role.SUPPORTER:
            return len(await self.overview(stages=stages, partner=partner, by=by))
        return await overview.count(self.engine, stages=stages, partner=partner)

    async def tasks(
        self,
        *,
        whom: Role | None = None,
        trajectory: str | None = None,
        by: By | None = None,
        also_done: bool = False,
    ) -> list[Listed]:
        """Return tasks by due date: of a role, of a trajectory, or all that this person may see."""
        listed = await tasks.list_tasks(
            self.engine, whom=whom, trajectory=trajectory, also_done=also_done
        )
        if by is None or by.role is not Role.SUPPORTER:
            return listed
        mine = {row.trajectory for row in await self.overview(by=by)}
        return [one for one in listed if one.trajectory in mine]

    async def waitlist(self, by: By | None = None) -> list[Waiting]:
        """Return who waits, in order, each with the reason of the rank."""
        rules = rules_on(self.settings, day_of(self.clock()))
        used = await places.priority_in_use(self.engine)
        ranked = waitlist(await overview.candidates(self.engine), used, rules)
        mine = {row.trajectory for row in await self.overview(by=by)}
        return [
            Waiting(position, candidate, rank_reason(candidate, position, used, rules))
            for position, candidate in enumerate(ranked, 1)
            if candidate.trajectory in mine
        ]

    async def names(self, trajectories: Iterable[str], by: By) -> dict[str, str]:
        """Return the names behind trajectories; nothing for who is not staff."""
        if by.role not in STAFF:
            return {}
        return await people.names(self.engine, trajectories)

    # ---- the past ------------------------------------------------------------------------------
    async def as_of(
        self, trajectory: str, on: date, known: date | None = None, by: By | None = None
    ) -> Past:
        """Return what held on a day, as it was known on that day or on another.

        Raises:
            NotFound: no such trajectory, or not this person's.
        """
        await self.may_see(trajectory, by)
        past = await as_of(self.engine, trajectory, on, known or on)
        await self.looked(trajectory, "as_of", by)
        return past if by is None else shown_to(past, by.role)

    async def looked(self, trajectory: str, what: str, by: By | None) -> None:
        """Keep that somebody looked; where that fails the person still sees."""
        who = {} if by is None else {"who": by.who, "role": by.role.value}
        try:
            look = Look(at=self.clock(), trajectory=trajectory, what=what, **who)
            await log_look(self.engine, look)
        except (SQLAlchemyError, OSError):
            log.warning("a look at %s could not be kept", trajectory)

    async def initials(self, trajectories: Iterable[str], by: By | None = None) -> dict[str, str]:
        """Return initials, enough to recognise somebody in a list; an auditor needs none."""
        if by is not None and by.role not in {*STAFF, Role.SUPPORTER}:
            return {}
        named = await people.names(self.engine, trajectories)
        return {trajectory: initials(name) for trajectory, name in named.items()}


def sees(by: By | None, row: Overview) -> bool:
    """Say whether this person may see this row."""
    return by is None or by.role is not Role.SUPPORTER or row.supporter == by.who


def initials(name: str) -> str:
    """Write a name as its first letters: "Mira Voorbeeld" becomes "M.V."."""
    if name == FORGOTTEN:
        return name
    return "".join(f"{word[0].upper()}." for word in name.split())
