"""Steps of the ladder above a message: each is a named person's, court is two people's.

No day makes a rung by itself; a guard only says which rung cannot come yet, and why (A.8-o).
"""

from decimal import Decimal

from pydantic import Field

from models import arrears
from models.context import Context
from models.fields import Amount, Day, Fields, Line, Text
from models.letters import LetterKind
from models.vocabulary import (
    ArrearsStage,
    Cause,
    ConciliationOutcome,
    LetterStatus,
    Role,
    TalkOutcome,
    WelfareHelp,
)


class SkipMessage(Fields):
    """The message of this run is not sent."""

    reason: Text = Field(title="Waarom niet")


class ApproveReminder(Fields):
    """The bookkeeper looked at what is open."""

    amount: Amount = Field(title="Bedrag dat open staat")


class SendReminder(Fields):
    """The coordinator sends the reminder."""


class RecordArrearsTalk(Fields):
    """A talk about the arrears, or why there was none."""

    held_on: Day = Field(title="Gesprek gehouden op")
    present: list[Line] = Field(title="Aanwezig", description="functies, geen namen", min_length=1)
    cause: Cause = Field(title="Oorzaak")
    outcome: TalkOutcome = Field(title="Wat is er afgesproken")
    promised_on: Day | None = Field(default=None, title="Belooft te betalen op")
    reason: Text | None = Field(
        default=None, title="Uitleg", description="verplicht als er geen gesprek kon zijn"
    )


class OrderRegistered(Fields):
    """A registered letter, because an agreement was not kept."""

    reason: Text = Field(title="Waarom nu")


class GiveFundInfo(Fields):
    """The leaflet on the Fonds is given, or let go with a reason."""

    given_on: Day | None = Field(default=None, title="Gegeven op")
    waived_reason: Text | None = Field(default=None, title="Waarom niet gegeven")


class NoteWelfareHelp(Fields):
    """Where the help of the OCMW stands."""

    status: WelfareHelp = Field(title="Hulp van het OCMW")
    since: Day = Field(title="Sinds")
    warned_on: Day | None = Field(
        default=None, title="OCMW verwittigd op", description="voor er een rechtszaak kan komen"
    )


class AskConciliation(Fields):
    """The justice of the peace is asked to conciliate."""

    asked_on: Day = Field(title="Gevraagd op")
    why_no_agreement: Text = Field(title="Waarom lukt een afspraak niet")


class RecordConciliation(Fields):
    """What came of it."""

    on: Day = Field(title="Gehouden op")
    outcome: ConciliationOutcome = Field(title="Uitkomst")


class GoToCourt(Fields):
    """The claim is filed."""

    filed_on: Day = Field(title="Neergelegd op")


class RecordJudgment(Fields):
    """What the justice of the peace decided."""

    on: Day = Field(title="Vonnis van")
    outcome: Text = Field(title="Wat zegt het vonnis")


# ---- what changes ----------------------------------------------------------------------------
def skip_message(c: Context, f: SkipMessage) -> None:
    """This run's message stays here."""
    c.recall((LetterKind.DAY15_MESSAGE,))
    c.flag(f"bericht niet verstuurd: {f.reason}")
    c.state.arrears.message = None


def approve_reminder(c: Context, f: ApproveReminder) -> None:
    """Now it is the coordinator's turn (L1330)."""
    c.state.arrears.approved_on = c.day
    c.done("approve_reminder", "reminder_waits")
    c.task("send_reminder", "Verstuur de herinnering: de boekhouding keek ze na.", due=c.day)


def send_reminder(c: Context, f: SendReminder) -> None:
    """The reminder is ordered; the rung is climbed when it leaves."""
    items = arrears.open_debts(c)
    total = sum((Decimal(item["amount"]) for item in items), Decimal(0))
    days = c.rules.reminder_term_days
    c.order(LetterKind.REMINDER, items=items, pay={"amount": f"{total:.2f}"}, term_days=days)
    c.state.arrears.reminder = c.ordered[-1].key
    c.done("send_reminder", "reminder_waits")


def record_arrears_talk(c: Context, f: RecordArrearsTalk) -> None:
    """Why, and what now (L1333)."""
    known = c.state.arrears
    known.talk_on, known.talk, known.promised_on = f.held_on, f.outcome, f.promised_on
    known.broken_on = None
    c.done("arrears_talk", "agreement_broken", "arrears_nag")
    arrears.climb(c, ArrearsStage.TALK)
    if f.outcome in {TalkOutcome.PROMISE, TalkOutcome.PLAN}:
        arrears.drop_draft(c)
    if f.outcome is TalkOutcome.PLAN:
        c.task("make_plan", "Leg het afbetalingsplan vast.", due=c.day)


