"""The tables of proof: who looked, the signed checkpoints, and the reports of the nights.

Made by Alembic like the others; nothing in them is ever changed.
"""

from sqlalchemy import Column, Date, Integer, Table

from stores.columns import CanonicalJson, Moment
from stores.tables import Id, Sha256, Word, metadata

__all__ = ["checkpoints", "looks", "metadata", "nights"]

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
