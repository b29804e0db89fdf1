"""Observations: what comes back from registers, the post and other trajectories.

One row per name. An observation is a fact; a row may refuse it only where another trajectory asks.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from models import admission, arrears, matching, movein, receiving
from models.choices import MatchOutcome
from models.context import Context
from models.errors import Refusal
from models.facts import Json
from models.fields import Amount, Day, Id, Line, Moment, dutch
from models.rewriting import left_all_the_same, not_delivered
from models.state import Letter
from models.vocabulary import Debt, LetterStatus, Role, Stage

Seen = Callable[[Context, Json], Stage | None]


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """One kind of observation: what it changes, the rules behind it, and who may send it."""

    name: str
    text: str
    move: Seen
    rules: tuple[int, ...]
    refuses: Callable[[Context, Json], Refusal | None] | None = None
    from_outside: bool = False
    edge: str | None = None


class MatchPlanned(BaseModel):
    """Another trajectory invites this one."""

    other: Id
    at: Moment
    place: Line


class MatchRecorded(BaseModel):
    """How that went, or that it is off."""

    other: Id
    outcome: MatchOutcome
    off: bool = False


class HousemateMovedIn(BaseModel):
    """Who joins, since when."""

    other: Id
    since: Day


class DwellingChanged(BaseModel):
    """A dwelling and its last day."""

    dwelling: Id
    available_until: Day | None = None


class Paid(BaseModel):
    """A movement of the bank that is this resident's, by its own key."""

    movement: Id
    amount: Amount = Field(gt=0)
    booked: Day
    value: Day
    debt: Debt | None = None


class PaidBack(BaseModel):
    """A payment that the bank took back."""

    movement: Id
    reverses: Id | None = None
    amount: Amount = Field(gt=0)
    booked: Day
    value: Day


class StatementLoaded(BaseModel):
    """Until which day the bank's data now reach."""

    closes: Day


Refuses = Callable[[Context, Json], Refusal | None]


def _reads(model: type[BaseModel], then: Refuses | None = None) -> Refuses:
    """Refuse what cannot be read: a message that a move trips over would hold up the trajectory."""

    def refuses(c: Context, data: Json) -> Refusal | None:
        try:
            model.model_validate(data)
        except ValidationError as error:
            errors = error.errors(include_url=False, include_input=False)
            return Refusal("bad_fields", " ".join(dutch(one, model) for one in errors[:3]))
        return then(c, data) if then is not None else None

    return refuses


def _has_an_account(c: Context, _: Json) -> Refusal | None:
    """Only who lived somewhere pays rent: another payment is for a person to look at."""
    if c.state.lease is None:
        return Refusal("no_account", "Deze persoon huurt hier niet: er is geen rekening.", 57)
    return None


def _of_a_letter(then: Seen) -> Seen:
    """Look only at letters that there are: in a fold, the step that ordered one may be gone."""

    def seen(c: Context, data: Json) -> Stage | None:
        return then(c, data) if data["key"] in c.state.letters else None

    return seen


def _sent(c: Context, data: Json) -> None:
    if c.state.letters[data["key"]].status is LetterStatus.RECALLED:
        c.flag("de brief vertrok nog voor hij tegengehouden werd")
        if c.rules.edition >= 3:
            left_all_the_same(c, data["key"])
    c.letter(data["key"], LetterStatus.SENT)
    letter = c.state.letters[data["key"]]
    letter.sent_at = c.at
    arrears.letter_left(c, letter, c.day)


def _to_print(c: Context, data: Json) -> None:
    if c.rules.edition >= 3 and c.state.letters[data["key"]].status is LetterStatus.RECALLED:
        # It was held back while it was being made: nobody has it on paper yet.
        c.hold_back(data["key"])
        return
    c.letter(data["key"], LetterStatus.TO_PRINT)
    c.task(f"print:{data['key']}", f"Druk de brief '{data['key']}' af en post hem.", due=c.day)


def _refused(c: Context, data: Json) -> None:
    c.letter(data["key"], LetterStatus.REFUSED)
    not_delivered(c, data["key"], data["reason"])


def _uncertain(c: Context, data: Json) -> None:
    c.letter(data["key"], LetterStatus.UNCERTAIN)
    c.task(
        f"uncertain:{data['key']}",
        f"Het is niet zeker of de brief '{data['key']}' vertrok. Staat hij in de verzonden map, of kwam "
        "hij aan? Antwoord: verzonden of opnieuw.",
    )


def _catch_up(c: Context, data: Json) -> None:
    """One proposal for everything that was missed: no burst of letters (design point 5).

    Each has a task of its own: a second one does not write over what the first still asks.
    """
    lines = "; ".join(data["texts"])
    c.state.missed.update(data["letters"])
    c.task(
        f"catch_up:{c.number}" if c.rules.edition >= 2 else "catch_up",
        f"Dit is blijven liggen, bekijk wat nog nodig is: {lines}",
        due=c.day,
        hard=data["hard"],
    )


