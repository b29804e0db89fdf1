"""What somebody intends to do next: a day, a reason to choose that moment, and the step itself.

Wishes are cheap to compare; only the first one is worked out. Everything falls in office hours.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from models.calendar import add_months, brussels, is_working_day, local, next_working_day
from models.core import Trajectory
from models.facts import Json
from models.programme import Rules
from models.state import TrajectoryState
from simulation.people import AN, Person
from simulation.world import World

OPENS, CLOSES = 9, 17
_OFFICE_MINUTES = (CLOSES - OPENS) * 60 - 30


class Act(NamedTuple):
    """A step that somebody takes."""

    step: str
    data: Json
    who: tuple[str, str] = AN
    second: str | None = None
    override: str | None = None

    def request(self) -> Json:
        """Return the request as a script writes it."""
        request: Json = {"who": self.who[0], "role": self.who[1]}
        if self.second is not None:
            request["second"] = self.second
        if self.override is not None:
            request["override"] = self.override
        request["data"] = self.data
        return request


class Wish(NamedTuple):
    """Something to be done on a day or as soon as possible after it."""

    day: date
    key: str
    act: Callable[["Scene"], Act]
    after: datetime | None = None


class Scene(NamedTuple):
    """What somebody sees when they act: the person, where they stand, and the moment."""

    person: Person
    t: Trajectory
    now: datetime
    world: World
    today: date

    @property
    def s(self) -> TrajectoryState:
        """The state."""
        return self.t.state

    @property
    def rules(self) -> Rules:
        """The rules."""
        return self.t.rules

    def working_day(self, day: date) -> date:
        """Return this day, or the first working day after it."""
        return next_working_day(day, self.rules.closed)

    def in_days(self, days: int, key: str = "", spread: int = 1) -> date:
        """Return a working day some days from now."""
        more = self.person.draw(key, spread) if spread > 1 else 0
        return self.working_day(self.today + timedelta(days=days + more))


def at_hour(day: date, hour: int) -> str:
    """Write a moment as a script does."""
    return f"{day.isoformat()}T{hour:02}:00"


def moment_of(scene: Scene, wish: Wish) -> datetime:
    """Return when a wish can come true: in office hours, and later than now."""
    closed = scene.rules.closed
    minutes = scene.person.draw(wish.key, _OFFICE_MINUTES)
    earliest = scene.now + timedelta(minutes=1)
    if wish.after is not None and wish.after >= earliest:
        earliest = wish.after + timedelta(minutes=1)
    today = local(earliest).date()
    day = next_working_day(max(wish.day, today), closed)
    at = _at(day, minutes)
    if at >= earliest:
        return at
    at = earliest + timedelta(minutes=minutes % 17)
    if is_working_day(today, closed) and OPENS <= local(at).hour < CLOSES:
        return at
    if local(at).hour < OPENS and is_working_day(today, closed):
        return _at(today, minutes)
    return _at(next_working_day(today + timedelta(days=1), closed), minutes)


def _at(day: date, minutes: int) -> datetime:
    return brussels(day, OPENS + minutes // 60, minutes % 60).astimezone(UTC)


def lease_until(start: date, months: int, until: date | None) -> date:
    """Return the last day of a lease, not past the dwelling's own end."""
    end = add_months(start, months) - timedelta(days=1)
    return end if until is None else min(end, until)
