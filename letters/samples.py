"""Invented people with whom letters are tried; the facts of each letter stand beside its texts."""

from datetime import date

from letters.render import LetterPeople
from models.letters import LetterRow
from models.vocabulary import Role

PEOPLE = LetterPeople(
    resident="Łukasz D'hondt",
    supporter="Sofie Peeters",
    partner="CAW Voorbeeld",
    address="Voorbeeldstraat 12 bus 0301, 2060 Antwerpen",
    programme="Wonen Met Kansen",
    organisation="SAAMO Antwerpen",
    phone="03 000 00 00",
)
ADDRESSEE = ("Łukasz D'hondt", "Voorbeeldstraat 12 bus 0301", "2060 Antwerpen")
ADDRESSEES = {
    Role.SUPPORTER: ("Sofie Peeters", "CAW Voorbeeld"),
    Role.NEIGHBOURS: ("Aan de buren",),
    Role.WELFARE_OFFICE: ("OCMW",),
}
DAY = date(2027, 5, 6)
REFERENCE = "voorbeeld"


def addressee(row: LetterRow, people: LetterPeople = PEOPLE) -> tuple[str, ...]:
    """Return an invented address of the first receiver of a letter."""
    return ADDRESSEES.get(row.to[0], (people.resident, *ADDRESSEE[1:]))
