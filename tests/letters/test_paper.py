"""The PDF: conformant, tagged, and with nothing but the address in the window."""

import hashlib
import io
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from letters.catalogue import wanted_languages
from letters.errors import LetterError
from letters.organisation import Box, Envelope
from letters.pdf import as_pdf, as_pictures
from letters.render import Letters, Rendered
from letters.samples import ADDRESSEE, DAY, PEOPLE
from models.letters import LETTERS, LetterKind
from models.vocabulary import Channel
from tests.letters.writing import written

OURS = Letters()
ROOT = Path(__file__).parents[2]
TEXTS = [(kind, lang) for kind in LetterKind for lang in wanted_languages(LETTERS[kind])]
POINTS_PER_MM = 72 / 25.4


def letter(kind: LetterKind, language: str = "nl") -> Rendered:
    facts = OURS.library.sample(kind.value)
    return OURS.render(kind.value, facts, PEOPLE, DAY, language=language, reference="1-x")


def pdf(made: Rendered, *, window: bool = False, address: tuple[str, ...] = ADDRESSEE) -> bytes:
    return as_pdf(made.tree, OURS.sheet(address, window=window, registered=window))


@pytest.mark.parametrize(("kind", "language"), TEXTS)
def test_every_pdf_says_that_it_is_archival_and_accessible(kind: LetterKind, language: str) -> None:
    made = letter(kind, language)
    paper = LETTERS[kind].channel is not Channel.MAIL
    reader = PdfReader(io.BytesIO(pdf(made, window=paper)))
    root: Any = reader.root_object
    xmp = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/Lang"].split("-")[0] == language
    assert reader.metadata is not None
    assert made.subject == reader.metadata.title
    assert len(reader.pages) <= most_pages(made)


def most_pages(made: Rendered) -> int:
    """A letter is one page; with a transfer and a table of debts it may be two."""
    if made.tree["layout"] != "letter":
        return 4
    return 2 if any(block["t"] == "pay" for block in made.tree["blocks"]) else 1


def test_the_parts_of_a_letter_are_tagged_as_what_they_are() -> None:
    reader = PdfReader(io.BytesIO(pdf(letter(LetterKind.NOTICE_MAIL))))
    tags = tags_of(reader.root_object["/StructTreeRoot"])
    assert {"/Title", "/H1", "/P", "/L", "/LI", "/Figure"} <= tags


def tags_of(node: object) -> set[str]:
    found: set[str] = set()
    if isinstance(node, DictionaryObject):
        found |= {str(node["/S"])} if "/S" in node else set()
        kids = node.get("/K", [])
        kids = kids.get_object() if hasattr(kids, "get_object") else kids
        for kid in kids if isinstance(kids, list) else [kids]:
            found |= tags_of(kid.get_object() if hasattr(kid, "get_object") else kid)
    return found


# ---- the window ----------------------------------------------------------------------------------
def test_the_window_is_arithmetic() -> None:
    envelope = Envelope()
    assert Box(left=104, top=44, right=195, bottom=69) == envelope.safe
    assert Box(left=85, top=29, right=214, bottom=84) == envelope.clear


@pytest.mark.parametrize("kind", [LetterKind.NOTICE_REGISTERED, LetterKind.NEIGHBOURS])
def test_only_the_address_can_show_through_the_window(kind: LetterKind) -> None:
    five = (*ADDRESSEE[:1], "p/a CAW Voorbeeld", "tweede verdieping", *ADDRESSEE[1:])
    for address in (ADDRESSEE[:1], ADDRESSEE, five):
        placed = words_at(pdf(letter(kind), window=True, address=address))
        clear, safe = Envelope().clear, Envelope().safe
        inside = [(text, x, y) for text, x, y in placed if within(clear, x, y, 4)]
        assert "".join("".join(address).split()) == "".join(t for t, _, _ in inside)
        assert [] == [one for one in inside if not within(safe, one[1], one[2], 0)]


