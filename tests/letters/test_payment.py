"""The structured communication and the QR code of a payment, and how they stand in a letter."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from letters.errors import LetterError
from letters.payment import Payment, epc_text, is_structured, qr_svg, spaced, structured
from letters.pdf import as_pdf
from letters.render import Letters
from tests.letters.writing import written

IBAN = "BE68539007547034"
DUE = {
    "amount": "1234.50",
    "iban": "BE68 5390 0754 7034",
    "name": "Wonen Met Kansen",
    "communication": "+++090/9337/55493+++",
    "due": "2027-06-15",
}


def test_a_structured_communication_as_banks_print_it() -> None:
    assert "+++090/9337/55493+++" == structured(909337554)
    assert "+++000/0000/09797+++" == structured(97)


@given(st.integers(1, 10**10 - 1))
def test_every_number_gives_a_communication_that_adds_up(number: int) -> None:
    text = structured(number)
    assert is_structured(text)
    check = int(text[-5:-3])
    assert 1 <= check <= 97
    assert check == (number % 97 or 97)


@given(st.integers(1, 10**10 - 1), st.integers(3, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(number: int, place: int, by: int) -> None:
    text = structured(number)
    if text[place] == "/":
        return
    wrong = text[:place] + str((int(text[place]) + by) % 10) + text[place + 1 :]
    assert not is_structured(wrong)


@pytest.mark.parametrize("number", [0, -1, 10**10])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=f"{number} past niet in een gestructureerde mededeling"):
        structured(number)


def test_the_code_says_what_the_standard_wants() -> None:
    assert (
        "BCD\n002\n1\nSCT\n\nWonen Met Kansen\nBE68539007547034\nEUR1234.50\n\n\n"
        "+++090/9337/55493+++" == epc_text(Payment.model_validate(DUE))
    )
    assert qr_svg("x") == qr_svg("x")
    assert "BE68 5390 0754 7034" == spaced(IBAN)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"amount": "-5"}, "greater than 0"),
        ({"amount": "0"}, "greater than 0"),
        ({"amount": "1.005"}, "no more than 2 decimal places"),
        ({"iban": "BE68539007547035"}, "is geen geldig rekeningnummer"),
        ({"communication": "+++090/9337/55494+++"}, "is geen geldige gestructureerde mededeling"),
    ],
)
def test_a_payment_that_cannot_be_made_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Payment.model_validate({**DUE, **change})


def test_a_payment_stands_in_every_form_of_a_letter(tmp_path: Path) -> None:
    letter = written(tmp_path, "Beste\n\n{{ due|payment }}\n\nTot ziens\n", {"due": DUE})
    assert ["p", "pay", "p"] == [block["t"] for block in letter.tree["blocks"]]
    assert "| Bedrag: €\u00a01.234,50\n| Betaal ten laatste op: 15 juni 2027\n" in letter.text()
    assert "| Mededeling: +++090/9337/55493+++\n" in letter.text()
    assert "BE68 5390 0754 7034" in letter.html()
    drawn = as_pdf(letter.tree, Letters().sheet(("Ali",)))
    assert drawn == as_pdf(letter.tree, Letters().sheet(("Ali",)))
    assert b"QR-code" in drawn or drawn.startswith(b"%PDF-1.7")


def test_a_payment_inside_a_sentence_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LetterError, match=r"\|payment hoort alleen op een regel"):
        written(tmp_path, "Betaal {{ due|payment }} nu\n", {"due": DUE})


def test_amounts_are_exact() -> None:
    assert Decimal("1234.50") == Payment.model_validate(DUE).amount
