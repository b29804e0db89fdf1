"""The rent: every combination of the playbook's table, and every part of a month."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar import add_months
from models.errors import Refusal
from models.euro import euro
from models.money import between, first_month, last_month, quote, whole_month
from models.programme import Rules
from models.rent import Proration, Quote
from models.tariff import Component, MonthDays
from models.vocabulary import Debt
from tests.models.world import RULES, programme

THIRTY = RULES.model_copy(update={"month_days": MonthDays.THIRTY})


def rent(
    bedrooms: int = 1,
    flat_rate: str | None = "65",
    *,
    shared: bool = False,
    rules: Rules = RULES,
    energy: str | None = None,
) -> Quote:
    made = quote(
        rules,
        bedrooms=bedrooms,
        shared=shared,
        flat_rate=None if flat_rate is None else Decimal(flat_rate),
        energy=None if energy is None else Decimal(energy),
    )
    assert isinstance(made, Quote), made
    return made


def refused(bedrooms: int, *, shared: bool, flat_rate: str | None = "100") -> str:
    amount = None if flat_rate is None else Decimal(flat_rate)
    made = quote(RULES, bedrooms=bedrooms, shared=shared, flat_rate=amount)
    assert isinstance(made, Refusal)
    return made.text


@pytest.mark.parametrize(
    ("bedrooms", "shared", "flat_rate", "total"),
    [
        (1, False, "65", "327.00"),
        (1, False, "183", "445.00"),
        (2, False, "65", "352.00"),
        (2, False, "183", "470.00"),
        (3, False, "65", "377.00"),
        (3, False, "183", "495.00"),
        (3, True, "65", "213.50"),
        (3, True, "183", "272.50"),
    ],
)
def test_the_rent_is_what_the_table_of_the_playbook_adds_up_to(
    bedrooms: int, shared: bool, flat_rate: str, total: str
) -> None:
    made = rent(bedrooms, flat_rate, shared=shared)

    assert (Decimal(total), ()) == (made.total, made.warnings)


def test_who_shares_pays_half_of_what_is_per_dwelling_and_the_whole_of_what_is_per_person() -> None:
    lines = rent(3, "150", shared=True).lines

    assert [
        ("vergoeding", "80.00", "woning", "technisch"),
        ("forfait", "75.00", "woning", "technisch"),
        ("interim", "45.00", "persoon", "technisch"),
        ("brand", "2.50", "persoon", "technisch"),
        ("saamo", "50.00", "persoon", "solidair"),
        ("ketel", "3.50", "persoon", "technisch"),
    ] == [(line.component, str(line.amount), line.basis, line.goes_to) for line in lines]


def test_per_person_is_a_setting_of_the_profile() -> None:
    rows = [row.model_dump() for row in RULES.tariff]
    rows[2]["basis"] = "persoon"
    rules = RULES.model_copy(update={"tariff": tuple(Component(**row) for row in rows)})

    low, high = (rent(3, rate, shared=True, rules=rules).total for rate in ("65", "183"))
    assert (Decimal("293.50"), Decimal("352.50")) == (low, high)


def test_the_energy_of_who_shares_is_a_line_and_a_debt_of_its_own() -> None:
    made = rent(3, "65", shared=True, energy="81.45")

    assert (Debt.RENT, Debt.ENERGY) == made.debts
    assert Decimal("213.50") == made.part(Debt.RENT).total
    assert Decimal("40.73") == made.part(Debt.ENERGY).total
    assert (Debt.RENT,) == rent(3, "65", energy="81.45").debts


def test_the_technical_manager_gets_all_but_our_share_and_the_energy() -> None:
    assert Decimal("277.00") == rent(1, "65").payable
    assert Decimal("163.50") == rent(3, "65", shared=True, energy="81.45").payable


@pytest.mark.parametrize("flat_rate", ["64.99", "183.01", "0"])
def test_a_flat_rate_outside_its_range_is_only_remarked_upon(flat_rate: str) -> None:
    (warning,) = rent(1, flat_rate).warnings

    assert warning == (
        f"Forfait van {euro(Decimal(flat_rate))}: het tarief rekent op tussen € 65,00 en € 183,00"
    )


def test_a_dwelling_that_is_not_in_the_tariff_has_no_rent() -> None:
    assert "Het tarief kent geen gedeelde woning met 2 slaapkamers." == refused(2, shared=True)
    assert "Het tarief kent geen gedeelde woning met 1 slaapkamer." == refused(1, shared=True)
    assert "Het tarief kent geen woning om alleen te wonen met 4 slaapkamers." == refused(
        4, shared=False
    )


def test_a_dwelling_without_flat_rate_has_no_rent_yet() -> None:
    assert "Deze woning heeft nog geen forfait in het register: vul dat eerst in." == refused(
        1, shared=False, flat_rate=None
    )


def test_a_profile_without_tariff_charges_no_rent() -> None:
    rules = RULES.model_copy(update={"tariff": ()})
    made = quote(rules, bedrooms=1, shared=False, flat_rate=None)

    assert isinstance(made, Refusal)
    assert "no_tariff" == made.code


def test_the_second_profile_has_one_amount_per_dwelling() -> None:
    rules = programme("tijdelijke-bezetting").rules(date(2027, 1, 4))

    assert Decimal(340) == rent(2, "340", rules=rules).total
    assert 1 == len(rent(2, "510", rules=rules).warnings)


def test_works_may_be_set_off_with_a_reason_but_never_to_nothing() -> None:
    def with_works(amount: str, reason: str) -> Quote | Refusal:
        return quote(
            RULES,
            bedrooms=1,
            shared=False,
            flat_rate=Decimal(65),
            deduction=Decimal(amount),
            deduction_reason=reason,
        )

    some, unsaid, all_of_it = (
        with_works("27", "schilderwerk"),
        with_works("27", " "),
        with_works("327", "schilderwerk"),
    )
    assert isinstance(some, Quote)
    assert (Decimal(300), "Aftrek: schilderwerk") == (some.total, some.lines[-1].label)
    assert isinstance(unsaid, Refusal)
    assert "Schrijf bij een aftrek waarvoor die is." == unsaid.text
    assert isinstance(all_of_it, Refusal)
    assert "De aftrek is te groot: de huur blijft hoger dan nul." == all_of_it.text


# ---- a part of a month ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("move_in", "formula"),
    [
        ("2027-03-01", "€ 327,00 (van 1/3/2027 tot en met 31/3/2027, hele maand)"),
        ("2027-03-15", "€ 327,00 × 17/31 = € 179,32 (van 15/3/2027 tot en met 31/3/2027)"),
        ("2027-03-31", "€ 327,00 × 1/31 = € 10,55 (van 31/3/2027 tot en met 31/3/2027)"),
        ("2028-02-29", "€ 327,00 × 1/29 = € 11,28 (van 29/2/2028 tot en met 29/2/2028)"),
    ],
)
def test_the_first_month_counts_the_days_from_the_day_of_moving_in(
    move_in: str, formula: str
) -> None:
    assert formula == first_month(RULES, rent(), date.fromisoformat(move_in)).formula


@pytest.mark.parametrize(
    ("move_in", "days", "total"),
    [
        ("2027-03-01", 30, "327.00"),
        ("2027-03-15", 16, "174.40"),
        ("2027-03-31", 1, "10.90"),
        ("2028-02-29", 2, "21.80"),
        ("2027-02-01", 30, "327.00"),
    ],
)
def test_a_profile_may_count_thirty_days_in_every_month(
    move_in: str, days: int, total: str
) -> None:
    part = first_month(THIRTY, rent(), date.fromisoformat(move_in))

    assert (days, 30, Decimal(total)) == (part.days, part.of_days, part.total)


def test_the_last_month_counts_the_day_of_leaving_too() -> None:
    part = last_month(RULES, rent(), date(2028, 2, 28))

    assert (28, 29, Decimal("315.72")) == (part.days, part.of_days, part.total)
    assert (30, 30) == (
        (whole := last_month(THIRTY, rent(), date(2028, 2, 29))).days,
        whole.of_days,
    )


def test_two_kinds_of_debt_are_prorated_and_rounded_each() -> None:
    part = first_month(RULES, rent(3, "65", shared=True, energy="81.45"), date(2027, 3, 15))

    assert part.formula == (
        "huur: € 213,50 × 17/31 = € 117,08; energie: € 40,73 × 17/31 = € 22,34 "
        "(van 15/3/2027 tot en met 31/3/2027)"
    )
    assert Decimal("22.34") == part.part(Debt.ENERGY).total


def test_days_of_two_months_are_no_part_of_a_month() -> None:
    with pytest.raises(ValueError, match="not a part of one month"):
        between(RULES, rent(), date(2027, 3, 31), date(2027, 4, 1))


def test_an_amount_is_written_as_belgians_do() -> None:
    assert ["€ 1.234,50", "€ 0,05", "€ -12,00"] == [
        euro(Decimal(amount)) for amount in ("1234.5", "0.05", "-12")
    ]


DAYS = st.dates(date(2025, 1, 1), date(2035, 12, 31))
RATES = st.decimals(0, 400, places=2)
KINDS = st.sampled_from([(1, False), (2, False), (3, False), (3, True)])
METHODS = st.sampled_from([RULES, THIRTY])


@given(DAYS, RATES, KINDS, METHODS)
def test_the_lines_always_add_up_to_the_total(
    day: date, rate: Decimal, kind: tuple[int, bool], rules: Rules
) -> None:
    made = rent(kind[0], str(rate), shared=kind[1], energy="63.11")
    for part in (first_month(rules, made, day), last_month(rules, made, day)):
        expected = sum(
            (
                (made.part(debt).total * part.days / part.of_days).quantize(
                    Decimal("0.01"), "ROUND_HALF_UP"
                )
                for debt in made.debts
            ),
            Decimal(0),
        )
        assert (expected, part.total) == (part.total, sum(line.amount for line in part.lines))
        assert all(line.amount >= 0 for line in part.lines)


@given(DAYS, RATES, METHODS)
def test_a_month_in_two_parts_has_all_its_days_and_differs_a_cent_at_most(
    day: date, rate: Decimal, rules: Rules
) -> None:
    made = rent(2, str(rate))
    whole = whole_month(rules, made, day)
    assert whole.total == made.total
    assert whole.days == whole.of_days
    if day == whole.until:
        return
    parts: list[Proration] = [
        last_month(rules, made, day),
        first_month(rules, made, day + timedelta(days=1)),
    ]
    days = sum(part.days for part in parts)
    # Of 30 days, the 31st is the 30th once more: who splits there pays one day twice.
    twice = rules is THIRTY and day.day == 30
    assert whole.days + twice == days
    if not twice:
        assert abs(sum(part.total for part in parts) - whole.total) <= Decimal("0.01")


@given(DAYS, RATES)
def test_who_comes_later_in_a_month_never_pays_more(day: date, rate: Decimal) -> None:
    made = rent(1, str(rate))
    if (day + timedelta(days=1)).month == day.month:
        later = first_month(RULES, made, day + timedelta(days=1))
        assert later.total <= first_month(RULES, made, day).total
    assert (
        add_months(day.replace(day=1), 1) - timedelta(days=1) == first_month(RULES, made, day).until
    )
