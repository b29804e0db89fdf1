"""Where one resident stands: the state that the facts fold into.

Only `models.core` and the moves in `models.moves` change it. It holds no names: people are ids.
Sets are kept as dicts or sorted lists, so that every walk over them has one order.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.account import Account, DwellingRent, Rent
from models.choices import (
    AllocationStatus,
    DepartureKind,
    HoldReason,
    Homelessness,
    Household,
    Living,
    MatchOutcome,
    MeetingKind,
    PostTo,
    PremiumChoice,
    PremiumResult,
    Reply,
    Sex,
    TalkKind,
    Verdict,
)
from models.facts import Ask, Json, LetterOrder, Task
from models.ladder import Arrears
from models.vocabulary import ContractStage, LetterStatus, Region, ReviewStage, Stage

REMEMBERED_REQUESTS = 200


class Part(BaseModel):
    """A part of the state; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Referral(Part):
    """What the supporter told us (L971-979), without the name."""

    referred_on: date
    birth_date: date
    sex: Sex
    supporter: str
    partner: str
    living: Living
    priority: bool = Field(default=False, description="from a partner with priority (L544)")
    supports: bool = Field(default=True, description="the partner gives support itself (L543)")
    previous: str | None = None
    support_since: date | None = None
    homelessness: Homelessness | None = None
    form_received: date | None = None
    eligible_from: date | None = None


class Appointment(Part):
    """What a candidate or resident is invited for."""

    kind: str
    at: datetime
    place: str
    invited_on: date
    reply: Reply | None = None


class SpokenVerdict(Part):
    """The verdict of one employee."""

    who: str
    verdict: Verdict
    held_on: date


class Checklist(Part):
    """The colour checklist, filled in by two."""

    items: dict[str, str]
    decision: str
    who: str
    second: str
    red: bool


class Match(Part):
    """The acquaintance with a possible housemate."""

    other: str
    at: datetime
    talks: int = 0
    outcome: MatchOutcome | None = None
    confirmed: bool = Field(default=False, description="the other trajectory agreed to meet")


class Offer(Part):
    """An offered place, with what the dwelling is like on that day."""

    place: str
    start_on: date
    lease_end: date
    pending: bool = True
    dwelling: str | None = None
    shared: bool = False
    first: bool = Field(default=True, description="nobody lives in the dwelling yet")
    energy_in_rent: bool = False
    available_until: date | None = None
    certificate_until: date | None = None
    epc_until: date | None = None
    household: Household = Household.ALONE
    rent: DwellingRent = Field(default_factory=DwellingRent)
    alone_since: date | None = Field(
        default=None, description="lives in a shared dwelling without a housemate (L1080)"
    )


class PaperDone(Part):
    """A paper that is in order, or was let go with a reason."""

    done_on: date
    signed_by: list[str]
    waived_reason: str | None = None


class Lease(Part):
    """The lease: first day, last day, and how often it was extended."""

    start_on: date
    end: date
    keys_on: date
    keys: int
    extended: int = 0


class Notice(Part):
    """The landlord's notice."""

    approved_on: date | None = None
    posted_on: date | None = None
    barcodes: list[str] = Field(default_factory=list)
    late: bool = False
    proofs: list[str] = Field(default_factory=list)


class Talks(Part):
    """The follow-up talks."""

    planned_at: datetime | None = None
    planned_kind: TalkKind | None = None
    planned_place: str | None = None
    last_held_on: date | None = None
    next_due: date | None = None
    held: int = 0
    insurance_until: date | None = None
    goals: list[str] = Field(default_factory=list)


class Leaving(Part):
    """How and when the resident leaves."""

    leaves_on: date
    by_resident: bool = False
    exit_talk_at: datetime | None = None
    left_on: date | None = None
    destination: str | None = None
    durable: str | None = None


class Departure(Part):
    """An unexpected departure: the lease runs on (L1471-1477)."""

    since: date
    kind: DepartureKind
    post_to: PostTo
    clears: str
    clear_by: date
    from_stage: Stage


class Hold(Part):
    """A pause over a region."""

    reason: HoldReason
    text: str | None
    since: date
    until: date
    owner: str
    times: int = 1


