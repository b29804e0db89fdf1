"""What goes on to the technical manager, and what stays in the solidarity pot (L1217, L1260).

Both follow from what residents were charged: every line says where it goes. A charge that was
countered in part counts in that part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from models.calendar import add_months
from models.facts import Posting
from models.registers import Tenancy
from models.rent import cents
from models.tariff import GoesTo
from models.vocabulary import PostingKind

ZERO = Decimal(0)
_CORRECTION = "correction:"
# The lines that the pot is counted from.
POT = (PostingKind.CHARGE, PostingKind.CORRECTION, PostingKind.WRITE_OFF)


@dataclass(frozen=True, slots=True)
class Payable:
    """What is owed for one dwelling and one month; without a dwelling, nobody knows for which."""

    dwelling: str | None
    amount: Decimal
    charged: Decimal
    residents: int


@dataclass(frozen=True, slots=True)
class Pot:
    """The solidarity pot: what came in for it, and what it has to bear."""

    charged: Decimal
    written_off: Decimal
    open: Decimal

    @property
    def left(self) -> Decimal:
        """What is left once every open debt would be lost."""
        return self.charged - self.written_off - self.open


def payables(
    month: date, lines: Iterable[tuple[str, Posting]], tenancies: Iterable[Tenancy]
) -> list[Payable]:
    """Return what is owed for a month, by dwelling; `lines` are its charges and what counters them.

    Args:
        month: any day of it.
        lines: trajectory and line.
        tenancies: of everybody, the ended ones too.
    """
    homes = _homes(month, tenancies)
    sums: dict[str | None, tuple[Decimal, Decimal, set[str]]] = {}
    for trajectory, charge, net in _net_charges(lines):
        home = homes.get(trajectory)
        owed, charged, who = sums.get(home, (ZERO, ZERO, set()))
        part = _part(charge, net, GoesTo.MANAGER)
        sums[home] = owed + part, charged + net, who | {trajectory}
    order = sorted(sums, key=lambda home: (home is None, home or ""))
    return [Payable(home, *sums[home][:2], len(sums[home][2])) for home in order]


def solidarity(lines: Iterable[tuple[str, Posting]], owed: Mapping[str, Decimal]) -> Pot:
    """Return the pot from every line of `POT` until a day, and what everybody owes on it."""
    known = list(lines)
    charges = _net_charges(known)
    return Pot(
        charged=sum((_part(one, net, GoesTo.SOLIDARITY) for _, one, net in charges), ZERO),
        written_off=-sum((x.amount for _, x in known if x.kind is PostingKind.WRITE_OFF), ZERO),
        open=sum((amount for amount in owed.values() if amount > 0), ZERO),
    )


def _net_charges(lines: Iterable[tuple[str, Posting]]) -> list[tuple[str, Posting, Decimal]]:
    """Return the charges of a month's rent with what is left of each after corrections."""
    charges: list[tuple[str, Posting]] = []
    countered: dict[tuple[str, str], Decimal] = {}
    for trajectory, line in lines:
        if line.kind is PostingKind.CHARGE and line.lines:
            charges.append((trajectory, line))
        elif line.kind is PostingKind.CORRECTION and line.counters is not None:
            key = (trajectory, _charge_of(line.counters))
            countered[key] = countered.get(key, ZERO) + line.amount
    return [(who, one, one.amount + countered.get((who, one.key), ZERO)) for who, one in charges]


def _charge_of(countered: str) -> str:
    """Return the charge that is countered in the end: a correction may take back a correction."""
    while countered.startswith(_CORRECTION):
        countered = countered.removeprefix(_CORRECTION).partition(":")[2]
    return countered


def _part(charge: Posting, net: Decimal, goes_to: GoesTo) -> Decimal:
    ours = (Decimal(x["amount"]) for x in charge.lines if x.get("goes_to") == goes_to.value)
    whole = sum(ours, ZERO)
    return whole if net == charge.amount else cents(whole * net / charge.amount)


def _homes(month: date, tenancies: Iterable[Tenancy]) -> dict[str, str]:
    """Return where everybody lived in a month: where they came to live last."""
    first = month.replace(day=1)
    last = add_months(first, 1) - timedelta(days=1)
    there = [t for t in tenancies if t.since <= last and (t.until is None or t.until >= first)]
    return {t.trajectory: t.dwelling for t in sorted(there, key=lambda t: t.since)}
