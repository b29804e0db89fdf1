"""Every letter with its sample: complete, translated, and the same bytes every time."""

import ast
from pathlib import Path

import pytest

import models
from letters.catalogue import ON_REQUEST, ordered_by, wanted_languages
from letters.errors import LetterError
from letters.pdf import as_pdf
from letters.render import Letters
from letters.samples import ADDRESSEE, DAY, PEOPLE
from models.facts import Json
from models.letters import LETTERS, LetterKind

LETTERS_OF_OURS = Letters()
EVERY = pytest.mark.parametrize("kind", list(LetterKind))
TEXTS = [(kind, lang) for kind in LetterKind for lang in wanted_languages(LETTERS[kind])]
CLOSINGS = {
    "nl": "Vriendelijke groeten\n\nWonen Met Kansen\nSAAMO Antwerpen\n",
    "en": "Kind regards\n\nWonen Met Kansen\nSAAMO Antwerpen\n",
    "fr": "Cordialement\n\nWonen Met Kansen\nSAAMO Antwerpen\n",
}


def layout(kind: LetterKind) -> str:
    return LETTERS_OF_OURS.library.source(kind.value, "nl").meta.layout


def sample(kind: str) -> Json:
    return LETTERS_OF_OURS.library.sample(kind)


def ordered() -> dict[str, set[str]]:
    """Which facts the core gives with each kind, read from its own source."""
    found: dict[str, set[str]] = {}
    for file in Path(models.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "c.order" and node.args:
                kind = ast.unparse(node.args[0]).removeprefix("LetterKind.")
                found.setdefault(kind, set()).update(k.arg for k in node.keywords if k.arg)
    return found


def test_what_a_resident_reads_is_written_in_three_languages() -> None:
    missing = {
        row.kind.value: set(wanted_languages(row))
        - set(LETTERS_OF_OURS.library.languages(row.kind.value))
        for row in LETTERS.values()
    }
    assert {} == {kind: languages for kind, languages in missing.items() if languages}
    assert ("nl", "en", "fr") == wanted_languages(LETTERS[LetterKind.EXTENSION])
    assert ("nl",) == wanted_languages(LETTERS[LetterKind.NEIGHBOURS])


@pytest.mark.parametrize(("kind", "language"), TEXTS)
def test_every_text_is_filled_by_its_sample(kind: LetterKind, language: str) -> None:
    letter = LETTERS_OF_OURS.render(kind.value, sample(kind), PEOPLE, DAY, language=language)
    text = letter.text()
    assert layout(kind) != "letter" or text.endswith(CLOSINGS[language])
    assert "03 000 00 00" in text
    assert "\n" not in letter.subject
    assert [] == [part for part in ("{", "None", "2027-", "2028-") if part in text + letter.subject]
    assert max(map(len, text.splitlines())) <= 76
    assert f'<html lang="{language}">' in letter.html()


def test_the_row_of_a_letter_names_what_the_core_really_orders() -> None:
    of_the_admission = {"INVITATION_ACQUAINTANCE", "INVITATION_INTAKE"}
    by_name = ordered()
    # A letter that is written again has what it had.
    assert set() == by_name.pop("LetterKind(was.kind)")
    invitations = [by_name.pop(name) for name in list(by_name) if name.startswith("INVITATIONS[")]
    by_name |= {name: set().union(*invitations) for name in of_the_admission}
    rows = {row.kind.name: {*row.facts, *row.maybe} for row in LETTERS.values()}
    assert by_name == {name: facts for name, facts in rows.items() if name in by_name}
    assert [] == [
        row.kind.name
        for row in LETTERS.values()
        if row.kind.name not in by_name and ordered_by(row) != [ON_REQUEST]
    ]


@EVERY
def test_a_missing_fact_is_named_with_its_letter(kind: LetterKind) -> None:
    facts = sample(kind.value)
    unused = {"notice_registered": {"safe_post_by"}}
    for field in set(LETTERS[kind].facts) - unused.get(kind, set()):
        less = {name: value for name, value in facts.items() if name != field}
        with pytest.raises(LetterError) as refused:
            LETTERS_OF_OURS.render(kind.value, less, PEOPLE, DAY)
        assert str(refused.value).startswith(f"brief '{kind}', ")
        assert f": het veld '{field}' ontbreekt" in str(refused.value)


def test_what_may_be_missing_leaves_no_hole() -> None:
    facts = sample("open_items")
    del facts["talk_at"]
    assert "Binnenkort zitten we samen met jou" in rendered("open_items", facts)
    living = {"since": "2027-06-01", "talks": 0}
    assert "huurt een woning van ons sinds 1 juni 2027.\n" in rendered("recommendation", living)
    nobody = PEOPLE.model_copy(update={"supporter": None, "address": None})
    guide = LETTERS_OF_OURS.render("supporter_guide", {"since": "2027-06-01"}, nobody, DAY)
    assert guide.text().startswith("Beste begeleider\n")
    notice = sample("notice_registered")
    assert "woning aan Voorbeeldstraat" in rendered("notice_registered", notice)
    homeless = LETTERS_OF_OURS.render("notice_registered", notice, nobody, DAY)
    assert "woning aan" not in homeless.text()


@pytest.mark.parametrize(
    ("kind", "change", "shown"),
    [
        ("waitlist_confirmation", {"waitlist": False}, "We werken zonder wachtlijst."),
        ("invitation_talk", {"talk": "driemaandelijks"}, "Ongeveer om de drie maanden"),
        ("invitation_talk", {"talk": "extra"}, "een extra gesprek"),
        ("premium_info", {"choice": "nu"}, "Je koos om de premie nu te vragen."),
        ("departed", {"post_to": "woning"}, "- Je post blijft naar de woning komen."),
        ("departed", {"post_to": "gevangenis"}, "naar de gevangenis waar je verblijft."),
    ],
)
def test_a_letter_says_what_was_chosen(kind: str, change: Json, shown: str) -> None:
    assert shown in rendered(kind, {**sample(kind), **change}).replace("\n  ", " ")


def test_the_same_data_give_the_same_bytes() -> None:
    def made() -> tuple[str, str, bytes, str]:
        letters = Letters()
        facts = letters.library.sample("notice_registered")
        letter = letters.render("notice_registered", facts, PEOPLE, DAY, reference="7-x")
        sheet = letters.sheet(ADDRESSEE, window=True, registered=True)
        return letter.text(), letter.html(), as_pdf(letter.tree, sheet), letter.sha256

    assert made() == made()


def test_another_word_is_another_hash() -> None:
    facts = sample("not_started")
    one = LETTERS_OF_OURS.render("not_started", facts, PEOPLE, DAY)
    other = LETTERS_OF_OURS.render("not_started", {"reason": "Anders."}, PEOPLE, DAY)
    assert one.sha256 != other.sha256
    assert one.template == other.template


def test_a_language_that_is_not_there_is_an_error_and_never_dutch() -> None:
    with pytest.raises(LetterError) as refused:
        LETTERS_OF_OURS.render("neighbours", sample("neighbours"), PEOPLE, DAY, language="fr")
    assert "brief 'neighbours': het sjabloon 'neighbours/fr.md' ontbreekt" == str(refused.value)
    with pytest.raises(LetterError, match="de taal 'de' is niet gekend"):
        LETTERS_OF_OURS.render("neighbours", sample("neighbours"), PEOPLE, DAY, language="de")


def rendered(kind: str, facts: Json) -> str:
    return LETTERS_OF_OURS.render(kind, facts, PEOPLE, DAY).text()
