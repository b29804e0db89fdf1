"""Repayment plans and costs: what is agreed with somebody, and what somebody owes beside the rent.

A plan is made with the resident: amounts and days are free, and must add up to what is late, by
kind of debt (L756-758, L1333). It runs on after the exit, until nothing is open.
"""

from datetime import date
from decimal import Decimal

from pydantic import ConfigDict, Field

from models import arrears
from models.account import ZERO, Instalment, Plan, as_letter
from models.calendar import dutch_date
from models.context import Context
from models.errors import Refusal
from models.euro import euro
from models.facts import Posting
from models.fields import Amount, Day, Fields, Id, Line, Text
from models.letters import LetterKind
from models.vocabulary import ArrearsStage, Debt, PostingKind


class PlanLine(Fields):
    """One payment of the plan."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    due: Day = Field(title="Betalen ten laatste op")
    amount: Amount = Field(title="Bedrag")
    debt: Debt = Field(default=Debt.RENT, title="Waarvoor")


class AgreePlan(Fields):
    """A plan as it was made together."""

    lines: list[PlanLine] = Field(title="Afbetalingen", min_length=1, max_length=60)
    signed_on: Day = Field(title="Getekend op")


class ChargeCost(Fields):
    """A cost beside the rent: damage, clearing, energy."""

    debt: Debt = Field(title="Waarvoor")
    amount: Amount = Field(title="Bedrag")
    due_on: Day = Field(title="Betalen ten laatste op")
    what: Line = Field(title="Omschrijving")


class CorrectCharge(Fields):
    """A line of the ledger was wrong: a counter line takes it back, the old one stays."""

    line: Text = Field(title="Regel", description="code van de regel, zie de rekening")
    amount: Amount = Field(title="Juiste bedrag", description="0 als de regel er niet moest zijn")
    reason: Text = Field(title="Wat was er fout")


class NoteAdministrator(Fields):
    """Somebody else manages the resident's money, or nobody any more (L1348-1352)."""

    administrator: Id | None = Field(
        default=None,
        title="Bewindvoerder",
        description="code uit het register van partners; leeg als er geen meer is",
    )
    since: Day = Field(title="Sinds")


def plan_adds_up(c: Context, f: AgreePlan) -> Refusal | None:
    """By kind of debt the plan comes to what is open for it (L756-758)."""
    wanted: dict[Debt, Decimal] = {}
    for line in f.lines:
        if line.amount <= 0:
            return Refusal("plan_line", "Elke afbetaling is meer dan € 0.", 63, about="lines")
        if line.due < f.signed_on:
            return Refusal(
                "plan_past",
                f"{dutch_date(line.due)} ligt voor de dag waarop het plan getekend is.",
                63,
                about="lines",
            )
        wanted[line.debt] = wanted.get(line.debt, ZERO) + line.amount
    covered = _covered(c, set(wanted))
    for debt in Debt:
        asked, there = wanted.get(debt, ZERO), covered.get(debt, ZERO)
        if asked != there:
            return Refusal(
                "plan_sum",
                f"Het plan komt voor {debt.label.lower()} op {euro(asked)}, en er staat {euro(there)} "
                "open: laat de bedragen kloppen.",
                64,
                about="lines",
            )
    return None


def something_is_open(c: Context, f: AgreePlan) -> Refusal | None:
    """A plan is for something that is open."""
    if not _items(c, {line.debt for line in f.lines}):
        return Refusal(
            "nothing_open", "Er is niets te laat: een plan is er voor wat te laat is.", 63
        )
    return None


def cost_is_not_rent(c: Context, f: ChargeCost) -> Refusal | None:
    """The rent is charged by itself; a cost is something else, and above zero."""
    if f.debt is Debt.RENT:
        return Refusal("cost_rent", "De huur rekent Opstap zelf aan.", 64, about="debt")
    if f.amount <= 0:
        return Refusal("cost_zero", "Een kost is meer dan € 0.", 64, about="amount")
    return None


def line_is_a_charge(c: Context, f: CorrectCharge) -> Refusal | None:
    """The line is there, was charged, and has another amount."""
    line = next((x for x in c.state.account.lines if x.key == f.line), None)
    if line is None:
        return Refusal("no_line", f"De rekening heeft geen regel '{f.line}'.", about="line")
    if line.kind is not PostingKind.CHARGE:
        return Refusal(
            "not_a_charge",
            "Enkel een aanrekening wordt hier rechtgezet; een betaling zet de boekhouding recht bij "
            "het bankafschrift.",
            about="line",
        )
    if net_of(c, f.line) == f.amount:
        return Refusal("same", f"Die regel staat al op {euro(f.amount)}.", about="amount")
    return None


