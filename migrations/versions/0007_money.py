"""Money: the ledger, a structured communication for everybody, what is paid on, flat rates."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dwellings", sa.Column("flat_rate", sa.Integer(), nullable=True))
    op.add_column("dwellings", sa.Column("energy_rate", sa.Integer(), nullable=True))
    op.create_table(
        "communications",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("digits", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("trajectory", name=op.f("pk_communications")),
        sa.UniqueConstraint("digits", name=op.f("uq_communications_digits")),
    )
    op.create_table(
        "ledger",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("debt", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("counters", sa.String(length=80), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("trajectory", "key", name=op.f("pk_ledger")),
    )
    op.create_index("ix_ledger_booked_on", "ledger", ["booked_on"])
    op.create_table(
        "payables",
        sa.Column("month", sa.String(length=60), nullable=False),
        sa.Column("dwelling", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_by", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["dwelling"], ["dwellings.id"], name=op.f("fk_payables_dwelling_dwellings")
        ),
        sa.PrimaryKeyConstraint("month", "dwelling", name=op.f("pk_payables")),
    )
    _give_communications()


def _give_communications() -> None:
    """Give those who are there already what others get with their first turn."""
    connection = op.get_bind()
    known = connection.execute(
        sa.text("SELECT DISTINCT trajectory FROM outcomes ORDER BY trajectory")
    ).scalars()
    taken: dict[str, str] = {}
    for trajectory in known.all():
        attempt = 0
        while (digits := _digits(trajectory, attempt)) in taken:
            attempt += 1
        taken[digits] = trajectory
    if taken:
        connection.execute(
            sa.text(
                "INSERT INTO communications (trajectory, digits) VALUES (:trajectory, :digits)"
            ),
            [{"trajectory": owner, "digits": digits} for digits, owner in taken.items()],
        )


def _digits(trajectory: str, attempt: int) -> str:
    # As the application makes them today: a migration does not change with it.
    name = trajectory if attempt == 0 else f"{trajectory}/{attempt}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16]) % (10**10 - 1) + 1
    return f"{number:010}{number % 97 or 97:02}"


def downgrade() -> None:
    raise NotImplementedError("a ledger is never taken back: restore a backup instead")
