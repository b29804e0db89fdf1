from datetime import date
from decimal import Decimal

import pytest

from models.errors import Refusal
from models.indexation import Proposal, anniversary, months_of, propose
from models.money import quote
from models.rent import Quote
from tests.models.world import RULES, WMK

START = date(2025, 3, 1)
INDEX = {figure.month: figure.value for figure in WMK.health_index}


def rent(bedrooms: int, *, shared: bool = False) -> Quote:
    made = quote(RULES, bedrooms=bedrooms, shared=shared, flat_rate=Decimal(65))
    assert isinstance(made, Quote)
    return made


def proposed(
    made: Quote,
    *,
    start: date = START,
    end: date | None = date(2027, 2, 28),
    day: date = date(2026, 2, 1),
) -> Proposal | Refusal:
    return propose(made, lease_start=start, lease_end=end, day=day, index=INDEX)


@pytest.mark.parametrize(
    ("bedrooms", "new", "total"),
    [(1, "111.84", "328.84"), (2, "137.26", "354.26"), (3, "162.67", "379.67")],
)
def test_only_the_base_rent_follows_the_index(bedrooms: int, new: str, total: str) -> None:
    made = proposed(rent(bedrooms))

    assert isinstance(made, Proposal)
    (raised,) = made.raised
    assert (Decimal(new), Decimal(total)) == (raised.new, made.new_total)
    assert date(2026, 3, 1) == made.since


def test_the_calculation_is_printed() -> None:
    made = proposed(rent(3, shared=True))

    assert isinstance(made, Proposal)
    assert ["€ 160,00 × 138,06/135,79 = € 162,67, gedeeld door 2 = € 81,34"] == [
        one.formula for one in made.raised
    ]
    assert ("Dit is een voorstel: een medewerker beslist, en laat het de bewoner weten.",) == (
        made.remarks
    )


def test_an_index_that_is_not_known_is_asked_for() -> None:
    made = proposed(rent(1), start=date(2025, 4, 1), day=date(2026, 2, 1))

    assert isinstance(made, Refusal)
    assert made.text == (
        "De gezondheidsindex van maart 2025 is niet gekend. Geef hem op, of zet hem in het "
        "profiel van het programma."
    )


def test_a_lease_that_ends_before_its_anniversary_is_not_indexed() -> None:
    made = proposed(rent(1), end=date(2026, 2, 28))

    assert isinstance(made, Refusal)
    assert made.text == (
        "Het contract eindigt op 28/2/2026, voor het op 1/3/2026 verjaart: er valt niets te "
        "indexeren."
    )


def test_an_older_lease_asks_for_a_persons_look() -> None:
    made = proposed(rent(1), start=date(2022, 3, 1), end=None)

    assert isinstance(made, Refusal)  # the index of February 2022 is not in the profile
    index = {**INDEX, "2022-02": Decimal("119.04")}
    old = propose(
        rent(1), lease_start=date(2022, 3, 1), lease_end=None, day=date(2026, 2, 1), index=index
    )
    assert isinstance(old, Proposal)
    assert "Contract van voor 1/10/2022: bij EPC D, E of F geldt een correctie." == old.remarks[1]


@pytest.mark.parametrize(
    ("start", "day", "expected"),
    [
        ("2025-03-01", "2025-03-01", "2026-03-01"),
        ("2025-03-01", "2026-03-01", "2026-03-01"),
        ("2025-03-01", "2026-03-02", "2027-03-01"),
        ("2024-02-29", "2025-01-01", "2025-02-28"),
    ],
)
def test_the_next_anniversary(start: str, day: str, expected: str) -> None:
    found = anniversary(date.fromisoformat(start), date.fromisoformat(day))
    assert expected == found.isoformat()


def test_the_months_of_the_index_are_those_before() -> None:
    assert ("2025-02", "2026-02") == months_of(START, date(2026, 3, 1))
    assert ("2024-12", "2025-12") == months_of(date(2025, 1, 15), date(2026, 1, 15))
