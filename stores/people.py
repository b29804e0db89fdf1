"""People: the only table with residents' names. One person is one row, however often referred.

Unique on a keyed hash of the normalised name and the birth date; the key is made on first use and
kept in `secrets`. Ids are chance: who knows the key cannot tell from an id whose it was. What a row
tells is sealed under the person's own key, which outlives each of their trajectories.
"""

import hmac
import unicodedata
from collections.abc import Iterable
from datetime import date
from secrets import token_bytes, token_hex
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, bindparam, literal, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.engine import fetch, insert_once, read, write
from stores.guard_tables import secrets
from stores.tables import (
    dwellings,
    partners,
    people,
    person_trajectories,
    supporters,
)
from stores.vault import PROGRAMME, SEALED, open_text, seal_text, vault_of
from stores.vault import person as person_key

PEOPLE_KEY = "people-key"
_KEY = (PROGRAMME, ("secrets", PEOPLE_KEY))
# The register of partners also holds the welfare office (OCMW), by this id.
WELFARE_OFFICE = "ocmw"


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
    administrator: str | None = None
    administrator_contact: str | None = None
    address: str | None = None


# One row, always: everybody joins it who is known.
_NOW = select(literal(1).label("one")).subquery("now")
_OFFICE = partners.alias("office")
_CONTACTS = select(
    people.c.id.label("person"),
    people.c.name.label("resident"),
    people.c.email.label("resident_email"),
    supporters.c.name.label("supporter"),
    supporters.c.email.label("supporter_email"),
    partners.c.name.label("partner"),
    partners.c.contact.label("partner_contact"),
    _OFFICE.c.contact.label("welfare_office_contact"),
    dwellings.c.address,
).select_from(
    _NOW.outerjoin(person_trajectories, person_trajectories.c.trajectory == bindparam("trajectory"))
    .outerjoin(people, people.c.id == person_trajectories.c.person)
    .outerjoin(supporters, supporters.c.id == bindparam("supporter"))
    .outerjoin(partners, partners.c.id == bindparam("partner"))
    .outerjoin(_OFFICE, _OFFICE.c.id == WELFARE_OFFICE)
    .outerjoin(dwellings, dwellings.c.id == bindparam("dwelling"))
)


async def people_key(engine: AsyncEngine) -> bytes:
    """Return the key of the name hash, made on first use."""
    return await write(engine, _key)


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
    row = {"name": name.strip(), "birth_date": birth_date, "sex": sex}
    return await write(engine, _admit, {**row, "email": email, "phone": phone}, key)


async def link(engine: AsyncEngine, person: str, trajectory: str) -> None:
    """Say whose trajectory this is, once."""
    row = {"person": person, "trajectory": trajectory}
    await write(engine, lambda c: c.execute(insert_once(c, person_trajectories), row))


async def get_person(engine: AsyncEngine, trajectory: str) -> Person | None:
    """Return whose trajectory this is, or None."""
    return await read(engine, _person, trajectory)


async def trajectories_of(engine: AsyncEngine, person: str) -> list[str]:
    """Return the trajectories of a person."""
    statement = (
        select(person_trajectories.c.trajectory)
        .where(person_trajectories.c.person == person)
        .order_by(person_trajectories.c.trajectory)
    )
    return [row["trajectory"] for row in await fetch(engine, statement)]


async def trajectories_beside(engine: AsyncEngine, trajectory: str) -> list[str]:
    """Return every trajectory of the person of this one, itself included, known or forgotten."""
    mine = select(person_trajectories.c.person).where(
        person_trajectories.c.trajectory == trajectory
    )
    found = await fetch(engine, mine)
    return await trajectories_of(engine, found[0]["person"]) if found else [trajectory]


async def names(engine: AsyncEngine, trajectories: Iterable[str]) -> dict[str, str]:
    """Return the name behind each of these trajectories, where it is known."""
    return await read(engine, load_names, list(trajectories))


