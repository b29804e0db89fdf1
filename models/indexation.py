"""Indexation, as a proposal only: a person decides whether the rent rises.

The base rent times the new index over the start index, on an anniversary of the lease alone; charges
and flat rates are left out. The start index is that of the month before the lease began, the new one
of the month before the anniversary, both of one base (Vlaams Woninghuurdecreet; to be confirmed).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.calendar import add_months, dutch_date, dutch_month
from models.errors import Refusal
from models.euro import euro
from models.rent import Line, Quote, cents

# Leases of before have a correction by their energy certificate that is not counted here.
CORRECTED_UNTIL = date(2022, 10, 1)


@dataclass(frozen=True, slots=True)
class Raised:
    """A component of the rent, as it is and as it would be."""

    line: Line
    new: Decimal
    formula: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the rent would be from an anniversary on."""

    since: date
    start_index: Decimal
    new_index: Decimal
    raised: tuple[Raised, ...]
    old_total: Decimal
    new_total: Decimal
    remarks: tuple[str, ...]


def anniversary(lease_start: date, day: date) -> date:
    """Return the first anniversary of a lease that falls on a day or after it."""
    years = max(1, day.year - lease_start.year)
    found = add_months(lease_start, 12 * years)
    return found if found >= day else add_months(lease_start, 12 * (years + 1))


def months_of(lease_start: date, since: date) -> tuple[str, str]:
    """Return the months of the start index and of the new one: "2025-02", "2026-02"."""
    return _month(add_months(lease_start.replace(day=1), -1)), _month(
        add_months(since.replace(day=1), -1)
    )


def propose(
    rent: Quote,
    *,
    lease_start: date,
    lease_end: date | None,
    day: date,
    index: Mapping[str, Decimal],
) -> Proposal | Refusal:
    """Return what the rent would be, or why there is nothing to propose.

    Args:
        rent: of a whole month, with the base rent as it was agreed.
        lease_start: the first day.
        lease_end: the last day, extension included.
        day: the anniversary on this day or after it is looked at.
        index: month → health index.
    """
    since = anniversary(lease_start, day)
    if lease_end is not None and lease_end < since:
        return Refusal(
            "no_anniversary",
            f"Het contract eindigt op {dutch_date(lease_end)}, voor het op {dutch_date(since)} "
            "verjaart: er valt niets te indexeren.",
        )
    names = months_of(lease_start, since)
    for name in names:
        if name not in index:
            month = dutch_month(date.fromisoformat(f"{name}-01"))
            return Refusal(
                "no_index",
                f"De gezondheidsindex van {month} is niet gekend. Geef hem op, of zet hem in het "
                "profiel van het programma.",
            )
    start, new = (index[name] for name in names)
    raised = tuple(_raised(line, start, new) for line in rent.lines if line.indexed)
    more = sum((one.new - one.line.amount for one in raised), Decimal(0))
    remarks = ["Dit is een voorstel: een medewerker beslist, en laat het de bewoner weten."]
    if lease_start < CORRECTED_UNTIL:
        remarks.append(
            f"Contract van voor {dutch_date(CORRECTED_UNTIL)}: bij EPC D, E of F geldt een correctie."
        )
    return Proposal(since, start, new, raised, rent.total, rent.total + more, tuple(remarks))


def _raised(line: Line, start: Decimal, new: Decimal) -> Raised:
    # Who shares pays half of the base rent: the base is indexed, then divided.
    base = line.amount * line.persons if line.whole is None else line.whole
    raised = cents(base * new / start)
    part = cents(raised / line.persons)
    shown = f"{euro(base)} × {_figure(new)}/{_figure(start)} = {euro(raised)}"
    if line.persons > 1:
        shown += f", gedeeld door {line.persons} = {euro(part)}"
    return Raised(line, part, shown)


def _figure(index: Decimal) -> str:
    return str(index).replace(".", ",")


def _month(day: date) -> str:
    return day.isoformat()[:7]
