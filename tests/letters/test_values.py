"""What people type never becomes markup: not in Jinja, Markdown, HTML or Typst."""

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from letters.errors import LetterError
from letters.pdf import as_pdf
from letters.render import Letters, Rendered
from letters.samples import DAY, PEOPLE
from tests.letters.writing import own, spoken, written

NAMES = [
    "<script>alert(1)</script>",
    "{{7*7}}",
    "{% raw %}",
    '#import "x.typ"',
    "a | b | c",
    "*vet* _schuin_ [a](https://evil.example)",
    "# kop",
    "- lijst",
    "$x^2$ @ref <label>",
    "&lt; \\| `code`",
    "Nguyễn Thị Ánh Tuyết",
    "Łukasz Ďurica",
]
TABLE = """Beste {{ people.resident }}

| Wie | Wat |
|:--|--:|
| {{ people.resident }} | een |
| tweede | twee |

> {{ people.resident }}\\
> tot ziens
"""


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stays_the_name_in_every_form(name: str, tmp_path: Path) -> None:
    letter = written(tmp_path, TABLE, people=spoken(name))
    kinds = [block["t"] for block in letter.tree["blocks"]]
    assert ["p", "table", "box"] == kinds
    assert [name, "een"] == [cell[0]["v"] for cell in letter.tree["blocks"][1]["rows"][0]]
    assert 3 == letter.text().count(name)
    assert 3 == letter.html().replace("&lt;", "<").replace("&gt;", ">").replace(
        "&quot;", '"'
    ).replace("&#x27;", "'").replace("&amp;", "&").count(name)
    assert "<script" not in letter.html()
    assert 3 == words_of(letter).count(name.replace("  ", " "))


def test_a_name_in_the_subject_is_one_line_of_text(tmp_path: Path) -> None:
    letters = own(tmp_path, "Tekst\n", subject="Voor {{ people.resident }}")
    letter = letters.render("not_started", {}, spoken("<b>x</b>\n*y*"), DAY)
    assert "Voor <b>x</b> *y*" == letter.subject
    assert "<title>Voor &lt;b&gt;x&lt;/b&gt; *y*</title>" in letter.html()


def test_arabic_keeps_its_own_direction_and_is_drawn(tmp_path: Path) -> None:
    letter = written(tmp_path, "Beste {{ people.resident }}, welkom.\n", people=spoken("محمد علي"))
    assert "Beste <bdi>محمد علي</bdi>, welkom." in letter.html()
    fonts = fonts_of(pdf_of(letter))
    assert any("NotoSansArabic" in font for font in fonts)


def test_ethiopic_is_drawn(tmp_path: Path) -> None:
    letter = written(tmp_path, "Beste {{ people.resident }}\n", people=spoken("ሰላም"))
    assert any("NotoSansEthiopic" in font for font in fonts_of(pdf_of(letter)))


def test_a_name_of_two_hundred_characters_stays_on_the_page(tmp_path: Path) -> None:
    letter = written(tmp_path, "Beste {{ people.resident }}\n", people=spoken("Q" * 200))
    assert 200 == words_of(letter).count("Q")
    assert 1 == len(PdfReader(io.BytesIO(pdf_of(letter))).pages)


