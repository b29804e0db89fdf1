"""The tables of the money: the ledger, the communications, what is paid on to the housing side."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from stores.columns import CanonicalJson, Euro, Moment
from stores.tables import Id, Word, metadata

__all__ = ["communications", "ledger", "metadata", "payables"]

# One communication per trajectory, for good: a transfer with these digits finds one resident.
communications = Table(
    "communications",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("digits", Word, nullable=False),
    UniqueConstraint("digits"),
)

# A projection of the log, written with its turns. Above zero is owed by the resident, below zero is
# in their favour; a line is never changed, only followed by one that counters it. `seq` is the
# newest outcome of its turn: when that tail turns out never to have happened, the line goes too.
ledger = Table(
    "ledger",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("key", Id, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("debt", Word, nullable=False),
    Column("amount", Euro, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("value_on", Date, nullable=False),
    Column("due_on", Date),
    Column("text", Text, nullable=False),
    Column("lines", CanonicalJson, nullable=False),
    Column("counters", Id),
    Column("seq", Integer, nullable=False),
    Index("ix_ledger_booked_on", "booked_on"),
)

# What was paid on to the technical manager, per dwelling and month ("2027-03"), and who ticked it.
payables = Table(
    "payables",
    metadata,
    Column("month", Word, primary_key=True),
    Column("dwelling", Id, ForeignKey("dwellings.id"), primary_key=True),
    Column("amount", Euro, nullable=False),
    Column("paid_at", Moment, nullable=False),
    Column("paid_by", Word, nullable=False),
)
