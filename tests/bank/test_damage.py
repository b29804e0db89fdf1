"""What every kind of damage to a bank file says; nothing of it is guessed."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from bank.reading import read_file
from models.statements import faults_of
from tests.bank.asking import BOTH, GROUP, GROUPED, RENT, Made, good, told
from tests.bank.making import IBAN, OTHER, Block, Line, camt, coda

ROOT = Path(__file__).parents[2]


@BOTH
def test_balances_that_do_not_add_up_damn_the_file(made: Made) -> None:
    sentence = (
        "De saldo's van afschrift 47 van 8/3/2027 (BE68 5390 0754 7034) kloppen niet: € 1.000,00 "
        "en de bewegingen (+ € 327,00) geven € 1.327,00, en er staat € 1.328,00. Haal het bestand "
        "opnieuw af bij de bank."
    )
    assert ("balances", sentence) == told(made(Block([RENT], closing="1328.00")))


@BOTH
def test_a_total_without_details_names_nobody(made: Made) -> None:
    sentence = (
        "Voor het totaal van € 540,50 in afschrift 47 van 8/3/2027 (BE68 5390 0754 7034) geeft de "
        "bank geen details: wie betaalde, staat er niet in. Vraag de bank om totalen met details, "
        "of alleen details."
    )
    assert ("total_only", sentence) == told(made(Block([Line("540.50", grouped=True)])))


@BOTH
def test_a_total_that_went_out_needs_no_details(made: Made) -> None:
    (one,) = good(made(Block([Line("-540.50", grouped=True)])))
    assert [] == faults_of(one)


@BOTH
def test_details_that_do_not_add_up_damn_the_file(made: Made) -> None:
    code, text = told(made(Block([Line("541.00", grouped=True, details=GROUP)])))
    assert "details" == code
    assert "(BE68 5390 0754 7034) tellen op tot € 540,50." in text


@BOTH
def test_another_currency_is_set_aside(made: Made) -> None:
    code, text = told(made(Block([RENT], currency="USD")))
    assert "currency" == code
    assert text.endswith("is in USD. Opstap boekt alleen in euro.")


def test_a_missing_mark_in_coda_is_never_guessed() -> None:
    content = coda(Block([RENT]))
    at = content.index(b"\r\n21") + 2 + 31
    sentence = (
        "Op regel 3 van het CODA-bestand ontbreekt bij het bedrag of het credit of debet is. Dat "
        "wordt niet geraden: haal het bestand opnieuw af bij de bank."
    )
    assert ("mark", sentence) == told(content[:at] + b" " + content[at + 1 :])


def test_a_missing_mark_on_a_camt_entry_is_never_guessed() -> None:
    content = camt(Block([RENT])).decode()
    head, _, tail = content.partition("<Ntry>")
    sentence = (
        "Bij een beweging van 327.00 ontbreekt of het credit (CRDT) of debet (DBIT) is. Dat wordt "
        "niet geraden: haal het bestand opnieuw af bij de bank."
    )
    without = tail.replace("<CdtDbtInd>CRDT</CdtDbtInd>", "", 1)
    assert ("mark", sentence) == told(f"{head}<Ntry>{without}".encode())


def test_a_camt_balance_without_a_mark_is_taken_when_the_sums_prove_it() -> None:
    content = camt(Block([RENT])).replace(b"<CdtDbtInd>CRDT</CdtDbtInd>", b"", 2)
    (one,) = good(content)
    assert (Decimal("1000.00"), Decimal("1327.00")) == (one.opening, one.closing)


def test_a_camt_balance_without_a_mark_is_refused_when_the_sums_prove_nothing() -> None:
    content = camt(Block([], opening="5.00")).replace(b"<CdtDbtInd>CRDT</CdtDbtInd>", b"")
    code, text = told(content)
    assert ("mark", True) == (code, "ontbreekt bij een saldo of het credit of debet is" in text)


@pytest.mark.parametrize("lost", [1, 200, 129 * 3])
def test_a_truncated_coda_file_says_where_it_stops(lost: int) -> None:
    content = coda(Block([RENT]), Block([RENT], account=OTHER), end="\n")
    code, text = told(content[: len(content) - 128 - lost])
    assert code in {"truncated", "structure"}
    assert "afgebroken" in text or "tekens lang in plaats van 128" in text


def test_a_truncated_camt_file_says_where_it_stops() -> None:
    code, text = told(camt(Block([RENT]))[:-40])
    assert "structure" == code
    assert "midden in de tekst: het is afgebroken" in text


def test_a_line_that_is_gone_is_missed() -> None:
    lines = coda(Block([RENT, Line("5.00")])).split(b"\r\n")
    code, text = told(b"\r\n".join([*lines[:4], *lines[5:]]))
    assert ("count", True) == (code, "zegt dat er 8 records zijn, en er staan er 7" in text)


def test_a_claim_of_a_billion_entries_is_only_a_number() -> None:
    content = coda(Block([RENT])).replace(b"9               000005", b"9               999999")
    assert "count" == told(content)[0]
    summary = "<TxsSummry><TtlNtries><NbOfNtries>1000000000</NbOfNtries></TtlNtries></TxsSummry>"
    code, text = told(camt(Block([RENT]), extra=summary))
    assert "count" == code
    assert "1000000000 bewegingen" in text


def test_totals_that_the_bank_did_not_count_so_damn_the_file() -> None:
    content = coda(Block([RENT])).replace(b"000000000327000  ", b"000000000328000  ")
    code, text = told(content)
    assert ("totals", True) == (code, "€ 328,00" in text and "€ 327,00" in text)


def test_a_damaged_trailer_is_found_also_without_asserts() -> None:
    """`python -O` leaves out the library's own checks."""
    program = (
        "import sys; from bank.reading import read_file;"
        "print(read_file(sys.stdin.buffer.read()).fault.code)"
    )
    content = coda(Block([RENT])).replace(b"9               000005", b"9               000006")
    done = subprocess.run(
        [sys.executable, "-O", "-c", program],
        input=content,
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert b"count" == done.stdout.strip()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Dit bestand is leeg."),
        (b"%PDF-1.7\n%\xe2\xe3", "Dit is een PDF, geen bankbestand."),
        (b"PK\x03\x04abc", "Dit is een Excel-bestand of een zip, geen bankbestand."),
        (b":20:STARTUMSE\r\n", "Dit is een MT940-bestand, geen bankbestand."),
        (b"Datum;Bedrag;Naam;Saldo;Munt\r8/8/2027;312,5;A;1;EUR", "Dit is een CSV-uitvoer."),
        (b"\x00\x01\x02\x03", "Dit bestand is geen CODA en geen CAMT.053."),
        (b"<html><body>inloggen</body></html>", "Deze XML is geen rekeningafschrift."),
        (b"<?xml version='1.0' encoding='x-klingon'?><a/>", "de codering klopt niet"),
    ],
)
def test_what_is_no_bank_file_is_named(content: bytes, sentence: str) -> None:
    code, text = told(content)
    assert code in {"kind", "structure"}
    assert sentence in text


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE a>",
    ],
)
def test_an_xml_bomb_is_not_lit(start: str) -> None:
    body = camt(Block([RENT])).decode().partition("\n")[2]
    code, text = told(f'<?xml version="1.0"?>{start}{body}'.encode())
    assert "unsafe" == code
    assert text.startswith("Dit XML-bestand heeft een DOCTYPE of entiteiten.")


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("-5.00", "'-5.00' is een bedrag onder nul."),
        ("312,5", "'312,5' is geen bedrag."),
        ("1e9", "'1e9' is geen bedrag."),
        ("", "'' is geen bedrag."),
    ],
)
def test_an_amount_that_is_none_is_named(amount: str, sentence: str) -> None:
    content = camt(Block([RENT])).replace(b">327.00<", f">{amount}<".encode())
    code, text = told(content)
    assert ("amount", True) == (code, text.startswith(sentence)), text


def test_a_part_of_a_cent_is_refused() -> None:
    code, text = told(camt(Block([Line("327.005")])))
    assert ("amount", True) == (code, "een bedrag dat kleiner is dan een cent" in text)


def test_two_balances_of_two_accounts_are_no_statement() -> None:
    content = coda(Block([RENT])).replace(f"8047{IBAN}".encode(), f"8047{OTHER}".encode())
    code, text = told(content)
    assert ("accounts", True) == (code, "gaan over een andere rekening" in text)


@BOTH
def test_any_byte_that_changes_or_goes_gives_a_sentence_and_never_a_trace(made: Made) -> None:
    content = made(Block([RENT, GROUPED]))
    for at in range(0, len(content), 37):
        for changed in (content[:at], content[:at] + b"?" + content[at + 1 :]):
            read = read_file(changed)
            assert read.fault is None or read.fault.text.endswith(".")
