"""A letter that time should have brought and did not: after a pause or a stop, a person decides.

The proposal (`catch_up`) names what was missed; this step does for one letter of it what its
deadline would have done, as long as that deadline would still come.
"""

from pydantic import Field

from models.context import Context
from models.deadlines import BY_NAME
from models.errors import Refusal
from models.fields import Fields
from models.vocabulary import Word


class Missed(Word):
    """The letters that only a deadline orders."""

    OPEN_ITEMS = "open_items", "Wat nog in orde moet voor het gesprek"
    NOTICE_REMINDER = "notice_reminder", "Herinnering einde contract"


class SendMissed(Fields):
    """A letter that was not sent on its day is sent after all."""

    letter: Missed = Field(title="Brief")


def _key(c: Context, f: SendMissed) -> str | None:
    """Return the deadline that was missed and would still come, or None."""
    still = {key for key, _, _ in BY_NAME[f.letter.value].when(c.state, c.rules)}
    return next((key for key in sorted(c.state.missed) if key in still), None)


def letter_was_missed(c: Context, f: SendMissed) -> Refusal | None:
    """Only what was missed, and still makes sense, is sent late."""
    if _key(c, f) is None:
        return Refusal("not_missed", f"'{f.letter.label}' is niet blijven liggen.", about="letter")
    return None


def send_missed(c: Context, f: SendMissed) -> None:
    """Do what the deadline would have done on its day."""
    key = _key(c, f)
    assert key is not None, "the guard found it"
    BY_NAME[f.letter.value].then(c, c.state.missed.pop(key))
    if c.rules.edition < 2:
        if not c.state.missed:
            c.done("catch_up")
        return
    proposed_by = c.state.met[key]
    if sum(1 for fact in c.state.met.values() if fact == proposed_by) == 1:
        # What else the proposal lists is only for a person to call done.
        c.done(f"catch_up:{proposed_by}")
