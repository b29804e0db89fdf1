"""Every letter in one list: what the table says of it, and what its own front matter adds."""

from typing import NamedTuple

from letters.sources import DUTCH, Library
from models.deadlines import DEADLINES
from models.letters import LETTERS, LetterRow
from models.trajectory import STEPS
from models.vocabulary import Role

ON_REQUEST = "Op vraag"


class Entry(NamedTuple):
    """One kind of letter, as people look it up."""

    kind: str
    label: str
    to: list[str]
    channels: list[str]
    languages: list[str]
    when: list[str]
    alone: bool
    lines: str
    article: str | None
    on_uncertain: str
    to_settle: list[str]
    folder: str


def catalogue(library: Library) -> list[Entry]:
    """Return every kind, in the order of the table.

    Raises:
        LetterError: a letter without a Dutch text.
    """
    return [_entry(library, row) for row in LETTERS.values()]


def wanted_languages(row: LetterRow) -> tuple[str, ...]:
    """Return the languages that a letter must have: what a resident reads is also translated."""
    return (DUTCH, "en", "fr") if Role.RESIDENT in row.to else (DUTCH,)


def ordered_by(row: LetterRow) -> list[str]:
    """Return the Dutch names of what orders a letter; a form for the hand is asked for."""
    steps = [step.label for step in STEPS.values() if row.kind in step.letters]
    found = [*steps, *(due.text for due in DEADLINES if due.letter is row.kind)]
    return found or [ON_REQUEST]


def _entry(library: Library, row: LetterRow) -> Entry:
    source = library.source(row.kind.value, DUTCH)
    return Entry(
        kind=row.kind.value,
        label=row.label,
        to=[role.label for role in row.to],
        channels=[channel.label for channel in source.meta.channels],
        languages=library.languages(row.kind.value),
        when=ordered_by(row),
        alone=row.alone,
        lines=row.lines,
        article=source.meta.article,
        on_uncertain=source.meta.on_uncertain,
        to_settle=source.meta.to_settle,
        folder=str(source.path.parent),
    )
