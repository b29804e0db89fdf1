from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.communication import digits_of, is_valid, printed
from models.paying import Book, Fate, Match, Way, in_text, match, words_of
from models.statements import Movement

DAY = date(2027, 3, 8)
AN, BO, WEG = "trajectory-an", "trajectory-bo", "trajectory-weg"
DIGITS = {who: digits_of(who) for who in (AN, BO, WEG)}
NAMES = {AN: "Anouk De Smet", BO: "Bo Peeters"}
OCMW = "mark-of-the-ocmw"
RENT = Decimal("327.00")


def paid(amount: str = "327.00", **told: object) -> Movement:
    return Movement(Decimal(amount), DAY, DAY, **told)  # type: ignore[arg-type]


def book(**known: object) -> Book:
    given = {
        "digits": {digits: who for who, digits in DIGITS.items()},
        "open": frozenset({AN, BO}),
        "names": lambda: NAMES,
        **known,
    }
    return Book(**given)  # type: ignore[arg-type]


def found(movement: Movement, payer: str | None = None, **known: object) -> Match:
    return match(movement, payer, book(**known))


def test_a_valid_communication_of_an_open_file_is_booked() -> None:
    assert Match(Fate.BOOKED, AN, Way.STRUCTURED) == found(paid(structured=DIGITS[AN]))


def test_any_amount_with_a_valid_communication_is_booked() -> None:
    for amount in ("0.01", "100.00", "981.00"):
        assert Fate.BOOKED is found(paid(amount, structured=DIGITS[AN])).fate


def test_a_wrong_check_digit_is_never_booked() -> None:
    wrong = DIGITS[AN][:-1] + str((int(DIGITS[AN][-1]) + 1) % 10)
    answer = found(paid(structured=wrong))
    assert (Fate.UNMATCHED, None) == (answer.fate, answer.trajectory)
    assert f"De mededeling {printed(wrong)} is fout: het controlecijfer klopt niet." == answer.why


def test_a_communication_of_nobody_waits() -> None:
    answer = found(paid(structured="000000000101"))
    assert (Fate.UNMATCHED, "De mededeling +++000/0000/00101+++ is van niemand.") == (
        answer.fate,
        answer.why,
    )


def test_a_payment_for_a_file_that_is_closed_waits() -> None:
    answer = found(paid(structured=DIGITS[WEG]))
    assert (Fate.UNMATCHED, "De mededeling is van een dossier dat afgesloten is.") == (
        answer.fate,
        answer.why,
    )


def test_a_known_payer_with_the_exact_amount_is_proposed() -> None:
    answer = found(paid(), OCMW, payers={OCMW: [AN]}, owed={AN: RENT})
    assert Match(Fate.PROPOSED, AN, Way.PAYER) == answer


def test_a_known_payer_with_another_amount_waits_with_what_is_open() -> None:
    answer = found(paid("300.00"), OCMW, payers={OCMW: [AN]}, owed={AN: RENT})
    assert (Fate.UNMATCHED, "Gekende betaler, ander bedrag (open: € 327,00).") == (
        answer.fate,
        answer.why,
    )


def test_who_pays_for_many_is_proposed_for_the_one_whose_amount_it_is() -> None:
    known = {"payers": {OCMW: [AN, BO]}, "owed": {AN: RENT, BO: Decimal("213.50")}}
    assert Match(Fate.PROPOSED, BO, Way.PAYER) == found(paid("213.50"), OCMW, **known)
    answer = found(paid("540.50"), OCMW, **known)
    assert (Fate.UNMATCHED, "Deze betaler betaalt voor 2 bewoners.") == (answer.fate, answer.why)


@pytest.mark.parametrize("way", ["{0}", "huur maart +++{1}/{2}/{3}+++ groeten", "{1} {2} {3}"])
def test_a_communication_inside_free_text_is_proposed(way: str) -> None:
    digits = DIGITS[AN]
    text = way.format(digits, digits[:3], digits[3:7], digits[7:])
    assert Match(Fate.PROPOSED, AN, Way.IN_TEXT) == found(paid(text=text))