def test_names_are_never_hyphenated_and_dutch_words_are(tmp_path: Path) -> None:
    body = "aaaa " * 13 + "{{ people.resident }} en " + "budgetbegeleidingsgesprekken " * 8 + "\n"
    letter = written(tmp_path, body, people=spoken("Thuishavenachtergrond"))
    lines = [line.strip() for line in raw_text(letter).splitlines()]
    assert [] == [line for line in lines if line.endswith(("Thuis-", "Thuisha-", "achter-"))]
    assert any("Thuishavenachtergrond" in line for line in lines)
    assert any(line.endswith(("-", "\u2010", "\u00ad")) for line in lines)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Ali 😀", "het teken '😀' (U+1F600 GRINNING FACE) kan niet in een brief"),
        ("漢字", "het teken '漢' (U+6F22 CJK UNIFIED IDEOGRAPH-6F22) kan niet in een brief"),
        ("a\ue0000\ue001", "het teken (U+E000) kan niet in een brief"),
        ("a\u202eb", "het teken (U+202E RIGHT-TO-LEFT OVERRIDE) kan niet in een brief"),
        ("a\x00b", "het teken (U+0000) kan niet in een brief"),
        ("  ", "is leeg"),
    ],
)
def test_a_character_that_no_letter_can_hold_is_named(name: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(LetterError) as refused:
        written(tmp_path, "Beste\n\nDag {{ people.resident }}\n", people=spoken(name))
    assert f"brief 'not_started', nl.md, regel 9: het veld 'people.resident': {told}" == str(
        refused.value
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{{ people.residnt }}", "het veld 'residnt' ontbreekt. Bedoelt u 'resident'?"),
        ("{{ reson }}", "het veld 'reson' ontbreekt. Bedoelt u 'reason'?"),
        ("{{ amount|eur }}", "de filter 'eur' bestaat niet. Bedoelt u 'euro'?"),
        ("{{ people.resident|safe }}", "de filter 'safe' bestaat niet."),
        ("{{ amount|euro }}", "het veld 'amount': het bedrag '-5' is negatief"),
        ("{{ day|datum }}", "het veld 'day': 'morgen' is geen datum"),
        ("{{ at|moment }}", "het veld 'at': '2027-06-03T11:00' is een tijdstip zonder tijdzone"),
        ("{{ items }}", "het veld 'items': is geen tekst: gebruik |datum, |moment, |euro of |join"),
        ("{{ people.supporter.__class__ }}", "dit mag een sjabloon niet"),
        ("{{ range(10**9) }}", "het veld 'range' ontbreekt"),
        ('{% include "afscheid" %}', "het bouwblok 'afscheid' ontbreekt"),
        ("[x](http://example.org)", "de koppeling 'http://example.org' begint niet met https:"),
        ("{{ people.partner|payment }}", "het veld 'people.partner': het veld 'het geheel' klopt"),
    ],
)
def test_a_mistake_in_a_template_is_named(body: str, told: str, tmp_path: Path) -> None:
    facts = {"reason": "x", "amount": -5, "day": "morgen", "at": "2027-06-03T11:00", "items": [1]}
    with pytest.raises(LetterError) as refused:
        written(tmp_path, f"Beste\n\n{body}\n", facts)
    assert str(refused.value).startswith("brief 'not_started'")
    assert told in str(refused.value)


def test_a_syntax_error_names_the_file_and_the_line(tmp_path: Path) -> None:
    with pytest.raises(LetterError) as refused:
        written(tmp_path, "Beste\n\n{% if people.partner %}\nx\n")
    assert str(refused.value).startswith(
        "brief 'not_started', nl.md, regel 10: het sjabloon is niet goed geschreven ("
    )


def test_a_filter_that_cuts_a_mark_is_noticed(tmp_path: Path) -> None:
    body = "{% filter first %}{{ people.resident }}{% endfilter %}\n"
    with pytest.raises(LetterError, match="een filter heeft een waarde doorgeknipt"):
        written(tmp_path, body)


def test_a_building_block_that_includes_itself_is_told(tmp_path: Path) -> None:
    shared = tmp_path / "templates" / "_shared"
    shared.mkdir(parents=True)
    (shared / "lus.nl.md").write_text('{% include "lus" %}\n', "utf-8")
    with pytest.raises(LetterError, match="een bouwblok voegt zichzelf in"):
        written(tmp_path, '{% include "lus" %}\n')


def test_whatever_goes_wrong_in_a_template_names_the_letter(tmp_path: Path) -> None:
    with pytest.raises(LetterError) as refused:
        written(tmp_path, "Beste\n\n{{ amount // zero }}\n", {"amount": 1, "zero": 0})
    assert str(refused.value).startswith("brief 'not_started', nl.md, regel 9: het veld 'amount': ")


def test_an_empty_fact_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(LetterError) as refused:
        written(tmp_path, "Beste\n", {"reason": ""})
    assert "brief 'not_started': het veld 'reason' is leeg" == str(refused.value)


def pdf_of(letter: Rendered) -> bytes:
    return as_pdf(letter.tree, Letters().sheet((PEOPLE.programme,)))


def raw_text(letter: Rendered) -> str:
    reader = PdfReader(io.BytesIO(pdf_of(letter)))
    return "\n".join(page.extract_text() for page in reader.pages)


def words_of(letter: Rendered) -> str:
    return " ".join(raw_text(letter).replace("\u200b", "").split())


def fonts_of(pdf: bytes) -> list[str]:
    page: Any = PdfReader(io.BytesIO(pdf)).pages[0]
    fonts = page["/Resources"]["/Font"]
    return [str(font.get_object()["/BaseFont"]) for font in fonts.values()]
