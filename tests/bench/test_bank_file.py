from decimal import Decimal

from bank.reading import read_file
from bench.bank_file import ACCOUNT, Payer, camt_file, coda_file
from models.communication import digits_of
from models.paying import Book, Fate, match
from models.standing import Standing, place_of

PAYERS = [Payer(f"t-{number}", f"Voornaam{number} Achternaam{number}") for number in range(60)]


def test_the_file_of_the_measurement_is_a_good_one() -> None:
    first, second = read_file(coda_file(PAYERS, 1000)).statements
    (third,) = read_file(coda_file(PAYERS, 500, first_day=2)).statements
    assert [ACCOUNT] * 3 == [first.account, second.account, third.account]
    assert None is place_of(second, [Standing.of(first)], copies=False)
    assert None is place_of(third, [Standing.of(first), Standing.of(second)], copies=False)
    read = read_file(camt_file(PAYERS, 500))
    assert (None, 500) == (read.fault, len(read.statements[0].movements))
    assert first.credit == read.statements[0].credit > Decimal(0)


def test_the_payers_of_the_measurement_come_by_every_way() -> None:
    names = {one.trajectory: one.name for one in PAYERS}
    book = Book(
        digits={digits_of(one): one for one in names},
        open=frozenset(names),
        names=lambda: names,
    )
    (statement,) = read_file(coda_file(PAYERS, 500)).statements
    fates = [match(one, None, book).fate for one in statement.payments()]
    counts = {fate: fates.count(fate) for fate in Fate if fate in fates}
    assert {Fate.BOOKED: 332, Fate.PROPOSED: 126, Fate.UNMATCHED: 42} == counts
