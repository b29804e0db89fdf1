"""Whose payment it is: the ladder from a structured communication down to a name, pure.

A valid communication of somebody whose file is open is booked. A known payer with the exact amount,
a communication inside free text, or a name is proposed to a person. The rest waits in the queue,
each with why. Nothing is ever guessed twice over: two hints that disagree propose nobody.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from models.communication import is_valid, printed
from models.euro import euro
from models.statements import Movement
from models.vocabulary import Word

# Twelve digits as people write them: with signs, slashes, dots or spaces, or with nothing.
_IN_TEXT = re.compile(r"(?<!\d)(\d{3})[ /.]?(\d{4})[ /.]?(\d{5})(?!\d)", re.ASCII)
_WORDS = re.compile(r"[a-z0-9]+")
_LEAST_NAMES = 2


class Fate(Word):
    """What became of a payment."""

    BOOKED = "geboekt", "Geboekt"
    PROPOSED = "voorstel", "Voorstel"
    UNMATCHED = "onbekend", "Onbekend"
    OTHER = "uitgaand", "Uitgaand"
    CLEARED = "afgehandeld", "Geen huur"


class Way(Word):
    """By what a payment found its resident."""

    STRUCTURED = "mededeling", "Gestructureerde mededeling"
    PAYER = "betaler", "Gekende betaler en bedrag"
    IN_TEXT = "in_tekst", "Mededeling in de vrije tekst"
    NAME = "naam", "Naam"
    REVERSED = "teruggenomen", "Zelfde bedrag en mededeling als eerder"
    PERSON = "persoon", "Door een medewerker"


@dataclass(frozen=True, slots=True)
class Match:
    """What is to become of a payment; `reverses` is the movement that it takes back."""

    fate: Fate
    trajectory: str | None = None
    way: Way | None = None
    why: str = ""
    reverses: str | None = None


@dataclass
class Book:
    """What is known of those who pay.

    Attributes:
        digits: the structured communications of everybody → trajectory.
        open: the trajectories that can take a payment.
        owed: what each of them still owes, as far as it is known.
        payers: the accounts that paid before, as the store marks them → for whom.
        names: gives the names, asked for at the first payment that needs them.
        booked: what came in before and can be taken back: (trajectory, amount) → movements.
    """

    digits: Mapping[str, str]
    open: frozenset[str]
    owed: dict[str, Decimal] = field(default_factory=dict)
    payers: Mapping[str, Iterable[str]] = field(default_factory=dict)
    names: Callable[[], Mapping[str, str]] = dict
    booked: dict[tuple[str, Decimal], list[str]] = field(default_factory=dict)

    @cached_property
    def by_word(self) -> dict[str, set[str]]:
        """Return the residents by each word of their names."""
        found: dict[str, set[str]] = {}
        for trajectory, words in self.words.items():
            for word in words:
                found.setdefault(word, set()).add(trajectory)
        return found

    @cached_property
    def words(self) -> dict[str, frozenset[str]]:
        """Return the words of the name of everybody whose file is open."""
        told = {who: words_of(name) for who, name in self.names().items() if who in self.open}
        return {who: words for who, words in told.items() if len(words) >= _LEAST_NAMES}


def match(movement: Movement, payer: str | None, book: Book) -> Match:
    """Say what becomes of a payment; `payer` is the account it came from, as the store marks it."""
    said = movement.structured
    whose = book.digits.get(said) if said and is_valid(said) else None
    if movement.amount <= 0:
        return _out(movement, whose, book)
    if movement.reversal:
        return Match(Fate.UNMATCHED, why="De bank boekte hier iets terug.")
    if whose in book.open and whose is not None:
        return Match(Fate.BOOKED, whose, Way.STRUCTURED)
    hints = _hints(movement, payer, book)
    who = {hint.trajectory for hint in hints}
    if len(who) == 1:
        return hints[0]
    if len(who) > 1:
        return Match(Fate.UNMATCHED, why="De aanwijzingen wijzen naar verschillende bewoners.")
    return Match(Fate.UNMATCHED, why=_why(movement, payer, whose, book))


def _hints(movement: Movement, payer: str | None, book: Book) -> list[Match]:
    """Return what points at somebody, the strongest first; a name only where nothing else does."""
    hints = []
    exact = [one for one in _known(payer, book) if book.owed.get(one) == movement.amount]
    if len(exact) == 1:
        hints.append(Match(Fate.PROPOSED, exact[0], Way.PAYER))
    inside = {book.digits[digits] for digits in in_text(movement.text) if digits in book.digits}
    hints += [Match(Fate.PROPOSED, one, Way.IN_TEXT) for one in sorted(inside & book.open)]
    if not hints:
        hints = [Match(Fate.PROPOSED, one, Way.NAME) for one in _named(movement, book)]
    return hints


def _known(payer: str | None, book: Book) -> list[str]:
    if payer is None:
        return []
    return sorted(one for one in book.payers.get(payer, ()) if one in book.open)


def _out(movement: Movement, whose: str | None, book: Book) -> Match:
    """Money that went out: a payment that is taken back, or nothing to do with residents."""
    if movement.amount == 0 or (whose is None and not movement.reversal):
        return Match(Fate.OTHER)
    earlier = book.booked.get((whose, -movement.amount), []) if whose else []
    if movement.reversal and whose is not None and earlier:
        return Match(Fate.BOOKED, whose, Way.REVERSED, reverses=earlier[-1])
    why = (
        "Een betaling wordt teruggenomen, en ze is hier niet gevonden."
        if movement.reversal
        else "Er ging geld naar een bewoner: een terugbetaling?"
    )
    return Match(Fate.UNMATCHED, why=why)


def _why(movement: Movement, payer: str | None, whose: str | None, book: Book) -> str:
    said = movement.structured
    if said and not is_valid(said):
        return f"De mededeling {_shown(said)} is fout: het controlecijfer klopt niet."
    if whose is not None:
        return "De mededeling is van een dossier dat afgesloten is."
    known = _known(payer, book)
    if len(known) > 1:
        return f"Deze betaler betaalt voor {len(known)} bewoners."
    if known:
        owed = book.owed.get(known[0])
        return "Gekende betaler, ander bedrag" + (f" (open: {euro(owed)})." if owed else ".")
    if said:
        return f"De mededeling {_shown(said)} is van niemand."
    return "Niets wijst naar een bewoner."


def _shown(digits: str) -> str:
    return printed(digits) if len(digits) == 12 else f"'{digits}'"


def in_text(text: str) -> list[str]:
    """Return the valid communications that stand in free text."""
    found = ("".join(groups) for groups in _IN_TEXT.findall(text))
    return [digits for digits in found if is_valid(digits)]


# ---- names --------------------------------------------------------------------------------------
def words_of(name: str) -> frozenset[str]:
    """Return the words of a name, without accents, case or signs."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return frozenset(_WORDS.findall("".join(c for c in plain if not unicodedata.combining(c))))


def _named(movement: Movement, book: Book) -> list[str]:
    """Return whose whole name stands in the payer's name or the text; an initial may stand in."""
    there = words_of(f"{movement.name} {movement.text}")
    near = {one for word in there for one in book.by_word.get(word, ())}
    whole = sorted(one for one in near if book.words[one] <= there)
    if whole:
        return whole
    payer = words_of(movement.name)
    return sorted(one for one in near if _fits(book.words[one], payer))


def _fits(name: frozenset[str], payer: frozenset[str]) -> bool:
    """Whether a payer is this name with initials: "J PEETERS" is Jan Peeters, "PEETERS" nobody."""
    missing, left = name - payer, payer - name
    if not missing or len(missing) == len(name) or len(left) < len(missing):
        return False
    initials = {word for word in left if len(word) == 1}
    return all(word[0] in initials for word in missing)
