"""Saying in words what differs between what is shown and what the facts tell."""

from models.facts import Overview


def first_difference(shown: Overview | None, told: Overview) -> str | None:
    """Return the first field that differs, as a Dutch sentence, or None."""
    if shown is None:
        return "er is geen rij in het overzicht"
    ours, theirs = shown.model_dump(mode="json"), told.model_dump(mode="json")
    # Moments are compared as moments: SQL keeps them in UTC.
    if shown.next_at == told.next_at:
        ours["next_at"] = theirs["next_at"]
    for name, value in theirs.items():
        if ours[name] != value:
            return f"{name} is {ours[name]!r}, en moet {value!r} zijn"
    return None
