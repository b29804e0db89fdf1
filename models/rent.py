"""What a rent is made of: lines with an amount, for a whole month or for a part of one.

Plain values that never change; `models.money` makes them.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from models.facts import Json
from models.tariff import Basis, Component, GoesTo
from models.vocabulary import Debt

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Round to the cent, half-up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Line:
    """One component of a rent: what it comes to, of what, and where it goes."""

    component: str
    label: str
    amount: Decimal
    basis: Basis
    debt: Debt
    goes_to: GoesTo
    source: str
    indexed: bool = False
    whole: Decimal | None = None
    persons: int = 1

    @classmethod
    def of(cls, row: Component, whole: Decimal, persons: int) -> Self:
        """Make the line of one person from an amount as the tariff or the dwelling gives it."""
        split = persons if row.basis is Basis.DWELLING else 1
        return cls(
            component=row.component,
            label=row.label,
            amount=cents(whole / split),
            basis=row.basis,
            debt=row.debt,
            goes_to=row.goes_to,
            source=row.source,
            indexed=row.indexed,
            whole=cents(whole),
            persons=split,
        )

    def as_json(self) -> Json:
        """Return what a line of the ledger keeps of it."""
        return {
            "component": self.component,
            "label": self.label,
            "amount": str(self.amount),
            "basis": self.basis.value,
            "debt": self.debt.value,
            "goes_to": self.goes_to.value,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that add up."""

    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """What they come to."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def payable(self) -> Decimal:
        """What of it goes on to the technical manager (L1217)."""
        ours = (line.amount for line in self.lines if line.goes_to is GoesTo.MANAGER)
        return sum(ours, Decimal(0))

    @property
    def debts(self) -> tuple[Debt, ...]:
        """The kinds of debt there are lines for, in the order of the vocabulary."""
        found = {line.debt for line in self.lines}
        return tuple(debt for debt in Debt if debt in found)

    def part(self, debt: Debt) -> Self:
        """Return the same with the lines of one kind of debt alone."""
        return replace(self, lines=tuple(line for line in self.lines if line.debt is debt))


@dataclass(frozen=True, slots=True)
class Quote(Lines):
    """The rent of a whole month for one person, by component."""

    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proration(Lines):
    """What somebody owes for the days of one month: a part of it, or all."""

    since: date
    until: date
    days: int
    of_days: int
    formula: str
