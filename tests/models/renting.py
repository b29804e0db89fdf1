"""Residents who pay, or do not, and the bank that tells: for the tests of the ladder."""

from datetime import date
from decimal import Decimal
from typing import Any

from models.calendar import day_of
from models.vocabulary import ArrearsStage
from tests.models.story import Story
from tests.models.world import RENT, World, moment

MONTH = Decimal("382.00")  # two bedrooms alone: 135 + 95 + 90 + 5 + 50 + 7
MESSAGE, REMINDER = "day15_message", "reminder"


def renting(
    start: str = "2027-02-01", world: World | None = None, name: str = "a", **rules: Any
) -> Story:
    """Lives alone since the first of a month, and paid that month; rent is looked at."""
    shared = world or World()
    s = Story(f"trajectory-{name}", world=shared, rules=RENT, **rules).living(start)
    pay(s, s.state.account.balance(), start)
    return s


def load(s: Story, closes: str) -> None:
    """Load a statement up to a day; everybody whose look waits for it hears."""
    s.world.closes = date.fromisoformat(closes)
    for story in s.world.stories.values():
        if story.state.arrears.waiting is not None:
            story.now = s.now
            assert story.hear("statement_loaded", {"closes": closes}, f"loaded-{closes}") is None


def pay(s: Story, amount: Decimal | str, booked: str, movement: str | None = None) -> None:
    """The bank brings a payment."""
    movement = movement or f"m{len(s.t.facts)}"
    seen = {"movement": movement, "amount": str(amount), "booked": booked, "value": booked}
    assert s.hear("payment", seen, f"bank-{movement}") is None


def rung(s: Story) -> ArrearsStage:
    return s.state.arrears.stage


def sent(s: Story, kind: str) -> list[str]:
    return [f"{at:%Y-%m-%d %H:%M}" for one, at in s.sent if one == kind]


def late_on(s: Story, day: str, closes: str) -> Story:
    """Nothing was paid, and the bank's data reach a day."""
    s.until(moment(f"{day}T05:00"))
    load(s, closes)
    return s


def reminded(s: Story | None = None) -> Story:
    """Late in March, nothing paid: the reminder left on Monday the 22nd."""
    s = late_on(s or renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    s.do("approve_reminder", amount=str(MONTH))
    s.until(moment("2027-03-22T08:00"))
    s.do("send_reminder")
    return s.until("2027-03-22")


def talked(s: Story, outcome: str = "geen", **given: str) -> Story:
    held = day_of(s.now).isoformat()
    s.do(
        "record_arrears_talk",
        held_on=held,
        present=["bewoner"],
        cause="inkomen_te_laat",
        outcome=outcome,
        **given,
    )
    return s
