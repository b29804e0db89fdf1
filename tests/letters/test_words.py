"""Days, moments and amounts, as each language writes them."""

import pytest

from letters.errors import GapError
from letters.words import datum, euro, moment


@pytest.mark.parametrize(
    ("language", "day", "at", "amount"),
    [
        ("nl", "1 juni 2027", "dinsdag 1 juni 2027 om 11.05 uur", "€\u00a01.234,50"),
        ("en", "1 June 2027", "Tuesday 1 June 2027 at 11.05", "€1,234.50"),
        ("fr", "1er juin 2027", "mardi 1er juin 2027 à 11\u00a0h\u00a005", "1\u00a0234,50\u00a0€"),
    ],
)
def test_every_language_writes_it_its_own_way(
    language: str, day: str, at: str, amount: str
) -> None:
    assert day == datum("2027-06-01", language)
    assert at == moment("2027-06-01T09:05+00:00", language)
    assert amount == euro("1234.5", language)


def test_a_day_is_the_belgian_day() -> None:
    assert "7 mei 2027" == datum("2027-05-06T22:30+00:00")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("-0.01", "het bedrag '-0.01' is negatief"),
        ("1.005", "'1.005' is geen bedrag in euro en cent"),
        ("NaN", "'NaN' is geen bedrag in euro en cent"),
        ("veel", "'veel' is geen bedrag"),
    ],
)
def test_what_is_no_amount_is_refused(value: str, told: str) -> None:
    with pytest.raises(GapError) as refused:
        euro(value)
    assert told == str(refused.value)
