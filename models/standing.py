"""Where a statement belongs: on an account of ours, once, and between its neighbours.

Statements of an account form one row: the balance goes on where it stood, and a bank that numbers
them skips none within a year. What does not fit is set aside and may fit later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.calendar import dutch_date
from models.euro import euro
from models.iban import spaced
from models.statements import Fault, Statement, capital


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a statement that is in: enough to see whether another one fits."""

    account: str
    number: int | None
    opens_on: date
    closes_on: date
    opening: Decimal
    closing: Decimal
    credit: Decimal
    debit: Decimal
    movements: int

    @classmethod
    def of(cls, statement: Statement) -> "Standing":
        """Return what another statement must fit with."""
        return cls(
            account=statement.account,
            number=statement.number,
            opens_on=statement.opens_on,
            closes_on=statement.closes_on,
            opening=statement.opening,
            closing=statement.closing,
            credit=statement.credit,
            debit=statement.debit,
            movements=len(statement.movements),
        )

    @property
    def order(self) -> tuple[date, int]:
        """Its place in the row of statements of its account."""
        return (self.closes_on, self.number or 0)


def stranger(statement: Statement, ours: Sequence[str]) -> Fault | None:
    """Say that the account is not one of ours, or None; none that is named: all are."""
    if statement.account in ours or not ours:
        return None
    known = ", ".join(spaced(one) for one in ours)
    text = (
        f"De rekening {spaced(statement.account)} is niet van ons. Onze rekeningen zijn: {known} "
        "(`accounts` in organisation.toml)."
    )
    return Fault("account", text, whole_file=False)


def place_of(statement: Statement, standing: Sequence[Standing], *, copies: bool) -> Fault | None:
    """Say why a statement does not fit among those of its account that are in, or None.

    `copies` takes what the bank marks as a copy when the original is not there.
    """
    mine = Standing.of(statement)
    for one in standing:
        if _is_same(mine, one):
            return Fault("known", f"{capital(statement.name)} is al ingelezen.", whole_file=False)
        if mine.number and (one.number, one.closes_on.year) == (mine.number, mine.closes_on.year):
            text = (
                f"Er is al een afschrift {mine.number} van {mine.closes_on.year} ingelezen, met "
                "een andere inhoud. Vraag de bank welk het juiste is."
            )
            return Fault("contradicts", text, whole_file=False)
    if statement.copy and not copies:
        text = (
            f"De bank stuurde {statement.name} als duplicaat, en het origineel is hier niet "
            "ingelezen. Lees het origineel in; is dat er niet meer, gebruik dan --accept-copy."
        )
        return Fault("copy", text, whole_file=False)
    earlier = [one for one in standing if _precedes(one, mine)]
    later = [one for one in standing if one not in earlier]
    before = max(earlier, default=None, key=lambda one: one.order)
    after = min(later, default=None, key=lambda one: one.order)
    return _joins(before, mine) or _joins(mine, after)


def _precedes(one: Standing, mine: Standing) -> bool:
    """By day and number; two of one day without numbers by where their balances touch."""
    return one.order < mine.order or (one.order == mine.order and one.closing == mine.opening)


def _is_same(one: Standing, other: Standing) -> bool:
    """The same balances and sums on the same day; a file of another kind may number otherwise.

    It may also count otherwise: one line with details here is as many lines there.
    """
    numbered = one.number is not None and other.number is not None
    if numbered and one.number != other.number and one.movements == 0:
        return False
    names = ("closes_on", "opening", "closing", "credit", "debit")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _joins(before: Standing | None, after: Standing | None) -> Fault | None:
    """Two neighbours must touch: the balance goes on where it stood, the numbers follow."""
    if before is None or after is None:
        return None
    if before.closing == after.opening and not _jumps(before, after):
        return None
    text = (
        f"Tussen het afschrift van {dutch_date(before.closes_on)} (eindsaldo "
        f"{euro(before.closing)}) en dat van {dutch_date(after.closes_on)} (beginsaldo "
        f"{euro(after.opening)}) ontbreekt iets: {_missing(before, after)}. Lees dat eerst in."
    )
    return Fault("gap", text, whole_file=False)


def _jumps(before: Standing, after: Standing) -> bool:
    if not before.number or not after.number or before.closes_on.year != after.closes_on.year:
        return False
    return after.number > before.number + 1


def _missing(before: Standing, after: Standing) -> str:
    if before.number and after.number and _jumps(before, after):
        first, last = before.number + 1, after.number - 1
        return f"afschrift {first}" if first == last else f"afschriften {first} tot {last}"
    return "een afschrift, of er is er een dubbel"
