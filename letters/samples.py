"""Invented people with whom letters are tried; the facts of each letter stand beside its texts."""

from datetime import date

from letters.render import LetterPeople

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
DAY = date(2027, 5, 6)
REFERENCE = "voorbeeld"
