"""The story of a trajectory in plain Dutch, from its outcomes alone.

Says when what happened and who did it; repeats no field of a form, so that it tells no more of a
person than an auditor needs.
"""

from collections.abc import Sequence
from datetime import date, datetime

from models.calendar import dutch_date, dutch_moment
from models.deadlines import BY_NAME
from models.facts import Outcome
from models.letters import LETTERS, LetterKind
from models.observations import OBSERVATIONS
from models.trajectory import STEPS
from models.vocabulary import Role, Source, Stage, Word

_LETTERS = {"letter_ordered": "Klaargezet", "letter_recalled": "Tegengehouden"}


def told(trajectory: str, rows: Sequence[Outcome]) -> str:
    """Return the whole story, a line for each thing that happened."""
    lines = [f"Wat er gebeurde in {trajectory}", ""]
    stage = ""
    for row in rows:
        if row.stage != stage:
            stage = row.stage
            lines += ["", f"== {stage_of(row)} =="]
        lines.append(line(row))
    lines += ["", f"{len(rows)} rijen. De laatste heeft hash {rows[-1].hash}." if rows else ""]
    return "\n".join(lines).strip() + "\n"


def line(row: Outcome) -> str:
    """Return one row as a sentence."""
    since = "" if row.valid_from[:10] == row.recorded_at[:10] else f", geldig {_since(row)}"
    notes = "".join(f" [{note}]" for note in notes_of(row))
    return f"{row.seq:>4}. {_moment(row.recorded_at)}{since}: {what(row)}, door {who(row)}.{notes}"


def what(row: Outcome) -> str:
    """Return what a row is, by its Dutch name."""
    kind = row.kind
    if kind in STEPS:
        return STEPS[kind].label
    if kind in OBSERVATIONS:
        text = OBSERVATIONS[kind].text
    elif kind in BY_NAME:
        text = BY_NAME[kind].text
    else:
        text = _LETTERS.get(kind, kind)
    letter = row.detail.get("letter")
    named = f": {letter_label(letter['kind'])}" if letter else ""
    return text.rstrip(".") + named


def who(row: Outcome) -> str:
    """Return who did it, with their role."""
    if row.role == Role.SYSTEM:
        return "Opstap zelf"
    return f"{row.by} ({_label(Role, row.role).lower()})"


def stage_of(row: Outcome) -> str:
    """Return the stage after a row, by its Dutch name."""
    return _label(Stage, row.stage) if row.stage else "Nog niet begonnen"


def notes_of(row: Outcome) -> list[str]:
    """Return what an auditor should notice about a row."""
    notes = []
    if row.detail.get("override"):
        notes.append("een regel werd opzijgezet")
    if row.detail.get("second"):
        notes.append("met een tweede persoon")
    if row.source == Source.TEMPORAL:
        notes.append("bron niet bevestigd")
    return notes


def letter_label(kind: str) -> str:
    """Return the Dutch name of a letter; a kind that is not known names itself."""
    return LETTERS[LetterKind(kind)].label if kind in set(LetterKind) else kind


def _label(words: type[Word], value: str) -> str:
    return words(value).label if value in set(words) else value


def _since(row: Outcome) -> str:
    if row.valid_from[:10] > row.recorded_at[:10]:
        return f"vanaf {dutch_date(date.fromisoformat(row.valid_from[:10]))}"
    return f"sinds {dutch_date(date.fromisoformat(row.valid_from[:10]))}"


def _moment(text: str) -> str:
    return dutch_moment(datetime.fromisoformat(text))
