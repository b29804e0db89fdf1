"""Which rung cannot come yet, and why: the guards of the ladder's steps.

A decision is refused with the rule behind it; no day makes a rung by itself (A.8-o).
"""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from models import arrears
from models.calendar import dutch_date
from models.choices import UncertainAnswer
from models.context import Context, Guard
from models.errors import Refusal
from models.escalating import ApproveReminder, GiveFundInfo, RecordArrearsTalk
from models.euro import euro
from models.ladder import LADDER
from models.letters import LetterKind
from models.posting import AnswerUncertain
from models.rewriting import WriteAgain
from models.vocabulary import ConciliationOutcome, LetterStatus, TalkOutcome, WelfareHelp

# Letters that say what somebody owes.
ABOUT_LATE = (*arrears.PAYMENT_LETTERS, LetterKind.COURT_FILE)


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


def did_not_leave(which: str) -> Guard:
    """Make the guard that a letter of the ladder did not leave yet, and is not on its way."""

    def is_not_there(c: Context, _: Any) -> Refusal | None:
        letter = c.state.letters.get(getattr(c.state.arrears, which) or "")
        if letter is None or letter.status in {LetterStatus.RECALLED, LetterStatus.REFUSED}:
            return None
        return Refusal(
            "on_its_way", f"Die brief is er al: hij is '{letter.status.label.lower()}'.", 69
        )

    is_not_there.__name__ = f"{which}_did_not_leave"
    return is_not_there


def message_is_held(c: Context, _: Any) -> Refusal | None:
    """A message waits for its moment."""
    held = [
        letter
        for letter in c.state.letters.values()
        if letter.status is LetterStatus.HELD and letter.order.kind == LetterKind.DAY15_MESSAGE
    ]
    if not held:
        return Refusal("no_message", "Er wacht geen bericht over de betaling op verzending.", 59)
    return None


def still_late(c: Context, _: Any) -> Refusal | None:
    """There is still something late, now."""
    if not arrears.is_late(c.state, c.rules, c.day):
        return Refusal("not_late", "Er is niets meer te laat: de betalingen zijn in orde.", 60)
    return None


def not_paused(c: Context, _: Any) -> Refusal | None:
    """No pause lies over the payments (B.6)."""
    hold = arrears.pause(c)
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
        return Refusal("amount", f"Volgens Opstap staat {euro(open_now)} open.", 61, about="amount")
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


def says_what_is_open(c: Context, f: WriteAgain | AnswerUncertain) -> Refusal | None:
    """What a letter says is late is still so, on fresh data: else its own step comes anew (A.8-d)."""
    letter = c.state.letters.get(f.letter)
    left = isinstance(f, AnswerUncertain) and f.answer is UncertainAnswer.SENT
    if letter is None or left or letter.order.kind not in ABOUT_LATE:
        return None
    facts = letter.order.facts
    said = Decimal(facts["total"] if "total" in facts else facts["pay"]["amount"])
    items = arrears.late_items(c.state, c.rules, c.day)
    if not items and letter.order.kind == LetterKind.COURT_FILE:
        items = c.state.account.open_items()
    if said == (now := arrears.total(items)):
        return data_are_fresh(c, f)
    return Refusal(
        "amount_changed",
        f"De brief '{f.letter}' zegt dat {euro(said)} openstaat; nu is dat {euro(now)}. Vink de taak "
        "af: wie te laat blijft, krijgt een nieuwe brief bij de volgende stap over de huur.",
        59,
        about="letter",
    )


def promise_has_a_day(c: Context, f: RecordArrearsTalk) -> Refusal | None:
    """A promise has its day; a talk that could not be has its reason."""
    if f.outcome is TalkOutcome.PROMISE and f.promised_on is None:
        return Refusal("promised_on", "Wanneer is de betaling beloofd?", 63, about="promised_on")
    if f.promised_on is not None and f.promised_on < f.held_on:
        return Refusal(
            "promised_before", "De beloofde dag ligt voor het gesprek.", 63, about="promised_on"
        )
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