def order_registered(c: Context, f: OrderRegistered) -> None:
    """A registered letter; its posting climbs the rung (L1336)."""
    items = arrears.open_debts(c)
    total = sum((Decimal(item["amount"]) for item in items), Decimal(0))
    plan = c.state.account.plan
    c.order(
        LetterKind.FORMAL_NOTICE,
        items=items,
        pay={"amount": f"{total:.2f}"},
        reminded_on=c.state.arrears.reminder_on,
        plan_on=plan.agreed_on if plan is not None else None,
    )
    c.state.arrears.registered = c.ordered[-1].key
    c.done("agreement_broken", "arrears_nag")


def give_fund_info(c: Context, f: GiveFundInfo) -> None:
    """The leaflet goes to resident and supporter; from the registered letter on it is a rung."""
    known = c.state.arrears
    known.fund_on, known.fund_waived = f.given_on, f.waived_reason
    if f.given_on is not None:
        low, high = c.rules.fund_months
        c.order(LetterKind.FUND_INFO, months_from=low, months_to=high)
    else:
        c.flag(f"info over het Fonds niet gegeven: {f.waived_reason}")
    if known.stage is ArrearsStage.REGISTERED:
        arrears.climb(c, ArrearsStage.FUND)


def note_welfare_help(c: Context, f: NoteWelfareHelp) -> None:
    """Help that runs keeps the court away (L1364-1376)."""
    known = c.state.arrears
    known.help, known.help_since = f.status, f.since
    known.warned_on = f.warned_on or known.warned_on


def ask_conciliation(c: Context, f: AskConciliation) -> None:
    """By two people; the file for the court is made with it (L1340)."""
    c.state.arrears.conciliation_on = f.asked_on
    arrears.climb(c, ArrearsStage.CONCILIATION)
    _court_file(c)


def record_conciliation(c: Context, f: RecordConciliation) -> None:
    """What came of it; an agreement becomes a plan."""
    known = c.state.arrears
    known.conciliation_on, known.conciliation = f.on, f.outcome
    if f.outcome is ConciliationOutcome.AGREED:
        known.broken_on = None
        c.task("make_plan", "Er is een akkoord: leg het vast als afbetalingsplan.", due=c.day)


def go_to_court(c: Context, f: GoToCourt) -> None:
    """By two people; nobody else can (L1340)."""
    c.state.arrears.court_on = f.filed_on
    arrears.climb(c, ArrearsStage.COURT)
    _court_file(c)


def record_judgment(c: Context, f: RecordJudgment) -> None:
    """What the justice of the peace decided."""
    c.state.arrears.judgment = f.outcome
    c.task("after_judgment", "Er is een vonnis: bespreek samen wat nu volgt.", Role.MANAGER)


def _court_file(c: Context) -> None:
    """The file with what is open, what happened and which pieces there are (L1342)."""
    known = c.state.arrears
    happened = (
        (known.message_on, "Bericht aan huurder en begeleider"),
        (known.reminder_on, "Herinnering per mail"),
        (known.talk_on, "Gesprek over de achterstal"),
        (known.broken_on, "Afspraak niet nagekomen"),
        (known.registered_on, "Ingebrekestelling, aangetekend"),
        (known.fund_on, "Info over het Fonds gegeven"),
        (known.warned_on, "OCMW verwittigd"),
        (known.conciliation_on, "Verzoening gevraagd"),
        (known.court_on, "Neergelegd bij de vrederechter"),
    )
    steps = [{"on": on.isoformat(), "what": what} for on, what in happened if on is not None]
    items = arrears.open_debts(c)
    total = sum((Decimal(item["amount"]) for item in items), Decimal(0))
    left = [
        {
            "what": letter.order.kind,
            "dated": (letter.sent_at or letter.order.send_at).date().isoformat(),
            "key": key,
        }
        for key, letter in c.state.letters.items()
        if letter.status in {LetterStatus.SENT, LetterStatus.POSTED}
        and letter.order.kind in _PIECES
    ]
    c.order(
        LetterKind.COURT_FILE,
        items=items,
        total=f"{total:.2f}",
        steps=sorted(steps, key=lambda step: step["on"]),
        pieces=left,
    )


_PIECES = {
    kind.value
    for kind in (
        LetterKind.DAY15_MESSAGE,
        LetterKind.REMINDER,
        LetterKind.REPAYMENT_PLAN,
        LetterKind.FORMAL_NOTICE,
        LetterKind.FUND_INFO,
    )
}
