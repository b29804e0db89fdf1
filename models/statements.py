"""A bank statement as the rules see it, whatever file it came in, and what must be true of it.

Pure: the readers in `bank/` make these values, and `faults_of` says what does not add up in one
statement. What is wrong with how a file is made damns the whole file; what is wrong with where a
statement belongs (`models.standing`) sets that one aside.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.calendar import dutch_date
from models.euro import euro
from models.iban import spaced

CENT = Decimal("0.01")
ZERO = Decimal(0)
EURO = "EUR"


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something is not booked: a code, one Dutch sentence, and whether the file is damned."""

    code: str
    text: str
    whole_file: bool = True


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of a statement, or one detail of a grouped line.

    Attributes:
        amount: above zero came in, below zero went out.
        structured: what stands in the structured communication, right or wrong.
        grouped: the amount is a total; whom it is from stands in the details alone.
        promised: how many details the bank says there are, where it says so.
    """

    amount: Decimal
    booked_on: date
    value_on: date
    currency: str = EURO
    reference: str = ""
    name: str = ""
    iban: str = ""
    structured: str | None = None
    text: str = ""
    reversal: bool = False
    grouped: bool = False
    promised: int | None = None
    details: tuple["Movement", ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What happened on one account between two balances."""

    account: str
    currency: str
    number: int | None
    opens_on: date
    closes_on: date
    opening: Decimal
    closing: Decimal
    movements: tuple[Movement, ...]
    copy: bool = False

    @classmethod
    def of_nothing(cls, account: str, day: date) -> "Statement":
        """Return a statement of a day on which nothing was booked."""
        return cls(account, EURO, None, day, day, ZERO, ZERO, movements=())

    @property
    def credit(self) -> Decimal:
        """What came in."""
        return sum((one.amount for one in self.movements if one.amount > 0), ZERO)

    @property
    def debit(self) -> Decimal:
        """What went out, as an amount above zero."""
        return -sum((one.amount for one in self.movements if one.amount < 0), ZERO)

    @property
    def details(self) -> int:
        """How many details the movements have."""
        return sum(len(one.details) for one in self.movements)

    @property
    def name(self) -> str:
        """How people call this statement."""
        number = f"afschrift {self.number}" if self.number else "het afschrift"
        return f"{number} van {dutch_date(self.closes_on)} ({spaced(self.account)})"

    def payments(self) -> Iterator[Movement]:
        """Walk what one payer did each: a line, or the details of a grouped one in its place."""
        for movement in self.movements:
            if movement.grouped and movement.details:
                yield from movement.details
            else:
                yield movement


def faults_of(statement: Statement) -> list[Fault]:
    """Say what does not add up within one statement; nothing when all does."""
    faults = []
    if any(_finer_than_cents(amount) for amount in _amounts(statement)):
        text = f"In {statement.name} staat een bedrag dat kleiner is dan een cent."
        faults.append(Fault("amount", text))
    moved = statement.credit - statement.debit
    if statement.opening + moved != statement.closing:
        text = (
            f"De saldo's van {statement.name} kloppen niet: {euro(statement.opening)} en de "
            f"bewegingen ({_signed(moved)}) geven {euro(statement.opening + moved)}, en er staat "
            f"{euro(statement.closing)}. Haal het bestand opnieuw af bij de bank."
        )
        faults.append(Fault("balances", text))
    faults += _currencies(statement)
    for movement in statement.movements:
        faults += _details(statement, movement)
    return faults


def _amounts(statement: Statement) -> Iterator[Decimal]:
    yield from (statement.opening, statement.closing)
    yield from (one.amount for one in statement.movements)
    yield from (one.amount for one in statement.payments())


def _finer_than_cents(amount: Decimal) -> bool:
    exponent = amount.as_tuple().exponent
    return isinstance(exponent, int) and exponent < -2 and amount != amount.quantize(CENT)


def _currencies(statement: Statement) -> list[Fault]:
    if statement.currency != EURO:
        text = (
            f"{capital(statement.name)} is in {statement.currency or 'een onbekende munt'}. "
            "Opstap boekt alleen in euro."
        )
        return [Fault("currency", text, whole_file=False)]
    other = {one.currency for one in statement.payments()} - {EURO}
    if other:
        text = (
            f"In {statement.name} staat een beweging in {min(other)}, op een rekening in euro. "
            "Vraag de bank om een bestand met de bedragen in euro."
        )
        return [Fault("currency", text, whole_file=False)]
    return []


def _details(statement: Statement, movement: Movement) -> list[Fault]:
    """A total must be the sum of what it is made of; a receipt without that tells nobody's name."""
    if not movement.grouped:
        return []
    which = f"het totaal van {euro(abs(movement.amount))} in {statement.name}"
    if not movement.details:
        if movement.amount <= 0:
            return []
        text = (
            f"Voor {which} geeft de bank geen details: wie betaalde, staat er niet in. "
            "Vraag de bank om totalen met details, of alleen details."
        )
        return [Fault("total_only", text, whole_file=False)]
    total = sum((detail.amount for detail in movement.details), ZERO)
    if total != movement.amount:
        text = (
            f"De details van {which} tellen op tot {euro(abs(total))}. "
            "Haal het bestand opnieuw af bij de bank."
        )
        return [Fault("details", text)]
    if movement.promised is not None and movement.promised != len(movement.details):
        text = (
            f"Bij {which} horen volgens de bank {movement.promised} details, en er staan er "
            f"{len(movement.details)}. Haal het bestand opnieuw af bij de bank."
        )
        return [Fault("details", text)]
    return []


def _signed(amount: Decimal) -> str:
    return ("+ " if amount >= 0 else "- ") + euro(abs(amount))


def capital(text: str) -> str:
    """Begin a sentence with this."""
    return text[:1].upper() + text[1:]
