"""The patient ladder: what a check finds, and when a rung has been climbed or is left for good.

A deadline only asks how fresh the bank's data are; the message follows on the answer, and never on
data that are too old (L1320-1331, A.8-c, A.8-d). What is above a message is a person's
(`models.escalating`), payments are in `models.receiving`. Nothing here ever adds a cost.
"""

from datetime import date, timedelta
from decimal import Decimal

from models import calendar
from models.account import OpenItem, as_letter
from models.context import Context
from models.euro import euro
from models.facts import Json
from models.fields import read_day
from models.ladder import Arrears, Check, Waiting
from models.letters import LetterKind
from models.programme import Rules
from models.refunding import pay_back, set_off
from models.state import Hold, Letter, TrajectoryState
from models.vocabulary import ArrearsStage, Region, Role, Stage

TASKS = (
    "load_statement",
    "approve_reminder",
    "send_reminder",
    "reminder_waits",
    "arrears_talk",
    "agreement_broken",
    "arrears_nag",
)
PAYMENT_LETTERS = (
    LetterKind.DAY15_MESSAGE,
    LetterKind.REMINDER,
    LetterKind.FORMAL_NOTICE,
)


# ---- what is late ----------------------------------------------------------------------------
def late_items(state: TrajectoryState, rules: Rules, day: date) -> list[OpenItem]:
    """Return what is late on a day; nothing while it stays within the tolerance (A.8-d)."""
    return _enough(state.account.late_items(day, grace_days=rules.instalment_grace_days), rules)


def total(items: list[OpenItem]) -> Decimal:
    """Return what items come to."""
    return sum((item.amount for item in items), Decimal(0))


def _enough(items: list[OpenItem], rules: Rules) -> list[OpenItem]:
    return items if total(items) > rules.arrears_tolerance else []


def is_late(state: TrajectoryState, rules: Rules, day: date) -> bool:
    """Say whether more than the tolerance is late on a day."""
    return state.account.owes and bool(late_items(state, rules, day))


def overdue(state: TrajectoryState, rules: Rules, day: date) -> Decimal:
    """Return what is late on a day, within the tolerance too."""
    return state.account.overdue(day, grace_days=rules.instalment_grace_days)


def bank_day_before(day: date, rules: Rules) -> date:
    """Return the last day before a day on which banks worked: data must reach it (A.8-d)."""
    closed = rules.closed | set(rules.bank_closed_days)
    return calendar.add_working_days(day, -1, closed)


def is_fresh(closes: date | None, day: date, rules: Rules) -> bool:
    """Say whether statements that close on a day are fresh enough for a check."""
    return closes is not None and closes >= bank_day_before(day, rules)


def bank_answer(closes: date | None, asked: Json, rules: Rules) -> tuple[str, Json]:
    """Answer the question how fresh the bank's data are: the name and data of an observation."""
    known = {"closes": closes.isoformat()} if closes is not None else {}
    fresh = is_fresh(closes, read_day(asked["day"]), rules)
    return ("bank_fresh" if fresh else "bank_stale"), known


def pause(c: Context) -> Hold | None:
    """Return the pause that lies over the payments: of their own, or of the whole trajectory."""
    return c.state.holds.get(Region.PAYMENT) or c.state.holds.get(Region.MAIN)


def hold_back(c: Context) -> None:
    """A pause holds back what is about to leave too: it is ordered anew after it, if need be."""
    if c.rules.edition >= 3 and pause(c) is not None:
        c.recall_unposted(*PAYMENT_LETTERS)


# ---- the checks of the month -----------------------------------------------------------------
def check(c: Context, data: Json) -> None:
    """A look at the payments begins by asking how far the bank's data reach."""
    if data["check"] != Check.PROMISE:
        c.state.account.looked_at = c.at
        c.state.arrears.waiting = None
    c.ask("bank_closes", check=data["check"], day=c.day)


def bank_fresh(c: Context, data: Json) -> None:
    """The data are fresh: who is late gets one message, or the reminder is drafted."""
    arrears, day = c.state.arrears, read_day(data["day"])
    check, judged = Check(data["check"]), c.day
    c.done("load_statement")
    if Region.PAYMENT in c.state.holds or (c.rules.edition >= 3 and pause(c) is not None):
        return
    if c.rules.edition >= 3:
        # The data are fresh for the day of the look: what fell due since is not judged by them.
        judged = day
        if arrears.waiting is not None:
            check, arrears.waiting = arrears.waiting.check, None
    _agreements_kept(c, judged)
    if check is Check.PROMISE:
        return
    arrears.checked_on = c.day
    if not is_late(c.state, c.rules, judged):
        return
    if check is Check.SECOND:
        _draft(c)
        return
    c.recall((LetterKind.DAY15_MESSAGE,))
    amount = total(late_items(c.state, c.rules, judged))
    c.order(LetterKind.DAY15_MESSAGE, checked_on=day, pay={"amount": f"{amount:.2f}"})
    arrears.message = c.ordered[-1].key


def bank_stale(c: Context, data: Json) -> None:
    """The data are too old: no letter, but a task; the check is made again when they are loaded."""
    day, check, known = read_day(data["day"]), Check(data["check"]), c.state.arrears.waiting
    if known is not None and c.rules.edition >= 3:
        check = known.check  # a look that waits already is made too, and looks at promises
    c.state.arrears.waiting = Waiting(check=check, day=day)
    needed = bank_day_before(day, c.rules)
    c.task(
        "load_statement",
        f"Laad het bankafschrift tot en met {calendar.dutch_date(needed)}: daarna kijkt Opstap zelf "
        f"de betalingen van {calendar.dutch_date(day)} na.",
        Role.BOOKKEEPER,
        due=c.day,
    )


