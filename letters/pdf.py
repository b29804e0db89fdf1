"""A letter on paper: PDF/A-2a and PDF/UA-1 in one file by Typst, and the same pages as pictures.

Typst gets the tree as JSON, so no text can ever be markup there. One compiler per thread: it does
not allow two at once, and it lets go of the interpreter while it works.
"""

import threading
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import typst
from pydantic import BaseModel, ConfigDict

from letters.errors import LetterError
from letters.glyphs import FONTS
from letters.organisation import ADDRESS_LINES, BORDER, SHEET_HEIGHT, Envelope
from letters.payment import qr_svg
from letters.words import LABELS
from models.facts import Json, canonical

LAYOUT = Path(__file__).parent / "layout"
STANDARDS: list[Any] = ["a-2a", "ua-1"]
# The version of everything that makes bytes from a tree: raise the last number with the layout.
RENDERER = f"opstap-2 typst-{version('typst')}"
Picture = Literal["png", "svg"]
_local = threading.local()


class Sheet(BaseModel):
    """How one copy goes on paper: to whom, in which envelope, registered or not."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    addressee: tuple[str, ...] = ()
    registered: bool = False
    window: bool = False
    envelope: Envelope = Envelope()
    logo: str


def as_pdf(tree: Json, sheet: Sheet) -> bytes:
    """Return the archival PDF; the same tree and sheet give the same bytes.

    Raises:
        LetterError: the address does not fit, or a character cannot be drawn.
    """
    made = _compiled(tree, sheet, format="pdf", pdf_standards=STANDARDS)
    return made if isinstance(made, bytes) else made[0]


def as_pictures(tree: Json, sheet: Sheet, form: Picture, ppi: float = 144) -> list[bytes]:
    """Return every page as a picture, the very pages of the PDF."""
    made = _compiled(tree, sheet, format=form, ppi=ppi)
    return [made] if isinstance(made, bytes) else list(made)


def page_json(tree: Json, sheet: Sheet) -> str:
    """Return what Typst reads: the tree, the labels of its language, and the sheet."""
    return canonical(
        {
            "tree": tree,
            "labels": LABELS[tree["language"]],
            "addressee": list(sheet.addressee),
            "registered": sheet.registered,
            "window": _in_window(tree, sheet),
            "safe": sheet.envelope.safe.model_dump(),
            "clear": sheet.envelope.clear.model_dump(),
            "border": BORDER,
            "folds": _folds(sheet.envelope),
            "logo": sheet.logo,
            "codes": {epc: qr_svg(epc) for epc in _codes(tree["blocks"])},
        }
    ).decode("utf-8")


def new_compiler() -> typst.Compiler:
    """Return a compiler with our fonts alone: no machine's own fonts, no network."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]
    )
    return typst.Compiler(str(LAYOUT / "letter.typ"), root=str(LAYOUT), font_paths=fonts)


def _compiled(tree: Json, sheet: Sheet, **how: Any) -> Any:
    _address_fits(tree, sheet)
    compiler = getattr(_local, "compiler", None)
    if compiler is None:
        compiler = _local.compiler = new_compiler()
    day = datetime.fromisoformat(tree["date"]).replace(tzinfo=UTC)
    try:
        made, warnings = compiler.compile_with_warnings(
            sys_inputs={"letter": page_json(tree, sheet)}, timestamp=day, **how
        )
    except typst.TypstError as error:
        raise LetterError(f"brief '{tree['kind']}': {_told(error)}") from None
    if warnings:
        raise LetterError(f"brief '{tree['kind']}': {warnings[0].message}")
    return made


def _in_window(tree: Json, sheet: Sheet) -> bool:
    """Say whether an address must show: a document is handed over, or goes with a letter."""
    return sheet.window and tree.get("layout", "letter") == "letter"


def _address_fits(tree: Json, sheet: Sheet) -> None:
    lines = len(sheet.addressee)
    window = _in_window(tree, sheet)
    if window and lines > ADDRESS_LINES:
        raise LetterError(
            f"brief '{tree['kind']}': het adres telt {lines} regels; in het venster passen er"
            f" {ADDRESS_LINES}. Kort het adres in"
        )
    if window and not lines:
        raise LetterError(f"brief '{tree['kind']}': er is geen adres voor het venster")


def _told(error: typst.TypstError) -> str:
    message = str(error.message)
    if "window-line" in message:
        # The number, not the words: what goes wrong is told in places without names.
        number = message.partition("window-line ")[2].rstrip('"')
        return f"regel {number} van het adres is te lang voor het venster. Kort hem in"
    return f"de PDF kan niet gemaakt worden ({message})"


def _folds(envelope: Envelope) -> list[float]:
    return [at for at in (envelope.fold, 2 * envelope.fold) if at < SHEET_HEIGHT - 20]


def _codes(blocks: list[Json]) -> list[str]:
    found = [block["epc"] for block in blocks if block["t"] == "pay"]
    inner = [block["c"] for block in blocks if block["t"] == "box"]
    inner += [item for b in blocks if b["t"] in {"ul", "ol", "checks"} for item in b["items"]]
    return sorted({*found, *(code for part in inner for code in _codes(part))})
