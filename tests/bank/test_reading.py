"""What a bank file holds, in CODA and in CAMT.053."""

from datetime import date
from decimal import Decimal

import pytest

from tests.bank.asking import BOTH, DIGITS, GROUP, GROUPED, RENT, Made, good, told
from tests.bank.making import IBAN, OTHER, PAYER, Block, Line, camt, coda


@BOTH
def test_a_statement_has_its_account_its_balances_and_its_movements(made: Made) -> None:
    (one,) = good(made(Block([RENT, Line("-90.00", text="afdracht")])))
    assert (IBAN, "EUR", 47) == (one.account, one.currency, one.number)
    assert (date(2027, 3, 7), date(2027, 3, 8)) == (one.opens_on, one.closes_on)
    assert (Decimal("1000.00"), Decimal("1237.00")) == (one.opening, one.closing)
    assert (Decimal("327.00"), Decimal("90.00")) == (one.credit, one.debit)
    first, second = one.movements
    assert (DIGITS, "JANSSENS", PAYER) == (first.structured, first.name, first.iban)
    assert (None, "afdracht", Decimal("-90.00")) == (
        second.structured,
        second.text,
        second.amount,
    )


@BOTH
def test_a_grouped_receipt_is_paid_by_those_in_its_details(made: Made) -> None:
    (one,) = good(made(Block([GROUPED])))
    assert (1, 2, Decimal("540.50")) == (len(one.movements), one.details, one.credit)
    paid = [(movement.structured, movement.amount) for movement in one.payments()]
    assert [(DIGITS, Decimal("327.00")), ("000000000101", Decimal("213.50"))] == paid


@BOTH
def test_several_accounts_in_one_file_are_several_statements(made: Made) -> None:
    statements = good(made(Block([RENT]), Block([RENT], account=OTHER, opening="-5.00")))
    assert [IBAN, OTHER] == [one.account for one in statements]
    assert Decimal("322.00") == statements[1].closing


@BOTH
def test_a_statement_without_movements_is_a_statement(made: Made) -> None:
    (one,) = good(made(Block([])))
    assert (0, Decimal("1000.00")) == (len(one.movements), one.closing)


@BOTH
def test_a_file_that_is_marked_as_a_duplicate_says_so(made: Made) -> None:
    (one,) = good(made(Block([RENT], copy=True)))
    assert one.copy


@BOTH
def test_a_payment_that_is_taken_back_is_a_reversal(made: Made) -> None:
    (one,) = good(made(Block([Line("-327.00", digits=DIGITS, reason="MS03")])))
    (movement,) = one.movements
    assert (True, Decimal("-327.00"), "JANSSENS") == (
        movement.reversal,
        movement.amount,
        movement.name,
    )


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", ""])
def test_coda_ends_its_lines_in_any_way(end: str) -> None:
    (one,) = good(coda(Block([RENT]), end=end))
    assert Decimal("1327.00") == one.closing


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "utf-8", "latin-1"])
def test_a_name_with_accents_survives_each_encoding(encoding: str) -> None:
    content = coda(Block([Line("327.00", name="Hélène Müller")]))
    (one,) = good(content.decode("cp1252").encode(encoding))
    assert "Hélène Müller" == one.movements[0].name


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 15)])
def test_camt_is_read_from_version_02_to_14(version: str) -> None:
    (one,) = good(camt(Block([RENT]), version=version))
    assert ("JANSSENS", DIGITS) == (one.movements[0].name, one.movements[0].structured)


@pytest.mark.parametrize(("version", "kind"), [("01", "053.001.01"), ("15", "053.001.15")])
def test_another_version_of_camt_is_named(version: str, kind: str) -> None:
    code, text = told(camt(Block([RENT]), version=version))
    assert "kind" == code
    assert f"Dit is camt.{kind}. Opstap leest camt.053 in de versies 02 tot 14" in text


def test_an_intraday_report_is_not_a_statement() -> None:
    report = camt(Block([RENT])).replace(b"camt.053", b"camt.052")
    code, text = told(report.replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"))
    assert ("kind", True) == (code, text.startswith("Dit is camt.052.001.08."))


def test_details_of_details_are_left_to_the_bank() -> None:
    """The library stumbles over them."""
    inner = Line("540.50", grouped=True, details=[*GROUP, Line("1.00", inner=True)])
    (one,) = good(coda(Block([inner])))
    assert 2 == one.details
