"""A letter on paper of which a correction changed the facts, before anybody posted it.

What was put in the print queue is never written again under its key: the log names its proof. The
correction takes it out of the queue (`models.reconcile`) and asks for another; a person lets that
one be written, as a letter of its own.
"""

from collections.abc import Mapping

from pydantic import Field

from models.context import Context
from models.errors import Refusal
from models.facts import Task
from models.fields import Fields, Text
from models.letters import LetterKind
from models.state import Letter
from models.vocabulary import LetterStatus


class WriteAgain(Fields):
    """A letter that was taken out of the print queue is written again, with the right facts."""

    letter: Text = Field(title="Brief", description="nummer van de brief, bv. 7-neighbours")


def is_to_be_written_again(c: Context, f: WriteAgain) -> Refusal | None:
    """A correction took the letter out of the print queue, and nobody had it written again."""
    task = c.state.tasks.get(_task(f.letter))
    if task is None or task.done_at is not None:
        return Refusal(
            "not_to_write",
            f"De brief '{f.letter}' moet niet opnieuw opgemaakt worden: geen correctie hield hem "
            "tegen, of het is al gebeurd.",
            19,
            about="letter",
        )
    return None


def write_again(c: Context, f: WriteAgain) -> None:
    """Order it with the facts as they are now; whoever waited for it waits for the new one."""
    # In a fold it still lies in the print queue.
    c.letter(f.letter, LetterStatus.RECALLED)
    c.done(f"print:{f.letter}", _task(f.letter))
    was = c.state.letters[f.letter].order
    c.order(LetterKind(was.kind), **was.facts)
    if c.state.arrears.registered == f.letter:
        c.state.arrears.registered = c.ordered[-1].key


def take_from_paper(c: Context, was: Letter, now: Letter, before: Mapping[str, Task]) -> bool:
    """Take a letter out of the print queue if it lies or lay there with facts that are wrong now.

    `was` is how it stands, `now` how the correction in `c` would have it, `before` the tasks until
    then. A notice is ordered anew with its mail (`models.contract`).
    """
    key = was.order.key
    if (
        c.rules.edition < 3
        or now.status is not LetterStatus.TO_PRINT
        or was.status not in {LetterStatus.TO_PRINT, LetterStatus.RECALLED}
        or was.order.kind == LetterKind.NOTICE_REGISTERED
        or (was.order.facts == now.order.facts and _task(key) not in before)
    ):
        return False
    right = was.order.model_copy(update={"facts": now.order.facts})
    c.state.letters[key] = was.model_copy(update={"order": right})
    for task in (f"print:{key}", _task(key)):
        if task in before:
            c.state.tasks[task] = before[task]
    if was.status is LetterStatus.TO_PRINT:
        c.letter(key, LetterStatus.RECALLED)
        c.recalled.append(key)
        c.done(f"print:{key}")
    c.task(
        _task(key),
        f"De brief '{key}' lag klaar voor de post met gegevens die niet klopten, en is "
        "tegengehouden. Gooi de afdruk weg en kies 'Brief opnieuw opmaken', of vink deze taak af.",
    )
    return True


def _task(key: str) -> str:
    return f"write_again:{key}"
