import asyncio
import json
from pathlib import Path

import pytest

from gateway.steps import open_lists
from stores import people
from tests.cli.conftest import Opstap
from tests.running import Stack

pytestmark = pytest.mark.dev_server
DATA = Path(__file__).parent.parent / "data"


def test_the_same_file_twice_is_the_same_trajectories(opstap: Opstap) -> None:
    first = opstap("refer", DATA / "aanmeldingen.csv")
    again = opstap("refer", DATA / "aanmeldingen.csv", "--by", "an")

    assert (0, "") == (first.code, first.err)
    assert (0, "") == (again.code, again.err)
    lines = first.out.splitlines()
    assert "aangemeld: 2, was al aangemeld: 0, geweigerd: 0" == lines[-1]
    assert [line.replace(" aangemeld.", " was al aangemeld.") for line in lines[:-1]] == (
        again.out.splitlines()[:-1]
    )
    assert "aangemeld: 0, was al aangemeld: 2, geweigerd: 0" == again.out.splitlines()[-1]


def test_every_wrong_row_says_where_and_why_and_the_others_go_on(
    opstap: Opstap, stack: Stack
) -> None:
    said = opstap("refer", DATA / "fouten.csv")

    assert 1 == said.code
    assert "aangemeld: 2, was al aangemeld: 0, geweigerd: 10" == said.out.splitlines()[-1]
    assert ["regel 2", "regel 13"] == [line.split(":")[0] for line in said.out.splitlines()[:-1]]
    told = said.err.splitlines()
    age = told.pop(4)
    assert age.startswith("regel 7, kolom 2 (birth_date): Op ")
    assert "dit programma is er voor wie 17 tot en met 25 jaar is." in age
    assert [
        "regel 3, kolom 1 (name): Naam (name): vul dit in.",
        "regel 4, kolom 4 (supporter): Individuele begeleider (supporter): vul dit in.",
        (
            "regel 5, kolom 2 (birth_date): Geboortedatum (birth_date): 31/2/2007 bestaat niet in "
            "de kalender."
        ),
        (
            "regel 6, kolom 2 (birth_date): Geboortedatum (birth_date): schrijf een datum als "
            "6/5/2027."
        ),
        "regel 8, kolom 4 (supporter): De begeleider 'niemand' hoort bij geen gekende partner.",
        "regel 9, kolom 1 (name): dit is dezelfde persoon als op regel 2.",
        (
            "regel 10, kolom 5 (living): Alleen wonen of woning delen (living): kies 'alleen' of "
            "'delen'."
        ),
        "regel 11: er zijn 7 kolommen, de kop heeft er 5.",
        (
            "regel 12, kolom 2 (birth_date): Geboortedatum (birth_date): 2027-02-31 bestaat niet "
            "in de kalender."
        ),
        "regel 12, kolom 3 (sex): Geslacht (sex): kies 'v', 'm' of 'x'.",
    ] == told
    assert {"Goed Voorbeeld", "Ook Goed"} <= names(stack)
    assert not {"Veel Te Oud", "Onbekende Partner", "Onbestaande Dag", "Te Veel"} & names(stack)


def names(stack: Stack) -> set[str]:
    async def read() -> set[str]:
        async with open_lists(stack.settings) as lists:
            rows = await lists.overview()
            found = await people.names(lists.engine, [row.trajectory for row in rows])
            async with lists.engine.connect() as connection:
                kept = await connection.exec_driver_sql("select name from people")
                return {*found.values(), *(row[0] for row in kept)}

    return asyncio.run(read())


def test_a_file_of_a_belgian_spreadsheet_is_taken(opstap: Opstap) -> None:
    said = opstap("refer", DATA / "windows.csv", "--json")

    assert (0, "") == (said.code, said.err)
    assert [(2, "aangemeld"), (4, "aangemeld")] == [
        (row["line"], row["status"]) for row in json.loads(said.out)
    ]


def test_json_is_taken_row_by_row_too(opstap: Opstap) -> None:
    said = opstap("refer", DATA / "aanmeldingen.json")

    assert 1 == said.code
    assert "regel 4, kolom living: Alleen wonen of woning delen (living): vul dit in.\n" == said.err
    assert "aangemeld: 1, was al aangemeld: 0, geweigerd: 1" == said.out.splitlines()[-1]


def test_a_file_that_is_not_there_is_wrong_usage(opstap: Opstap) -> None:
    said = opstap("refer", "nergens.csv")

    assert (2, "") == (said.code, said.out)
    assert "BESTAND: 'nergens.csv' bestaat niet. Zie `opstap refer --help`.\n" == said.err


def test_residents_are_taken_over_and_a_wrong_row_says_which_column(
    opstap: Opstap, tmp_path: Path
) -> None:
    path = tmp_path / "bewoners.csv"
    head = "name;birth_date;sex;supporter;living;stage;referred_on;Plaats;Sleutels gegeven op;"
    head += "Start contract;Einde contract;letters_sent\n"
    path.write_text(
        head + "Overgenomen Een;1/1/2006;v;lien;alleen;wonen;1/3/2026;d2-1;1/6/2026;1/6/2026;"
        "31/5/2027;waitlist_confirmation, notice_mail\n"
        "Overgenomen Twee;1/1/2006;v;lien;alleen;wonen;1/3/2026;d2-1;1/6/2026;1/6/2026;31/5/2027;\n"
        "Overgenomen Drie;1/1/2006;v;lien;alleen;wonen;1/3/2026;d3-1;40/6/2026;1/6/2026;;\n"
        "Overgenomen Vier;1/1/2006;v;lien;alleen;zweven;1/3/2026;;;;;\n",
        encoding="utf-8",
    )

    said = opstap("adopt", path, "--by", "an")
    again = opstap("adopt", path, "--by", "an")

    assert 1 == said.code
    assert "overgenomen: 1, stond er al: 0, geweigerd: 3" == said.out.splitlines()[-1]
    told = said.err.splitlines()
    assert "regel 3, kolom 8 (Plaats): De plaats 'd2-1' is niet vrij." == told[0]
    assert told[1].startswith("regel 4, kolom 9 (Sleutels gegeven op): ")
    assert told[2].startswith("regel 5, kolom 6 (stage): Fase (stage): kies ")
    assert "overgenomen: 0, stond er al: 1, geweigerd: 3" == again.out.splitlines()[-1]


def test_who_may_not_take_over_hears_why(opstap: Opstap, tmp_path: Path) -> None:
    path = tmp_path / "rij.json"
    path.write_text(
        '{"name": "Niemand Overgenomen", "birth_date": "2006-01-01", "sex": "x", "supporter": '
        '"lien", "living": "alleen", "stage": "intake", "referred_on": "2026-01-01"}'
    )

    said = opstap("adopt", path, "--by", "lien")

    assert 1 == said.code
    assert said.err.startswith("regel 1: 'Traject overnemen' is niet voor een individuele")
