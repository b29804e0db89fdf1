"""The files of the letters, and what proves them: tree, template, renderer, hashes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_files",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("trajectory", "sha256", name=op.f("pk_letter_files")),
    )
    op.add_column("post", sa.Column("language", sa.String(length=60), nullable=True))
    op.add_column("post", sa.Column("tree", sa.Text(), nullable=True))
    op.add_column("post", sa.Column("template", sa.String(length=64), nullable=True))
    op.add_column("post", sa.Column("renderer", sa.String(length=60), nullable=True))
    op.add_column("post", sa.Column("proof", sa.String(length=64), nullable=True))
    op.add_column("post_copies", sa.Column("addressee", sa.Text(), nullable=True))
    op.add_column("post_copies", sa.Column("care_of", sa.Text(), nullable=True))
    op.add_column("post_copies", sa.Column("html_sha256", sa.String(length=64), nullable=True))
    op.add_column("post_copies", sa.Column("pdf_sha256", sa.String(length=64), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("a log is never taken back: restore a backup instead")
