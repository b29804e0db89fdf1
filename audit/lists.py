"""What an auditor asks for across all trajectories: a list per question, the oldest first."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.narrative import what, who
from models.calendar import day_of, dutch_moment
from models.facts import Outcome
from models.vocabulary import Source
from stores import outcomes
from stores.erasures import list_erasures
from stores.looks import list_looks
from stores.refusals import list_refusals

_SEEN = {
    "view": "alles",
    "future": "toekomst",
    "timeline": "verloop",
    "as_of": "verleden",
    "person_export": "alles, om mee te geven",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list."""

    at: datetime
    trajectory: str
    who: str
    what: str
    why: str = ""
    seq: int | None = None

    @property
    def day(self) -> date:
        """Return the Belgian day."""
        return day_of(self.at)

    def line(self) -> str:
        """Return the entry as a person reads it."""
        row = "" if self.seq is None else f" rij {self.seq}"
        why = f": {self.why}" if self.why else ""
        return f"{dutch_moment(self.at)}  {self.trajectory}{row}  {self.who}  {self.what}{why}"

    def plain(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**told, "at": self.at.isoformat()}


async def _rows(engine: AsyncEngine, wanted: Callable[[Outcome], bool]) -> list[Entry]:
    found = [
        Entry(
            at=datetime.fromisoformat(row.recorded_at),
            trajectory=trajectory,
            who=who(row),
            what=f"{what(row)} (bron niet bevestigd)" if _unconfirmed(row) else what(row),
            why=_why(row),
            seq=row.seq,
        )
        for trajectory in await outcomes.trajectories(engine)
        for row in await outcomes.rows(engine, trajectory)
        if wanted(row)
    ]
    return sorted(found, key=lambda one: (one.at, one.trajectory, one.seq or 0))


def _why(row: Outcome) -> str:
    """Return the reason that was given, where a row has one."""
    data = row.detail.get("data", {})
    given = row.detail.get("override") or data.get("reason") or data.get("text") or ""
    about = data.get("corrects") or data.get("fact")
    text = str(given)
    return f"feit {about}: {text}" if about else text


def _of_kind(kinds: Collection[str]) -> Callable[[AsyncEngine], Awaitable[list[Entry]]]:
    async def found(engine: AsyncEngine) -> list[Entry]:
        return await _rows(engine, lambda row: row.kind in kinds)

    return found


def _unconfirmed(row: Outcome) -> bool:
    return row.source == Source.TEMPORAL


async def overrides(engine: AsyncEngine) -> list[Entry]:
    """Return the rows in which a rule was set aside."""
    return await _rows(engine, lambda row: bool(row.detail.get("override")))


async def unconfirmed(engine: AsyncEngine) -> list[Entry]:
    """Return the steps that nobody signed: taken straight in Temporal."""
    return await _rows(engine, lambda row: _unconfirmed(row) and row.fact is not None)


async def refusals(engine: AsyncEngine) -> list[Entry]:
    """Return the steps that were not taken."""
    return [
        Entry(one.at, one.trajectory or "-", f"{one.who} ({one.role})", one.step, one.text)
        for one in await list_refusals(engine)
    ]


async def looks(engine: AsyncEngine) -> list[Entry]:
    """Return who looked at whom."""
    return [
        Entry(one.at, one.trajectory, f"{one.who} ({one.role})", _SEEN.get(one.what, one.what))
        for one in await list_looks(engine)
    ]


async def erasures(engine: AsyncEngine) -> list[Entry]:
    """Return who was forgotten, by which two, and why."""
    return [
        Entry(
            one.at,
            one.trajectory,
            f"{one.who} ({one.role}), {one.second} ({one.second_role})",
            "gewist",
            one.reason,
        )
        for one in await list_erasures(engine)
    ]


LISTS: dict[str, Callable[[AsyncEngine], Awaitable[list[Entry]]]] = {
    "overrides": overrides,
    "holds": _of_kind({"put_hold", "release_hold", "hold_ended"}),
    "corrections": _of_kind({"correct", "undo"}),
    "unconfirmed": unconfirmed,
    "refusals": refusals,
    "looks": looks,
    "erasures": erasures,
}
