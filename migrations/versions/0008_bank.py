"""The bank: files as they came, statements, movements, whose they are, and who paid before."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_files",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_bank_files")),
    )
    op.create_index("ix_bank_files_status", "bank_files", ["status"])
    op.create_table(
        "bank_statements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=False),
        sa.Column("closing", sa.BigInteger(), nullable=False),
        sa.Column("credit", sa.BigInteger(), nullable=False),
        sa.Column("debit", sa.BigInteger(), nullable=False),
        sa.Column("movements", sa.Integer(), nullable=False),
        sa.Column("details", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file"], ["bank_files.sha256"], name=op.f("fk_bank_statements_file_bank_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statements")),
    )
    op.create_index("ix_bank_statements_account", "bank_statements", ["account", "closes_on"])
    op.create_index(op.f("ix_bank_statements_file"), "bank_statements", ["file"])
    op.create_table(
        "bank_movements",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("statement", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("payer", sa.String(length=64), nullable=True),
        sa.Column("fate", sa.String(length=60), nullable=False),
        sa.Column("way", sa.String(length=60), nullable=True),
        sa.Column("trajectory", sa.String(length=80), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["statement"],
            ["bank_statements.id"],
            name=op.f("fk_bank_movements_statement_bank_statements"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_movements")),
    )
    op.create_index("ix_bank_movements_fate", "bank_movements", ["fate", "booked_on"])
    op.create_index(op.f("ix_bank_movements_statement"), "bank_movements", ["statement"])
    op.create_table(
        "bank_allocations",
        sa.Column("movement", sa.String(length=80), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("debt", sa.String(length=60), nullable=True),
        sa.Column("reverses", sa.String(length=80), nullable=True),
        sa.Column("decided_by", sa.String(length=60), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["movement"],
            ["bank_movements.id"],
            name=op.f("fk_bank_allocations_movement_bank_movements"),
        ),
        sa.PrimaryKeyConstraint("movement", "part", name=op.f("pk_bank_allocations")),
    )
    op.create_index("ix_bank_allocations_told_at", "bank_allocations", ["told_at"])
    op.create_index(op.f("ix_bank_allocations_trajectory"), "bank_allocations", ["trajectory"])
    op.create_table(
        "bank_payers",
        sa.Column("payer", sa.String(length=64), nullable=False),
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("payer", "trajectory", name=op.f("pk_bank_payers")),
    )


def downgrade() -> None:
    raise NotImplementedError("what a bank told is never taken back: restore a backup instead")
