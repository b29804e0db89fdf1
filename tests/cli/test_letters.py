"""`opstap letters`, as people type it."""

import email
import email.policy
import json
from pathlib import Path

import pytest

from cli.main import run
from gateway.settings import settings
from letters.sources import OURS
from models.letters import LETTERS, LetterKind

Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def fresh_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPSTAP_LETTERS_DIR", raising=False)
    settings.cache_clear()


def test_the_list_shows_every_letter(capsys: Output) -> None:
    assert 0 == run(["letters", "list"])
    shown = capsys.readouterr().out
    (line,) = [one for one in shown.splitlines() if one.startswith("notice_registered ")]
    assert line.split("  ")[0] == "notice_registered"
    assert "L766-767" in line
    assert "Aangetekende brief" in line
    assert "nl, en, fr" in line
    assert "Opzegbrief goedkeuren" in line
    assert 0 == run(["letters", "list", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert [kind.value for kind in LETTERS] == [row["kind"] for row in rows]
    assert [] == [row["kind"] for row in rows if not row["when"]]


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.pdf", b"%PDF-1.7"),
        ("a.html", b"<!doctype html>"),
        ("a.txt", "Beste Łukasz".encode()),
        ("a.png", b"\x89PNG"),
        ("a.svg", b"<svg"),
        ("a.eml", b"From: "),
    ],
)
def test_a_letter_is_rendered_as_its_suffix_says(
    name: str, start: bytes, tmp_path: Path, capsys: Output
) -> None:
    out = tmp_path / name
    assert 0 == run(["letters", "render", "invitation_intake", "--out", str(out)])
    assert f"Geschreven: {out}.\n" == capsys.readouterr().out
    first = out.read_bytes()
    assert first.startswith(start)
    assert 0 == run(["letters", "render", "invitation_intake", "--out", str(out)])
    assert first == out.read_bytes()


def test_a_letter_is_rendered_with_facts_of_ones_own(tmp_path: Path) -> None:
    data, out = tmp_path / "data.json", tmp_path / "a.eml"
    facts = {"reason": "Omdat.", "people": {"resident": "<b>Ali</b>"}}
    data.write_text(json.dumps(facts), "utf-8")
    arguments = ["letters", "render", "not_started", "--data", str(data), "--lang", "fr"]
    assert 0 == run([*arguments, "--out", str(out)])
    mail = email.message_from_bytes(out.read_bytes(), policy=email.policy.default)
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "Bonjour <b>Ali</b>" in plain.get_content()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["render", "notice_male", "--out", "a.pdf"], 1, "Bedoelt u 'notice_mail'?"),
        (["render", "notice_mail", "--out", "a.doc"], 2, "'a.doc' eindigt niet op .pdf"),
        (["render", "notice_mail", "--out", "a.pdf", "--data", "weg.json"], 1, "niet te lezen"),
        (["new", "x", "--from", "notice_mail"], 1, "waar de eigen brieven staan"),
        (["new", "x", "--from", "notice_male", "--folder", "x"], 1, "Bedoelt u 'notice_mail'?"),
        (["new", "../x", "--from", "notice_mail", "--folder", "x"], 1, "kan geen naam"),
    ],
)
def test_a_wrong_question_is_answered_in_one_sentence(
    arguments: list[str], code: int, told: str, capsys: Output
) -> None:
    assert code == run(["letters", *arguments])
    said = capsys.readouterr().err
    assert told in said
    assert 1 == len(said.strip().splitlines())


def test_check_says_all_is_well_and_what_is_left(capsys: Output) -> None:
    assert 0 == run(["letters", "check"])
    shown = capsys.readouterr().out
    texts = len(list((OURS / "templates").glob("[a-z]*/??.md")))
    counts = f"{len(LetterKind)} brieven, {texts} teksten"
    assert shown.endswith(f"Alles klopt: {counts}, alle gemaakt.\n")
    assert "Nog te regelen: notice_registered: wie de brief tekent.\n" in shown


def test_an_own_letter_is_begun_changed_and_checked(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPSTAP_LETTERS_DIR", str(tmp_path))
    settings.cache_clear()
    begin = ["letters", "new", "notice_mail", "--from", "notice_mail"]
    assert 0 == run(begin)
    assert "(nl.md, en.md, fr.md, sample.json)" in capsys.readouterr().out
    assert 1 == run(begin)
    assert "bestaat al" in capsys.readouterr().err
    path = tmp_path / "templates" / "notice_mail" / "nl.md"
    path.write_text(path.read_text("utf-8").replace("lease_end", "lease_and"), "utf-8")
    assert 1 == run(["letters", "check", "--json"])
    found = json.loads(capsys.readouterr().out)["problems"]
    assert {"templates/notice_mail/nl.md", "templates/notice_mail/en.md"} <= {
        one["path"] for one in found
    }
    assert any(
        (9, "het veld 'lease_and' bestaat niet. Bedoelt u 'lease_end'?")
        == (one["line"], one["text"])
        for one in found
    ) or any("Bedoelt u 'lease_end'?" in one["text"] for one in found)
    settings.cache_clear()


def test_a_new_kind_is_told_what_it_still_needs(tmp_path: Path, capsys: Output) -> None:
    new = ["letters", "new", "spring_party", "--from", "neighbours", "--folder", str(tmp_path)]
    assert 0 == run(new)
    assert "Geef hem een rij in models/letters.py" in capsys.readouterr().out
    assert (tmp_path / "templates" / "spring_party" / "nl.md").is_file()
