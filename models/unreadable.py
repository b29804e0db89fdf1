"""What takes the place of something that could not be read: a marker, never an error.

Whoever decodes may not raise inside a workflow task, for the task would be tried for ever. So what
came in plain, under another key, damaged or for somebody who was forgotten becomes this marker, and
a step that holds one is refused in a sentence.
"""

from enum import StrEnum
from typing import Any

from models.errors import Refusal
from models.facts import Json

MARKER = "opstap_unreadable"


class Why(StrEnum):
    """Why something could not be read."""

    PLAIN = "plain"
    OTHER_KEY = "other_key"
    DAMAGED = "damaged"
    ERASED = "erased"
    NO_KEYS = "no_keys"
    NOT_ALLOWED = "not_allowed"


SENTENCES = {
    Why.PLAIN: "Deze vraag kwam onverzegeld binnen en is niet uitgevoerd. Zet de stap met `opstap "
    "step`, of geef het programma van Temporal het adres van `opstap codec` voor dit dossier.",
    Why.OTHER_KEY: "Deze vraag is verzegeld voor een ander dossier en is niet uitgevoerd. Gebruik "
    "het adres van `opstap codec` voor dit dossier.",
    Why.DAMAGED: "Deze vraag is beschadigd en is niet uitgevoerd. Zet de stap opnieuw.",
    Why.ERASED: "Dit dossier is gewist. Er kan niets meer gelezen of geschreven worden.",
    Why.NO_KEYS: "Opstap kan de sleutel van dit dossier nu niet lezen: antwoordt de databank? "
    "Probeer het straks opnieuw.",
    Why.NOT_ALLOWED: "Deze stap is niet verzegeld en niet uitgevoerd: dit sleutelwoord mag geen "
    "stappen zetten, of het adres van `opstap codec` noemt een ander dossier.",
}

# The same, for who asked something and cannot read the answer.
ANSWERS = {
    **dict.fromkeys(
        Why,
        "Het antwoord van Temporal kan niet gelezen worden: het is niet verzegeld met de sleutel "
        "van dit dossier. Meld dit aan wie Opstap beheert.",
    ),
    Why.ERASED: SENTENCES[Why.ERASED],
    Why.NO_KEYS: SENTENCES[Why.NO_KEYS],
}


def marker(why: Why) -> Json:
    """Return the marker."""
    return {MARKER: why.value}


def unreadable(value: Any) -> Refusal | None:
    """Return the refusal of a marker, or None for anything else."""
    why = value.get(MARKER) if isinstance(value, dict) and len(value) == 1 else None
    if why not in set(Why):
        return None
    return Refusal("unreadable", SENTENCES[Why(why)])
