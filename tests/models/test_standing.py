from datetime import date, timedelta
from decimal import Decimal

from models.standing import Standing, place_of, stranger
from models.statements import Fault, Movement, Statement

IBAN = "BE68539007547034"


def statement(
    number: int | None, day: int, opening: str, *amounts: str, copy: bool = False
) -> Statement:
    on = date(2027, 3, day)
    moved = tuple(Movement(Decimal(amount), on, on) for amount in amounts)
    start = Decimal(opening)
    end = start + sum((one.amount for one in moved), Decimal(0))
    return Statement(IBAN, "EUR", number, on - timedelta(days=1), on, start, end, moved, copy=copy)


def fits(one: Statement, *others: Statement, copies: bool = False) -> Fault | None:
    return place_of(one, [Standing.of(other) for other in others], copies=copies)


MONDAY, TUESDAY = statement(12, 8, "100.00", "50.00"), statement(13, 9, "150.00", "-20.00")
WEDNESDAY = statement(14, 10, "130.00", "5.00")


def test_the_first_statement_of_an_account_always_fits() -> None:
    assert None is fits(TUESDAY)


def test_statements_that_follow_each_other_fit_in_any_order() -> None:
    assert None is fits(TUESDAY, MONDAY)
    assert None is fits(MONDAY, TUESDAY)
    assert None is fits(TUESDAY, MONDAY, WEDNESDAY)


def test_the_same_statement_is_known() -> None:
    fault = fits(MONDAY, MONDAY)
    assert fault is not None
    assert ("known", "Afschrift 12 van 8/3/2027 (BE68 5390 0754 7034) is al ingelezen.", False) == (
        fault.code,
        fault.text,
        fault.whole_file,
    )


def test_the_same_statement_by_another_channel_is_known_however_it_counts_its_lines() -> None:
    grouped = statement(12, 8, "100.00", "70.00", "-70.00")
    flat = statement(None, 8, "100.00", "30.00", "40.00", "-70.00")
    fault = fits(flat, grouped)
    assert fault is not None, "nothing would show in balances that end where they began"
    assert "known" == fault.code


def test_a_statement_that_is_missing_is_named() -> None:
    fault = fits(WEDNESDAY, MONDAY)
    assert fault is not None
    sentence = (
        "Tussen het afschrift van 8/3/2027 (eindsaldo € 150,00) en dat van 10/3/2027 (beginsaldo "
        "€ 130,00) ontbreekt iets: afschrift 13. Lees dat eerst in."
    )
    assert ("gap", sentence) == (fault.code, fault.text)


def test_a_gap_shows_in_the_balances_where_nothing_is_numbered() -> None:
    fault = fits(statement(None, 10, "130.00", "5.00"), statement(None, 8, "100.00", "50.00"))
    assert fault is not None
    assert ("gap", True) == (fault.code, "een afschrift, of er is er een dubbel" in fault.text)


def test_a_gap_shows_in_the_numbers_where_the_balances_happen_to_touch() -> None:
    fault = fits(statement(14, 10, "150.00", "5.00"), MONDAY)
    assert fault is not None
    assert "gap" == fault.code


def test_a_new_year_begins_to_count_again() -> None:
    old = Statement(
        IBAN, "EUR", 251, date(2026, 12, 30), date(2026, 12, 31), Decimal(0), Decimal(100), ()
    )
    assert None is fits(statement(1, 8, "100.00", "50.00"), old)


def test_the_same_number_with_another_content_is_not_taken() -> None:
    fault = fits(statement(12, 8, "100.00", "49.00"), MONDAY)
    assert fault is not None
    assert "contradicts" == fault.code
    assert "Er is al een afschrift 12 van 2027 ingelezen, met een andere inhoud." in fault.text


def test_a_copy_is_taken_only_when_asked_and_never_twice() -> None:
    copied = statement(12, 8, "100.00", "50.00", copy=True)
    fault = fits(copied)
    assert fault is not None
    assert ("copy", True) == (fault.code, "--accept-copy" in fault.text)
    assert None is fits(copied, copies=True)
    known = fits(copied, MONDAY, copies=True)
    assert known is not None
    assert "known" == known.code


def test_an_account_that_is_not_ours_is_named() -> None:
    fault = stranger(MONDAY, ["BE71096123456769"])
    assert fault is not None
    sentence = (
        "De rekening BE68 5390 0754 7034 is niet van ons. Onze rekeningen zijn: BE71 0961 2345 "
        "6769 (`accounts` in organisation.toml)."
    )
    assert ("account", sentence, False) == (fault.code, fault.text, fault.whole_file)
    assert None is stranger(MONDAY, [IBAN])
