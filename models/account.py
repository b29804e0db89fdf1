"""A resident's account: lines of the ledger in, what is open, late and how old out.

What is paid goes to what was due first, within its kind of debt. A plan moves what it covers to the
days of its instalments, for as long as it is kept. Everything follows from the lines; nothing here
knows a clock.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from models.facts import Json, Posting
from models.vocabulary import Debt

ZERO = Decimal(0)
NO_DAYS = timedelta(0)
DEBTS = tuple(Debt)


class OpenItem(NamedTuple):
    """An amount that is still to be paid, and the last day on which that is in time."""

    key: str
    debt: Debt
    due_on: date
    amount: Decimal
    text: str
    instalment: bool = False


class Instalment(BaseModel):
    """One payment of a plan."""

    model_config = ConfigDict(extra="forbid")

    due: date
    amount: Decimal
    debt: Debt


class Plan(BaseModel):
    """A repayment plan: what it covers of which line, and when that is paid instead (L756, L1333)."""

    model_config = ConfigDict(extra="forbid")

    agreed_on: date
    instalments: list[Instalment]
    covers: dict[str, Decimal] = Field(description="line → what of it is in the plan")
    broken_on: date | None = None
    exact: bool = Field(
        default=False,
        description="a line put right to nothing asks nothing of the plan (edition 3)",
    )

    @property
    def kept(self) -> bool:
        """Whether it still counts."""
        return self.broken_on is None


class DwellingRent(BaseModel):
    """What the rent of a dwelling is counted from (L1224-1260)."""

    model_config = ConfigDict(extra="forbid")

    bedrooms: int | None = Field(default=None, description="None: from before it was told")
    places: int = Field(default=2, description="how many share a shared dwelling")
    flat_rate: Decimal | None = None
    energy_rate: Decimal | None = None
    free: bool = Field(default=False, description="a reserve dwelling, agreed at € 0 (L1069)")


class Rent(BaseModel):
    """A rent that runs: of which dwelling, and which month is charged next."""

    model_config = ConfigDict(extra="forbid")

    dwelling: DwellingRent
    shared: bool
    next_month: date = Field(description="first day of the month that is charged next")
    charged_until: date | None = Field(
        default=None, description="the last day charged, of a month that was not charged whole"
    )


class Tally:
    """What the lines of an account come to; lines are only ever added, so sums go on."""

    __slots__ = ("count", "opened", "owes", "sums")

    def __init__(self) -> None:
        """Begin with no lines."""
        self.count = 0
        self.owes = False
        self.sums: dict[Debt, Decimal] = {}
        self.opened: dict[bool, tuple[Plan | None, date | None, list[OpenItem]]] = {}

    def add(self, lines: list[Posting]) -> None:
        """Go on with the lines that were added."""
        sums = self.sums
        for line in lines:
            sums[line.debt] = sums.get(line.debt, ZERO) + line.amount
        self.count += len(lines)
        self.owes = any(amount > 0 for amount in sums.values())
        self.opened.clear()


class Account(BaseModel):
    """The lines of one resident's ledger, in order."""

    model_config = ConfigDict(extra="forbid")

    lines: list[Posting] = Field(default_factory=list)
    plan: Plan | None = None
    looked_at: datetime | None = Field(
        default=None, description="when something last changed here, or was last looked at"
    )
    taken_back: list[str] = Field(
        default_factory=list, description="lines that a correction took out: their keys are used"
    )

    @cached_property
    def tally(self) -> Tally:
        """What was counted from the lines so far."""
        return Tally()

    def __eq__(self, other: object) -> bool:
        """Compare what was told; what was counted from it says nothing more."""
        if not isinstance(other, Account):
            return NotImplemented
        told = (self.lines, self.plan, self.looked_at, self.taken_back)
        return told == (other.lines, other.plan, other.looked_at, other.taken_back)

    __hash__ = None  # type: ignore[assignment]

    def _tallied(self) -> Tally:
        tally, lines = self.tally, self.lines
        if tally.count != len(lines):
            tally.add(lines[tally.count :])
        return tally

    def balance(self, debt: Debt | None = None) -> Decimal:
        """Return what is owed, below zero what is too much; by kind of debt or together."""
        sums = self._tallied().sums
        return sum(sums.values(), ZERO) if debt is None else sums.get(debt, ZERO)

    @property
    def owes(self) -> bool:
        """Whether anything is open, of any kind."""
        return self._tallied().owes

    def has(self, key: str) -> bool:
        """Whether a line is there."""
        return any(line.key == key for line in self.lines)

    def by_movement(self, movement: str) -> list[Posting]:
        """Return the lines that a movement of the bank brought, one for each kind of debt."""
        return [line for line in self.lines if line.key.startswith(f"payment:{movement}:")]

    def open_items(self, *, with_plan: bool = True) -> list[OpenItem]:
        """Return what is still to be paid, the oldest first; a plan counts while it is kept."""
        plan, opened = self.plan, self._tallied().opened
        broken_on = None if plan is None else plan.broken_on
        known = opened.get(with_plan)
        # The plan itself, not what it says: another one of the same day is another plan.
        if known is None or known[0] is not plan or known[1] != broken_on:
            items = self._still_open(with_plan=with_plan)
            known = opened[with_plan] = (plan, broken_on, items)
        return known[2]

    def _still_open(self, *, with_plan: bool) -> list[OpenItem]:
        items = [
            item
            for debt in DEBTS
            if self.balance(debt) > 0
            for item in _unpaid(*self._dues(debt, with_plan=with_plan))
        ]
        return sorted(items, key=lambda item: (item.due_on, item.key))

    def late_items(self, day: date, *, grace_days: int) -> list[OpenItem]:
        """Return what should have been paid before a day; an instalment has some days of grace."""
        grace = timedelta(days=grace_days)
        return [
            item
            for item in self.open_items()
            if item.due_on + (grace if item.instalment else NO_DAYS) < day
        ]

    def overdue(self, day: date, *, grace_days: int) -> Decimal:
        """Return the sum of what is late on a day."""
        return sum((x.amount for x in self.late_items(day, grace_days=grace_days)), ZERO)

    def since(self, day: date) -> date | None:
        """Return since when something is late, whatever was agreed about it (A.8-p)."""
        late = [item.due_on for item in self.open_items(with_plan=False) if item.due_on < day]
        return min(late, default=None)

    def share_out(self, amount: Decimal, wanted: Debt | None = None) -> dict[Debt, Decimal]:
        """Return to which kinds of debt a payment goes: what was due first; the rest is for rent."""
        shares: dict[Debt, Decimal] = {}
        items = self.open_items()
        if wanted is not None:
            items = [x for x in items if x.debt is wanted] + [
                x for x in items if x.debt is not wanted
            ]
        for item in items:
            part = min(amount, item.amount)
            if part > 0:
                shares[item.debt] = shares.get(item.debt, ZERO) + part
                amount -= part
        if amount > 0:
            rest = wanted if wanted is not None and not shares else Debt.RENT
            shares[rest] = shares.get(rest, ZERO) + amount
        return shares

    def _dues(self, debt: Debt, *, with_plan: bool) -> tuple[list[OpenItem], Decimal]:
        """Return the lines to pay of one kind, and the sum of what was paid for them."""
        lines = [line for line in self.lines if line.debt is debt]
        countered: dict[str, Decimal] = {}
        for line in lines:
            if line.counters is not None:
                countered[line.counters] = countered.get(line.counters, ZERO) + line.amount
        known = {line.key for line in lines}
        plan = self.plan if with_plan and self.plan is not None and self.plan.kept else None
        dues, paid = [], ZERO
        for line in lines:
            if line.counters in known:
                continue
            net = line.amount + countered.get(line.key, ZERO)
            covered = plan.covers.get(line.key, ZERO) if plan is not None else ZERO
            gone = net <= 0 and (plan is None or not plan.exact)
            if line.amount <= 0 or gone:
                paid -= net
            elif net < covered:
                paid += covered - net
            elif net > covered:
                due_on = line.due_on or line.booked_on
                dues.append(OpenItem(line.key, debt, due_on, net - covered, line.text))
        if plan is not None:
            dues += _of_plan(plan, debt)
        return sorted(dues, key=lambda item: (item.due_on, item.key)), paid


def _of_plan(plan: Plan, debt: Debt) -> Iterator[OpenItem]:
    for number, part in enumerate(plan.instalments, 1):
        if part.debt is debt:
            text = f"Afbetaling {number} van {len(plan.instalments)}"
            key = f"plan:{plan.agreed_on}:{number:03}"
            yield OpenItem(key, debt, part.due, part.amount, text, instalment=True)


def _unpaid(dues: list[OpenItem], paid: Decimal) -> Iterator[OpenItem]:
    for item in dues:
        used = min(max(paid, ZERO), item.amount)
        paid -= used
        if item.amount > used:
            yield item._replace(amount=item.amount - used)


def as_letter(items: list[OpenItem]) -> list[Json]:
    """Return open items as letters print them."""
    return [
        {"what": x.text, "due_on": x.due_on.isoformat(), "amount": f"{x.amount:.2f}"} for x in items
    ]
