"""After the exit: a recommendation, and a file that stays open with a debt (L758, L1893)."""

from typing import Literal

from pydantic import Field

from models.arrears import PAYMENT_LETTERS
from models.context import Context
from models.contract import lease_of
from models.ending import close_everything
from models.errors import Refusal
from models.euro import euro
from models.fields import Amount, Day, Fields, Text
from models.letters import LetterKind
from models.repaying import settle_outside_the_bank, write_off_all
from models.vocabulary import Stage


class Recommend(Fields):
    """A recommendation, if the resident agrees (L1893)."""

    consent: Literal[True] = Field(title="De bewoner gaat akkoord")


class CloseFile(Fields):
    """Everything is settled."""

    settled_on: Day = Field(title="Vereffend op")


class WriteOff(Fields):
    """The organisation lets the debt go."""

    amount: Amount = Field(title="Bedrag")
    reason: Text = Field(title="Reden")


def writes_off_the_debt(c: Context, f: WriteOff) -> Refusal | None:
    """The amount is the open debt (L758)."""
    if f.amount != c.state.debt:
        return Refusal("amount", f"Er staat {euro(c.state.debt)} open.", 98, about="amount")
    return None


def nothing_is_owed(c: Context, _: CloseFile) -> Refusal | None:
    """Where Opstap sees the payments, a file closes when they have all come (L758)."""
    if c.rules.rent_due_day and c.state.debt > 0:
        return Refusal(
            "owed",
            f"Er staat nog {euro(c.state.debt)} open: wacht op de betaling, of scheld het kwijt.",
            98,
        )
    return None


def recommend(c: Context, f: Recommend) -> None:
    """A recommendation from facts (L1893)."""
    lease = lease_of(c)
    c.order(
        LetterKind.RECOMMENDATION,
        since=lease.start_on,
        until=c.state.leaving.left_on if c.state.leaving else None,
        talks=c.state.talks.held,
    )


def close_file(c: Context, f: CloseFile) -> Stage:
    """The debt is paid."""
    if c.rules.edition >= 3 and c.state.debt < 0:
        c.flag(f"gesloten terwijl er {euro(-c.state.debt)} te veel betaald is")
    settle_outside_the_bank(c)
    c.state.ended_on = c.day
    close_everything(c)
    return Stage.CLOSED


def write_off(c: Context, f: WriteOff) -> Stage:
    """The debt is let go by two people."""
    c.flag(f"kwijtgescholden: € {f.amount}: {f.reason}")
    write_off_all(c)
    if c.rules.edition >= 3:
        c.recall_unposted(*PAYMENT_LETTERS)
    c.state.ended_on = c.day
    close_everything(c)
    return Stage.CLOSED
