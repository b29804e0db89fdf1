"""Which row of a turn carries a task or a letter, so that it can go when that row goes."""

from datetime import datetime

from models.calendar import stamp
from models.facts import Turn


def fact_of(key: str) -> int:
    """Return the number of the fact that a letter, a question or a message comes from."""
    number = key.split("-", 1)[0]
    return int(number) if number.isdigit() else 0


def is_ordered_here(turn: Turn, key: str) -> bool:
    """Say whether a letter's own fact is in this turn."""
    number = fact_of(key)
    return any(outcome.fact == number for outcome in turn.outcomes)


def row_of_letter(turn: Turn, key: str) -> int:
    """Return the number of the outcome that ordered a letter, else the turn's last."""
    number = fact_of(key)
    return next((o.seq for o in turn.outcomes if o.fact == number), turn.overview.seq)


def row_at(turn: Turn, moment: datetime) -> int:
    """Return the number of the first outcome recorded at a moment, else the turn's last."""
    text = stamp(moment)
    for outcome in turn.outcomes:
        if outcome.recorded_at == text:
            return outcome.seq
    return turn.overview.seq
