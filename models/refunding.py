"""What is left over at the end: set off between kinds of debt, and paid back to who paid too much.

While somebody lives there every kind of debt stands alone, for rent paid early is the next month's.
After the exit no rent comes any more: only what all kinds come to together is owed.
"""

from decimal import Decimal

from models.context import Context
from models.euro import euro
from models.facts import Posting
from models.vocabulary import Debt, PostingKind, Role

REFUND = "refund"


def set_off(c: Context) -> None:
    """Let what was paid too much of one kind pay what is open of another."""
    account = c.state.account
    for owed in Debt:
        for over in Debt:
            part = min(account.balance(owed), -account.balance(over))
            if part > 0:
                key = f"offset:{c.number}:{over.value}-{owed.value}"
                _line(c, f"{key}:{owed.value}", owed, -part, f"Verrekend met {over.label.lower()}")
                _line(c, f"{key}:{over.value}", over, part, f"Verrekend met {owed.label.lower()}")


def pay_back(c: Context) -> bool:
    """Ask the bookkeeper to pay back what was paid too much; say whether that is so."""
    over = -c.state.account.balance()
    if c.rules.edition < 3 or over <= 0:
        return False
    c.task(
        REFUND,
        f"Er is {euro(over)} te veel betaald: betaal dat terug aan de bewoner, en wijs die "
        "overschrijving toe aan het dossier.",
        Role.BOOKKEEPER,
        due=c.day,
    )
    return True


def _line(c: Context, key: str, debt: Debt, amount: Decimal, text: str) -> None:
    c.post(
        Posting(
            key=key,
            kind=PostingKind.CORRECTION,
            debt=debt,
            amount=amount,
            booked_on=c.day,
            value_on=c.day,
            due_on=c.day if amount > 0 else None,
            text=text,
        )
    )
