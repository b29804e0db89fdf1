"""What the rent charges by itself: the first part of a month, every month, and the end.

The amounts come from the tariff (`models.money`); here only which months, once each, and what is
taken back when somebody leaves before a month is over (L1136, L1224-1260).
"""

from datetime import date, timedelta
from decimal import Decimal

from models import money
from models.account import ZERO, DwellingRent, Rent
from models.calendar import add_months, dutch_month
from models.context import Context
from models.errors import Refusal
from models.facts import Json, Posting
from models.letters import LetterKind
from models.rent import Proration, Quote
from models.state import Offer
from models.vocabulary import ContractStage, Debt, PostingKind, Role

_CHARGE = "charge"


def begin_rent(c: Context, start: date, due_on: date) -> None:
    """The rent begins: part of the first month is due with the contract (A.8-b)."""
    offer, rules = c.state.offer, c.rules
    if not rules.rent_due_day or offer is None:
        return
    first = start.replace(day=1)
    c.state.rent = rent_of(offer, add_months(first, 1))
    if c.state.rent is None:
        return
    quote = _quote(c)
    if quote is None:
        return
    part = money.first_month(rules, quote, start)
    _post(c, first, part, due_on)
    if start.day > 1:
        c.order(
            LetterKind.FIRST_MONTH,
            start_on=start,
            days=part.days,
            of_days=part.of_days,
            costs=_costs(quote, part),
            monthly_total=f"{quote.total:.2f}",
            total=f"{part.total:.2f}",
            pay={"amount": f"{part.total:.2f}", "due": due_on},
        )


def rent_facts(dwelling: Json) -> DwellingRent:
    """Return what of a dwelling counts for its rent, as an offer keeps it."""
    known = {name: dwelling.get(name) for name in DwellingRent.model_fields}
    return DwellingRent.model_validate(
        {n: value for n, value in known.items() if value is not None}
    )


def take_over_rent(c: Context, debt: Decimal) -> None:
    """Rent that ran before the takeover goes on with the next month; what was open stays open."""
    if c.rules.rent_due_day and c.state.offer is not None:
        c.state.rent = rent_of(c.state.offer, add_months(c.day.replace(day=1), 1))
    if debt > 0:
        c.post(
            Posting(
                key=f"{_CHARGE}_before:{Debt.RENT.value}",
                kind=PostingKind.CHARGE,
                debt=Debt.RENT,
                amount=debt,
                booked_on=c.day,
                value_on=c.day,
                due_on=c.day,
                text="Open bij de overname",
            )
        )


def rent_of(offer: Offer, next_month: date) -> Rent | None:
    """Return the rent of an offered dwelling, as far as it is known."""
    if offer.rent.bedrooms is None:
        return None
    return Rent(dwelling=offer.rent, shared=offer.shared, next_month=next_month)


def charge_month(c: Context, _: Json) -> None:
    """Charge the month that comes next, once; the last one only until the last day."""
    rent = c.state.rent
    assert rent is not None, "only a rent that began is charged"
    month, leaving = rent.next_month, c.state.leaving
    rent.next_month = add_months(month, 1)
    quote = _quote(c)
    if quote is None:
        return
    last = leaving.leaves_on if leaving is not None else _notice_until(c, month)
    rent.charged_until = None
    if last is not None and last < rent.next_month - timedelta(days=1):
        part = money.last_month(c.rules, quote, max(last, month))
        if c.rules.edition >= 3:
            rent.charged_until = part.until
    else:
        part = money.whole_month(c.rules, quote, month)
    _post(c, month, part, _due_on(c, month))


def _notice_until(c: Context, month: date) -> date | None:
    """Return the last day of a lease that our own notice ends in this month; its exit comes late."""
    lease, ended = c.state.lease, {ContractStage.POSTED, ContractStage.REMINDED}
    if c.rules.edition < 3 or lease is None or c.state.contract not in ended:
        return None
    return lease.end if month <= lease.end < add_months(month, 1) else None


