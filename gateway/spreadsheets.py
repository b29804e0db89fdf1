"""Tables for a spreadsheet, as CSV or XLSX: no cell of ours is ever taken for a formula.

A text that begins as a formula gets an apostrophe before it; amounts and days are written as such.
CSV is as a Belgian Excel opens it: semicolons, a decimal comma, UTF-8 with its mark.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from unicodedata import category

from models.calendar import dutch_date
from models.errors import OpstapError

Cell = str | Decimal | date | int | None
# What a spreadsheet may read as the beginning of a formula, or of a command (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠")
# Control characters and halves of characters; two more that no XML may hold.
_NEVER, _NO_XML = ("Cc", "Cs"), "\ufffe\uffff"
KINDS = (".csv", ".xlsx")


class UnknownKind(OpstapError):  # noqa: N818 (named for what the caller hears)
    """A file of another kind than we write."""


def table(kind: str, head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    """Return a table as a file of this kind (".csv" or ".xlsx").

    Raises:
        UnknownKind: another kind.
    """
    if kind == ".csv":
        return _csv(head, rows)
    if kind == ".xlsx":
        return _xlsx(head, rows, title)
    raise UnknownKind(f"Een bestand '{kind}' kan Opstap niet maken: kies .csv of .xlsx.")


def kind_of(path: Path) -> str:
    """Return the kind of file that a name asks for.

    Raises:
        UnknownKind: neither CSV nor XLSX.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise UnknownKind(f"'{path.name}' eindigt niet op .csv of .xlsx: kies een van de twee.")
    return kind


def safe(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, without control characters."""
    text = "".join(sign for sign in text if category(sign) not in _NEVER and sign not in _NO_XML)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def _csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _written(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}".replace(".", ",")
    if isinstance(cell, date):
        return dutch_date(cell)
    if isinstance(cell, int):
        return str(cell)
    return safe(cell or "")


def _xlsx(head: Sequence[str], rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    # Half a second that only an export needs.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append(list(head))
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, safe(value) or None if isinstance(value, str) else value)
            if isinstance(value, Decimal):
                cell.number_format = "#,##0.00"
            elif isinstance(value, date):
                cell.number_format = "d/m/yyyy"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
