"""Reading a file that people made: CSV from a spreadsheet, or JSON. Each row stands by itself.

Knows the line and the column of everything it reads; takes UTF-8, Windows' own encoding, commas,
semicolons and tabs, and headings in English or Dutch. Never guesses at a column it does not know.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from models.errors import OpstapError
from models.facts import Json
from models.fields import Fields

BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
DELIMITERS = (";", "\t", ",")


class FileError(OpstapError):
    """A file that cannot be read at all."""


@dataclass
class Row:
    """One row: where it stands, what it says, and what is wrong with its shape."""

    line: int
    values: Json
    columns: dict[str, str] = field(default_factory=dict)
    error: str | None = None

    def where(self, name: str | None = None) -> str:
        """Return where something stands, as people point at it: line 3, column 2 (naam)."""
        column = self.columns.get(name or "")
        return f"regel {self.line}" + (f", kolom {column}" if column else "")


def read_rows(path: Path, models: Iterable[type[Fields]], columns: Iterable[str]) -> list[Row]:
    """Return the rows of a file, with the columns under the names of the fields.

    Raises:
        FileError: the file is not text, is empty, or has a column that is not known.
    """
    text = decoded(path)
    known = headings(models, columns)
    if text.lstrip()[:1] in {"[", "{"}:
        return list(_json_rows(path, text, known))
    return list(_csv_rows(path, text, known))


def decoded(path: Path) -> str:
    """Return the text of a file: UTF-8 where it is that, else as Windows writes it.

    Raises:
        FileError: it is not text.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} kan niet gelezen worden: {error.strerror}.") from None
    encoding = next((name for bom, name in BOMS if content.startswith(bom)), None)
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            if not text.strip():
                raise FileError(f"{path} is leeg.")
            return text
    raise FileError(f"{path} is geen tekst: bewaar het als CSV (UTF-8) of JSON.")


def headings(models: Iterable[type[Fields]], columns: Iterable[str]) -> dict[str, str]:
    """Return which heading stands for which field: its name, or its Dutch label."""
    wanted = list(columns)
    known = {plain(name): name for name in wanted}
    for model in models:
        for name, info in model.model_fields.items():
            if name in wanted and info.title:
                known.setdefault(plain(info.title), name)
    also = {"begeleider": "supporter", "woonwens": "living"}
    return {**{word: name for word, name in also.items() if name in wanted}, **known}


def plain(heading: str) -> str:
    """Write a heading so that case, spaces and underscores make no difference."""
    return " ".join(heading.replace("_", " ").casefold().split())


def _csv_rows(path: Path, text: str, known: Mapping[str, str]) -> Iterator[Row]:
    first = text.lstrip("\r\n").splitlines()[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    columns: dict[str, str] = {}
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Row(line, {}, error="een aanhalingsteken is niet gesloten")
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if not names:
            names = _names(path, cells, known)
            columns = {
                name: f"{number} ({heading.strip()})"
                for number, (name, heading) in enumerate(zip(names, cells, strict=True), 1)
            }
            continue
        error = None
        if any(cell.strip() for cell in cells[len(names) :]):
            error = f"er zijn {len(cells)} kolommen, de kop heeft er {len(names)}"
        pairs = zip(names, cells, strict=False)
        values = {name: cell.strip() for name, cell in pairs if name and cell.strip()}
        yield Row(line, values, columns, error)


def _names(path: Path, cells: list[str], known: Mapping[str, str]) -> list[str]:
    names = [known.get(plain(cell), "") for cell in cells]
    for cell, name in zip(cells, names, strict=True):
        if cell.strip() and not name:
            raise FileError(_unknown(path, cell.strip(), known))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise FileError(f"{path}: de kolom '{twice[0]}' staat er twee keer.")
    return names


def _unknown(path: Path, heading: str, known: Mapping[str, str]) -> str:
    columns = ", ".join(dict.fromkeys(known.values()))
    return f"{path}: de kolom '{heading}' is niet gekend. Gekend zijn: {columns}."


def _json_rows(path: Path, text: str, known: Mapping[str, str]) -> Iterator[Row]:
    """Read a list of objects, or one object a line."""
    decoder, place = json.JSONDecoder(), 0
    while (place := _next(text, place)) < len(text):
        line = text.count("\n", 0, place) + 1
        try:
            value, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise FileError(f"{path}, regel {error.lineno}: dit is geen geldige JSON.") from None
        if not isinstance(value, dict):
            yield Row(line, {}, error="dit is geen JSON-object")
            continue
        values: Json = {}
        for heading, given in value.items():
            name = known.get(plain(heading))
            if name is None:
                raise FileError(_unknown(path, heading, known))
            if given not in ("", None):
                values[name] = given.strip() if isinstance(given, str) else given
        yield Row(line, values, {name: name for name in known.values()})


def _next(text: str, place: int) -> int:
    """Skip what stands between two objects."""
    while place < len(text) and text[place] in " \t\r\n,[]":
        place += 1
    return place


def as_stored(model: type[BaseModel], values: Json) -> Json:
    """Let a choice be written as people see it: "Vrouw" or "V" becomes "v"."""
    return {name: _choice(model, name, value) for name, value in values.items()}


def _choice(model: type[BaseModel], name: str, value: Any) -> Any:
    info = model.model_fields.get(name)
    if info is None or not isinstance(value, str):
        return value
    for kind in (info.annotation, *get_args(info.annotation)):
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            for word in kind:
                label = str(getattr(word, "label", word.value))
                if plain(value) in {plain(word.value), plain(label)}:
                    return word.value
        if getattr(kind, "__origin__", kind) is list:
            return [one.strip() for one in value.replace("|", ",").split(",") if one.strip()]
    return value
