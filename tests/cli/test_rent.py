"""`opstap rent`, as a person types it, on a database without Temporal."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.cli.accounts import ALONE, FIRST, make
from tests.cli.conftest import Opstap


@pytest.fixture(scope="module")
async def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    state = tmp_path_factory.mktemp("accounts")
    await make(state)
    return state


@pytest.fixture
def rent(away: Opstap, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opstap:
    state = tmp_path / "var"
    shutil.copytree(made, state)
    monkeypatch.delenv("OPSTAP_DATABASE_URL", raising=False)
    monkeypatch.setenv("OPSTAP_STATE_DIR", str(state))
    return lambda *words: away("rent", *words)


def test_a_quote_is_printed_by_component_with_the_formula_of_the_first_month(rent: Opstap) -> None:
    said = rent("quote", "--bedrooms", 1, "--flat-rate", 65, "--move-in", "15/3/2027")

    lines = said.out.splitlines()
    assert 0 == said.code
    assert "Bezettingsvergoeding   € 110,00  per persoon" == lines[1][:44]
    assert "Samen per maand        € 327,00" == lines[7]
    assert "Betaalbaar met een leefloon: tot € 429,49." == lines[8]
    assert "Eerste maand: € 327,00 × 17/31 = € 179,32 (van 15/3/2027 tot en met 31/3/2027)" in lines
    assert "  Samen                 € 179,32" == lines[-1]


def test_a_quote_for_programs_has_every_figure_as_text(rent: Opstap) -> None:
    words = ["--bedrooms", 3, "--shared", "--flat-rate", "150", "--energy", "81,45"]
    told = json.loads(rent("quote", *words, "--leaves-on", "2028-04-10", "--json").out)

    assert ("296.73", "206.00") == (told["total"], told["payable"])
    assert {"huur": "256.00", "energie": "40.73"} == told["by_debt"]
    assert ("80.00", "160.00", 2, "woning") == tuple(
        told["lines"][0][name] for name in ("amount", "whole", "persons", "basis")
    )
    assert (10, 30, "98.91") == tuple(
        told["last_month"][name] for name in ("days", "of_days", "total")
    )


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ("--bedrooms 2 --shared --flat-rate 65", 1, "Het tarief kent geen gedeelde woning met 2 "),
        ("--bedrooms 1", 2, "Geef het forfait van de woning op: --flat-rate EUR."),
        ("--bedrooms 7 --flat-rate 65", 2, "--bedrooms: 7 valt buiten 1<=x<=6."),
        ("--flat-rate 65", 2, "Er ontbreekt iets: --bedrooms."),
        ("--bedrooms 1 --flat-rate 312,555", 2, "--flat-rate: '312,555' is geen bedrag; "),
        ("--bedrooms 1 --flat-rate -5", 2, "--flat-rate: '-5' is geen bedrag; "),
        ("--bedrooms 1 --flat-rate 65 --move-in 30/2/2027", 2, "--move-in: '30/2/2027' is geen "),
        ("--bedrooms 1 --flat-rate 65 --deduction 27", 1, "Schrijf bij een aftrek waarvoor die is"),
    ],
)
def test_a_quote_that_cannot_be_made_says_why(
    rent: Opstap, words: str, code: int, sentence: str
) -> None:
    said = rent("quote", *words.split())

    assert (code, True) == (said.code, said.err.startswith(sentence)), said.err


def test_a_flat_rate_outside_its_range_is_warned_about(rent: Opstap) -> None:
    said = rent("quote", "--bedrooms", 1, "--flat-rate", "40")

    assert said.out.splitlines()[-1] == (
        "Let op: Forfait van € 40,00: het tarief rekent op tussen € 65,00 en € 183,00."
    )


def test_an_account_shows_its_lines_and_its_balance_on_a_day(rent: Opstap) -> None:
    later = rent("show", "aa11", "--on", "30/4/2025", "--by", "an").out.splitlines()
    before = rent("show", "aa11", "--on", "22/3/2025").out.splitlines()

    assert f"{ALONE}  M.V." == later[0]
    assert "  Mededeling                   +++719/4402/67067+++" == later[1]
    assert "  Open huur                    € 327,00" == later[2]
    assert "  Open huur                    € 179,32 (op valutadatum € 9,32)" == before[2]
    assert later[5:8] == [
        "GEBOEKT    VALUTA     TEN LAATSTE  SOORT           SCHULD     BEDRAG     SALDO  WAT",
        (
            "1/3/2025   1/3/2025   9/3/2025     Aanrekening     Huur     € 179,32  € 179,32  "
            "Huur van 2025-03"
        ),
        "24/3/2025  21/3/2025               Betaling        Huur    € -170,00    € 9,32  Betaling",
    ]


def test_an_account_for_programs_has_both_balances(rent: Opstap) -> None:
    told = json.loads(rent("show", "bb22", "--on", "2025-04-30", "--json").out)

    assert {"huur": "256.00", "schade": "0", "energie": "40.73"} == told["balance"]
    assert told["balance"] == told["balance_by_value"]
    assert ["charge:energie:2025-04", "charge:huur:2025-04"] == [x["key"] for x in told["lines"]]


def test_an_account_that_is_empty_or_unknown(rent: Opstap) -> None:
    assert "Er is nog niets aangerekend of betaald." in rent("show", "aa11", "--on", "1/1/2025").out
    unknown = rent("show", "trajectory-nergens")
    assert (1, "Er is geen traject 'trajectory-nergens'. Zoek het op met `opstap list`.\n") == (
        unknown.code,
        unknown.err,
    )


def test_a_supporter_sees_only_the_accounts_of_their_own(rent: Opstap) -> None:
    assert 0 == rent("show", "aa11", "--by", "sofie").code
    assert (
        "Een individuele begeleider ziet niet ieders rekening.\n"
        == rent("balances", "--by", "sofie").err
    )


def test_everybody_who_owes_something_is_listed(rent: Opstap) -> None:
    out = rent("balances", "--on", "30/4/2025").out.splitlines()

    assert "trajectory-bb22  J.P.  € 256,00              € 0,00  € 40,73  € 296,73" == out[2]
    assert "3 rekeningen op 30/4/2025, samen € 920,46." == out[-1]
    assert "Op 1/1/2024 staat iedereen op nul.\n" == rent("balances", "--on", "1/1/2024").out
    told = json.loads(rent("balances", "--on", "30/4/2025", "--json").out)
    assert {"trajectory": FIRST, "huur": "256.00", "schade": "0", "energie": "40.73"} in told


def test_what_goes_on_is_ticked_once_and_the_tick_can_be_taken_back(rent: Opstap) -> None:
    assert (
        "d2             2     € 593,46         € 412,00  nog niet" in rent("payable", "2025-04").out
    )
    first, ticked = (rent("payable", "4/2025", "--paid", "d2", "--by", "bea").out for _ in range(2))
    assert first == ticked
    assert 1 == ticked.count(" door bea")
    assert "April 2025: € 689,00, nog te betalen € 277,00." == ticked.splitlines()[-1]

    told = json.loads(rent("payable", "2025-04", "--json").out)
    assert ["bea", "412.00", False] == [
        told[1]["paid"]["paid_by"],
        told[1]["paid"]["amount"],
        told[1]["changed"],
    ]
    back = rent("payable", "4/2025", "--unpaid", "d2", "--by", "bea").out
    assert "April 2025: € 689,00, nog te betalen € 689,00." == back.splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        ("2025-04 --paid d2", 2, "Wie iets afvinkt, zegt wie het is: --by WIE."),
        (
            "2025-04 --paid d2 --by tom",
            1,
            "Afvinken doet een boekhouder of coördinator of leidinggevende, niet een technisch ",
        ),
        (
            "2025-04 --paid d9 --paid d2 --by bea",
            1,
            "Voor d9 is er in april 2025 niets door te betalen.",
        ),
        ("2025-04 --unpaid d1 --by bea", 1, "Voor d1 is er in april 2025 niets afgevinkt."),
        ("13/2025", 2, "MAAND: '13/2025' is geen maand; schrijf 2027-03 of 3/2027."),
    ],
)
def test_a_tick_that_cannot_be_set_says_why_and_sets_nothing(
    rent: Opstap, words: str, code: int, sentence: str
) -> None:
    said = rent("payable", *words.split())

    assert (code, True) == (said.code, said.err.startswith(sentence)), said.err
    assert "door bea" not in rent("payable", "2025-04").out


def test_a_month_without_charges_says_so(rent: Opstap) -> None:
    said = rent("payable", "2030-01").out
    assert "Voor januari 2030 is er nog niets aangerekend.\n" == said


def test_the_pot_tells_what_it_has_to_bear(rent: Opstap) -> None:
    told = json.loads(rent("pot", "--on", "30/4/2025", "--json").out)

    assert {
        "charged": "177.42",
        "written_off": "9.32",
        "open": "920.46",
        "left": "-752.36",
    } == told
    shown = rent("pot", "--on", "30/4/2025").out
    assert "Aangerekende solidaire bijdragen             € 177,42" in shown


def test_the_ledger_is_exported_without_names_and_without_formulas(
    rent: Opstap, tmp_path: Path
) -> None:
    out = tmp_path / "grootboek.csv"
    said = rent("export", "--out", out)

    text = out.read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert f"Geschreven: {out}.\n" == said.out
    assert 8 == len(rows)
    assert ("719/4402/67067", "1/3/2025", "179,32") == tuple(
        rows[0][name] for name in ("Mededeling", "Geboekt", "Bedrag")
    )
    assert ("'=SOM(A1:A9)", "-9,32") == (rows[-1]["Tekst"], rows[-1]["Bedrag"])
    assert "Mira" not in text


def test_the_ledger_is_exported_to_a_workbook(rent: Opstap, tmp_path: Path) -> None:
    out = tmp_path / "april.xlsx"
    rent("export", "--out", out, "--from", "1/4/2025", "--until", "30/4/2025")

    rows = list(load_workbook(out)["Grootboek"].iter_rows())
    assert 7 == len(rows)
    assert ["d", "n", "s"] == [rows[1][number].data_type for number in (3, 9, 8)]
    assert [] == [cell for row in rows for cell in row if cell.data_type == "f"]
    assert ("'=SOM(A1:A9)", -9.32) == (rows[-1][8].value, rows[-1][9].value)


def test_an_export_that_cannot_be_written_says_so(rent: Opstap, tmp_path: Path) -> None:
    other = rent("export", "--out", tmp_path / "x.pdf")
    nowhere = rent("export", "--out", tmp_path / "nergens" / "x.csv")

    assert (1, "'x.pdf' eindigt niet op .csv of .xlsx: kies een van de twee.\n") == (
        other.code,
        other.err,
    )
    assert 1 == nowhere.code
    assert "kan niet geschreven worden: kies een andere plaats.\n" in nowhere.err


def test_an_indexation_is_a_proposal_with_its_formula(rent: Opstap) -> None:
    out = rent("index", "aa11", "--on", "1/1/2026").out.splitlines()

    assert out == [
        "Vanaf 1/3/2026:",
        "  Bezettingsvergoeding: € 110,00 × 138,06/135,79 = € 111,84",
        "  De huur gaat van € 327,00 naar € 328,84 per maand.",
        "Dit is een voorstel: een medewerker beslist, en laat het de bewoner weten.",
    ]
    told = json.loads(rent("index", "cc33", "--on", "1/1/2026", "--json").out)
    assert ("81.34", "298.07") == (told["raised"][0]["new"], told["new_total"])
    given = rent("index", "aa11", "--on", "1/1/2026", "--new-index", "140")
    assert "€ 110,00 × 140/135,79 = € 113,41" in given.out


def test_an_indexation_that_cannot_be_counted_says_why(rent: Opstap) -> None:
    late = rent("index", "aa11", "--on", "1/5/2026")
    zero = rent("index", "aa11", "--start-index", "0")

    assert (1, True) == (late.code, "Het contract eindigt op 31/8/2026" in late.err)
    assert (2, True) == (zero.code, "'0' is geen index" in zero.err)
