"""Letters on their way: held back, handed to the post, and mails that may not have left.

A mail cannot be counted: when the line drops after its last byte, only somebody who looks knows
whether it left. Barcodes are read here too, for the post takes no letter with a wrong one.
"""

import re
from datetime import datetime

from pydantic import Field

from models.arrears import letter_left
from models.calendar import dutch_date
from models.choices import UncertainAnswer
from models.context import Context, leaves_at
from models.contract import (
    POSTED_ANYWAY,
    Barcodes,
    RecordPosting,
    is_this_notice,
    take_notice_back,
)
from models.errors import Refusal
from models.fields import Day, Fields, Text
from models.letters import LetterKind
from models.rewriting import asks_to_write_again, kept_on_paper, left_all_the_same
from models.state import Letter
from models.vocabulary import Channel, ContractStage, LetterStatus

# The letters that leave together: their moment, and the fact that lets one of them go again.
Round = tuple[datetime, int]
# The check digit of an international barcode (Universal Postal Union, standard S10).
_S10 = re.compile(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


class RecallLetter(Fields):
    """A letter that has not left is held back."""

    letter: Text = Field(title="Brief", description="nummer van de brief, bv. 7-not_started")


class AnswerUncertain(Fields):
    """Somebody looked whether a mail left."""

    letter: Text = Field(title="Brief", description="nummer van de brief, bv. 7-not_started")
    answer: UncertainAnswer = Field(title="Vertrok hij")


class PostLetter(Fields):
    """A paper letter was posted or handed over; a notice has its own step, with barcodes."""

    letter: Text = Field(title="Brief", description="nummer van de brief, bv. 7-neighbours")
    posted_on: Day = Field(title="Gepost op")
    barcodes: Barcodes = Field(
        default_factory=list, title="Barcodes", description="van een aangetekende brief"
    )


def letter_is_held(c: Context, f: RecallLetter) -> Refusal | None:
    """The letter is still in the house: it waits for its moment, or for somebody to post it."""
    letter = c.state.letters.get(f.letter)
    if letter is None:
        return _no_letter(f.letter)
    if letter.status is LetterStatus.TO_PRINT:
        return None
    if letter.status is not LetterStatus.HELD:
        return Refusal(
            "letter_left", f"Deze brief is al '{letter.status.label.lower()}'.", about="letter"
        )
    if c.at >= letter.order.send_at:
        return Refusal("letter_leaving", "Deze brief vertrekt op dit moment.", about="letter")
    return None


def letter_is_uncertain(c: Context, f: AnswerUncertain) -> Refusal | None:
    """The question whether this letter left is open."""
    if f.letter not in c.state.letters:
        return _no_letter(f.letter)
    task = c.state.tasks.get(f"uncertain:{f.letter}")
    if task is None or task.done_at is not None:
        return Refusal(
            "not_uncertain", f"Over de brief '{f.letter}' is geen vraag open.", about="letter"
        )
    return None


def nothing_goes_while_restricted(c: Context, f: AnswerUncertain) -> Refusal | None:
    """A mail does not go again while the file may only be kept; that it left is still noted."""
    since = c.state.restricted
    if since is None or f.answer is not UncertainAnswer.AGAIN:
        return None
    return Refusal(
        "restricted",
        f"De verwerking van dit dossier is beperkt sinds {dutch_date(since)}: de mail gaat niet "
        "opnieuw. Vertrok hij toch, antwoord dan 'verzonden'; anders kan het na de beperking.",
        127,
        about="answer",
    )


def no_other_is_asked_for(c: Context, f: AnswerUncertain) -> Refusal | None:
    """A mail of which the facts were corrected meanwhile is written again; it never goes again."""
    if f.answer is not UncertainAnswer.AGAIN or not asks_to_write_again(c, f.letter):
        return None
    return Refusal(
        "other_asked",
        f"Van de brief '{f.letter}' is een nieuwe gevraagd: hij gaat niet opnieuw zoals hij was. "
        "Vertrok hij toch, antwoord dan 'verzonden'; anders: kies 'Brief opnieuw opmaken'.",
        19,
        about="answer",
    )


def letter_is_printed(c: Context, f: PostLetter) -> Refusal | None:
    """The letter is one on paper that waits, or waited, for the post; and no notice that counts."""
    letter = c.state.letters.get(f.letter)
    if letter is None:
        return _no_letter(f.letter)
    kept = kept_on_paper(c, f.letter)
    if letter.order.kind == LetterKind.NOTICE_REGISTERED and (
        not kept or is_this_notice(c, letter)
    ):
        return Refusal(
            "registered",
            "Een opzeg wordt genoteerd met 'Aangetekend gepost', met zijn barcodes.",
            88,
            about="letter",
        )
    if letter.order.channel is Channel.REGISTERED and not f.barcodes:
        return Refusal(
            "barcode_missing",
            "Dit is een aangetekende brief: geef ook de barcodes van de post.",
            67,
            about="barcodes",
        )
    if letter.status is not LetterStatus.TO_PRINT and not kept:
        return Refusal(
            "not_to_print",
            f"Deze brief wacht niet op de post: hij is '{letter.status.label.lower()}'.",
            about="letter",
        )
    return None


def barcodes_add_up(c: Context, f: RecordPosting | PostLetter) -> Refusal | None:
    """The check digit of an international barcode fits."""
    for code in f.barcodes:
        if check_digit_fails(code):
            return Refusal(
                "barcode",
                f"De barcode '{code}' klopt niet: het controlecijfer past niet. Kijk hem na.",
                88,
                about="barcodes",
            )
    return None


def check_digit_fails(code: str) -> bool:
    """Say whether this is an international barcode with a wrong check digit."""
    parts = _S10.fullmatch(code)
    if parts is None:
        return False
    rest = 11 - sum(int(d) * w for d, w in zip(parts[1], _S10_WEIGHTS, strict=True)) % 11
    return int(parts[2]) != {10: 0, 11: 5}.get(rest, rest)


def recall_letter(c: Context, f: RecallLetter) -> None:
    """Hold the letter back; a notice is one with its registered letter, and needs a new order."""
    c.hold_back(f.letter)
    c.done(f"print:{f.letter}")
    kind = c.state.letters[f.letter].order.kind
    if kind == LetterKind.NOTICE_REGISTERED and c.state.contract is ContractStage.NOTICE_READY:
        take_notice_back(c)


def answer_uncertain(c: Context, f: AnswerUncertain) -> None:
    """It left; or it waits to be sent again, as the same mail."""
    letter, again = c.state.letters[f.letter], f.answer is UncertainAnswer.AGAIN
    c.letter(f.letter, LetterStatus.HELD if again else LetterStatus.SENT)
    c.done(f"uncertain:{f.letter}")
    if not again:
        letter_left(c, letter, c.day)
        if asks_to_write_again(c, f.letter):
            left_all_the_same(c, f.letter, "vertrok, maar een nieuwe was gevraagd")
    elif c.rules.edition >= 3:
        letter.again = c.number
        # Its moment is over; on a closed day it waits for another, and is held back until then.
        send_at = leaves_at(c.rules, letter.order.send_at, c.at)
        letter.order = letter.order.model_copy(update={"send_at": send_at})


def post_letter(c: Context, f: PostLetter) -> None:
    """The letter is out of the print queue; one that was held back is to be put right."""
    letter = c.state.letters[f.letter]
    if kept_on_paper(c, f.letter):
        c.flag(POSTED_ANYWAY)
        left_all_the_same(c, f.letter)
    c.letter(f.letter, LetterStatus.POSTED)
    letter.sent_at = c.at
    c.done(f"print:{f.letter}")
    letter_left(c, letter, f.posted_on)


def round_of(letter: Letter) -> Round:
    """Return with which letters it leaves: those of its moment, or alone where it goes again."""
    return letter.order.send_at, letter.again or 0


def _no_letter(key: str) -> Refusal:
    return Refusal("no_letter", f"Er is geen brief '{key}'.", about="letter")
