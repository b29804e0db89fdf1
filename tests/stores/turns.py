"""Turns as the core would decide them, in a few words."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from models.calendar import stamp
from models.facts import GENESIS, LetterOrder, Outcome, Overview, Posting, Task, Turn, link
from models.vocabulary import Channel, Debt, PostingKind, Role

NOON = datetime(2027, 5, 6, 10, 0, tzinfo=UTC)
LATER = NOON + timedelta(seconds=20)
T = "t-1"


def overview(trajectory: str = T, **changes: Any) -> Overview:
    row: dict[str, Any] = {
        "trajectory": trajectory,
        "programme": "wonen-met-kansen",
        "stage": "wachtlijst",
        "contract": "geen",
        "reviews": "geen",
        "supporter": "sofie",
        "partner": "cas",
        "referred_on": date(2027, 5, 6),
    }
    return Overview(**{**row, **changes})


def turn(
    *kinds: str,
    first: int = 1,
    previous: str = GENESIS,
    trajectory: str = T,
    decided_at: datetime = NOON,
    **more: Any,
) -> Turn:
    """One outcome per kind; each carries the fact of its own number."""
    outcomes = []
    head = previous
    at = more.pop("at", NOON)
    for seq, kind in enumerate(kinds, first):
        outcome = Outcome(
            seq=seq,
            recorded_at=stamp(at),
            valid_from=stamp(at),
            kind=kind,
            stage="wachtlijst",
            by="an",
            role="coordinator",
            source="gateway",
            fact=seq,
            detail={"data": {"note": "é", "b": 1, "a": [True, None]}},
        )
        outcome.hash = head = link(head, outcome)
        outcomes.append(outcome)
    last = first + len(kinds) - 1
    seen = overview(trajectory, seq=last, head=head, **more.pop("overview", {}))
    return Turn(
        trajectory=trajectory,
        decided_at=decided_at,
        previous=previous,
        outcomes=outcomes,
        overview=seen,
        **more,
    )


def after(before: Turn, *kinds: str, **more: Any) -> Turn:
    """The turn that follows another."""
    last = before.outcomes[-1]
    more.setdefault("trajectory", before.trajectory)
    return turn(*kinds, first=last.seq + 1, previous=last.hash, **more)


def task(key: str = "call", opened_at: datetime = NOON, **more: Any) -> Task:
    more.setdefault("text", "Bel de begeleider.")
    kind = key.split(":", 1)[0]
    return Task(key=key, kind=kind, whom=Role.COORDINATOR, opened_at=opened_at, **more)


def letter(number: int, kind: str = "invitation_intake", **more: Any) -> LetterOrder:
    row: dict[str, Any] = {
        "key": f"{number}-{kind}",
        "kind": kind,
        "to": [Role.RESIDENT, Role.SUPPORTER],
        "channel": Channel.MAIL,
        "ordered_at": NOON,
        "send_at": NOON + timedelta(hours=21),
        "facts": {"at": "2027-05-20T11:00+02:00", "place": "bij ons op kantoor"},
    }
    return LetterOrder(**{**row, **more})


def charge(month: str = "2027-03", amount: str = "327.00", **more: Any) -> Posting:
    """The rent of a month, owed from its first day."""
    first = date.fromisoformat(f"{month}-01")
    row: dict[str, Any] = {
        "key": f"charge:huur:{month}",
        "kind": PostingKind.CHARGE,
        "debt": Debt.RENT,
        "amount": Decimal(amount),
        "booked_on": first,
        "value_on": first,
        "due_on": first.replace(day=9),
        "text": f"Huur {month}",
        "lines": [{"component": "vergoeding", "amount": amount, "goes_to": "technisch"}],
    }
    return Posting(**{**row, **more})


def payment(movement: str, amount: str, booked: str, value: str | None = None) -> Posting:
    """What the bank received."""
    return Posting(
        key=f"payment:{movement}",
        kind=PostingKind.PAYMENT,
        debt=Debt.RENT,
        amount=-Decimal(amount),
        booked_on=date.fromisoformat(booked),
        value_on=date.fromisoformat(value or booked),
        text="Betaling",
    )
