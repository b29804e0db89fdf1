"""Proof: chains of refusals and looks, signed checkpoints, reports of the nightly audit."""

import sqlalchemy as sa
from alembic import op

from stores.diaries import link_all
from stores.tables import refusals

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("refusals") as table:
        table.add_column(sa.Column("hash", sa.String(length=64), nullable=False, server_default=""))
    link_all(op.get_bind(), refusals)
    with op.batch_alter_table("refusals") as table:
        table.alter_column("hash", server_default=None)
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    op.create_index(op.f("ix_looks_trajectory"), "looks", ["trajectory"], unique=False)
    op.create_table(
        "checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_checkpoints")),
        sa.UniqueConstraint("key", name=op.f("uq_checkpoints_key")),
    )
    op.create_table(
        "nights",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_nights")),
    )


def downgrade() -> None:
    raise NotImplementedError("a log is never taken back: restore a backup instead")
