"""The registers that residents share: partners, supporters, staff, dwellings.

Writing a row again replaces it. Places and who has them are in `stores.places`.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from models.registers import Dwelling, Partner
from models.vocabulary import Role
from stores.engine import insert_once, upsert, writing
from stores.tables import dwellings, partners, staff, supporters

_PARTNER = [name for name in Partner.model_fields if name != "supporters"]


class Supporter(BaseModel):
    """Somebody who supports residents, for a partner."""

    model_config = ConfigDict(extra="forbid")

    id: str
    partner: str
    name: str | None = None
    email: str | None = None


class Employee(BaseModel):
    """Somebody of our own, with the role in which they act."""

    model_config = ConfigDict(extra="forbid")

    id: str
    role: Role
    name: str | None = None


async def put_partner(engine: AsyncEngine, partner: Partner) -> None:
    """Write a partner; supporters it names that are not known yet are added by their id."""
    async with writing(engine) as connection:
        row = partner.model_dump(exclude={"supporters"})
        await connection.execute(upsert(connection, partners, "id"), row)
        if partner.supporters:
            await connection.execute(
                insert_once(connection, supporters),
                [
                    {"id": supporter, "partner": partner.id, "name": None, "email": None}
                    for supporter in partner.supporters
                ],
            )


async def put_supporter(engine: AsyncEngine, supporter: Supporter) -> None:
    """Write a supporter; the partner must be known."""
    async with writing(engine) as connection:
        await connection.execute(upsert(connection, supporters, "id"), supporter.model_dump())


async def put_dwelling(engine: AsyncEngine, dwelling: Dwelling) -> None:
    """Write a dwelling with its places."""
    async with writing(engine) as connection:
        await connection.execute(upsert(connection, dwellings, "id"), dwelling.model_dump())


async def put_employee(engine: AsyncEngine, employee: Employee) -> None:
    """Write an employee."""
    async with writing(engine) as connection:
        row = employee.model_dump(mode="json")
        await connection.execute(upsert(connection, staff, "id"), row)


async def list_partners(engine: AsyncEngine) -> list[Partner]:
    """Return every partner with the ids of its supporters."""
    async with engine.connect() as connection:
        found = await _rows(connection, partners)
        theirs = await _rows(connection, supporters)
    return [_partner(row, theirs) for row in found]


async def get_partner(engine: AsyncEngine, partner: str) -> Partner | None:
    """Return a partner, or None."""
    async with engine.connect() as connection:
        found = await _rows(connection, partners, partners.c.id == partner)
        theirs = await _rows(connection, supporters, supporters.c.partner == partner)
    return _partner(found[0], theirs) if found else None


async def partner_of(engine: AsyncEngine, supporter: str) -> Partner | None:
    """Return the partner that a supporter works for, or None."""
    known = await get_supporter(engine, supporter)
    return None if known is None else await get_partner(engine, known.partner)


async def list_supporters(engine: AsyncEngine) -> list[Supporter]:
    """Return every supporter."""
    async with engine.connect() as connection:
        return [Supporter(**row) for row in await _rows(connection, supporters)]


async def get_supporter(engine: AsyncEngine, supporter: str) -> Supporter | None:
    """Return a supporter, or None."""
    async with engine.connect() as connection:
        found = await _rows(connection, supporters, supporters.c.id == supporter)
    return Supporter(**found[0]) if found else None


async def list_dwellings(engine: AsyncEngine) -> list[Dwelling]:
    """Return every dwelling."""
    async with engine.connect() as connection:
        return [Dwelling(**row) for row in await _rows(connection, dwellings)]


async def get_dwelling(engine: AsyncEngine, dwelling: str) -> Dwelling | None:
    """Return a dwelling, or None."""
    async with engine.connect() as connection:
        return await load_dwelling(connection, dwelling)


async def load_dwelling(connection: AsyncConnection, dwelling: str) -> Dwelling | None:
    """Return a dwelling within a transaction, or None."""
    found = await _rows(connection, dwellings, dwellings.c.id == dwelling)
    return Dwelling(**found[0]) if found else None


async def list_staff(engine: AsyncEngine) -> list[Employee]:
    """Return every employee."""
    async with engine.connect() as connection:
        return [Employee(**row) for row in await _rows(connection, staff)]


async def get_employee(engine: AsyncEngine, employee: str) -> Employee | None:
    """Return an employee, or None."""
    async with engine.connect() as connection:
        found = await _rows(connection, staff, staff.c.id == employee)
    return Employee(**found[0]) if found else None


async def _rows(
    connection: AsyncConnection, table: Table, *filters: ColumnElement[bool]
) -> list[dict[str, Any]]:
    statement = select(table).where(*filters).order_by(table.c.id)
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


def _partner(row: Mapping[str, Any], theirs: list[dict[str, Any]]) -> Partner:
    ids = [supporter["id"] for supporter in theirs if supporter["partner"] == row["id"]]
    return Partner(**{name: row[name] for name in _PARTNER}, supporters=ids)
