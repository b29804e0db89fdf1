"""People: the only table with residents' names. One person is one row, however often referred.

Unique on a keyed hash of the normalised name and the birth date; the key is made on first use and
kept in `secrets`. Ids are chance: who knows the key cannot tell from an id whose it was.
"""

import hmac
import unicodedata
from collections.abc import Iterable
from datetime import date
from secrets import token_bytes, token_hex
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from stores.engine import insert_once, writing
from stores.tables import (
    dwellings,
    partners,
    people,
    person_trajectories,
    secrets,
    supporters,
)

PEOPLE_KEY = "people-key"


class Person(BaseModel):
    """A person as the organisation knows them."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str
    birth_date: date
    sex: str | None = None
    email: str | None = None
    phone: str | None = None


class Contacts(BaseModel):
    """Whom the letters of one trajectory name and reach; None where it is not known."""

    model_config = ConfigDict(extra="forbid")

    resident: str | None = None
    resident_email: str | None = None
    supporter: str | None = None
    supporter_email: str | None = None
    partner: str | None = None
    partner_contact: str | None = None
    welfare_office_contact: str | None = None
    address: str | None = None


async def people_key(engine: AsyncEngine) -> bytes:
    """Return the key of the name hash, made on first use."""
    async with writing(engine) as connection:
        return await _key(connection)


async def admit(
    engine: AsyncEngine,
    *,
    name: str,
    birth_date: date,
    sex: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    key: bytes | None = None,
) -> str:
    """Return the id of this person, who is added when not known yet.

    What is newly told (mail, phone) is kept; what is not told stays as it was.
    """
    async with writing(engine) as connection:
        name_key = hashed(name, birth_date, key or await _key(connection))
        row = {"id": f"p-{token_hex(8)}", "name_key": name_key, "name": name.strip()}
        told = {"sex": sex, "email": email, "phone": phone}
        await connection.execute(
            insert_once(connection, people), {**row, "birth_date": birth_date, **told}
        )
        news = {field: value for field, value in told.items() if value is not None}
        mine = people.c.name_key == name_key
        if news:
            await connection.execute(update(people).where(mine).values(**news))
        found = await connection.execute(select(people.c.id).where(mine))
        return str(found.scalar_one())


async def link(engine: AsyncEngine, person: str, trajectory: str) -> None:
    """Say whose trajectory this is, once."""
    async with writing(engine) as connection:
        row = {"person": person, "trajectory": trajectory}
        await connection.execute(insert_once(connection, person_trajectories), row)


async def get_person(engine: AsyncEngine, trajectory: str) -> Person | None:
    """Return whose trajectory this is, or None."""
    statement = (
        select(*(people.c[name] for name in Person.model_fields))
        .join(person_trajectories, person_trajectories.c.person == people.c.id)
        .where(person_trajectories.c.trajectory == trajectory)
    )
    async with engine.connect() as connection:
        row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else Person(**row)


async def trajectories_of(engine: AsyncEngine, person: str) -> list[str]:
    """Return the trajectories of a person."""
    statement = (
        select(person_trajectories.c.trajectory)
        .where(person_trajectories.c.person == person)
        .order_by(person_trajectories.c.trajectory)
    )
    async with engine.connect() as connection:
        return list((await connection.execute(statement)).scalars())


async def names(engine: AsyncEngine, trajectories: Iterable[str]) -> dict[str, str]:
    """Return the name behind each of these trajectories, where it is known."""
    statement = (
        select(person_trajectories.c.trajectory, people.c.name)
        .join(people, people.c.id == person_trajectories.c.person)
        .where(person_trajectories.c.trajectory.in_(list(trajectories)))
    )
    async with engine.connect() as connection:
        return {row.trajectory: row.name for row in await connection.execute(statement)}


async def contacts(
    engine: AsyncEngine,
    trajectory: str,
    *,
    supporter: str | None,
    partner: str | None,
    dwelling: str | None,
) -> Contacts:
    """Return whom the letters of a trajectory name and reach."""
    resident = (
        select(people.c.name, people.c.email)
        .join(person_trajectories, person_trajectories.c.person == people.c.id)
        .where(person_trajectories.c.trajectory == trajectory)
    )
    async with engine.connect() as connection:

        async def one(statement: Any) -> tuple[Any, ...]:
            row = (await connection.execute(statement)).one_or_none()
            return (None,) * len(statement.selected_columns) if row is None else tuple(row)

        name, email = await one(resident)
        supporter_name, supporter_email = await one(
            select(supporters.c.name, supporters.c.email).where(supporters.c.id == supporter)
        )
        partner_name, contact = await one(
            select(partners.c.name, partners.c.contact).where(partners.c.id == partner)
        )
        (office,) = await one(select(partners.c.contact).where(partners.c.id == "ocmw"))
        (address,) = await one(select(dwellings.c.address).where(dwellings.c.id == dwelling))
    return Contacts(
        resident=name,
        resident_email=email,
        supporter=supporter_name,
        supporter_email=supporter_email,
        partner=partner_name,
        partner_contact=contact,
        welfare_office_contact=office,
        address=address,
    )


def hashed(name: str, birth_date: date, key: bytes) -> str:
    """Return the keyed hash by which a person is known."""
    text = f"{normalised(name)}|{birth_date.isoformat()}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def normalised(name: str) -> str:
    """Write a name so that case, accents and spaces make no difference."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    letters = (c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


async def _key(connection: AsyncConnection) -> bytes:
    statement = select(secrets.c.value).where(secrets.c.name == PEOPLE_KEY)
    found = (await connection.execute(statement)).scalar()
    if found is None:
        row = {"name": PEOPLE_KEY, "value": token_bytes(32)}
        await connection.execute(insert_once(connection, secrets), row)
        found = (await connection.execute(statement)).scalar_one()
    return bytes(found)
