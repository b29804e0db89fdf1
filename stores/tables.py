"""The tables. Alembic makes them (`migrations/`); a test compares the two.

No default of the database ever takes the time. What is personal is sealed: the columns that
`stores.vault.SEALED` names, and the detail of every outcome.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from stores.columns import CanonicalJson, Euro, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = String(80)
Word = String(60)
Sha256 = String(64)

# ---- the log ------------------------------------------------------------------------------------
outcomes = Table(
    "outcomes",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("recorded_at", Word, nullable=False),
    Column("valid_from", Word, nullable=False),
    Column("kind", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("by", Word, nullable=False),
    Column("role", Word, nullable=False),
    Column("source", Word, nullable=False),
    Column("fact", Integer),
    Column("detail", CanonicalJson, nullable=False),
    # The chain over the row as it stands here, and the mark of the core's own hash of it.
    Column("hash", Sha256, nullable=False),
    Column("mark", Sha256, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Index("ix_outcomes_decided_at", "decided_at"),
)

outcome_orphans = Table(
    "outcome_orphans",
    metadata,
    *(
        Column(c.name, c.type, primary_key=c.primary_key, nullable=c.nullable, autoincrement=False)
        for c in outcomes.columns
        if c.name != "hash"
    ),
    Column("hash", Sha256, primary_key=True),
    Column("moved_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
)

overview = Table(
    "overview",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("programme", Word, nullable=False),
    Column("stage", Word, nullable=False),
    Column("contract", Word, nullable=False),
    Column("reviews", Word, nullable=False),
    Column("partner", Id),
    Column("supporter", Id),
    Column("priority", Boolean, nullable=False),
    Column("living", Word),
    Column("referred_on", Date),
    Column("eligible_from", Date),
    Column("place", Id),
    Column("lease_start", Date),
    Column("lease_end", Date),
    Column("next_at", Moment),
    Column("next_text", Text),
    Column("seq", Integer, nullable=False),
    Column("head", Sha256, nullable=False),
    Index("ix_overview_stage", "stage"),
    Index("ix_overview_next_at", "next_at"),
)

# `seq` and `done_seq` are the outcomes that opened and closed a task: when a tail of the log turns
# out never to have happened, what it opened and closed goes with it.
tasks = Table(
    "tasks",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("key", Id, primary_key=True),
    Column("opened_at", Moment, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("text", Text, nullable=False),
    Column("whom", Word, nullable=False),
    Column("due", Date),
    Column("hard", Boolean, nullable=False),
    Column("done_at", Moment),
    Column("done_by", Word),
    Column("seq", Integer, nullable=False),
    Column("done_seq", Integer),
    Index("ix_tasks_whom_due", "whom", "due"),
)

# ---- letters ------------------------------------------------------------------------------------
# `released_at`: from then on the letter may be in somebody's hands and its row is never replaced.
# `status_seq` and `status_before` undo a status that a tail gave which never happened. `sha256` is
# the hash of `tree`, the words as they were ordered; `proof` covers its files too.
post = Table(
    "post",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("key", Id, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("to_roles", CanonicalJson, nullable=False),
    Column("channel", Word, nullable=False),
    Column("ordered_at", Moment, nullable=False),
    Column("send_at", Moment, nullable=False),
    Column("approved_by", Word),
    Column("facts", CanonicalJson, nullable=False),
    Column("sender", String(200)),
    Column("subject", Text),
    Column("sha256", Sha256),
    Column("status", Word, nullable=False),
    Column("reason", Text),
    Column("released_at", Moment),
    Column("settled_at", Moment),
    Column("seq", Integer, nullable=False),
    Column("status_seq", Integer),
    Column("status_before", Word),
    Column("language", Word),
    Column("tree", CanonicalJson),
    Column("template", Sha256),
    Column("renderer", Word),
    Column("proof", Sha256),
    Index("ix_post_status_send_at", "status", "send_at"),
)

post_copies = Table(
    "post_copies",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("key", Id, primary_key=True),
    Column("role", Word, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("message_id", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("status", Word, nullable=False),
    Column("reason", Text),
    Column("changed_at", Moment),
    Column("addressee", CanonicalJson),
    Column("care_of", Text),
    Column("html_sha256", Sha256),
    Column("pdf_sha256", Sha256),
    Column("again_at", Moment),
)

# What was made of a letter when it left, by its hash: never made again, never changed.
letter_files = Table(
    "letter_files",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("sha256", Sha256, primary_key=True),
    Column("media_type", Word, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# ---- people and registers -----------------------------------------------------------------------
people = Table(
    "people",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name_key", Sha256, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("birth_date", Text),
    Column("sex", Text),
    Column("email", Text),
    Column("phone", Text),
)

person_trajectories = Table(
    "person_trajectories",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("person", Id, ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
)

partners = Table(
    "partners",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("agreement_on", Date),
    Column("priority", Boolean, nullable=False),
    Column("supports", Boolean, nullable=False),
    Column("contact", Text),
)

supporters = Table(
    "supporters",
    metadata,
    Column("id", Id, primary_key=True),
    Column("partner", Id, ForeignKey("partners.id"), nullable=False, index=True),
    Column("name", Text),
    Column("email", Text),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("role", Word, nullable=False),
    Column("name", Text),
)

dwellings = Table(
    "dwellings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bedrooms", Integer, nullable=False),
    Column("places", Integer, nullable=False),
    Column("reserve", Boolean, nullable=False),
    Column("reserve_agreed", Boolean, nullable=False),
    Column("available_until", Date),
    Column("destination", Text),
    Column("basis", Integer, nullable=False),
    Column("epc_until", Date),
    Column("conformity_until", Date),
    Column("informed", Boolean, nullable=False),
    Column("energy_in_rent", Boolean, nullable=False),
    Column("address", Text),
    Column("flat_rate", Euro),
    Column("energy_rate", Euro),
)

# `asked_key` makes a repeated question one reservation; `answer` is what was answered then.
tenancies = Table(
    "tenancies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("place", Id, nullable=False),
    Column("dwelling", Id, ForeignKey("dwellings.id"), nullable=False, index=True),
    Column("trajectory", Id, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    Column("priority", Boolean, nullable=False),
    Column("occupied", Boolean, nullable=False),
    Column("asked_key", Id, nullable=False),
    Column("answer", CanonicalJson, nullable=False),
    UniqueConstraint("trajectory", "asked_key"),
    Index(
        "uq_tenancies_open_place",
        "place",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)

# What was given back, also before its reservation came: the question may be answered later.
releases = Table(
    "releases",
    metadata,
    Column("trajectory", Id, primary_key=True),
    Column("key", Id, primary_key=True),
    Column("place", Id, nullable=False),
    Column("until", Date, nullable=False),
)

refusals = Table(
    "refusals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("trajectory", Id, nullable=False, index=True),
    Column("step", Word, nullable=False),
    Column("who", Word, nullable=False),
    Column("role", Word, nullable=False),
    Column("code", Word, nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Word, nullable=False),
    Column("hash", Sha256, nullable=False),
)
