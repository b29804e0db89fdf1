"""The check finds what would only show on the day a letter leaves, and says where."""

from pathlib import Path

import pytest

from letters.checking import problems, to_settle
from letters.errors import LetterError
from letters.organisation import load_organisation
from letters.render import Letters
from letters.samples import DAY, PEOPLE
from letters.sources import LANGUAGES, OURS
from tests.letters.writing import HEAD, write


def sentences(folder: Path) -> list[str]:
    """Check what these tests write themselves; our own letters are checked once, below."""
    return [one.sentence() for one in problems(Letters(folder), ["not_started"])]


def test_our_own_letters_are_in_order() -> None:
    assert [] == problems(Letters())


def test_what_the_organisation_must_settle_is_listed() -> None:
    listed = [(one.where, one.text) for one in to_settle(Letters().library)]
    assert (
        "organisation.toml",
        "eigen adres, mailadres, website, ondernemingsnummer en logo",
    ) in listed
    assert ("notice_registered", "wie de brief tekent") in listed


def test_an_own_text_takes_the_place_of_ours(tmp_path: Path) -> None:
    write(tmp_path, "Beste {{ people.resident }}\n\n{{ reason }}\n\nOns kantoor\n")
    letter = Letters(tmp_path).render("not_started", {"reason": "Zo."}, PEOPLE, DAY)
    assert letter.text().endswith("Ons kantoor\n")
    ours = Letters().render("not_started", {"reason": "Zo."}, PEOPLE, DAY)
    assert letter.template != ours.template
    assert [] == sentences(tmp_path)


def test_a_text_that_changes_is_read_again(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    for number in range(3):
        write(tmp_path, f"Versie {number}\n")
        made = letters.render("not_started", {"reason": "Zo."}, PEOPLE, DAY)
        assert f"Versie {number}\n" == made.text()


def test_a_text_saved_on_windows_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "Beste {{ people.resident }}\n\n{{ reason }}\n")
    text = path.read_text("utf-8")
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert [] == sentences(tmp_path)


def test_a_text_that_is_no_utf_8_is_told(tmp_path: Path) -> None:
    write(tmp_path, "x\n").write_bytes(b"+++\xff\n")
    assert any("het bestand is niet te lezen" in one for one in sentences(tmp_path))


def test_a_wrong_field_is_pointed_at_with_a_suggestion(tmp_path: Path) -> None:
    write(tmp_path, "Beste {{ people.residnt }}\n\n{{ reeson }}\n")
    found = sentences(tmp_path)
    assert (
        "templates/not_started/nl.md:7: het veld 'people.residnt' bestaat niet."
        " Bedoelt u 'people.resident'?" in found
    )
    assert (
        "templates/not_started/nl.md:9: het veld 'reeson' bestaat niet. Bedoelt u 'reason'?"
        in found
    )
    assert any(
        "brief 'not_started', nl.md, regel 7: het veld 'residnt' ontbreekt" in one for one in found
    )