class Letter(Part):
    """A letter of this trajectory and where it stands."""

    order: LetterOrder
    fact: int
    status: LetterStatus = LetterStatus.HELD
    sent_at: datetime | None = None
    again: int | None = Field(default=None, description="the fact that said it goes again")

    @property
    def left(self) -> bool:
        """Whether it left the house."""
        return self.status in {
            LetterStatus.SENT,
            LetterStatus.POSTED,
            LetterStatus.TO_PRINT,
            LetterStatus.UNCERTAIN,
        }


class TrajectoryState(Part):
    """Everything the rules need to know of one resident's trajectory."""

    stage: Stage | None = None
    contract: ContractStage = ContractStage.NONE
    reviews: ReviewStage = ReviewStage.NONE
    referral: Referral | None = None
    adopted_on: date | None = None
    supporter_gone: date | None = None
    call: MeetingKind | None = None
    appointment: Appointment | None = None
    acquaintance_on: date | None = None
    verdicts: list[SpokenVerdict] = Field(default_factory=list)
    checklist: Checklist | None = None
    rejected_on: date | None = None
    match: Match | None = None
    offer: Offer | None = None
    papers: dict[str, PaperDone] = Field(default_factory=dict)
    lease: Lease | None = None
    notice: Notice = Field(default_factory=Notice)
    talks: Talks = Field(default_factory=Talks)
    premium: PremiumChoice | None = None
    premium_result: PremiumResult | None = None
    allocation: AllocationStatus | None = None
    departure: Departure | None = None
    leaving: Leaving | None = None
    rent: Rent | None = None
    account: Account = Field(default_factory=Account)
    arrears: Arrears = Field(default_factory=Arrears)
    administrator: str | None = Field(default=None, description="by the register of partners")
    ended_on: date | None = None
    restricted: date | None = Field(default=None, description="may only be kept since then")
    archived: bool = Field(default=False, description="the file is shut: no step can follow")
    holds: dict[Region, Hold] = Field(default_factory=dict)
    tasks: dict[str, Task] = Field(default_factory=dict)
    letters: dict[str, Letter] = Field(default_factory=dict)
    asks: dict[str, Ask] = Field(default_factory=dict)
    met: dict[str, int] = Field(default_factory=dict, description="deadline key → fact")
    last_met: dict[str, str] = Field(
        default_factory=dict, description="what a key is about → the latest day it was met"
    )
    missed: dict[str, Json] = Field(
        default_factory=dict, description="deadline key → what its letter, not sent, would need"
    )
    lease_registered: date | None = None
    sent_before: list[str] = Field(default_factory=list, description="letters sent before adoption")
    told: dict[str, int] = Field(default_factory=dict, description="request id → fact")

    def meet(self, key: str, fact: int) -> None:
        """Note that a deadline was met; a key ends in its day."""
        self.met[key] = fact
        about, _, day = key.rpartition(":")
        self.last_met[about] = max(day, self.last_met.get(about, ""))

    @property
    def debt(self) -> Decimal:
        """What is open in all, whatever it is for."""
        return self.account.balance()

    @property
    def accepted(self) -> bool:
        """Whether the candidate may start: two times "start", or a red-free list that says so."""
        if self.checklist is not None:
            return self.checklist.decision == Verdict.START and not self.checklist.red
        return [v.verdict for v in self.verdicts] == [Verdict.START, Verdict.START]

    @property
    def in_doubt(self) -> bool:
        """Whether the two verdicts differ or one of them doubts (L447)."""
        verdicts = [v.verdict for v in self.verdicts]
        return len(verdicts) == 2 and (len(set(verdicts)) == 2 or Verdict.DOUBT in verdicts)

    @property
    def open_tasks(self) -> list[Task]:
        """The tasks that wait for somebody."""
        return [task for task in self.tasks.values() if task.done_at is None]

    def remember(self, request: str, fact: int) -> None:
        """Remember a request; the oldest is forgotten."""
        self.told[request] = fact
        if len(self.told) > REMEMBERED_REQUESTS:
            del self.told[next(iter(self.told))]

    def dump(self) -> dict[str, Any]:
        """Return the state as JSON values, for comparing."""
        return self.model_dump(mode="json", exclude_defaults=True)
