"""Named conditions that several steps share; each says no with a Dutch sentence and its rule.

The number in a refusal is the rule's number in `models.rulebook`, which gives the playbook line.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from models import calendar
from models.context import Context, Guard
from models.errors import Refusal
from models.vocabulary import Role


def nothing_pending(c: Context, _: Any) -> Refusal | None:
    """No question about a shared thing is still open."""
    if c.state.asks:
        return Refusal(
            "pending", "Er loopt nog een vraag aan het register: probeer het zo meteen opnieuw."
        )
    return None


def two_different_people(c: Context, _: Any) -> Refusal | None:
    """The second person is somebody else (L445)."""
    if c.second is None:
        return Refusal(
            "second_missing", "Deze stap doet u met twee: geef de tweede medewerker op.", 17
        )
    if c.second.who == c.by.who:
        return Refusal("same_person", "Dit vraagt twee verschillende medewerkers.", 17)
    return None


def age_is_right_on(day: Callable[[Context, Any], date]) -> Guard:
    """Make the guard that the resident is of the programme's age on some day (L1737)."""

    def age_is_right(c: Context, f: Any) -> Refusal | None:
        birth = f.birth_date if c.state.referral is None else c.state.referral.birth_date
        on = day(c, f)
        age = calendar.age_on(birth, on)
        low, high = c.rules.age_min, c.rules.age_max
        if not low <= age <= high:
            return Refusal(
                "age",
                f"Op {calendar.dutch_date(on)} is de jongere {age} jaar; "
                f"dit programma is er voor wie {low} tot en met {high} jaar is.",
                1,
                about="birth_date",
            )
        return None

    return age_is_right


def birth_date_is_possible(c: Context, f: Any) -> Refusal | None:
    """Nobody is born tomorrow, or lives for more than 120 years."""
    if f.birth_date > c.day or calendar.age_on(f.birth_date, c.day) > 120:
        return Refusal("birth_date", "De geboortedatum klopt niet.", 1, about="birth_date")
    return None


def today(c: Context, _: Any) -> date:
    """Return the fact's own day, for a guard that looks at it."""
    return c.day


def field_day(name: str) -> Callable[[Context, Any], date]:
    """Return a reader of a day field, for a guard that looks at it."""

    def read(_: Context, f: Any) -> date:
        day: date = getattr(f, name)
        return day

    return read


def not_in_future(name: str) -> Guard:
    """Make the guard that a day that was told about has come."""

    def has_come(c: Context, f: Any) -> Refusal | None:
        day = getattr(f, name)
        if day is not None and day > c.day:
            return Refusal(
                "future",
                f"{_label(f, name)}: {calendar.dutch_date(day)} moet nog komen; noteer wat gebeurd is.",
                about=name,
            )
        return None

    return has_come


def still_to_come(name: str) -> Guard:
    """Make the guard that an appointment lies ahead."""

    def lies_ahead(c: Context, f: Any) -> Refusal | None:
        at = getattr(f, name)
        if at is not None and at <= c.at:
            return Refusal(
                "past",
                f"{_label(f, name)}: {calendar.dutch_moment(at)} is al voorbij; kies een later moment.",
                about=name,
            )
        return None

    return lies_ahead


def on_working_day(name: str, rule: int | None = None) -> Guard:
    """Make the guard that an appointment falls on a working day."""

    def falls_on_working_day(c: Context, f: Any) -> Refusal | None:
        at = getattr(f, name)
        if at is not None and not calendar.is_working_day(calendar.day_of(at), c.rules.closed):
            return Refusal(
                "closed_day",
                f"{_label(f, name)}: {calendar.dutch_date(calendar.day_of(at))} is geen werkdag.",
                rule,
                about=name,
            )
        return None

    return falls_on_working_day


def no_intake_stop(c: Context, _: Any) -> Refusal | None:
    """No intake stop blocks offers and keys (L1773)."""
    until = c.rules.intake_stop_until
    if until is not None and c.day <= until:
        why = c.rules.intake_stop_reason or "zonder reden"
        return Refusal(
            "intake_stop",
            f"Er loopt een instroomstop tot en met {calendar.dutch_date(until)} ({why}).",
            15,
        )
    return None


def supporter_is_active(c: Context, _: Any) -> Refusal | None:
    """Somebody supports the resident now (L554-559)."""
    if c.state.supporter_gone is not None:
        return Refusal(
            "no_supporter", "De begeleiding viel weg: wijs eerst een nieuwe begeleider aan.", 9
        )
    return None


def partner_gives_support(c: Context, _: Any) -> Refusal | None:
    """The supporter's partner gives support itself (L542-545)."""
    referral = c.state.referral
    if referral is not None and not referral.supports:
        return Refusal(
            "other_supporter",
            "Deze partner doet zelf geen begeleiding: wijs eerst een begeleider van een andere "
            "partner aan.",
            12,
        )
    return None


def second_is(role: Role) -> Guard:
    """Make the guard that one of the two people has a role."""

    def one_has_role(c: Context, _: Any) -> Refusal | None:
        roles = {c.by.role} | ({c.second.role} if c.second else set())
        if role not in roles:
            return Refusal("second_role", f"Bij deze stap hoort ook een {role.label.lower()}.")
        return None

    return one_has_role


def _label(f: Any, name: str) -> str:
    return type(f).model_fields[name].title or name
