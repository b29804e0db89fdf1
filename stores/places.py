"""Who has which place: reserved, lived in, given back, each in one transaction that is alone.

The pure rules decide (`models.registers`); the partial unique index on open tenancies is the last
word, so that two offers at once cannot both win.
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import Json
from models.programme import Rules
from models.registers import Decision, Tenancy, decide_call, decide_place
from stores.carriers import fact_of
from stores.engine import alone, insert_once, read, write
from stores.overview import load_candidates
from stores.registers import load_dwelling
from stores.tables import overview, releases, tenancies

_FIELDS = [tenancies.c[name] for name in Tenancy.model_fields]
_REGISTER = "places"


async def reserve(
    engine: AsyncEngine, trajectory: str, ask_key: str, request: Json, rules: Rules
) -> Decision:
    """Reserve a place, or say why not; the same question again has the same granted answer."""
    for _ in range(2):
        try:
            return await write(engine, _reserve, trajectory, ask_key, request, rules)
        except IntegrityError:
            # Another writer was faster: decide once more, with its tenancy in sight.
            continue
    return Decision(granted=False, text=f"De plaats '{request['place']}' is niet vrij.", rule=48)


async def release(engine: AsyncEngine, trajectory: str, key: str, place: str, until: date) -> None:
    """Give a place back, once; also when the reservation itself has yet to be answered."""
    await write(engine, _release, trajectory, key, place, until)


async def occupy(
    engine: AsyncEngine, trajectory: str, key: str, place: str, since: date
) -> Decision:
    """Note that somebody lives there now; who was taken over in the middle gets the place here."""
    return await write(engine, _occupy, trajectory, key, place, since)


async def decide_call_now(
    engine: AsyncEngine, trajectory: str, day: date, request: Json, rules: Rules
) -> Decision:
    """Decide whether somebody may be called up, with the waitlist and the places as they are."""
    return await read(engine, _decide_call, trajectory, day, request, rules)


async def list_tenancies(
    engine: AsyncEngine,
    *,
    dwelling: str | None = None,
    trajectory: str | None = None,
    also_ended: bool = False,
) -> list[Tenancy]:
    """Return who has which place, the open ones unless asked, by place."""
    statement = select(*_FIELDS).order_by(tenancies.c.place, tenancies.c.since, tenancies.c.id)
    if not also_ended:
        statement = statement.where(tenancies.c.until.is_(None))
    if dwelling is not None:
        statement = statement.where(tenancies.c.dwelling == dwelling)
    if trajectory is not None:
        statement = statement.where(tenancies.c.trajectory == trajectory)
    return await read(engine, _tenancies, statement)


async def priority_in_use(engine: AsyncEngine) -> int:
    """Return how many places partners with priority have now."""
    return await read(engine, _priority_used)


def dwelling_of(place: str) -> str:
    """Return the dwelling that a place belongs to: `d7-1` is the first place of `d7`."""
    return place.rpartition("-")[0]


def _reserve(
    connection: Connection, trajectory: str, ask_key: str, request: Json, rules: Rules
) -> Decision:
    alone(connection, _REGISTER)
    place = str(request["place"])
    mine = (tenancies.c.trajectory == trajectory) & (tenancies.c.asked_key == ask_key)
    known = (connection.execute(select(tenancies.c.answer).where(mine))).one_or_none()
    if known is not None:
        return Decision(granted=True, data=known.answer)
    if _given_back(connection, trajectory, ask_key, place):
        return Decision(granted=False, text=f"De plaats '{place}' is intussen teruggegeven.")
    dwelling = load_dwelling(connection, dwelling_of(place))
    statement = select(*_FIELDS).where(tenancies.c.dwelling == dwelling_of(place))
    sitting = _tenancies(connection, statement.order_by(tenancies.c.id))
    used = _priority_used(connection)
    decision = decide_place(place, dwelling, sitting, used, rules, request)
    if decision.granted:
        row = {
            "place": place,
            "dwelling": dwelling_of(place),
            "trajectory": trajectory,
            "since": date.fromisoformat(request["start_on"]),
            "until": None,
            "priority": bool(request.get("priority")),
            "occupied": False,
            "asked_key": ask_key,
            "answer": decision.data,
        }
        connection.execute(insert(tenancies), row)
    return decision


def _release(connection: Connection, trajectory: str, key: str, place: str, until: date) -> None:
    alone(connection, _REGISTER)
    row = {"trajectory": trajectory, "key": key, "place": place, "until": until}
    if not connection.execute(insert_once(connection, releases), row).rowcount:
        return
    closed = update(tenancies).where(*_open(trajectory, place)).values(until=until)
    if connection.execute(closed).rowcount or _given_back(connection, trajectory, key, place):
        return
    # Given back already: a correction moved the day.
    last = select(func.max(tenancies.c.id)).where(
        tenancies.c.trajectory == trajectory, tenancies.c.place == place
    )
    connection.execute(
        update(tenancies).where(tenancies.c.id == last.scalar_subquery()).values(until=until)
    )


def _occupy(connection: Connection, trajectory: str, key: str, place: str, since: date) -> Decision:
    alone(connection, _REGISTER)
    lived_in = update(tenancies).where(*_open(trajectory, place))
    if connection.execute(lived_in.values(occupied=True, since=since)).rowcount:
        return Decision(granted=True)
    if _given_back(connection, trajectory, key, place):
        return Decision(granted=True)
    dwelling = load_dwelling(connection, dwelling_of(place))
    if dwelling is None or place not in dwelling.place_ids():
        return Decision(granted=False, text=f"De plaats '{place}' bestaat niet.")
    taken = select(tenancies.c.id).where(tenancies.c.place == place, tenancies.c.until.is_(None))
    if connection.execute(taken).first() is not None:
        return Decision(granted=False, text=f"De plaats '{place}' is niet vrij.", rule=48)
    row = {
        "place": place,
        "dwelling": dwelling.id,
        "trajectory": trajectory,
        "since": since,
        "until": None,
        "priority": _has_priority(connection, trajectory),
        "occupied": True,
        "asked_key": key,
        "answer": {},
    }
    connection.execute(insert_once(connection, tenancies), row)
    return Decision(granted=True)


def _decide_call(
    connection: Connection, trajectory: str, day: date, request: Json, rules: Rules
) -> Decision:
    candidates = load_candidates(connection, also=trajectory)
    used = _priority_used(connection)
    return decide_call(trajectory, candidates, used, rules, day, request)


def _open(trajectory: str, place: str) -> tuple[ColumnElement[bool], ...]:
    return (
        tenancies.c.trajectory == trajectory,
        tenancies.c.place == place,
        tenancies.c.until.is_(None),
    )


def _given_back(connection: Connection, trajectory: str, key: str, place: str) -> bool:
    """Whether a later fact of the same trajectory gave the place back."""
    statement = select(releases.c.key).where(
        releases.c.trajectory == trajectory, releases.c.place == place
    )
    later = (connection.execute(statement)).scalars()
    return any(fact_of(released) > fact_of(key) for released in later)


def _has_priority(connection: Connection, trajectory: str) -> bool:
    statement = select(overview.c.priority).where(overview.c.trajectory == trajectory)
    return bool((connection.execute(statement)).scalar())


def _priority_used(connection: Connection) -> int:
    statement = (
        select(func.count())
        .select_from(tenancies)
        .where(tenancies.c.priority.is_(True), tenancies.c.until.is_(None))
    )
    return int((connection.execute(statement)).scalar_one())


def _tenancies(connection: Connection, statement: Select[*tuple[Any, ...]]) -> list[Tenancy]:
    return [Tenancy(**row) for row in (connection.execute(statement)).mappings()]