def _cancel_asked(c: Context, _: Json) -> None:
    """A button of the Temporal Web UI ends nobody's trajectory; a person hears of it."""
    c.flag("gevraagd om te annuleren in Temporal: het traject loopt door")
    c.task(
        "cancel_asked",
        "Iemand vroeg in Temporal om dit traject te annuleren; het loopt door. Bekijk waarom.",
        Role.MANAGER,
    )


OBSERVATIONS: dict[str, ObservationRow] = {
    row.name: row
    for row in (
        ObservationRow(
            "call_granted", "Oproepen kan", admission.call_granted, (10, 11, 13), edge="call_up"
        ),
        ObservationRow("call_denied", "Oproepen kan nu niet", admission.call_denied, (10, 11, 13)),
        ObservationRow(
            "place_reserved",
            "Plaats gereserveerd",
            movein.place_reserved,
            (31, 46, 47, 48),
            edge="offer_place",
        ),
        ObservationRow("place_taken", "Plaats niet vrij", movein.place_taken, (31, 46, 47, 48)),
        ObservationRow(
            "match_confirmed", "De andere jongere komt", matching.match_confirmed, (26,)
        ),
        ObservationRow(
            "match_refused",
            "De andere jongere kan niet",
            matching.match_refused,
            (26,),
            edge="record_match_talk",
        ),
        ObservationRow(
            "match_planned",
            "Uitgenodigd om kennis te maken",
            matching.match_planned,
            (26, 27),
            _reads(MatchPlanned, matching.can_meet),
            from_outside=True,
            edge="plan_match_talk",
        ),
        ObservationRow(
            "match_recorded",
            "Kennismaking delen gehad",
            matching.match_recorded,
            (26, 27),
            _reads(MatchRecorded),
            from_outside=True,
            edge="record_match_talk",
        ),
        ObservationRow(
            "housemate_moved_in",
            "Er komt een medebewoner bij",
            movein.housemate_moved_in,
            (16, 28, 38),
            _reads(HousemateMovedIn),
            from_outside=True,
        ),
        ObservationRow(
            "dwelling_changed",
            "De woning is langer of korter beschikbaar",
            movein.dwelling_changed,
            (46,),
            _reads(DwellingChanged),
            from_outside=True,
        ),
        ObservationRow("bank_fresh", "Bankgegevens zijn bij", arrears.bank_fresh, (58, 59, 60)),
        ObservationRow("bank_stale", "Bankgegevens zijn te oud", arrears.bank_stale, (59,)),
        ObservationRow(
            "payment",
            "Betaling",
            receiving.payment,
            (57, 60),
            _reads(Paid, _has_an_account),
            from_outside=True,
        ),
        ObservationRow(
            "payment_reversed",
            "Betaling teruggenomen",
            receiving.payment_reversed,
            (57,),
            _reads(PaidBack, _has_an_account),
            from_outside=True,
        ),
        ObservationRow(
            "statement_loaded",
            "Bankafschrift geladen",
            arrears.statement_loaded,
            (59,),
            _reads(StatementLoaded),
            from_outside=True,
        ),
        ObservationRow("letter_sent", "Brief verzonden", _of_a_letter(_sent), (6,)),
        ObservationRow("letter_to_print", "Brief in de afdrukrij", _of_a_letter(_to_print), (88,)),
        ObservationRow("letter_refused", "Brief niet aangekomen", _of_a_letter(_refused), (6,)),
        ObservationRow(
            "letter_uncertain", "Niet zeker of de brief vertrok", _of_a_letter(_uncertain), (6,)
        ),
        ObservationRow("cancel_asked", "Annuleren gevraagd in Temporal", _cancel_asked, (98,)),
        ObservationRow("catch_up", "Ingehaald na een onderbreking of pauze", _catch_up, (69,)),
    )
}
LETTER_OBSERVATIONS = ("letter_sent", "letter_to_print", "letter_refused", "letter_uncertain")


def is_news(letter: Letter | None, name: str) -> bool:
    """Whether this is not known of a letter; that a recalled one left all the same, is."""
    if letter is None:
        return False
    left_anyway = letter.status is LetterStatus.RECALLED and name != "letter_refused"
    return letter.status is LetterStatus.HELD or left_anyway


def question(key: str) -> str:
    """Return the key under which a question was asked first.

    `12-reserve_place.7` is what a correction, fact 12, asked again of `7-reserve_place`.
    """
    again, _, first = key.partition(".")
    return f"{first}-{again.partition('-')[2]}" if first else key
