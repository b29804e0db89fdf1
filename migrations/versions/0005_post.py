"""The post: what was printed, and mails that may go once more."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("post_copies", sa.Column("again_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "post_prints",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch", sa.String(length=60), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.String(length=60), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("trajectory", "key", "number", name=op.f("pk_post_prints")),
    )
    op.create_index("ix_post_prints_batch", "post_prints", ["batch"])
