"""Filling in a text: Jinja in a sandbox, where a value never becomes markup.

Every value that is printed is kept aside and leaves a mark in the text; Markdown then reads the
template with marks, and `tree.py` puts the values back as plain strings. So a name like `# x`,
`{{ y }}` or `a | b` is seen by no parser at all.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from types import TracebackType
from typing import Any

from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    TemplateNotFound,
    TemplateSyntaxError,
    Undefined,
    pass_context,
)
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup
from pydantic import ValidationError

from letters.errors import GapError, LetterError
from letters.glyphs import described, unusable
from letters.organisation import wrong_field
from letters.payment import Payment
from letters.signing import Signatures
from letters.sources import Library, Source
from letters.words import filters
from models.facts import Json

OPEN, CLOSE = "\ue000", "\ue001"
Value = str | Payment | Signatures
# What a template may use of Jinja's own; the rest could cut a mark or reach outside.
KEPT = ("capitalize", "count", "default", "first", "join", "last", "length", "lower", "upper")
_UNDEFINED = re.compile(r"'(?:dict object)' has no attribute '(\w+)'|'(\w+)' is undefined")
_NO_FILTER = re.compile(r"No (filter|test) named '(\w+)'")
_PRINTED = re.compile(r"\{\{-?\s*([A-Za-z_][\w.]*)")
_values: ContextVar[list[Value]] = ContextVar("values")


class Filler:
    """The templates of one language, compiled once."""

    def __init__(self, library: Library, language: str) -> None:
        """Prepare the sandbox; nothing is read yet."""
        self._library = library
        self._language = language
        self._environment = environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._load),
            undefined=StrictUndefined,
            finalize=_kept_aside,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            cache_size=400,
        )
        environment.globals.clear()
        for name in set(environment.filters) - set(KEPT):
            del environment.filters[name]
        environment.filters.update(filters(language), payment=_payment, sign=_sign)
        self._subjects: dict[str, Any] = {}

    def fill(self, source: Source, data: Json) -> tuple[str, str, list[Value]]:
        """Return the subject and the body, with marks, and the values behind the marks.

        Raises:
            LetterError: names the letter, the file, the line and the field.
        """
        values: list[Value] = []
        token = _values.set(values)
        try:
            subject = self._subject(source).render(data)
            body = self._environment.get_template(f"{source.kind}/").render(data)
        except LetterError:
            raise
        except Exception as error:  # noqa: BLE001 (a template's mistake must never reach the log)
            raise self._told(source, data, error) from None
        finally:
            _values.reset(token)
        return subject, body, values

    def _subject(self, source: Source) -> Any:
        if source.subject not in self._subjects:
            self._subjects[source.subject] = self._environment.from_string(source.subject)
        return self._subjects[source.subject]

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        kind, slash, _ = name.partition("/")
        if slash:
            source = self._library.source(kind, self._language)
            return (
                source.body,
                str(source.path),
                lambda: self._library.source(kind, self._language) == source,
            )
        try:
            path = self._library.shared(name, self._language)
        except LetterError:
            raise TemplateNotFound(name) from None
        text = self._library.text(path)
        return text, str(path), lambda: self._library.text(path) == text

    def _told(self, source: Source, data: Json, error: Exception) -> LetterError:
        path, line = self._where(source, error)
        text = self._line(source, path, line)
        place = f", regel {line}" if line else ", onderwerp"
        return LetterError(
            f"brief '{source.kind}', {_shown(path, source)}{place}: {self._what(error, data, text)}"
        )

    def _where(self, source: Source, error: Exception) -> tuple[Path, int]:
        if isinstance(error, TemplateSyntaxError):
            return (Path(error.filename), error.lineno) if error.filename else (source.path, 0)
        found = source.path, 0
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            name = trace.tb_frame.f_code.co_filename
            if name.endswith(f".{self._language}.md") or name == str(source.path):
                found = Path(name), trace.tb_lineno
            trace = trace.tb_next
        return found

    def _line(self, source: Source, path: Path, line: int) -> str:
        if not line:
            return source.subject
        lines = self._library.text(path).split("\n")
        return lines[line - 1] if line <= len(lines) else ""

    def _what(self, error: Exception, data: Json, line: str) -> str:
        message = getattr(error, "message", None) or str(error)
        if isinstance(error, UndefinedError):
            return _unknown_field(message, data)
        if isinstance(error, TemplateNotFound):
            return f"het bouwblok '{error.name}' ontbreekt"
        if isinstance(error, SecurityError):
            return "dit mag een sjabloon niet"
        if isinstance(error, RecursionError):
            return "een bouwblok voegt zichzelf in"
        if isinstance(error, TemplateSyntaxError):
            return self._badly_written(message)
        names = " of ".join(dict.fromkeys(f"'{name}'" for name in _PRINTED.findall(line)))
        return f"het veld {names}: {message}" if names else message

    def _badly_written(self, message: str) -> str:
        found = _NO_FILTER.search(message)
        if found is None:
            return f"het sjabloon is niet goed geschreven ({message})"
        known = self._environment.filters if found[1] == "filter" else self._environment.tests
        hint = guess(found[2], known)
        return f"de {found[1]} '{found[2]}' bestaat niet.{hint}"


def guess(name: str, known: Mapping[str, Any] | set[str]) -> str:
    """Return a suggestion for a name that is not known, or nothing."""
    near = get_close_matches(name, sorted(known), 1, 0.5)
    return f" Bedoelt u '{near[0]}'?" if near else ""


def _unknown_field(message: str, data: Json) -> str:
    found = _UNDEFINED.search(message)
    if found is None:
        return f"een veld ontbreekt ({message})"
    name = found[1] or found[2]
    people = data.get("people") or {}
    near = guess(name, set(people) if found[1] else {*data, *people} - {name})
    return f"het veld '{name}' ontbreekt{'.' + near if near else ''}"


def _shown(path: Path, source: Source) -> str:
    return path.name if path == source.path else f"{path.parent.name}/{path.name}"


@pass_context
def _kept_aside(_: Context, value: Any) -> Any:
    """Leave a mark for a value; `pass_context` keeps Jinja from doing so once, when compiling."""
    if isinstance(value, Markup):
        return value  # what a building block made
    if isinstance(value, Undefined):
        return str(value)  # raises, with the field's name
    if isinstance(value, float | Decimal | date | bool | dict | list | tuple):
        raise GapError("is geen tekst: gebruik |datum, |moment, |euro of |join")
    values = _values.get()
    values.append(value if isinstance(value, Payment | Signatures) else plain(value))
    return Markup(f"{OPEN}{len(values) - 1}{CLOSE}")  # noqa: S704 (the mark holds a number only)


def plain(value: Any) -> str:
    """Return a value as the text that a letter can hold.

    Raises:
        GapError: it is empty, or it has a character that a letter cannot hold.
    """
    text = "" if value is None else unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n")
    if not text.strip():
        raise GapError("is leeg")
    wrong = unusable(text)
    if wrong is not None:
        raise GapError(f"het teken {described(wrong)} kan niet in een brief")
    return text


def _sign(value: Any) -> Signatures:
    """Make the place to sign: who, by the role in which they sign, or nothing for a pen."""
    return Signatures({plain(role): plain(name) if name else "" for role, name in value.items()})


def _payment(value: Any) -> Payment:
    if isinstance(value, Undefined):
        str(value)  # raises, with the field's name
    try:
        return Payment.model_validate(value)
    except ValidationError as error:
        raise GapError(wrong_field(error)) from None
