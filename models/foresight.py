"""What a look at the payments would do on a day, and why: asked before, changing nothing."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from models import arrears
from models.calendar import dutch_date
from models.euro import euro
from models.programme import Rules
from models.state import TrajectoryState
from models.vocabulary import ArrearsStage, Region, Word


class Would(Word):
    """What would happen to somebody."""

    NOTHING = "niets", "Niets"
    MESSAGE = "bericht", "Bericht"
    DRAFT = "herinnering", "Herinnering om na te kijken"
    WAITS = "wacht", "Wacht op de bank"
    PAUSED = "pauze", "Pauze"


class Foreseen(NamedTuple):
    """For one resident: what, how much is late, and why."""

    would: Would
    amount: Decimal
    why: str


def foresee(
    state: TrajectoryState, rules: Rules, day: date, closes: date | None, *, second: bool
) -> Foreseen | None:
    """Return what the first or second look of a month would do on a day; None without an account.

    Args:
        state: where the resident stands now.
        rules: the rules of the resident's trajectory.
        day: the day of the look.
        closes: until which day the bank's data reach.
        second: whether it is the second look of the month.
    """
    if not state.account.lines:
        return None
    late = arrears.late_items(state, rules, day)
    amount = sum((item.amount for item in late), Decimal(0))
    if not late:
        return Foreseen(Would.NOTHING, amount, _in_order(state, rules, day))
    since = state.account.since(day)
    why = "te laat" if since is None else f"te laat sinds {dutch_date(since)}"
    hold = state.holds.get(Region.PAYMENT) or state.holds.get(Region.MAIN)
    if hold is not None:
        until = dutch_date(hold.until)
        return Foreseen(Would.PAUSED, amount, f"{why}; {hold.reason.label.lower()} tot {until}")
    if second and state.arrears.stage is not ArrearsStage.MESSAGE:
        label = state.arrears.stage.label.lower()
        return Foreseen(Would.NOTHING, amount, f"{why}; staat op '{label}'")
    if not arrears.is_fresh(closes, day, rules):
        needed = dutch_date(arrears.bank_day_before(day, rules))
        return Foreseen(Would.WAITS, amount, f"{why}; laad het bankafschrift tot en met {needed}")
    return Foreseen(Would.DRAFT if second else Would.MESSAGE, amount, why)


def _in_order(state: TrajectoryState, rules: Rules, day: date) -> str:
    little = arrears.overdue(state, rules, day)
    if little > 0:
        return f"{euro(little)} open, dat vragen we niet op"
    plan = state.account.plan
    if plan is not None and plan.kept:
        return "volgt een afbetalingsplan"
    return "nog niets te laat" if state.debt > 0 else "alles is betaald"
