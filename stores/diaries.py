"""Tables that only grow, each with a hash chain of its own: refusals, looks and erasures.

A row is numbered from 1 and its hash covers the columns as they are stored, readable or sealed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, insert, select, type_coerce, update
from sqlalchemy.types import TypeDecorator

from proof.chain import GENESIS, Row, link
from proof.words import canonical
from stores.columns import Moment
from stores.engine import alone
from stores.guard_tables import erasures, looks
from stores.tables import refusals

DIARIES: Mapping[str, Table] = {
    "refusals": refusals,
    "looks": looks,
    "erasures": erasures,
}


def append(connection: Connection, table: Table, values: Mapping[str, Any]) -> None:
    """Add a row at the end of the chain, alone."""
    alone(connection, table.name)
    newest = connection.execute(
        select(table.c.id, table.c.hash).order_by(table.c.id.desc()).limit(1)
    ).first()
    number, previous = (newest.id, newest.hash) if newest is not None else (0, GENESIS)
    row = {**values, "id": number + 1, "hash": ""}
    connection.execute(insert(table), row)
    # Read back: what the hash covers is what stands there.
    stored = connection.execute(_raw(table).where(table.c.id == number + 1)).mappings().one()
    found = link(previous, _content(stored))
    connection.execute(update(table).where(table.c.id == number + 1).values(hash=found))


def links(connection: Connection, table: Table) -> list[Row]:
    """Return the chain of a table, oldest first."""
    found = connection.execute(_raw(table).order_by(table.c.id)).mappings()
    return [Row(row["id"], _moment(row["at"]), _content(row), row["hash"]) for row in found]


def link_all(connection: Connection, table: Table) -> None:
    """Give every row its hash, in order: for a table that was filled before it had a chain."""
    previous = GENESIS
    for row in links(connection, table):
        previous = link(previous, row.content)
        connection.execute(update(table).where(table.c.id == row.seq).values(hash=previous))


def _raw(table: Table) -> Select[*tuple[Any, ...]]:
    return select(*(_as_stored(column) for column in table.columns))


def _as_stored(column: Column[Any]) -> Any:
    """Return a column as the database holds it; moments are the same on both databases."""
    if isinstance(column.type, TypeDecorator) and not isinstance(column.type, Moment):
        return type_coerce(column, column.type.impl_instance).label(column.name)
    return column


def _content(row: Mapping[Any, Any]) -> bytes:
    plain = {name: value for name, value in row.items() if name != "hash"}
    return canonical(
        {n: _moment(v) if isinstance(v, datetime) else v for n, v in plain.items()},
    )


def _moment(value: datetime) -> str:
    return value.isoformat()