def test_a_translation_that_forgets_a_field_is_pointed_at(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "not_started"
    folder.mkdir(parents=True)
    text = 'Dear {{ people.resident }}\n\n{% include "closing" %}\n'
    (folder / "en.md").write_text(f'+++\nsubject = "No"\n+++\n{text}', "utf-8")
    assert [
        "templates/not_started/en.md:1: het veld 'reason' (nl.md regel 12) staat hier niet"
    ] == sentences(tmp_path)


def test_a_missing_translation_is_an_error(tmp_path: Path) -> None:
    """A letter to a resident in Dutch alone: as when a new one is begun."""
    letters = Letters(tmp_path)
    find = letters.library.find
    letters.library.find = lambda name: None if name.endswith("extension/fr.md") else find(name)  # type: ignore[method-assign]
    (found,) = problems(letters, ["extension"])
    assert (
        "templates/extension: brief 'extension': het sjabloon 'extension/fr.md' ontbreekt"
        == found.sentence()
    )


def test_a_folder_without_a_row_is_pointed_at(tmp_path: Path) -> None:
    write(tmp_path, "Beste\n", kind="notice_male")
    assert [
        (
            "templates/notice_male: geen enkele soort brief heet 'notice_male'"
            " (models/letters.py). Bedoelt u 'notice_mail'?"
        )
    ] == sentences(tmp_path)


def test_a_sample_that_does_not_match_the_row_is_pointed_at(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "not_started"
    folder.mkdir(parents=True)
    (folder / "sample.json").write_text('{\n  "raeson": "x"\n}', "utf-8")
    found = sentences(tmp_path)
    assert (
        "templates/not_started/sample.json:2: de soort brief krijgt geen veld 'raeson'."
        " Bedoelt u 'reason'?" in found
    )
    assert (
        "templates/not_started/sample.json:1: het veld 'reason' ontbreekt in het voorbeeld" in found
    )


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ("Beste\n", "begint niet met gegevens tussen twee regels +++"),
        ("+++\nsubject = \n+++\n", "Invalid value"),
        ("+++\nsubject = 'x'\n+++\n", "het veld 'lines' ontbreekt"),
        (HEAD.replace('"mens"', '"misschien"'), "het veld 'on_uncertain' klopt niet"),
        (HEAD.replace("lines", "lijnen"), "het veld 'lines' ontbreekt"),
        (HEAD.replace('"L448"', '"L1"'), "'lines' is 'L1', in de tabel staat 'L448'"),
        (HEAD.replace('"mail"', '"paper"'), "'channels' mist 'mail'"),
    ],
)
def test_a_wrong_front_matter_is_told(head: str, told: str, tmp_path: Path) -> None:
    write(tmp_path, "").write_text(head.format(subject="x") + "{{ reason }}\n", "utf-8")
    assert any(told in one for one in sentences(tmp_path)), sentences(tmp_path)


# ---- the organisation ----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("street =", "straat ="), "het veld 'street' ontbreekt"),
        (("fold = 99", "vouw = 99"), "het veld 'envelope.vouw' is niet gekend"),
        (("window_height = 40", "window_height = 20"), "het venster is te klein voor een adres"),
        (("width = 229", "width = 200"), "het gevouwen blad past niet in de envelop"),
        (("[envelope]", "[envelope"), "het bestand is niet te lezen"),
    ],
)
def test_a_wrong_organisation_file_is_told(
    change: tuple[str, str], told: str, tmp_path: Path
) -> None:
    text = (OURS / "organisation.toml").read_text("utf-8")
    assert change[0] in text
    path = tmp_path / "organisation.toml"
    path.write_text(text.replace(*change, 1), "utf-8")
    with pytest.raises(LetterError) as refused:
        load_organisation(path)
    assert str(path) in str(refused.value)
    assert told in str(refused.value)


def test_an_own_address_and_logo_stand_on_every_letter(tmp_path: Path) -> None:
    text = (OURS / "organisation.toml").read_text("utf-8")
    own = text.replace("Voorbeeldplein 1", "Eigenstraat 9").replace("logo.svg", "ons.svg")
    (tmp_path / "organisation.toml").write_text(own, "utf-8")
    with pytest.raises(LetterError, match=r"het logo 'ons.svg' bestaat niet"):
        Letters(tmp_path).sheet(("Ali",))
    (tmp_path / "ons.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    letters = Letters(tmp_path)
    assert letters.sheet(("Ali",)).logo.startswith("<svg")
    made = letters.render("not_started", {"reason": "Zo."}, PEOPLE, DAY)
    assert "Eigenstraat 9" in made.html()


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(LetterError, match=r"de map met eigen brieven '.*/weg' bestaat niet"):
        Letters(tmp_path / "weg")


def test_every_building_block_exists_in_every_language() -> None:
    shared = OURS / "templates" / "_shared"
    names = {path.name.split(".")[0] for path in shared.glob("*.md")}
    missing = {f"{n}.{one}.md" for n in names for one in LANGUAGES} - {
        path.name for path in shared.glob("*.md")
    }
    assert set() == missing
