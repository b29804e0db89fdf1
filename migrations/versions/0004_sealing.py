"""Sealing: the keys, the chain over sealed rows, and room for what is sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# Sealed values are texts, longer than what they hold.
TEXTS = {
    "people": ("birth_date", "sex", "email", "phone"),
    "partners": ("contact",),
    "supporters": ("email",),
}


def upgrade() -> None:
    op.create_table(
        "keys",
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("master", sa.String(length=60), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_keys")),
    )
    for table in ("outcomes", "outcome_orphans"):
        op.add_column(table, sa.Column("mark", sa.String(length=64), nullable=True))
        op.execute(f"UPDATE {table} SET mark = hash")  # noqa: S608 (names of our own)
        with op.batch_alter_table(table) as batch:
            batch.alter_column("mark", existing_type=sa.String(length=64), nullable=False)
    with op.batch_alter_table("post_copies") as batch:
        batch.alter_column(
            "address", type_=sa.Text(), existing_type=sa.String(length=320), existing_nullable=False
        )
    for table, columns in TEXTS.items():
        for column in columns:
            # Not by making the table anew: on SQLite that would delete the rows that refer to it.
            op.add_column(table, sa.Column(f"new_{column}", sa.Text(), nullable=True))
            op.execute(f"UPDATE {table} SET new_{column} = CAST({column} AS TEXT)")  # noqa: S608
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
            op.execute(f"ALTER TABLE {table} RENAME COLUMN new_{column} TO {column}")
