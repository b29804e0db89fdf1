"""The rent: what a dwelling costs somebody a month, and what a part of a month costs (L1224-1261).

Pure and cheap: plain values in, lines with a total and a formula out. Amounts come from the tariff of
the programme; nothing is charged here. Every total is rounded half-up to the cent, once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from models.calendar import add_months, dutch_date
from models.errors import Refusal
from models.euro import euro
from models.programme import Rules
from models.rent import CENT, Line, Proration, Quote, cents
from models.tariff import AmountFrom, Basis, Component, GoesTo, MonthDays
from models.vocabulary import Debt

THIRTY_DAYS = 30
DEDUCTION = "aftrek"


def quote(
    rules: Rules,
    *,
    bedrooms: int,
    shared: bool,
    flat_rate: Decimal | None,
    energy: Decimal | None = None,
    persons: int = 2,
    deduction: Decimal | None = None,
    deduction_reason: str = "",
) -> Quote | Refusal:
    """Return the rent of one person a month, or why there is none.

    Args:
        rules: the rules of the day that counts for this lease.
        bedrooms: of the dwelling.
        shared: whether more than one resident lives there.
        flat_rate: the dwelling's flat rate of charges a month, for the whole dwelling.
        energy: the energy advance of a shared dwelling of which we hold the contract (L1393).
        persons: how many share; an amount per dwelling is divided by them.
        deduction: what somebody earns back by works or guarding (L1560-1567).
        deduction_reason: for what.
    """
    if not rules.tariff:
        return Refusal("no_tariff", "Dit programma rekent geen huur aan met Opstap.", 49)
    lines, warnings = [], []
    own = {AmountFrom.FLAT_RATE: flat_rate, AmountFrom.ENERGY: energy if shared else None}
    for name in dict.fromkeys(row.component for row in rules.tariff):
        row = _row(rules, name, bedrooms)
        if row is None:
            return _no_dwelling(bedrooms, shared=shared)
        if row.amount is AmountFrom.TARIFF:
            amount = row.shared if shared else row.alone
            if amount is None:
                return _no_dwelling(bedrooms, shared=shared)
        else:
            amount = own[row.amount]
        if amount is None and row.amount is AmountFrom.ENERGY:
            continue
        if amount is None:
            return Refusal(
                "no_flat_rate",
                f"Deze woning heeft nog geen {row.label.lower()} in het register: vul dat eerst in.",
                51,
                about="flat_rate",
            )
        warnings += _remarks(row, amount)
        lines.append(Line.of(row, amount, persons if shared else 1))
    if deduction:
        lines.append(_deduction(deduction, deduction_reason))
    made = Quote(tuple(lines), tuple(warnings))
    return _never_symbolic(made, deduction_reason) if deduction else made


def whole_month(rules: Rules, rent: Quote, month: date) -> Proration:
    """Return what a whole month costs; `month` is any day of it."""
    first, last = _bounds(month)
    return between(rules, rent, first, last)


def first_month(rules: Rules, rent: Quote, move_in: date) -> Proration:
    """Return what the first month costs: from the day of moving in, that day included."""
    return between(rules, rent, move_in, _bounds(move_in)[1])


def last_month(rules: Rules, rent: Quote, leaves_on: date) -> Proration:
    """Return what the last month costs: until the last day, that day included."""
    return between(rules, rent, _bounds(leaves_on)[0], leaves_on)


def between(rules: Rules, rent: Quote, since: date, until: date) -> Proration:
    """Return what the days from `since` until `until`, both included, cost within one month."""
    days, of_days = _count(rules.month_days, since, until)
    lines: list[Line] = []
    formulas = []
    for part in (rent.part(debt) for debt in rent.debts):
        total = cents(part.total * days / of_days)
        lines += _shares(part.lines, total, days, of_days)
        some = f"{euro(part.total)} × {days}/{of_days} = {euro(total)}"
        formulas.append(euro(total) if days == of_days else some)
    if len(formulas) > 1:
        labels = [debt.label.lower() for debt in rent.debts]
        formulas = [f"{label}: {text}" for label, text in zip(labels, formulas, strict=True)]
    period = f"van {dutch_date(since)} tot en met {dutch_date(until)}"
    how = ", hele maand" if days == of_days else ""
    formula = f"{'; '.join(formulas)} ({period}{how})"
    return Proration(tuple(lines), since, until, days, of_days, formula)


def _row(rules: Rules, name: str, bedrooms: int) -> Component | None:
    return next(
        (r for r in rules.tariff if r.component == name and r.bedrooms in {None, bedrooms}), None
    )


def _no_dwelling(bedrooms: int, *, shared: bool) -> Refusal:
    kind = "gedeelde woning" if shared else "woning om alleen te wonen"
    rooms = "1 slaapkamer" if bedrooms == 1 else f"{bedrooms} slaapkamers"
    return Refusal("no_tariff", f"Het tarief kent geen {kind} met {rooms}.", 50, about="bedrooms")


def _remarks(row: Component, amount: Decimal) -> list[str]:
    low, high = row.low or Decimal(0), row.high
    if low <= amount and (high is None or amount <= high):
        return []
    bounds = f"minstens {euro(low)}" if high is None else f"tussen {euro(low)} en {euro(high)}"
    return [f"{row.label} van {euro(amount)}: het tarief rekent op {bounds}"]


def _deduction(amount: Decimal, reason: str) -> Line:
    return Line(
        component=DEDUCTION,
        label=f"Aftrek: {reason}",
        amount=-amount,
        basis=Basis.PERSON,
        debt=Debt.RENT,
        goes_to=GoesTo.OURSELVES,
        source="L1560-1567",
    )


def _never_symbolic(made: Quote, reason: str) -> Quote | Refusal:
    if not reason.strip():
        return Refusal("deduction", "Schrijf bij een aftrek waarvoor die is.", 118)
    if made.part(Debt.RENT).total <= 0:
        text = "De aftrek is te groot: de huur blijft hoger dan nul."
        return Refusal("deduction", text, 118, about="deduction")
    return made


def _bounds(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, add_months(first, 1) - timedelta(days=1)


def _count(method: MonthDays, since: date, until: date) -> tuple[int, int]:
    """Return the days, and of how many; of 30, the 31st and a month's last day are the 30th."""
    last = _bounds(since)[1]
    if not since <= until <= last:
        raise ValueError(f"{since} to {until} is not a part of one month")
    if method is MonthDays.CALENDAR:
        return (until - since).days + 1, last.day
    end = THIRTY_DAYS if until == last else min(until.day, THIRTY_DAYS)
    return end - min(since.day, THIRTY_DAYS) + 1, THIRTY_DAYS


def _shares(lines: Sequence[Line], total: Decimal, days: int, of_days: int) -> list[Line]:
    """Divide a rounded total over its lines, to the cent: the largest remainders come first."""
    exact = [line.amount * days / of_days for line in lines]
    floors = [amount.quantize(CENT, ROUND_FLOOR) for amount in exact]
    left = int((total - sum(floors, Decimal(0))) / CENT)
    order = sorted(range(len(lines)), key=lambda n: (floors[n] - exact[n], n))
    given = set(order[:left])
    return [
        replace(line, amount=floors[n] + (CENT if n in given else 0), whole=None)
        for n, line in enumerate(lines)
    ]
