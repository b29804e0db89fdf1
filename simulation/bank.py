"""The bank of a play: statements as a script writes them, and what each tells a trajectory.

Both engines ask the same questions here; a movement's key is its line and place in the script.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from models.facts import Heard, Json
from models.fields import Amount, Day, Id


class Movement(BaseModel):
    """One payment, or one that was taken back."""

    model_config = ConfigDict(extra="forbid")

    resident: Id = Field(title="Bewoner")
    amount: Amount = Field(title="Bedrag", gt=0)
    booked: Day = Field(title="Geboekt op")


class Statement(BaseModel):
    """A bank statement: until which day it reaches, and what came in and went back."""

    model_config = ConfigDict(extra="forbid")

    closes: Day = Field(title="Sluit op")
    payments: list[Movement] = Field(default_factory=list, title="Betalingen")
    reversals: list[Movement] = Field(default_factory=list, title="Teruggenomen")


class Told(NamedTuple):
    """What one resident hears of a statement."""

    resident: str
    heard: Heard


class Bank:
    """What the statements of a play brought so far."""

    def __init__(self) -> None:
        """Begin without any."""
        self.closes: date | None = None
        self._paid: dict[tuple[str, Decimal], list[str]] = {}

    def load(self, line: int, statement: Statement) -> Iterator[Told]:
        """Take a statement in; yield what each resident hears, in order."""
        for number, one in enumerate(statement.payments, 1):
            movement = f"script-{line}-{number}"
            self._paid.setdefault((one.resident, one.amount), []).append(movement)
            yield _told("payment", movement, one, {})
        for number, one in enumerate(statement.reversals, 1):
            movement = f"script-{line}-r{number}"
            paid = self._paid.get((one.resident, one.amount), [])
            more = {"reverses": paid.pop()} if paid else {}
            yield _told("payment_reversed", movement, one, more)
        self.closes = max(statement.closes, self.closes or statement.closes)

    def loaded(self) -> Heard:
        """Return what those hear whose check waited for newer data."""
        assert self.closes is not None, "a statement was loaded"
        day = self.closes.isoformat()
        return Heard(name="statement_loaded", data={"closes": day}, id=f"statement-{day}")


def _told(name: str, movement: str, one: Movement, more: Json) -> Told:
    day = one.booked.isoformat()
    data = {"movement": movement, "amount": f"{one.amount:.2f}", "booked": day, "value": day}
    return Told(one.resident, Heard(name=name, data={**data, **more}, id=f"bank-{movement}"))
