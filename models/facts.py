"""What goes in and what comes out: facts, and the outcomes, letters, tasks and effects they bring.

A fact is the only thing that changes a trajectory. Facts are numbered from 1 in order of arrival
and never change; the state is a fold over them. Everything here can be written as JSON.
"""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field

from models.programme import Rules, interned
from models.record import Record
from models.vocabulary import Channel, Debt, PostingKind, Region, Role, Source

Json = dict[str, Any]
GENESIS = "0" * 64
# A user's id has no control characters: it stands on a line of its own in what a hash covers.
NAME = r"^[^\x00-\x1f\x7f]{1,60}$"


class By(Record):
    """A person who acts: the id of the user and the role in which they act."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    who: str = Field(pattern=NAME)
    role: Role


SYSTEM = By(who="opstap", role=Role.SYSTEM)


class Fact(Record):
    """One thing that happened, as it was told: never edited, only followed by another fact."""

    seq: int
    name: str = Field(description="step, deadline or observation")
    source: Source
    at: datetime = Field(description="recorded at: the minute, or the deadline's own moment")
    by: By = SYSTEM
    second: By | None = None
    data: Json = Field(default_factory=dict)
    key: str | None = Field(default=None, description="the deadline's key, or the request's id")
    override: str | None = Field(default=None, description="why a rule was set aside")


class LetterOrder(Record):
    """A letter that a fact orders: rendered and stored at once, sent at its moment.

    `key` is unique within the trajectory and stable under replay and correction.
    """

    key: str
    kind: str
    to: list[Role]
    channel: Channel
    ordered_at: datetime
    send_at: datetime
    facts: Json = Field(default_factory=dict, description="what the text needs, without names")
    approved_by: str | None = None
    administrator: str | None = Field(default=None, description="who manages the resident's money")


class Outcome(Record):
    """One row of the append-only log, bound by `hash` to the one before it (`link`)."""

    seq: int
    recorded_at: str
    valid_from: str
    kind: str
    stage: str
    by: str
    role: str
    source: str
    fact: int | None = Field(
        default=None, description="the fact's number, on the row that carries it"
    )
    detail: Json = Field(default_factory=dict)
    hash: str = ""

    def content(self) -> bytes:
        """Return the bytes that the hash covers.

        Every other field on a line of its own, then the detail as canonical JSON.
        """
        head = "\n".join(
            (
                str(self.seq),
                self.recorded_at,
                self.valid_from,
                self.kind,
                self.stage,
                self.by,
                self.role,
                self.source,
                str(self.fact or ""),
            )
        )
        return head.encode() + b"\n" + canonical(self.detail)


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def canonical(value: Any) -> bytes:
    """Write JSON values with their keys in order and no spaces, for hashing and comparing."""
    return _encode(value).encode()


def link(previous: str, outcome: Outcome) -> str:
    """Return the hash of a row: SHA-256 over the hash before it and the row's content."""
    return hashlib.sha256(previous.encode("ascii") + outcome.content()).hexdigest()


class Task(Record):
    """Something a person must do. `key` is unique within the trajectory."""

    key: str
    kind: str
    text: str
    whom: Role
    opened_at: datetime
    due: date | None = None
    hard: bool = False
    done_at: datetime | None = None
    done_by: str | None = None


class Posting(Record):
    """One line of a resident's ledger; never changed, only followed by a line that counters it.

    `amount` is in euro: above zero is owed by the resident, below zero is in their favour. `key` is
    unique within the trajectory and stable under replay: `charge:huur:2027-03`, `payment:<movement>`.
    """

    key: str
    kind: PostingKind
    debt: Debt
    amount: Decimal
    booked_on: date
    value_on: date
    due_on: date | None = Field(default=None, description="the last day on which it is in time")
    text: str
    lines: list[Json] = Field(default_factory=list, description="what the amount is made of")
    counters: str | None = Field(default=None, description="the key of the line it takes back")


class Ask(Record):
    """A question about something that residents share; the answer comes back as an observation."""

    key: str
    kind: str
    data: Json


class Tell(Record):
    """Something that a shared register or another trajectory must hear; done once, by its key."""

    key: str
    kind: str
    data: Json


class Deadline(Record):
    """One dated thing still to come."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    at: datetime
    region: Region
    hard: bool = False
    runs_on: bool = False
    text: str
    letter: str | None = None
    paused_until: date | None = None
    data: Json = Field(default_factory=dict)


class Overview(Record):
    """What lists and searches show of a trajectory: a projection of the log, without names."""

    trajectory: str
    programme: str
    stage: str
    contract: str
    reviews: str
    partner: str | None = None
    supporter: str | None = None
    priority: bool = False
    living: str | None = None
    referred_on: date | None = None
    eligible_from: date | None = None
    place: str | None = None
    lease_start: date | None = None
    lease_end: date | None = None
    next_at: datetime | None = None
    next_text: str | None = None
    seq: int = 0
    head: str = GENESIS


class Turn(Record):
    """What one workflow task decided, written to SQL in one transaction.

    `previous` is the chain's hash before the first of `outcomes`; `decided_at` tells which of two
    different tails was decided earlier.
    """

    trajectory: str
    decided_at: datetime
    previous: str
    outcomes: list[Outcome]
    letters: list[LetterOrder] = Field(default_factory=list)
    recalled: list[str] = Field(default_factory=list, description="keys of letters held back")
    statuses: dict[str, str] = Field(default_factory=dict, description="letter key → new status")
    tasks: list[Task] = Field(default_factory=list, description="opened, changed or done")
    postings: list[Posting] = Field(default_factory=list, description="new lines of the ledger")
    overview: Overview


class StepAnswer(Record):
    """What whoever took a step hears."""

    trajectory: str
    seq: int
    stage: str
    text: str
    letters: list[str] = Field(default_factory=list)
    pending: bool = Field(default=False, description="an answer about a shared thing still comes")


class Start(Record):
    """The start arguments of a trajectory: its id, its rules, and its facts when it goes on."""

    trajectory: str
    rules: Annotated[Rules, AfterValidator(interned)]
    facts: list[Fact] = Field(default_factory=list)


class Question(Record):
    """What an activity needs to answer an `Ask`: a key of the domain, and the asker's moment."""

    trajectory: str
    at: datetime
    ask: Ask
    rules: Rules


class Answer(Record):
    """The answer to a question: the name and the data of the observation that it becomes."""

    name: str
    data: Json


class Message(Record):
    """A `Tell` on its way."""

    trajectory: str
    at: datetime
    tell: Tell


class Delivery(Record):
    """A letter whose moment has come; `since` is its first try, where that was on an earlier day."""

    trajectory: str
    key: str
    at: datetime
    resend_minutes: int | None = None
    since: datetime | None = None


# The day on which it was to leave is over; whether the next is a working day is not known here.
LATER = "later"


class Delivered(Record):
    """What became of it: sent, to_print, refused or uncertain; or later, and nothing did."""

    status: str
    reason: str | None = None
    sha256: str | None = None


class Heard(Record):
    """Something another trajectory or a register tells this one; `id` makes it count once."""

    name: str
    data: Json = Field(default_factory=dict)
    id: str
    signed: Json | None = Field(default=None, description="who tells shows it (models.signing)")
