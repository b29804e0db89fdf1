"""What the bank brings: payments, and payments that were taken back (L1320-1331, B.5, B.6).

A payment is booked on what was due first; one that was taken back opens it again.
"""

from datetime import date
from decimal import Decimal

from models import arrears
from models.choices import HoldReason
from models.context import Context
from models.euro import euro
from models.facts import Json, Posting
from models.fields import read_day
from models.refunding import REFUND
from models.vocabulary import Debt, PostingKind, Region


def payment(c: Context, data: Json) -> None:
    """A payment: booked on what was due first; who is no longer late is in order again (A.8-p)."""
    if c.state.account.by_movement(data["movement"]):
        return
    booked, value = read_day(data["booked"]), read_day(data["value"])
    wanted = Debt(data["debt"]) if data.get("debt") else None
    for debt, part in c.state.account.share_out(Decimal(data["amount"]), wanted).items():
        c.post(
            Posting(
                key=f"payment:{data['movement']}:{debt.value}",
                kind=PostingKind.PAYMENT,
                debt=debt,
                amount=-part,
                booked_on=booked,
                value_on=value,
                text="Betaling",
            )
        )
    _wrongly_asked(c, booked)
    end_promise(c)
    arrears.settle(c)


def payment_reversed(c: Context, data: Json) -> None:
    """A payment was taken back: what it paid is open again; nothing leaves before the next check."""
    booked, value = read_day(data["booked"]), read_day(data["value"])
    taken = c.state.account.by_movement(data.get("reverses") or "")
    lines: list[tuple[Debt, Decimal, str | None]]
    lines = [(line.debt, -line.amount, line.key) for line in taken]
    refund = c.rules.edition >= 3 and -c.state.account.balance() >= Decimal(data["amount"])
    if not lines or sum(part for _, part, _ in lines) != Decimal(data["amount"]):
        lines = [(Debt.RENT, Decimal(data["amount"]), None)]
    for debt, part, countered in lines:
        key = f"reversal:{data['movement']}:{debt.value}"
        if c.state.account.has(key):
            return
        c.post(
            Posting(
                key=key,
                kind=PostingKind.REVERSAL,
                debt=debt,
                amount=part,
                booked_on=booked,
                value_on=value,
                due_on=booked,
                text="Terugbetaling" if refund else "Teruggenomen betaling",
                counters=countered,
            )
        )
    if refund:
        # What was paid too much went back: nothing is open again, and there is nothing to ask.
        c.done(REFUND)
        arrears.settle(c)
        return
    c.task(
        f"reversed:{data['movement']}",
        f"De bank nam een betaling van {euro(Decimal(data['amount']))} terug: vraag wat er gebeurde.",
    )


def _wrongly_asked(c: Context, booked: date) -> None:
    """A message went out for what had been paid by then, as it now shows (B.5)."""
    known = c.state.arrears
    asked_on = known.message_on
    if asked_on is None or known.checked_on is None or booked >= known.checked_on:
        return
    if not arrears.is_late(c.state, c.rules, asked_on):
        c.flag("het bericht over de betaling was ten onrechte")
        c.task(
            "wrongly_asked", "Het bericht was ten onrechte: zeg de bewoner dat alles in orde is."
        )


def end_promise(c: Context) -> None:
    """A pause until a promised payment ends with the payment (B.6)."""
    hold = c.state.holds.get(Region.PAYMENT)
    if hold is not None and hold.reason is HoldReason.PROMISE:
        c.end_hold(Region.PAYMENT)
        c.done(f"hold_ended:{Region.PAYMENT.value}")