def words_at(content: bytes) -> list[tuple[str, float, float]]:
    """Every text with the place of its baseline in millimetres from the upper left corner."""
    found: list[tuple[str, float, float]] = []
    page = PdfReader(io.BytesIO(content)).pages[0]
    height = float(page.mediabox.height)

    def note(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        word = "".join(text.split())
        if word:
            x = (tm[4] * cm[0] + cm[4]) / POINTS_PER_MM
            y = (height - (tm[5] * cm[3] + cm[5])) / POINTS_PER_MM
            found.append((word, x, y))

    page.extract_text(visitor_text=note)
    return found


def within(box: Box, x: float, y: float, above: float) -> bool:
    return box.left <= x <= box.right and box.top <= y <= box.bottom + above


def test_an_address_of_six_lines_is_refused_with_its_letter() -> None:
    six = ("Ali Ben", "p/a Sofie", "CAW Voorbeeld", "Straat 1", "2060 Antwerpen", "België")
    with pytest.raises(LetterError) as refused:
        pdf(letter(LetterKind.NOTICE_REGISTERED), window=True, address=six)
    assert (
        "brief 'notice_registered': het adres telt 6 regels; in het venster passen er 5."
        " Kort het adres in" == str(refused.value)
    )
    assert pdf(letter(LetterKind.NOTICE_MAIL), address=six).startswith(b"%PDF")


def test_a_long_line_of_an_address_is_refused_by_its_number_and_not_by_its_words() -> None:
    with pytest.raises(LetterError) as refused:
        pdf(letter(LetterKind.NOTICE_REGISTERED), window=True, address=("Ali", "x" * 80, "2060"))
    assert (
        "brief 'notice_registered': regel 2 van het adres is te lang voor het venster. Kort hem in"
        == str(refused.value)
    )


def test_an_emoji_in_an_address_is_refused() -> None:
    with pytest.raises(LetterError, match=r"het adres: het teken '😀' \(U\+1F600 GRINNING FACE\)"):
        OURS.sheet(("Ali", "Straat 😀"))


# ---- threads, pages, pictures --------------------------------------------------------------------
def test_threads_draw_at_once_and_alike() -> None:
    made = letter(LetterKind.NOTICE_MAIL)
    one = pdf(made)
    results: list[bool] = []

    def work() -> None:
        results.append(all(pdf(made) == one for _ in range(5)))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [True, True, True] == results


def test_a_long_letter_has_numbered_pages_that_repeat_the_subject(tmp_path: Path) -> None:
    made = written(tmp_path, "Een regel die vult.\n\n" * 70)
    reader = PdfReader(io.BytesIO(as_pdf(made.tree, OURS.sheet(ADDRESSEE))))
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert 3 == len(texts)
    assert ["Pagina 1 van 3", "Pagina 2 van 3", "Pagina 3 van 3"] == [
        shown for text in texts for shown in [text[text.index("Pagina") :][:14]]
    ]
    assert texts[1].startswith("Iets 6 mei 2027")
    assert 3 == len(as_pictures(made.tree, OURS.sheet(ADDRESSEE), "png", 40))


def test_a_preview_is_a_picture_of_the_page() -> None:
    made, sheet = letter(LetterKind.EXTENSION), OURS.sheet(ADDRESSEE)
    (png,) = as_pictures(made.tree, sheet, "png", 40)
    (svg,) = as_pictures(made.tree, sheet, "svg")
    assert png.startswith(b"\x89PNG")
    assert svg.startswith(b"<svg")
    assert svg == as_pictures(made.tree, sheet, "svg")[0]


def test_another_process_place_and_seed_give_the_same_bytes(tmp_path: Path) -> None:
    program = (
        "import hashlib, sys\n"
        "from tests.letters.test_paper import LetterKind, letter, pdf\n"
        "made = letter(LetterKind.NOTICE_REGISTERED)\n"
        "print(hashlib.sha256(made.html().encode() + pdf(made, window=True)).hexdigest())\n"
    )
    seen = set()
    for seed, zone in (("1", "Asia/Tokyo"), ("2", "America/Lima")):
        env = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "TZ": zone, "HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=True,
        )
        seen.add(done.stdout.strip())
    made = letter(LetterKind.NOTICE_REGISTERED)
    here = hashlib.sha256(made.html().encode() + pdf(made, window=True)).hexdigest()
    assert {here} == seen
