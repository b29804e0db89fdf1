"""One PDF to print: a list on top, then the stored pages of every letter as they are.

The list says what goes into which envelope, by when, and what was printed before. The letters'
pages are taken over, never drawn again.
"""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from pypdf import PdfReader, PdfWriter

from letters.pdf import Sheet, as_pdf
from letters.sources import DUTCH
from letters.words import datum
from models.facts import Json

DUPLICATE = "DUPLICAAT"
_HEAD = ("Nr.", "Aan", "Brief", "Hoe", "Posten tegen", "Pagina's", "")
_ALIGN = ["left", "left", "left", "left", "left", "right", "left"]


class Sheaf(NamedTuple):
    """The pages for one receiver: who, which letter, how, by when, and how often before."""

    whom: str
    label: str
    reference: str
    how: str
    post_by: date | None
    printed_before: int
    pdf: bytes


def as_batch(
    sheaves: Sequence[Sheaf], letterhead: Json, logo: str, name: str, on: date, by: str
) -> bytes:
    """Return the batch: the list, then the pages of every letter.

    Raises:
        LetterError: the list cannot be drawn.
    """
    pages = [PdfReader(io.BytesIO(sheaf.pdf)) for sheaf in sheaves]
    tree = _cover(sheaves, [len(one.pages) for one in pages], letterhead, name, on, by)
    writer = PdfWriter()
    for reader in (PdfReader(io.BytesIO(as_pdf(tree, Sheet(logo=logo)))), *pages):
        writer.append(reader, import_outline=False)
    writer.add_metadata({"/Title": tree["subject"]})
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _cover(
    sheaves: Sequence[Sheaf], counts: list[int], letterhead: Json, name: str, on: date, by: str
) -> Json:
    rows = [
        [_text(cell) for cell in _row(number, sheaf, count)]
        for number, (sheaf, count) in enumerate(zip(sheaves, counts, strict=True), 1)
    ]
    again = sum(sheaf.printed_before > 0 for sheaf in sheaves)
    blocks: list[Json] = [
        {"t": "p", "c": _text(_lead(len(sheaves), sum(counts), by))},
        {"t": "table", "align": _ALIGN, "head": [_text(one) for one in _HEAD], "rows": rows},
    ]
    if again:
        warning = f"{DUPLICATE}: deze brief werd al eens afgedrukt. Post hem niet twee keer."
        blocks.insert(1, {"t": "box", "c": [{"t": "p", "c": _text(warning)}]})
    blocks.append(
        {
            "t": "p",
            "c": _text(
                "Noteer na het posten voor elke brief de dag, en van een "
                "aangetekende brief de barcode: opstap post posted."
            ),
        }
    )
    return {
        "kind": "afdruklijst",
        "language": DUTCH,
        "subject": f"Af te drukken en te posten: {_brieven(len(sheaves))}",
        "date": on.isoformat(),
        "reference": name,
        "letterhead": letterhead,
        "blocks": blocks,
    }


def _lead(letters: int, pages: int, by: str) -> str:
    on = "1 pagina" if pages == 1 else f"{pages} pagina's"
    return (
        f"Deze bundel heeft {_brieven(letters)} op {on}, in de volgorde van de lijst. "
        f"Afgedrukt door {by}."
    )


def _row(number: int, sheaf: Sheaf, pages: int) -> tuple[str, ...]:
    post_by = datum(sheaf.post_by, DUTCH) if sheaf.post_by else "zo snel mogelijk"
    note = f"{DUPLICATE} ({sheaf.printed_before + 1}e keer)" if sheaf.printed_before else ""
    label = f"{sheaf.label} ({sheaf.reference})"
    return str(number), sheaf.whom, label, sheaf.how, post_by, str(pages), note


def _brieven(count: int) -> str:
    return f"{count} {'brief' if count == 1 else 'brieven'}"


def _text(value: str) -> list[dict[str, Any]]:
    return [{"t": "v", "v": value}] if value else []
