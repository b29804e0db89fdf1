"""The tables of the bank: files, statements, what one payer did each, and whose it is.

A file stands here as it came, sealed, also when nothing of it is booked. Who paid, and what they
wrote, is sealed under the key of its file; by its mark a payer is recognised and never found.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from stores.columns import CanonicalJson, Euro, Moment
from stores.tables import Id, Sha256, Word, metadata

__all__ = [
    "bank_allocations",
    "bank_files",
    "bank_movements",
    "bank_payers",
    "bank_statements",
    "metadata",
]


class Balance(Euro):
    """An amount in euro with room for the accounts of an organisation."""

    impl = BigInteger
    cache_ok = True


# `report` is what people were told of the file; one in quarantine has no statements. `waits`: a
# statement of it may fit later, when the one before it is in.
bank_files = Table(
    "bank_files",
    metadata,
    Column("sha256", Sha256, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Word, nullable=False),
    Column("status", Word, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("report", CanonicalJson, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("loaded_at", Moment, nullable=False),
    Column("loaded_by", Word, nullable=False),
    Index("ix_bank_files_status", "status"),
)

# The account is one of our own.
bank_statements = Table(
    "bank_statements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file", Sha256, ForeignKey("bank_files.sha256"), nullable=False, index=True),
    Column("account", Id, nullable=False),
    Column("number", Integer),
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("opening", Balance, nullable=False),
    Column("closing", Balance, nullable=False),
    Column("credit", Balance, nullable=False),
    Column("debit", Balance, nullable=False),
    Column("movements", Integer, nullable=False),
    Column("details", Integer, nullable=False),
    Index("ix_bank_statements_account", "account", "closes_on"),
)

# What one payer did: a line of a statement, or one detail of a grouped line. `id` is its mark, so
# the same movement in another file is the same row. `trajectory` is whose it is, or may be.
bank_movements = Table(
    "bank_movements",
    metadata,
    Column("id", Id, primary_key=True),
    Column("statement", Integer, ForeignKey("bank_statements.id"), nullable=False, index=True),
    Column("file", Sha256, nullable=False),
    Column("place", Integer, nullable=False),
    Column("amount", Balance, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("value_on", Date, nullable=False),
    Column("told", CanonicalJson, nullable=False),
    Column("payer", Sha256),
    Column("fate", Word, nullable=False),
    Column("way", Word),
    Column("trajectory", Id),
    Column("why", Text),
    Index("ix_bank_movements_fate", "fate", "booked_on"),
)

# What a movement is to whom: above zero a payment, below zero one that is taken back. `telling_at`:
# from then on the trajectory may have heard it; `told_at`: it has; `refused`: it would not, and a
# person looks.
bank_allocations = Table(
    "bank_allocations",
    metadata,
    Column("movement", Id, ForeignKey("bank_movements.id"), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("trajectory", Id, nullable=False, index=True),
    Column("amount", Balance, nullable=False),
    Column("debt", Word),
    Column("reverses", Id),
    Column("decided_by", Word, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("telling_at", Moment),
    Column("told_at", Moment),
    Column("refused", Text),
    Index("ix_bank_allocations_told_at", "told_at"),
)

# For whom an account paid before, by the mark of that account.
bank_payers = Table(
    "bank_payers",
    metadata,
    Column("payer", Sha256, primary_key=True),
    Column("trajectory", Id, primary_key=True),
)
