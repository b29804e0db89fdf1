import ast
import json
from pathlib import Path

import pytest

import models
from letters import render as letters
from letters.render import LetterError, LetterPeople, Rendered, datum, moment, render
from models.facts import Json
from models.letters import LETTERS, LetterKind

PEOPLE = LetterPeople(
    resident="Łukasz D'hondt & {{ 7*7 }}",
    supporter="Sofie",
    partner="CAS",
    address="Kerkstraat 1, 2060 Antwerpen",
    programme="Wonen Met Kansen",
    organisation="SAAMO Antwerpen",
    phone="03 000 00 00",
)
EVERY = pytest.mark.parametrize("kind", list(LetterKind))
OPTIONAL = {"open_items": {"talk_at"}, "recommendation": {"until"}}


def sample(kind: str) -> Json:
    text = (letters.TEMPLATES / kind / "sample.json").read_text("utf-8")
    facts: Json = json.loads(text)
    return facts


def ordered() -> dict[str, set[str]]:
    """Which facts the core gives with each kind, read from its own source."""
    found: dict[str, set[str]] = {}
    for file in Path(models.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "c.order" and node.args:
                kind = ast.unparse(node.args[0]).removeprefix("LetterKind.")
                found.setdefault(kind, set()).update(k.arg for k in node.keywords if k.arg)
    return found


@EVERY
def test_every_kind_has_a_template_that_its_sample_fills(kind: LetterKind) -> None:
    letter = render(kind.value, sample(kind), PEOPLE)
    assert "\n" not in letter.subject
    assert letter.text.endswith(
        "Vragen, of gaat er iets niet? Bel ons op 03 000 00 00.\n\n"
        "Vriendelijke groeten\nWonen Met Kansen\nSAAMO Antwerpen\n"
    )
    assert not {"{", "None", "2027-"} & set(letter.text.replace("{{ 7*7 }}", "").split())
    assert max(map(len, letter.text.splitlines())) <= 140


@EVERY
def test_every_template_names_the_lines_of_the_playbook_behind_it(kind: LetterKind) -> None:
    first = (letters.TEMPLATES / kind / "nl.txt").read_text("utf-8").splitlines()[0]
    assert first.startswith(f"{{# {LETTERS[kind].lines.split(',')[0].split('-')[0]}")


@EVERY
def test_a_missing_fact_is_named_with_its_letter(kind: LetterKind) -> None:
    facts = sample(kind)
    unused = {"notice_registered": {"safe_post_by"}}
    for field in set(facts) - OPTIONAL.get(kind, set()) - unused.get(kind, set()):
        less = {name: value for name, value in facts.items() if name != field}
        with pytest.raises(LetterError) as refused:
            render(kind.value, less, PEOPLE)
        assert f"brief '{kind}': het veld '{field}' ontbreekt" == str(refused.value)


def test_the_samples_hold_what_the_core_really_orders() -> None:
    of_the_admission = {"INVITATION_ACQUAINTANCE", "INVITATION_INTAKE"}
    by_name = ordered()
    invitations = [by_name.pop(name) for name in list(by_name) if name.startswith("INVITATIONS[")]
    by_name |= {name: set().union(*invitations) for name in of_the_admission}
    assert {k.name: set(sample(k.value)) for k in LetterKind} == by_name


def test_what_may_be_missing_leaves_no_hole() -> None:
    facts = sample("open_items")
    del facts["talk_at"]
    assert "Binnenkort zitten we samen met jou" in render("open_items", facts, PEOPLE).text
    living = {"since": "2027-06-01", "talks": 0}
    text = render("recommendation", living, PEOPLE).text
    assert "huurt een woning van ons vanaf 1 juni 2027.\n" in text
    nobody = PEOPLE.model_copy(update={"supporter": None, "address": None})
    assert "Beste begeleider\n" in render("supporter_guide", {"since": "2027-06-01"}, nobody).text
    notice = render("notice_registered", sample("notice_registered"), nobody)
    assert "woning aan" not in notice.text


@pytest.mark.parametrize(
    ("kind", "change", "shown"),
    [
        ("waitlist_confirmation", {"waitlist": False}, "We werken zonder wachtlijst."),
        ("invitation_talk", {"talk": "driemaandelijks"}, "Ongeveer om de drie maanden"),
        ("invitation_talk", {"talk": "extra"}, "een extra gesprek"),
        ("premium_info", {"choice": "nu"}, "Je koos om de premie nu te vragen."),
        ("departed", {"post_to": "woning"}, "Je post blijft naar de woning komen."),
        ("departed", {"post_to": "gevangenis"}, "naar de gevangenis waar je verblijft."),
    ],
)
def test_a_letter_says_what_was_chosen(kind: str, change: Json, shown: str) -> None:
    assert shown in render(kind, {**sample(kind), **change}, PEOPLE).text


def test_a_name_is_text_and_never_a_template() -> None:
    text = render("neighbours", sample("neighbours"), PEOPLE).text
    assert "Łukasz" not in text
    text = render("notice_mail", sample("notice_mail"), PEOPLE).text
    assert "Beste Łukasz D'hondt & {{ 7*7 }}\n" in text


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        ("postcard", {}, "brief 'postcard': het sjabloon 'postcard/nl.txt' ontbreekt"),
        ("not_started", {"reason": ""}, "brief 'not_started': het veld 'reason' is leeg"),
        ("neighbours", {"since": None}, "brief 'neighbours': het veld 'since' is leeg"),
        (
            "invitation_intake",
            {"at": "2027-06-03T11:00", "place": "hier"},
            "brief 'invitation_intake': '2027-06-03T11:00' is een tijdstip zonder tijdzone",
        ),
    ],
)
def test_a_letter_that_cannot_be_made_says_why(kind: str, facts: Json, sentence: str) -> None:
    with pytest.raises(LetterError) as refused:
        render(kind, facts, PEOPLE)
    assert sentence == str(refused.value)


def test_dates_are_written_in_dutch_on_a_belgian_clock() -> None:
    assert "6 mei 2027" == datum("2027-05-06")
    assert "7 mei 2027" == datum("2027-05-06T22:30+00:00")
    assert "donderdag 6 mei 2027 om 11.05 uur" == moment("2027-05-06T09:05+00:00")


def test_the_same_letter_has_the_same_hash() -> None:
    one = Rendered(subject="a", text="b\n")
    assert one.sha256 == Rendered(subject="a", text="b\n").sha256
    assert one.sha256 != Rendered(subject="ab", text="\n").sha256


def test_a_template_without_a_text_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "nl.txt").write_text("Onderwerp\n", "utf-8")
    monkeypatch.setattr(letters, "TEMPLATES", tmp_path)
    letters._environment.cache_clear()
    with pytest.raises(LetterError, match="na de eerste regel, het onderwerp, komt geen tekst"):
        render("x", {}, PEOPLE)
    (tmp_path / "x" / "nl.txt").write_text("{{ people.__class__.mro() }}\nx\n", "utf-8")
    letters._environment.cache_clear()
    with pytest.raises(LetterError, match="brief 'x'"):
        render("x", {}, PEOPLE)
    letters._environment.cache_clear()