def test_twelve_digits_within_a_longer_number_are_no_communication() -> None:
    assert [] == in_text(f"ref 9{DIGITS[AN]} en {DIGITS[AN]}7")


@pytest.mark.parametrize(
    "name", ["DE SMET ANOUK", "Anouk de Smet", "MEVR A. DE SMET", "DE SMET ANOUK - BOS KAREL"]
)
def test_a_name_is_proposed(name: str) -> None:
    assert Match(Fate.PROPOSED, AN, Way.NAME) == found(paid(name=name))


@pytest.mark.parametrize("name", ["DE SMET", "DE SMET K", "SMET ANOUK", "JANSSENS", "ANOUK"])
def test_half_a_name_is_nobody(name: str) -> None:
    answer = found(paid(name=name))
    assert (Fate.UNMATCHED, "Niets wijst naar een bewoner.") == (answer.fate, answer.why)


def test_two_residents_of_one_name_are_not_guessed_between() -> None:
    twice = {AN: "Bo Peeters", BO: "Bo Peeters"}
    answer = found(paid(name="PEETERS BO"), names=lambda: twice)
    assert (Fate.UNMATCHED, "De aanwijzingen wijzen naar verschillende bewoners.") == (
        answer.fate,
        answer.why,
    )


def test_hints_that_disagree_propose_nobody() -> None:
    answer = found(paid(text=DIGITS[BO]), OCMW, payers={OCMW: [AN]}, owed={AN: RENT})
    assert (Fate.UNMATCHED, None) == (answer.fate, answer.trajectory)


def test_names_are_not_asked_for_what_needs_none() -> None:
    def names() -> dict[str, str]:
        raise AssertionError("opened for nothing")

    assert Fate.BOOKED is found(paid(structured=DIGITS[AN]), names=names).fate
    assert Fate.OTHER is found(paid("-90.00"), names=names).fate


# ---- what goes out ------------------------------------------------------------------------------
def test_money_that_goes_out_is_no_residents_affair() -> None:
    assert Match(Fate.OTHER) == found(paid("-90.00", name="Interim Vastgoedbeheer"))


def test_money_to_a_resident_waits_for_a_person() -> None:
    answer = found(paid("-90.00", structured=DIGITS[AN]))
    assert (Fate.UNMATCHED, "Er ging geld naar een bewoner: een terugbetaling?") == (
        answer.fate,
        answer.why,
    )


def test_a_payment_that_is_taken_back_takes_back_the_newest_of_that_amount() -> None:
    back = paid("-327.00", structured=DIGITS[AN], reversal=True)
    answer = found(back, booked={(AN, RENT): ["m-1", "m-2"]})
    assert Match(Fate.BOOKED, AN, Way.REVERSED, reverses="m-2") == answer


def test_a_reversal_of_what_never_came_waits() -> None:
    for digits in (DIGITS[AN], None):
        answer = found(paid("-327.00", structured=digits, reversal=True))
        assert (
            Fate.UNMATCHED,
            "Een betaling wordt teruggenomen, en ze is hier niet gevonden.",
        ) == (
            answer.fate,
            answer.why,
        )


def test_money_of_ours_that_comes_back_is_nobodys_rent() -> None:
    answer = found(paid(structured=DIGITS[AN], reversal=True))
    assert (Fate.UNMATCHED, "De bank boekte hier iets terug.") == (answer.fate, answer.why)


@given(st.text(max_size=40), st.text(max_size=40), st.text(alphabet="0123456789", max_size=14))
def test_whatever_a_payer_writes_only_a_valid_communication_is_booked(
    name: str, text: str, digits: str
) -> None:
    answer = found(paid(name=name, text=text, structured=digits or None))
    assert (answer.fate is Fate.BOOKED) == (is_valid(digits) and digits in book().digits)


def test_a_name_is_compared_without_accents_and_signs() -> None:
    assert words_of("D'Haene-Müller, Zoë") == {"d", "haene", "muller", "zoe"}
