"""A letter that a correction or a restriction kept here, or that was refused with wrong facts.

What was released, on paper or to the mail server, is never written again under its key: the log
names its proof. It is held back (`models.reconcile`, `models.rights`), or stays refused, and a task
asks for another; a person lets that one be written, as a letter of its own.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import Field

from models.context import Context
from models.documents import DOCUMENTS
from models.errors import Refusal
from models.facts import Task
from models.fields import Fields, Text
from models.letters import LETTERS, LetterKind
from models.state import Letter, TrajectoryState
from models.vocabulary import LetterStatus

# What a step or a deadline orders, and may so have to be written again.
ORDERED = tuple(
    kind
    for kind in LETTERS
    if kind not in {row.kind for row in DOCUMENTS}
    or kind
    in {
        LetterKind.DAY15_MESSAGE,
        LetterKind.REMINDER,
        LetterKind.REPAYMENT_PLAN,
        LetterKind.FORMAL_NOTICE,
        LetterKind.FUND_INFO,
        LetterKind.COURT_FILE,
    }
)
_WRITE_AGAIN = "kies 'Brief opnieuw opmaken', of vink deze taak af."


class WriteAgain(Fields):
    """A letter that was held back, or was refused, is written again, with the right facts."""

    letter: Text = Field(title="Brief", description="nummer van de brief, bv. 7-neighbours")


def is_to_be_written_again(c: Context, f: WriteAgain) -> Refusal | None:
    """A task asks for it: it was held back with wrong facts or by a restriction, or was refused."""
    uncertain = asks_to_write_again(c, f.letter) and _open(c, _uncertain(f.letter))
    if not uncertain and not any(_open(c, ask(f.letter)) for ask in (_task, _undelivered)):
        return Refusal(
            "not_to_write",
            f"De brief '{f.letter}' moet niet opnieuw opgemaakt worden: geen correctie of beperking "
            "hield hem tegen, hij werd niet geweigerd, of het is al gebeurd.",
            19,
            about="letter",
        )
    return None


def write_again(c: Context, f: WriteAgain) -> None:
    """Order it with the facts as they are now; whoever waited for it waits for the new one."""
    letter = c.state.letters[f.letter]
    if letter.status in {LetterStatus.TO_PRINT, LetterStatus.HELD}:
        # Only in a fold: it knows no correction that held it back.
        c.letter(f.letter, LetterStatus.RECALLED)
    letter.again = c.number
    c.done(*_closes(f.letter), _task(f.letter))
    was = letter.order
    facts: dict[str, Any] = dict(was.facts)
    if "safe_post_by" in facts:
        facts["safe_post_by"] = date.fromisoformat(facts["safe_post_by"])
    c.order(LetterKind(was.kind), **facts)
    arrears, new = c.state.arrears, c.ordered[-1].key
    for waits in ("message", "reminder", "registered"):
        if getattr(arrears, waits) == f.letter:
            setattr(arrears, waits, new)


def ask_after_restriction(c: Context, key: str) -> None:
    """Ask for a letter that a restriction held back: nothing is lost when it is lifted."""
    printed = f"print:{key}" in c.state.tasks
    c.task(
        _task(key),
        f"De brief '{key}' is tegengehouden: de verwerking van dit dossier is beperkt. "
        f"{'Gooi een afdruk weg. ' if printed else ''}Na de beperking: {_WRITE_AGAIN}",
    )


def not_delivered(c: Context, key: str, reason: str) -> None:
    """Ask for the address of a letter that was refused; it leaves again when a person says so."""
    text = f"De brief '{key}' kwam niet aan: {reason}"
    if c.rules.edition >= 3:
        text = f"{text.rstrip('.')}. Kijk het adres na en {_WRITE_AGAIN}"
    c.task(_undelivered(key), text)


def kept_on_paper(c: Context, key: str) -> bool:
    """Whether it lay in the print queue and was taken out: somebody may have posted it already."""
    recalled = c.state.letters[key].status is LetterStatus.RECALLED
    return c.rules.edition >= 3 and recalled and f"print:{key}" in c.state.tasks


def asks_to_write_again(c: Context, key: str) -> bool:
    """Whether a task asks, or asked, to write it again: as it is, it leaves no more."""
    return _task(key) in c.state.tasks


def left_all_the_same(c: Context, key: str, how: str = "was tegengehouden en vertrok toch") -> None:
    """List a letter that should not have left as it was, and did: a person puts it right."""
    c.done(_task(key))
    c.task(_rectify(key), f"De brief '{key}' {how}: stuur zo nodig een rechtzetting.")


def keep_to_write_again(c: Context, was: Letter, now: Letter, before: Mapping[str, Task]) -> bool:
    """Keep here, or refused, a released letter with facts that are wrong now; ask for another.

    `was` is how it stands, `now` how the correction in `c` would have it, `before` the tasks until
    then. A notice that nobody approves any more is not asked for here: it is approved anew.
    """
    key = was.order.key
    asked = _task(key) in before
    withdrawn = _is_withdrawn(was, now, before)
    if withdrawn:
        was = was.model_copy(update={"status": LetterStatus.RECALLED, "sent_at": None})
        c.state.letters[key] = was
        c.state.tasks[_rectify(key)] = before[_rectify(key)]
        c.done(_rectify(key))
        c.hold_back(key)
    if c.rules.edition < 3 or _written_again(c.state, now):
        return withdrawn
    if asked and was.status is now.status is LetterStatus.RECALLED:
        # A restriction held it back, in the fold too.
        c.state.letters[key] = _with_facts(was, now)
        if before[_task(key)].done_at is None:
            c.state.tasks[_task(key)] = before[_task(key)]
        return True
    if not _was_released(c, was, now, asked=asked) or (
        not asked and was.order.facts == now.order.facts
    ):
        return withdrawn
    c.state.letters[key] = _with_facts(was, now)
    # The question whether it left stays as the fold has it: open until it is written again.
    closes = () if was.status is LetterStatus.UNCERTAIN else _closes(key)
    for task in (*closes, _task(key)):
        if task in before:
            c.state.tasks[task] = before[task]
    if was.status in {LetterStatus.HELD, LetterStatus.TO_PRINT}:
        c.hold_back(key)
    c.done(*closes)
    c.task(_task(key), before[_task(key)].text if asked else _wrong(was))
    return True


def _written_again(folded: TrajectoryState, letter: Letter) -> bool:
    return f"{letter.again}-{letter.order.kind}" in folded.letters


def _is_withdrawn(was: Letter, now: Letter, before: Mapping[str, Task]) -> bool:
    """Whether it was noted as posted although it was held back, and that is taken back now."""
    unposted = now.status in {LetterStatus.TO_PRINT, LetterStatus.RECALLED}
    return was.status is LetterStatus.POSTED and unposted and _rectify(was.order.key) in before


def _with_facts(was: Letter, now: Letter) -> Letter:
    right = was.order.model_copy(update={"facts": now.order.facts})
    return was.model_copy(update={"order": right, "again": now.again})


def _was_released(c: Context, was: Letter, now: Letter, *, asked: bool) -> bool:
    """Whether SQL may hold it as proof or on its way: no letter can be written under its key."""
    if now.status in {LetterStatus.REFUSED, LetterStatus.UNCERTAIN}:
        return was.status is now.status
    if now.status is LetterStatus.TO_PRINT:
        return was.status in {LetterStatus.TO_PRINT, LetterStatus.RECALLED}
    if now.status is not LetterStatus.HELD:
        return False
    if was.status is LetterStatus.HELD:
        return was.again is not None or c.at >= was.order.send_at
    return was.status is LetterStatus.RECALLED and (asked or now.again is not None)


def _wrong(letter: Letter) -> str:
    key = letter.order.key
    if letter.status is LetterStatus.REFUSED:
        return (
            f"De brief '{key}' kwam niet aan, en zijn gegevens klopten niet. Kijk het adres na en "
            + _WRITE_AGAIN
        )
    if letter.status is LetterStatus.UNCERTAIN:
        return (
            f"Het is niet zeker of de brief '{key}' vertrok, en zijn gegevens klopten niet. Vertrok hij, "
            f"antwoord dan 'verzonden'; anders: {_WRITE_AGAIN}"
        )
    if letter.status is LetterStatus.HELD:
        return (
            f"De brief '{key}' was aan het vertrekken met gegevens die niet klopten, en is "
            f"tegengehouden: {_WRITE_AGAIN}"
        )
    return (
        f"De brief '{key}' lag klaar voor de post met gegevens die niet klopten, en is "
        f"tegengehouden. Gooi de afdruk weg en {_WRITE_AGAIN}"
    )


def _open(c: Context, key: str) -> bool:
    task = c.state.tasks.get(key)
    return task is not None and task.done_at is None


def _closes(key: str) -> tuple[str, ...]:
    """What no longer needs doing about a letter that is written again."""
    return f"print:{key}", _undelivered(key), _uncertain(key)


def _task(key: str) -> str:
    return f"write_again:{key}"


def _undelivered(key: str) -> str:
    return f"undelivered:{key}"


def _uncertain(key: str) -> str:
    return f"uncertain:{key}"


def _rectify(key: str) -> str:
    return f"rectify:{key}"
