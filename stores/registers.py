"""The registers that residents share: partners, supporters, staff, dwellings.

Writing a row again replaces it. Places and who has them are in `stores.places`.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, Connection, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.registers import Dwelling, Partner
from models.vocabulary import Role
from stores.engine import insert_once, read, upsert, write
from stores.tables import dwellings, partners, staff, supporters
from stores.vault import PROGRAMME, SEALED, open_text, seal_text

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
    await write(engine, _put_partner, partner)


async def put_supporter(engine: AsyncEngine, supporter: Supporter) -> None:
    """Write a supporter; the partner must be known."""
    await write(engine, _put, supporters, supporter.model_dump())


async def put_dwelling(engine: AsyncEngine, dwelling: Dwelling) -> None:
    """Write a dwelling with its places."""
    await write(engine, _put, dwellings, dwelling.model_dump())


async def put_employee(engine: AsyncEngine, employee: Employee) -> None:
    """Write an employee."""
    await write(engine, _put, staff, employee.model_dump(mode="json"))


async def list_partners(engine: AsyncEngine) -> list[Partner]:
    """Return every partner with the ids of its supporters."""
    return await read(engine, _partners)


async def get_partner(engine: AsyncEngine, partner: str) -> Partner | None:
    """Return a partner, or None."""
    found = await read(engine, _partners, partners.c.id == partner)
    return found[0] if found else None


async def partner_of(engine: AsyncEngine, supporter: str) -> Partner | None:
    """Return the partner that a supporter works for, or None."""
    known = await get_supporter(engine, supporter)
    return None if known is None else await get_partner(engine, known.partner)


async def list_supporters(engine: AsyncEngine) -> list[Supporter]:
    """Return every supporter."""
    return [Supporter(**row) for row in await read(engine, _opened, supporters)]


async def get_supporter(engine: AsyncEngine, supporter: str) -> Supporter | None:
    """Return a supporter, or None."""
    found = await read(engine, _opened, supporters, supporters.c.id == supporter)
    return Supporter(**found[0]) if found else None


async def list_dwellings(engine: AsyncEngine) -> list[Dwelling]:
    """Return every dwelling."""
    return [Dwelling(**row) for row in await read(engine, _opened, dwellings)]


async def get_dwelling(engine: AsyncEngine, dwelling: str) -> Dwelling | None:
    """Return a dwelling, or None."""
    return await read(engine, load_dwelling, dwelling)


def load_dwelling(connection: Connection, dwelling: str) -> Dwelling | None:
    """Return a dwelling within a transaction, or None."""
    found = _opened(connection, dwellings, dwellings.c.id == dwelling)
    return Dwelling(**found[0]) if found else None


async def list_staff(engine: AsyncEngine) -> list[Employee]:
    """Return every employee."""
    return [Employee(**row) for row in await read(engine, _opened, staff)]


async def get_employee(engine: AsyncEngine, employee: str) -> Employee | None:
    """Return an employee, or None."""
    found = await read(engine, _opened, staff, staff.c.id == employee)
    return Employee(**found[0]) if found else None


def _put(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    sealed = {
        name: seal_text(connection, PROGRAMME, (table.name, row["id"], name), row[name])
        for name in SEALED[table.name]
    }
    connection.execute(upsert(connection, table, "id"), {**row, **sealed})


def _put_partner(connection: Connection, partner: Partner) -> None:
    _put(connection, partners, partner.model_dump(exclude={"supporters"}))
    named = [
        {"id": supporter, "partner": partner.id, "name": None, "email": None}
        for supporter in partner.supporters
    ]
    if named:
        connection.execute(insert_once(connection, supporters), named)


def _partners(connection: Connection, *filters: ColumnElement[bool]) -> list[Partner]:
    found = _opened(connection, partners, *filters)
    theirs = connection.execute(_rows(supporters)).all()
    return [
        Partner(
            **{name: row[name] for name in _PARTNER},
            supporters=[supporter.id for supporter in theirs if supporter.partner == row["id"]],
        )
        for row in found
    ]


def _opened(
    connection: Connection, table: Table, *filters: ColumnElement[bool]
) -> list[dict[str, Any]]:
    return [
        opened_row(connection, table.name, dict(row))
        for row in connection.execute(_rows(table, *filters)).mappings()
    ]


def opened_row(connection: Connection, table: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row of a register with its sealed columns opened."""
    opened = {
        name: open_text(connection, PROGRAMME, (table, row["id"], name), row[name])
        for name in SEALED[table]
    }
    return {**row, **opened}


def _rows(table: Table, *filters: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(table).where(*filters).order_by(table.c.id)
