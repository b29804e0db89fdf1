"""The first tables: the log, the overview, tasks, letters, people and registers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dwellings",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("bedrooms", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Boolean(), nullable=False),
        sa.Column("reserve_agreed", sa.Boolean(), nullable=False),
        sa.Column("available_until", sa.Date(), nullable=True),
        sa.Column("destination", sa.Text(), nullable=True),
        sa.Column("basis", sa.Integer(), nullable=False),
        sa.Column("epc_until", sa.Date(), nullable=True),
        sa.Column("conformity_until", sa.Date(), nullable=True),
        sa.Column("informed", sa.Boolean(), nullable=False),
        sa.Column("energy_in_rent", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dwellings")),
    )
    op.create_table(
        "outcome_orphans",
        sa.Column("trajectory", sa.String(length=80), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.String(length=60), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.String(length=60), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=60), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(length=60), autoincrement=False, nullable=False),
        sa.Column("by", sa.String(length=60), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=60), autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=60), autoincrement=False, nullable=False),
        sa.Column("fact", sa.Integer(), autoincrement=False, nullable=True),
        sa.Column("detail", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("trajectory", "seq", "hash", name=op.f("pk_outcome_orphans")),
    )
    op.create_table(
        "outcomes",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("fact", sa.Integer(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("trajectory", "seq", name=op.f("pk_outcomes")),
    )
    op.create_index("ix_outcomes_decided_at", "outcomes", ["decided_at"], unique=False)
    op.create_table(
        "overview",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("programme", sa.String(length=60), nullable=False),
        sa.Column("stage", sa.String(length=60), nullable=False),
        sa.Column("contract", sa.String(length=60), nullable=False),
        sa.Column("reviews", sa.String(length=60), nullable=False),
        sa.Column("partner", sa.String(length=80), nullable=True),
        sa.Column("supporter", sa.String(length=80), nullable=True),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("living", sa.String(length=60), nullable=True),
        sa.Column("referred_on", sa.Date(), nullable=True),
        sa.Column("eligible_from", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=80), nullable=True),
        sa.Column("lease_start", sa.Date(), nullable=True),
        sa.Column("lease_end", sa.Date(), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_text", sa.Text(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("trajectory", name=op.f("pk_overview")),
    )
    op.create_index("ix_overview_next_at", "overview", ["next_at"], unique=False)
    op.create_index("ix_overview_stage", "overview", ["stage"], unique=False)
    op.create_table(
        "partners",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("agreement_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("supports", sa.Boolean(), nullable=False),
        sa.Column("contact", sa.String(length=320), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("name_key", name=op.f("uq_people_name_key")),
    )
    op.create_table(
        "post",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("to_roles", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=60), nullable=False),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=60), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=200), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("status_seq", sa.Integer(), nullable=True),
        sa.Column("status_before", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("trajectory", "key", name=op.f("pk_post")),
    )
    op.create_index("ix_post_status_send_at", "post", ["status", "send_at"], unique=False)
    op.create_table(
        "post_copies",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint(
            "trajectory", "key", "role", "address", name=op.f("pk_post_copies")
        ),
    )
    op.create_table(
        "refusals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    op.create_index(op.f("ix_refusals_trajectory"), "refusals", ["trajectory"], unique=False)
    op.create_table(
        "releases",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("trajectory", "key", name=op.f("pk_releases")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=60), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
    )
    op.create_table(
        "tasks",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("whom", sa.String(length=60), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=60), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("done_seq", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("trajectory", "key", "opened_at", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_whom_due", "tasks", ["whom", "due"], unique=False)
    op.create_table(
        "person_trajectories",
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("person", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
            name=op.f("fk_person_trajectories_person"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("trajectory", name=op.f("pk_person_trajectories")),
    )
    op.create_index(
        op.f("ix_person_trajectories_person"), "person_trajectories", ["person"], unique=False
    )
    op.create_table(
        "supporters",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("partner", sa.String(length=80), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_supporters_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supporters")),
    )
    op.create_index(op.f("ix_supporters_partner"), "supporters", ["partner"], unique=False)
    op.create_table(
        "tenancies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("dwelling", sa.String(length=80), nullable=False),
        sa.Column("trajectory", sa.String(length=80), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("occupied", sa.Boolean(), nullable=False),
        sa.Column("asked_key", sa.String(length=80), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dwelling"], ["dwellings.id"], name=op.f("fk_tenancies_dwelling")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancies")),
        sa.UniqueConstraint(
            "trajectory", "asked_key", name=op.f("uq_tenancies_trajectory_asked_key")
        ),
    )
    op.create_index(op.f("ix_tenancies_dwelling"), "tenancies", ["dwelling"], unique=False)
    op.create_index(
        "uq_tenancies_open_place",
        "tenancies",
        ["place"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )


def downgrade() -> None:
    raise NotImplementedError("a log is never taken back: restore a backup instead")
