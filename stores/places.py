"""Who has which place: reserved, lived in, given back, each in one transaction that is alone.

The pure rules decide (`models.registers`); the partial unique index on open tenancies is the last
word, so that two offers at once cannot both win.
"""

from datetime import date
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.facts import Json
from models.programme import Rules
from models.registers import Decision, Tenancy, decide_call, decide_place
from stores.carriers import fact_of
from stores.engine import alone, insert_once, writing
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
            async with writing(engine) as connection:
                await alone(connection, _REGISTER)
                return await _reserve(connection, trajectory, ask_key, request, rules)
        except IntegrityError:
            # Another writer was faster: decide once more, with its tenancy in sight.
            continue
    return Decision(granted=False, text=f"De plaats '{request['place']}' is niet vrij.", rule=48)


async def release(engine: AsyncEngine, trajectory: str, key: str, place: str, until: date) -> None:
    """Give a place back, once; also when the reservation itself has yet to be answered."""
    async with writing(engine) as connection:
        await alone(connection, _REGISTER)
        row = {"trajectory": trajectory, "key": key, "place": place, "until": until}
        await connection.execute(insert_once(connection, releases), row)
        await connection.execute(
            update(tenancies)
            .where(
                tenancies.c.trajectory == trajectory,
                tenancies.c.place == place,
                tenancies.c.until.is_(None),
            )
            .values(until=until)
        )


async def occupy(
    engine: AsyncEngine, trajectory: str, key: str, place: str, since: date
) -> Decision:
    """Note that somebody lives there now; who was taken over in the middle gets the place here."""
    async with writing(engine) as connection:
        await alone(connection, _REGISTER)
        if await _occupied(connection, trajectory, place, since):
            return Decision(granted=True)
        if await _given_back(connection, trajectory, key, place):
            return Decision(granted=True)
        dwelling = await load_dwelling(connection, dwelling_of(place))
        if dwelling is None or place not in dwelling.place_ids():
            return Decision(granted=False, text=f"De plaats '{place}' bestaat niet.")
        if await _open_tenancy(connection, place) is not None:
            return Decision(granted=False, text=f"De plaats '{place}' is niet vrij.", rule=48)
        await connection.execute(
            insert_once(connection, tenancies),
            {
                "place": place,
                "dwelling": dwelling.id,
                "trajectory": trajectory,
                "since": since,
                "until": None,
                "priority": await _has_priority(connection, trajectory),
                "occupied": True,
                "asked_key": key,
                "answer": {},
            },
        )
        return Decision(granted=True)


async def decide_call_now(
    engine: AsyncEngine, trajectory: str, at_day: date, request: Json, rules: Rules
) -> Decision:
    """Decide whether somebody may be called up, with the waitlist and the places as they are."""
    async with engine.connect() as connection:
        candidates = await load_candidates(connection, also=trajectory)
        used = await _priority_used(connection)
    return decide_call(trajectory, candidates, used, rules, at_day, request)


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
    async with engine.connect() as connection:
        return await _tenancies(connection, statement)


async def priority_in_use(engine: AsyncEngine) -> int:
    """Return how many places partners with priority have now."""
    async with engine.connect() as connection:
        return await _priority_used(connection)


def dwelling_of(place: str) -> str:
    """Return the dwelling that a place belongs to: `d7-1` is the first place of `d7`."""
    return place.rpartition("-")[0]


async def _reserve(
    connection: AsyncConnection, trajectory: str, ask_key: str, request: Json, rules: Rules
) -> Decision:
    place = str(request["place"])
    mine = (tenancies.c.trajectory == trajectory) & (tenancies.c.asked_key == ask_key)
    known = (await connection.execute(select(tenancies.c.answer).where(mine))).one_or_none()
    if known is not None:
        return Decision(granted=True, data=known.answer)
    if await _given_back(connection, trajectory, ask_key, place):
        return Decision(granted=False, text=f"De plaats '{place}' is intussen teruggegeven.")
    dwelling = await load_dwelling(connection, dwelling_of(place))
    statement = select(*_FIELDS).where(tenancies.c.dwelling == dwelling_of(place))
    sitting = await _tenancies(connection, statement.order_by(tenancies.c.id))
    used = await _priority_used(connection)
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
        await connection.execute(insert(tenancies), row)
    return decision


async def _occupied(connection: AsyncConnection, trajectory: str, place: str, since: date) -> bool:
    changed = await connection.execute(
        update(tenancies)
        .where(
            tenancies.c.trajectory == trajectory,
            tenancies.c.place == place,
            tenancies.c.until.is_(None),
        )
        .values(occupied=True, since=since)
    )
    return bool(changed.rowcount)


async def _given_back(connection: AsyncConnection, trajectory: str, key: str, place: str) -> bool:
    """Whether a later fact of the same trajectory gave the place back."""
    statement = select(releases.c.key).where(
        releases.c.trajectory == trajectory, releases.c.place == place
    )
    later = (await connection.execute(statement)).scalars()
    return any(fact_of(released) > fact_of(key) for released in later)


async def _open_tenancy(connection: AsyncConnection, place: str) -> str | None:
    statement = select(tenancies.c.trajectory).where(
        tenancies.c.place == place, tenancies.c.until.is_(None)
    )
    return (await connection.execute(statement)).scalar_one_or_none()


async def _has_priority(connection: AsyncConnection, trajectory: str) -> bool:
    statement = select(overview.c.priority).where(overview.c.trajectory == trajectory)
    return bool((await connection.execute(statement)).scalar())


async def _priority_used(connection: AsyncConnection) -> int:
    statement = (
        select(func.count())
        .select_from(tenancies)
        .where(tenancies.c.priority.is_(True), tenancies.c.until.is_(None))
    )
    return int((await connection.execute(statement)).scalar_one())


async def _tenancies(connection: AsyncConnection, statement: Any) -> list[Tenancy]:
    return [Tenancy(**row) for row in (await connection.execute(statement)).mappings()]
