"""The tables that guard the others: keys, looks, prints, signed checkpoints, the nights.

Made by Alembic like the others; but for a key that is destroyed nothing in them is ever changed.
"""

from sqlalchemy import Column, Date, Integer, LargeBinary, Table

from stores.columns import CanonicalJson, Moment
from stores.tables import Id, Sha256, Word, metadata

__all__ = [
    "checkpoints",
    "erasures",
    "keys",
    "looks",
    "metadata",
    "nights",
    "post_prints",
    "secrets",
]

# `wrapped` is None once a key was destroyed: the row stays, so that it is never made anew.
keys = Table(
    "keys",
    metadata,
    Column("owner", Id, primary_key=True),
    Column("wrapped", LargeBinary),
    Column("master", Word, nullable=False),
    Column("erased_at", Moment),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Id, primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

looks = Table(
    "looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("trajectory", Id, nullable=False, index=True),
    Column("what", Word, nullable=False),
    Column("who", Word, nullable=False),
    Column("role", Word, nullable=False),
    Column("hash", Sha256, nullable=False),
)

# Who was forgotten, by whom and why: codes alone, for a row stays readable for good.
erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("trajectory", Id, nullable=False, unique=True),
    Column("who", Word, nullable=False),
    Column("role", Word, nullable=False),
    Column("second", Word, nullable=False),
    Column("second_role", Word, nullable=False),
    Column("reason", Word, nullable=False),
    Column("hash", Sha256, nullable=False),
)

# ---- proof --------------------------------------------------------------------------------------
# `changes` are the heads that differ from those of the checkpoint before: [chain, number, hash].
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", Id, nullable=False, unique=True),
    Column("signed", CanonicalJson, nullable=False),
    Column("changes", CanonicalJson, nullable=False),
)

nights = Table(
    "nights",
    metadata,
    Column("day", Date, primary_key=True),
    Column("report", CanonicalJson, nullable=False),
)

# Every time a letter was put on paper: the second time is a duplicate, and shows as one.
post_prints = Table(
    "post_prints",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("key", Id, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("batch", Word, nullable=False, index=True),
    Column("printed_at", Moment, nullable=False),
    Column("printed_by", Word, nullable=False),
    Column("sha256", Sha256, nullable=False),
)
