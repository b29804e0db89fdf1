"""The ladder of arrears: its rungs, which step climbs from where to where, and where one stands.

The second table beside the trajectory's (L1320-1376). A rung only rises, or falls back to "in orde"
when what is late has been paid; it rises when its letter has really left.
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from models.vocabulary import ArrearsStage, ConciliationOutcome, TalkOutcome, WelfareHelp

A = ArrearsStage
FROM_MESSAGE = (A.MESSAGE, A.REMINDER, A.TALK, A.REGISTERED, A.FUND, A.CONCILIATION, A.COURT)
FROM_REMINDER = FROM_MESSAGE[1:]
FROM_TALK = FROM_MESSAGE[2:]


class Rung(NamedTuple):
    """From which rungs a step of the ladder may be taken, and to which it leads (None: stays)."""

    sources: tuple[ArrearsStage, ...]
    dest: ArrearsStage | None = None


LADDER: dict[str, Rung] = {
    "skip_message": Rung(tuple(A)),
    # Who was talked to before the reminder may still need one: nothing formal comes without it.
    "approve_reminder": Rung((A.MESSAGE, A.TALK)),
    "send_reminder": Rung((A.MESSAGE, A.TALK), A.REMINDER),
    "record_arrears_talk": Rung(FROM_MESSAGE, A.TALK),
    "agree_plan": Rung(tuple(A), A.TALK),
    "order_registered": Rung((A.TALK,), A.REGISTERED),
    "give_fund_info": Rung((A.TALK, A.REGISTERED), A.FUND),
    "note_welfare_help": Rung(FROM_TALK),
    "ask_conciliation": Rung((A.REGISTERED, A.FUND), A.CONCILIATION),
    "record_conciliation": Rung((A.CONCILIATION,)),
    "go_to_court": Rung((A.CONCILIATION,), A.COURT),
    "record_judgment": Rung((A.COURT,)),
}


class Check(StrEnum):
    """What is looked at once the bank's data are known to be fresh."""

    FIRST = "eerste"
    SECOND = "tweede"
    PROMISE = "belofte"


class Waiting(BaseModel):
    """A check that could not be made: the bank's data were too old."""

    model_config = ConfigDict(extra="forbid")

    check: Check
    day: date


class Arrears(BaseModel):
    """Where the resident stands on the ladder, and the facts that the next rung asks for."""

    model_config = ConfigDict(extra="forbid")

    stage: ArrearsStage = ArrearsStage.IN_ORDER
    since: date | None = Field(default=None, description="on this rung since")
    waiting: Waiting | None = None
    checked_on: date | None = None
    message: str | None = Field(default=None, description="the letter of the last message")
    message_on: date | None = Field(default=None, description="the day it really left")
    drafted_on: date | None = Field(default=None, description="reminder put to the bookkeeper")
    approved_on: date | None = None
    reminder: str | None = None
    reminder_on: date | None = None
    formal_from: date | None = Field(default=None, description="no formal step before")
    talk_on: date | None = None
    talk: TalkOutcome | None = None
    promised_on: date | None = None
    broken_on: date | None = Field(default=None, description="an agreement was not kept since")
    registered: str | None = None
    registered_on: date | None = None
    fund_on: date | None = None
    fund_waived: str | None = None
    help: WelfareHelp | None = None
    help_since: date | None = None
    warned_on: date | None = Field(default=None, description="the OCMW was warned")
    conciliation_on: date | None = None
    conciliation: ConciliationOutcome | None = None
    court_on: date | None = None
    judgment: str | None = None

    def is_about(self, letter: str) -> bool:
        """Whether a rung waits for this letter to leave."""
        return letter in {self.message, self.reminder, self.registered}

    @property
    def broken(self) -> bool:
        """Whether a talk or an agreement was tried and came to nothing (L1336 "nadien")."""
        no_use = {TalkOutcome.REFUSED, TalkOutcome.UNREACHABLE}
        return self.broken_on is not None or self.talk in no_use
