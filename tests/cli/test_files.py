from pathlib import Path

import pytest

from cli.files import FileError, as_stored, read_rows
from models.admission import ReferralForm

DATA = Path(__file__).parent.parent / "data"


def rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    read = read_rows(path, [ReferralForm], ReferralForm.model_fields)
    return [(row.line, row.values) for row in read]


def written(folder: Path, content: bytes) -> Path:
    path = folder / "rijen.csv"
    path.write_bytes(content)
    return path


def test_a_file_from_a_belgian_spreadsheet_is_read_as_it_is() -> None:
    assert [
        (
            2,
            {
                "name": "Zoë Naïef",
                "birth_date": "2/11/2006",
                "sex": "V",
                "supporter": "lien",
                "living": "alleen",
            },
        ),
        (
            4,
            {
                "name": 'René "Puntkomma" Komma, Jr',
                "birth_date": "3/1/2007",
                "sex": "m",
                "supporter": "sam",
                "living": "delen",
            },
        ),
    ] == rows(DATA / "windows.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_of_a_spreadsheet_is_read(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    text = f"naam{delimiter}geboortedatum\nZoë{delimiter}1/2/2007\n"

    assert [(2, {"name": "Zoë", "birth_date": "1/2/2007"})] == rows(
        written(tmp_path, text.encode(encoding))
    )


def test_a_cell_that_runs_over_two_lines_does_not_shift_the_numbers(tmp_path: Path) -> None:
    path = written(tmp_path, b'name,note\n"Een","twee\nregels"\nTwee,kort\n')

    assert [
        (2, {"name": "Een", "note": "twee\nregels"}),
        (4, {"name": "Twee", "note": "kort"}),
    ] == (rows(path))


def test_json_is_read_with_its_lines_as_a_list_or_one_object_a_line(tmp_path: Path) -> None:
    assert [2, 4] == [line for line, _ in rows(DATA / "aanmeldingen.json")]
    lines = written(tmp_path, b'{"name": "Een"}\n{"naam": "Twee"}\n')
    assert [(1, {"name": "Een"}), (2, {"name": "Twee"})] == rows(lines)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is leeg."),
        (b" \n\n", "is leeg."),
        (b"\x00\x01\x02PNG", "is geen tekst: bewaar het als CSV (UTF-8) of JSON."),
        (b"name,kleur\nEen,rood\n", "de kolom 'kleur' is niet gekend. Gekend zijn: "),
        (b"name,naam\nEen,Twee\n", "de kolom 'name' staat er twee keer."),
        (b'[{"name": "Een",}]', "regel 1: dit is geen geldige JSON."),
        (b'[{"name": "Een"},\n {"kleur": 1}]', "de kolom 'kleur' is niet gekend."),
    ],
)
def test_a_file_that_cannot_be_read_has_one_sentence(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    with pytest.raises(FileError) as error:
        rows(written(tmp_path, content))

    assert sentence in str(error.value)


def test_a_quote_that_is_not_closed_is_an_error_of_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, b'name,note\nEen,kort\n"Twee,kort\n')

    read = read_rows(path, [ReferralForm], ReferralForm.model_fields)

    assert [None, "een aanhalingsteken is niet gesloten"] == [row.error for row in read]
    assert "regel 3" == read[1].where()


def test_a_choice_may_be_written_as_people_see_it() -> None:
    told = {"sex": "Vrouw", "living": "WONING DELEN", "name": "Man"}

    assert {"sex": "v", "living": "delen", "name": "Man"} == as_stored(ReferralForm, told)