def load_contacts(
    connection: Connection,
    trajectory: str,
    *,
    supporter: str | None,
    partner: str | None,
    dwelling: str | None,
    administrator: str | None = None,
) -> Contacts:
    """Return whom the letters of a trajectory name and reach, within a transaction."""
    values = {
        "trajectory": trajectory,
        "supporter": supporter,
        "partner": partner,
        "dwelling": dwelling,
    }
    found = dict(connection.execute(_CONTACTS, values).mappings().one())
    person = found.pop("person")
    for column, name in (("resident", "name"), ("resident_email", "email")):
        found[column] = _open(connection, person, name, found[column])
    for column, place in (
        ("supporter", ("supporters", supporter, "name")),
        ("supporter_email", ("supporters", supporter, "email")),
        ("partner_contact", ("partners", partner, "contact")),
        ("welfare_office_contact", ("partners", WELFARE_OFFICE, "contact")),
        ("address", ("dwellings", dwelling, "address")),
    ):
        where = tuple(str(word) for word in place)
        found[column] = open_text(connection, PROGRAMME, where, found[column])
    return Contacts(**found, **_administrator(connection, administrator))


def _administrator(connection: Connection, partner: str | None) -> dict[str, str | None]:
    if partner is None:
        return {}
    wanted = select(partners.c.name, partners.c.contact).where(partners.c.id == partner)
    row = connection.execute(wanted).one_or_none()
    contact = None if row is None else row.contact
    where = ("partners", partner, "contact")
    return {
        "administrator": None if row is None else row.name,
        "administrator_contact": open_text(connection, PROGRAMME, where, contact),
    }


def load_names(connection: Connection, trajectories: list[str]) -> dict[str, str]:
    """Return the name behind each of these trajectories within a transaction."""
    statement = (
        select(person_trajectories.c.trajectory, people.c.id, people.c.name)
        .join(people, people.c.id == person_trajectories.c.person)
        .where(person_trajectories.c.trajectory.in_(trajectories))
    )
    found = connection.execute(statement).all()
    return {row.trajectory: _open(connection, row.id, "name", row.name) for row in found}


def hashed(name: str, birth_date: date, key: bytes) -> str:
    """Return the keyed hash by which a person is known."""
    text = f"{normalised(name)}|{birth_date.isoformat()}"
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def normalised(name: str) -> str:
    """Write a name so that case, accents and spaces make no difference."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    letters = (c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


def _admit(connection: Connection, told: dict[str, Any], key: bytes | None) -> str:
    name_key = hashed(told["name"], told["birth_date"], key or _key(connection))
    mine = people.c.name_key == name_key
    known = connection.execute(select(people.c.id).where(mine)).scalar_one_or_none()
    if known is None:
        new = f"p-{token_hex(8)}"
        row = {"id": new, "name_key": name_key, **_sealed(connection, new, told)}
        connection.execute(insert_once(connection, people), row)
        known = connection.execute(select(people.c.id).where(mine)).scalar_one()
    news = {name: told[name] for name in ("sex", "email", "phone") if told[name] is not None}
    if news:
        values = _sealed(connection, known, news)
        connection.execute(update(people).where(mine).values(**values))
    return str(known)


def _sealed(connection: Connection, identity: str, told: dict[str, Any]) -> dict[str, Any]:
    return {
        name: seal_text(connection, person_key(identity), ("people", identity, name), value)
        for name, value in told.items()
    }


def _open(connection: Connection, identity: str, name: str, value: Any) -> Any:
    return open_text(connection, person_key(identity), ("people", identity, name), value)


def _person(connection: Connection, trajectory: str) -> Person | None:
    statement = (
        select(*(people.c[name] for name in Person.model_fields))
        .join(person_trajectories, person_trajectories.c.person == people.c.id)
        .where(person_trajectories.c.trajectory == trajectory)
    )
    row = connection.execute(statement).mappings().one_or_none()
    if row is None or row["birth_date"] is None:
        return None  # unknown, or forgotten
    told = {name: _open(connection, row["id"], name, row[name]) for name in SEALED["people"]}
    return Person(id=row["id"], **told)


def _key(connection: Connection) -> bytes:
    vault = vault_of(connection)
    statement = select(secrets.c.value).where(secrets.c.name == PEOPLE_KEY)
    found = (connection.execute(statement)).scalar()
    if found is None:
        new = token_bytes(32)
        value = new if vault is None else vault.seal(connection, *_KEY, new)
        row = {"name": PEOPLE_KEY, "value": value}
        connection.execute(insert_once(connection, secrets), row)
        found = (connection.execute(statement)).scalar_one()
    return bytes(found) if vault is None else vault.open(connection, *_KEY, bytes(found))
