"""Steps of the ladder above a message: each is a named person's, court is two people's.

No day makes a rung by itself; a guard only says which rung cannot come yet, and why (A.8-o).
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from models import arrears
from models.calendar import dutch_date
from models.context import Context, Guard
from models.errors import Refusal
from models.fields import Amount, Day, Fields, Line, Text
from models.ladder import LADDER, Cause, ConciliationOutcome, TalkOutcome, WelfareHelp
from models.letters import LetterKind
from models.vocabulary import ArrearsStage, LetterStatus, Region, Role


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


# ---- what is looked at -----------------------------------------------------------------------
def on_rung(step: str) -> Guard:
    """Make the guard that a step of the ladder belongs to the rung where somebody stands."""

    def right_rung(c: Context, _: Any) -> Refusal | None:
        stage = c.state.arrears.stage
        if stage in LADDER[step].sources:
            return None
        allowed = ", ".join(f"'{one.label.lower()}'" for one in LADDER[step].sources)
        return Refusal(
            "wrong_rung",
            f"De huur staat nu op '{stage.label.lower()}'; dit kan pas bij: {allowed}.",
            69,
        )

    right_rung.__name__ = f"on_rung_{step}"
    return right_rung


def message_is_held(c: Context, _: Any) -> Refusal | None:
    """A message waits for its moment."""
    if not arrears.held(c, LetterKind.DAY15_MESSAGE):
        return Refusal("no_message", "Er wacht geen bericht over de betaling op verzending.", 59)
    return None


def still_late(c: Context, _: Any) -> Refusal | None:
    """There is still something late, now."""
    if not arrears.is_late(c.state, c.rules, c.day):
        return Refusal("not_late", "Er is niets meer te laat: de betalingen zijn in orde.", 60)
    return None


def not_paused(c: Context, _: Any) -> Refusal | None:
    """No pause lies over the payments (B.6)."""
    hold = c.state.holds.get(Region.PAYMENT)
    if hold is not None:
        return Refusal(
            "paused",
            f"De betalingen zijn gepauzeerd tot {dutch_date(hold.until)} "
            f"({hold.reason.label.lower()}).",
            69,
        )
    return None


def draft_is_there(c: Context, _: Any) -> Refusal | None:
    """The second check of the month put a reminder before the bookkeeper (L1329)."""
    if c.state.arrears.drafted_on is None:
        return Refusal(
            "no_draft",
            f"De herinnering komt er pas na de controle van de {c.rules.second_check_day}e.",
            61,
        )
    return None


def amount_is_open(c: Context, f: ApproveReminder) -> Refusal | None:
    """The bookkeeper names the amount that is late: two looks at one figure."""
    open_now = arrears.overdue(c.state, c.rules, c.day)
    if f.amount != open_now:
        return Refusal("amount", f"Volgens Opstap staat € {open_now:.2f} open.", 61, about="amount")
    return None


def is_approved(c: Context, _: Any) -> Refusal | None:
    """The bookkeeper looked at it first."""
    if c.state.arrears.approved_on is None:
        return Refusal("not_approved", "De boekhouding keek deze herinnering nog niet na.", 61)
    return None


def data_are_fresh(c: Context, _: Any) -> Refusal | None:
    """Nobody is accused on old data: no check waits for the bank (A.8-d)."""
    waiting = c.state.arrears.waiting
    if waiting is not None:
        return Refusal(
            "stale",
            f"De bankgegevens zijn te oud voor de controle van {dutch_date(waiting.day)}: laad eerst "
            "het bankafschrift.",
            59,
        )
    return None


def promise_has_a_day(c: Context, f: RecordArrearsTalk) -> Refusal | None:
    """A promise has its day; a talk that could not be has its reason."""
    if f.outcome is TalkOutcome.PROMISE and f.promised_on is None:
        return Refusal("promised_on", "Wanneer is de betaling beloofd?", 63, about="promised_on")
    no_talk = f.outcome in {TalkOutcome.REFUSED, TalkOutcome.UNREACHABLE}
    if no_talk and f.reason is None:
        return Refusal("no_reason", "Schrijf waarom er geen gesprek was.", 67, about="reason")
    return None


def agreement_was_broken(c: Context, _: Any) -> Refusal | None:
    """A registered letter comes after a talk or plan that came to nothing (L1336 "nadien")."""
    if not c.state.arrears.broken:
        return Refusal(
            "not_broken",
            "Eerst komt een gesprek of een afspraak; pas als die niet wordt nagekomen, volgt een "
            "aangetekende brief.",
            67,
        )
    return None


def reminder_has_had_its_time(c: Context, _: Any) -> Refusal | None:
    """Fourteen days after the reminder was received (Book XIX WER)."""
    first = c.state.arrears.formal_from
    if first is None:
        return Refusal("no_reminder", "Er ging nog geen herinnering weg.", 67)
    if c.day < first:
        return Refusal(
            "too_early",
            f"De termijn van de herinnering loopt nog: dit kan vanaf {dutch_date(first)}.",
            67,
        )
    return None


def given_or_waived(c: Context, f: GiveFundInfo) -> Refusal | None:
    """Given on a day, or not given for a reason: one of the two."""
    if (f.given_on is None) == (f.waived_reason is None):
        return Refusal(
            "fund", "Vul in wanneer de info gegeven is, of waarom niet.", 65, about="given_on"
        )
    return None


def fund_was_looked_at(c: Context, _: Any) -> Refusal | None:
    """No court before the leaflet on the Fonds was given or waived (L1356)."""
    known = c.state.arrears
    if known.fund_on is None and known.fund_waived is None:
        return Refusal(
            "fund_first", "Geef eerst de info over het Fonds, of noteer waarom niet.", 65
        )
    return None


def welfare_office_does_not_help(c: Context, _: Any) -> Refusal | None:
    """While the OCMW helps nobody goes to court; it was warned in time (L1364, A.9-6)."""
    known, days = c.state.arrears, timedelta(days=c.rules.welfare_warning_days)
    if known.help in {WelfareHelp.RUNNING, WelfareHelp.ASKED}:
        return Refusal(
            "welfare_helps",
            f"De hulp van het OCMW is '{known.help.label.lower()}': dan gaan we niet naar de rechter.",
            66,
        )
    stopped = known.help_since if known.help is WelfareHelp.STOPPED else None
    since = max((day for day in (known.warned_on, stopped) if day is not None), default=None)
    if known.warned_on is None or since is None or c.day < since + days:
        return Refusal(
            "welfare_first",
            f"Verwittig eerst het OCMW, en wacht minstens {c.rules.welfare_warning_days} dagen.",
            66,
        )
    return None


def conciliation_failed(c: Context, _: Any) -> Refusal | None:
    """First a conciliation; court only when that failed, or what was agreed was not kept (L1340)."""
    known = c.state.arrears
    failed = {ConciliationOutcome.FAILED, ConciliationOutcome.ABSENT}
    agreed_on, broken_on = known.conciliation_on, known.broken_on
    broke_it = broken_on is not None and agreed_on is not None and broken_on > agreed_on
    if known.conciliation in failed or (known.conciliation is not None and broke_it):
        return None
    return Refusal(
        "conciliation_first",
        "Eerst een verzoening. Naar de rechter kan pas als die mislukte of niet werd nagekomen.",
        68,
    )


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
    c.done("arrears_talk", "agreement_broken", "promise_broken", "arrears_nag")
    arrears.climb(c, ArrearsStage.TALK)
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
