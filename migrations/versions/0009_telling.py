"""When telling a resident's trajectory of a payment began: from then on it may have heard."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "bank_allocations", sa.Column("telling_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    raise NotImplementedError("what a bank told is never taken back: restore a backup instead")
