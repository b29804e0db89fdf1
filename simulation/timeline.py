"""The timeline of a play: per resident, in Dutch, what happened when and which letters left.

Made to be read by staff and trainers; names no people, only the codes of the script.
"""

from collections.abc import Iterable
from decimal import Decimal

from models.deadlines import BY_NAME
from models.euro import euro
from models.facts import Outcome
from models.letters import LETTERS, LetterKind
from models.observations import OBSERVATIONS
from models.trajectory import STEPS
from models.vocabulary import Role, Stage
from simulation.played import Played
from simulation.script import wall

_STEPS = {name: step.label for name, step in STEPS.items()}
_ROLES = {role.value: role.label.lower() for role in Role}
_STAGES = {stage.value: stage.label for stage in Stage}
_LETTERS = {kind.value: row.label for kind, row in LETTERS.items()}
_SEEN = {name: row.text for name, row in OBSERVATIONS.items()}
_LETTER_WORDS = {
    "letter_ordered": "brief klaargelegd",
    "letter_recalled": "brief tegengehouden",
    "letter_sent": "brief verzonden",
    "letter_to_print": "brief af te drukken en te posten",
    "letter_refused": "brief niet aangekomen",
    "letter_uncertain": "niet zeker of de brief vertrok",
}
assert set(_LETTERS) == {kind.value for kind in LetterKind}, "every letter has its Dutch name"


def timeline_of(played: Played) -> Iterable[bytes]:
    """Return the lines of the timeline."""
    refused: dict[str, list[str]] = {}
    for no in played.refusals:
        label = _STEPS.get(no.step, "Bankafschrift")
        refused.setdefault(no.resident, []).append(
            f"  {_day(wall(no.at))}  geweigerd (regel {no.line}): {label}: {no.text}"
        )
    until = _day(wall(played.script.until))
    yield f"Tijdlijn van {len(played.lives)} trajecten, tot {until}".encode()
    for life in played.lives:
        last = life.outcomes[-1]
        title = f"{life.resident} · {_STAGES.get(last.stage, '')}"
        yield f"\n{title}\n{'-' * len(title)}".encode()
        stage = ""
        for row in life.outcomes:
            yield _line(row, stage).encode()
            stage = row.stage
        if life.resident in refused:
            yield "\n".join(refused.pop(life.resident)).encode()
    for resident in sorted(refused):
        yield f"\n{resident} · niet gestart\n".encode() + "\n".join(refused[resident]).encode()


def _line(row: Outcome, before: str) -> str:
    word = _LETTER_WORDS.get(row.kind)
    if word is not None:
        letter = row.detail["letter"]
        to = ", ".join(_ROLES[role] for role in letter["recipients"])
        return f"  {_day(row.recorded_at)}    {word}: {_LETTERS[letter['kind']]} (aan {to})"
    second = row.detail.get("second")
    both = f"{row.by} en {second['who']}" if second else row.by
    who = f" ({both})" if row.source not in {"deadline", "observation"} else ""
    arrow = f" → {_STAGES[row.stage]}" if row.stage != before else ""
    flags = row.detail.get("flags")
    noted = f" [{'; '.join(flags)}]" if flags else ""
    return f"  {_day(row.recorded_at)}  {_what(row)}{who}{arrow}{noted}"


def _what(row: Outcome) -> str:
    if row.source == "deadline":
        return "Termijn: " + BY_NAME[row.kind].text.format(**row.detail.get("data", {}))
    if row.kind in {"payment", "payment_reversed"}:
        return f"{_SEEN[row.kind]}: {euro(Decimal(row.detail['data']['amount']))}"
    return _STEPS.get(row.kind) or _SEEN[row.kind]


def _day(stamp: str) -> str:
    """Write "2027-05-06T11:00+02:00" as Belgians do; by its letters, for speed."""
    return f"{stamp[8:10]}/{stamp[5:7]}/{stamp[:4]} {stamp[11:16]}"