def net_of(c: Context, key: str) -> Decimal:
    """Return what a line comes to with the lines that counter it."""
    lines = c.state.account.lines
    return sum((x.amount for x in lines if key in {x.key, x.counters}), ZERO)


def _items(c: Context, debts: set[Debt]) -> list[tuple[str, Debt, Decimal]]:
    """Return what a plan covers: what is late, and what is open of the other kinds it names."""
    return [
        (item.key, item.debt, item.amount)
        for item in c.state.account.open_items(with_plan=False)
        if item.due_on < c.day or (item.debt is not Debt.RENT and item.debt in debts)
    ]


def _covered(c: Context, debts: set[Debt]) -> dict[Debt, Decimal]:
    sums: dict[Debt, Decimal] = {}
    for _, debt, amount in _items(c, debts):
        sums[debt] = sums.get(debt, ZERO) + amount
    return sums


def agree_plan(c: Context, f: AgreePlan) -> None:
    """From now on the days of the plan count; the resident and the supporter get it on paper."""
    account = c.state.account
    lines = sorted(f.lines, key=lambda line: (line.due, line.debt.value))
    covers = {key: amount for key, _, amount in _items(c, {line.debt for line in lines})}
    items = as_letter([x for x in account.open_items(with_plan=False) if x.key in covers])
    account.plan = Plan(
        agreed_on=f.signed_on,
        instalments=[Instalment(due=x.due, amount=x.amount, debt=x.debt) for x in lines],
        covers=covers,
        exact=c.rules.edition >= 3,
    )
    account.looked_at = c.at
    c.state.arrears.broken_on = None
    if c.rules.edition >= 3:
        c.state.arrears.promised_on = None  # the plan took the place of the promise
        arrears.drop_draft(c)
    c.done("make_plan", "agreement_broken", "arrears_nag")
    c.recall_unposted(*arrears.PAYMENT_LETTERS)
    arrears.climb(c, ArrearsStage.TALK)
    c.order(
        LetterKind.REPAYMENT_PLAN,
        items=items,
        total=f"{sum(covers.values(), ZERO):.2f}",
        instalments=[{"due": x.due.isoformat(), "amount": f"{x.amount:.2f}"} for x in lines],
        pay={"amount": f"{lines[0].amount:.2f}", "due": lines[0].due.isoformat()},
    )


def note_administrator(c: Context, f: NoteAdministrator) -> None:
    """From now on letters on money go there too; nothing else changes by it (L1347)."""
    c.state.administrator = f.administrator


def charge_cost(c: Context, f: ChargeCost) -> None:
    """A line of its own kind."""
    post_cost(c, f.debt, f.amount, f.due_on, f.what)


def post_cost(c: Context, debt: Debt, amount: Decimal, due_on: date, what: str) -> None:
    """Charge a cost beside the rent."""
    c.post(
        Posting(
            key=f"cost:{c.number}:{debt.value}",
            kind=PostingKind.CHARGE,
            debt=debt,
            amount=amount,
            booked_on=c.day,
            value_on=c.day,
            due_on=due_on,
            text=what,
        )
    )


def correct_charge(c: Context, f: CorrectCharge) -> None:
    """Counter the difference; what is too much paid then stays in the resident's favour."""
    line = next(x for x in c.state.account.lines if x.key == f.line)
    c.post(
        Posting(
            key=f"correction:{c.number}:{f.line}",
            kind=PostingKind.CORRECTION,
            debt=line.debt,
            amount=f.amount - net_of(c, f.line),
            booked_on=c.day,
            value_on=line.value_on,
            due_on=line.due_on,
            text=f"Rechtzetting: {line.text}",
            counters=line.key,
        )
    )
    c.flag(f"rechtgezet: {f.line}: {f.reason}")
    arrears.settle(c)


def write_off_all(c: Context) -> None:
    """Let every open amount go, by kind of debt."""
    _clear(c, PostingKind.WRITE_OFF, "Kwijtgescholden")


def settle_outside_the_bank(c: Context) -> None:
    """What is open was paid where Opstap does not look (a programme without bank statements)."""
    _clear(c, PostingKind.PAYMENT, "Vereffend")


def _clear(c: Context, kind: PostingKind, text: str) -> None:
    for debt in Debt:
        open_now = c.state.account.balance(debt)
        if open_now > 0:
            c.post(
                Posting(
                    key=f"{kind.value}:{c.number}:{debt.value}",
                    kind=kind,
                    debt=debt,
                    amount=-open_now,
                    booked_on=c.day,
                    value_on=c.day,
                    text=text,
                )
            )