def charge_rest(c: Context, until: date) -> None:
    """Who stays longer than the last month was charged for owes the days that were left out."""
    rent = c.state.rent
    if rent is None or rent.charged_until is None or until <= rent.charged_until:
        return
    quote = _quote(c)
    if quote is None:
        return
    since, end = rent.charged_until + timedelta(days=1), rent.next_month - timedelta(days=1)
    rent.charged_until = until if until < end else None
    soon = c.day + timedelta(days=c.rules.cost_due_days)
    due_on = max(_due_on(c, since.replace(day=1)), soon)
    part = money.between(c.rules, quote, since, min(until, end))
    _post(c, since.replace(day=1), part, due_on, f"{c.number}:")


def settle_rent(c: Context, left_on: date) -> None:
    """Up to the last day, and no further: charge what is missing, take back what is too much."""
    rent = c.state.rent
    if rent is None:
        return
    charge_rest(c, left_on)
    while rent.next_month <= left_on:
        charge_month(c, {})
    quote = _quote(c)
    if quote is None:
        return
    last_month = left_on.replace(day=1)
    left = {debt: _until(c, quote, left_on).part(debt).total for debt in Debt}
    for line in [x for x in c.state.account.lines if x.kind is PostingKind.CHARGE]:
        month = _month_of(line.key)
        if month is None or month < last_month:
            continue
        # A month that was charged in two parts has a line for each.
        left[line.debt] -= _take_back(c, line, ZERO if month > last_month else left[line.debt])


def _until(c: Context, quote: Quote, left_on: date) -> Proration:
    """Return what is owed of the month in which somebody leaves."""
    first, lease = left_on.replace(day=1), c.state.lease
    since = max(first, lease.start_on) if lease is not None else first
    return money.between(c.rules, quote, since, left_on)


def _take_back(c: Context, line: Posting, owed: Decimal) -> Decimal:
    """Take back what of a line is not owed; return what of it is."""
    net = sum((x.amount for x in c.state.account.lines if line.key in {x.key, x.counters}), ZERO)
    if net <= owed:
        return net
    c.post(
        Posting(
            key=f"correction:{c.number}:{line.key}",
            kind=PostingKind.CORRECTION,
            debt=line.debt,
            amount=owed - net,
            booked_on=c.day,
            value_on=c.day,
            due_on=line.due_on,
            text=f"Rechtzetting: {line.text}",
            counters=line.key,
        )
    )
    return owed


def _quote(c: Context) -> Quote | None:
    """Return the monthly rent, or tell the bookkeeper why it cannot be counted."""
    rent = c.state.rent
    assert rent is not None, "only a rent that began has a quote"
    about = rent.dwelling
    if about.free or about.bedrooms is None:
        return None
    found = money.quote(
        c.rules,
        bedrooms=about.bedrooms,
        shared=rent.shared,
        flat_rate=about.flat_rate,
        persons=about.places,
        energy=about.energy_rate,
    )
    if isinstance(found, Refusal):
        c.task("rent_unknown", f"De huur kan niet berekend worden: {found.text}", Role.BOOKKEEPER)
        return None
    return found


def _post(c: Context, month: date, part: Proration, due_on: date, again: str = "") -> None:
    for debt in part.debts:
        key, own = f"{_CHARGE}:{again}{debt.value}:{month.isoformat()[:7]}", part.part(debt)
        if key in c.state.account.taken_back:
            key = f"{_CHARGE}:{c.number}:{debt.value}:{month.isoformat()[:7]}"
        if own.total <= 0 or c.state.account.has(key):
            continue
        c.post(
            Posting(
                key=key,
                kind=PostingKind.CHARGE,
                debt=debt,
                amount=own.total,
                booked_on=c.day,
                value_on=c.day,
                due_on=due_on,
                text=f"{debt.label} van {dutch_month(month)}",
                lines=[line.as_json() for line in own.lines],
            )
        )


def _due_on(c: Context, month: date) -> date:
    """Return the last day in time: "voor de 10e" is the 9th (A.8-f, A.8-u)."""
    return month.replace(day=c.rules.rent_due_day) - timedelta(days=1)


def _month_of(key: str) -> date | None:
    kind, _, rest = key.partition(":")
    return date.fromisoformat(f"{rest.rpartition(':')[2]}-01") if kind == _CHARGE else None


def _costs(quote: Quote, part: Proration) -> list[Json]:
    return [
        {"name": line.label, "monthly": f"{whole.amount:.2f}", "amount": f"{line.amount:.2f}"}
        for whole, line in zip(quote.lines, part.lines, strict=True)
    ]
