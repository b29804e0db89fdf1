"""The one row that a bare activity writes, in the same kind of database as ours."""

from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, insert
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio import activity

from stores.columns import Moment
from stores.engine import write


class Row(BaseModel):
    """What the bare activity is given."""

    workflow: str
    seq: int
    at: datetime
    body: str


metadata = MetaData()
rows = Table(
    "rows",
    metadata,
    Column("workflow", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("body", String, nullable=False),
)
_INSERT = insert(rows).prefix_with("OR IGNORE")


class BareActivities:
    """The activities of the bare workflows."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Keep the database."""
        self._engine = engine

    @activity.defn
    async def write_row(self, row: Row) -> str:
        """Insert one row and commit."""
        await write(self._engine, _insert, row)
        return "0" * 64


def create(connection: Connection) -> None:
    """Make the table."""
    metadata.create_all(connection)


def _insert(connection: Connection, row: Row) -> None:
    connection.execute(_INSERT, row.model_dump())