def statement_loaded(c: Context, data: Json) -> None:
    """New bank data: a check that waited for them is made."""
    waiting = c.state.arrears.waiting
    if waiting is None or not is_fresh(read_day(data["closes"]), waiting.day, c.rules):
        return
    c.state.arrears.waiting = None
    c.state.account.looked_at = c.at
    bank_fresh(c, {"check": waiting.check.value, "day": waiting.day.isoformat()})


def _draft(c: Context) -> None:
    """A reminder for the bookkeeper to look at, for the coordinator to send (L1329)."""
    c.state.arrears.drafted_on = c.day
    amount = overdue(c.state, c.rules, c.day)
    c.task(
        "approve_reminder",
        f"Nog {euro(amount)} open na het bericht: kijk na of dat klopt en keur de herinnering goed.",
        Role.BOOKKEEPER,
        due=c.day,
    )


def drop_draft(c: Context) -> None:
    """What was agreed comes before a reminder: one that did not leave is drafted anew if need be."""
    if c.rules.edition >= 3 and c.state.arrears.reminder_on is None:
        c.state.arrears.drafted_on = c.state.arrears.approved_on = None
        c.done("approve_reminder", "send_reminder", "reminder_waits")


def start_anew(c: Context) -> None:
    """The exit closes every task: a letter or look that was under way begins again in aftercare."""
    c.recall_unposted(*PAYMENT_LETTERS)
    drop_draft(c)
    c.state.arrears.waiting = None


def _agreements_kept(c: Context, judged: date) -> None:
    """A plan or promise that was not kept is broken; only fresh data can say so (P8)."""
    known, late = c.state.arrears, late_items(c.state, c.rules, judged)
    missed = [item for item in late if item.instalment]
    asked = late
    if c.rules.edition >= 3:
        # Rent that fell due after the talk was never promised in it.
        talk_on = known.talk_on or judged
        asked = _enough([x for x in late if not x.instalment and x.due_on < talk_on], c.rules)
        missed = _enough(missed, c.rules)
    grace = timedelta(days=c.rules.instalment_grace_days)
    promised = known.promised_on
    if missed:
        missed_on = calendar.dutch_date(missed[0].due_on)
        _break(c, f"De afbetaling van {missed_on} is er niet", plan=True)
    elif asked and promised and known.broken_on is None and promised + grace <= judged:
        day = calendar.dutch_date(promised)
        _break(c, f"De beloofde betaling van {day} is er niet", plan=c.rules.edition < 3)


def _break(c: Context, why: str, *, plan: bool) -> None:
    """A plan or promise was not kept: a person looks for what can be done."""
    account = c.state.account
    if plan and account.plan is not None:
        account.plan.broken_on = c.day
    c.state.arrears.broken_on = c.day
    c.task("agreement_broken", f"{why}: praat opnieuw met de bewoner en de begeleider.", due=c.day)


# ---- in order again ---------------------------------------------------------------------------
def settle(c: Context) -> None:
    """Back to "in orde" when nothing more than the tolerance is late, from any rung."""
    state, account = c.state, c.state.account
    if state.stage is Stage.AFTERCARE and c.rules.edition >= 3:
        set_off(c)
    late = is_late(state, c.rules, c.day)
    if not late and state.arrears != Arrears(checked_on=state.arrears.checked_on):
        c.recall_unposted(*PAYMENT_LETTERS)
        c.done(*TASKS)
        if state.arrears.stage is not ArrearsStage.IN_ORDER:
            c.flag(f"weer in orde, van '{state.arrears.stage.label.lower()}'")
        state.arrears = Arrears(checked_on=state.arrears.checked_on)
    if account.plan is not None and not account.owes:
        account.plan = None
    if state.stage is Stage.AFTERCARE and not account.owes and not pay_back(c):
        c.task("close_file", "Alles is betaald: sluit het dossier af.", due=c.day)


# ---- rungs ---------------------------------------------------------------------------------
def climb(c: Context, stage: ArrearsStage) -> None:
    """Stand on a rung, when it is higher than the one where somebody stands."""
    order = list(ArrearsStage)
    arrears = c.state.arrears
    if order.index(stage) > order.index(arrears.stage):
        arrears.stage, arrears.since = stage, c.day


def letter_left(c: Context, letter: Letter, day: date) -> None:
    """A letter really left, or was posted on a day: only then its rung is climbed (P1-P10)."""
    arrears, key = c.state.arrears, letter.order.key
    if key == arrears.message:
        arrears.message_on = day
        climb(c, ArrearsStage.MESSAGE)
    elif key == arrears.reminder:
        arrears.reminder_on = day
        wait = c.rules.reminder_receipt_days + c.rules.reminder_term_days
        arrears.formal_from = day + timedelta(days=wait)
        climb(c, ArrearsStage.REMINDER)
    elif key == arrears.registered:
        arrears.registered_on = day
        climb(c, ArrearsStage.REGISTERED)
        c.task(
            "arrears_talk",
            "Plan een nieuw gesprek: de aangetekende brief is gepost.",
            due=day + timedelta(days=c.rules.arrears_nag_days[0])
            if c.rules.arrears_nag_days
            else None,
        )


def open_debts(c: Context) -> list[Json]:
    """Return what is open as letters print it: what is late, or else all that is open."""
    late = late_items(c.state, c.rules, c.day)
    return as_letter(late or c.state.account.open_items())
