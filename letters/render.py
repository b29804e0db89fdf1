"""From a kind of letter, its facts and its people to a subject and a text.

A template that misses something is an error that names the letter and the field, never a letter
with a hole. Templates run in a sandbox: they can fill in and choose, nothing else.
"""

import hashlib
import re
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel, ConfigDict

from models.calendar import local
from models.errors import OpstapError
from models.facts import Json, canonical

TEMPLATES = Path(__file__).parent / "templates"
MONTHS = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
DAYS = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"]
_MISSING = re.compile(r"'(\w+)' is undefined")


class LetterError(OpstapError):
    """A letter that cannot be made; names the letter and the field."""


class LetterPeople(BaseModel):
    """Who a letter is about and who it comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    resident: str
    supporter: str | None = None
    partner: str | None = None
    address: str | None = None
    programme: str
    organisation: str
    phone: str


class Rendered(BaseModel):
    """A letter as people read it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str
    text: str

    @property
    def sha256(self) -> str:
        """The hash by which this very text is known."""
        return hashlib.sha256(canonical({"subject": self.subject, "text": self.text})).hexdigest()


def render(kind: str, facts: Json, people: LetterPeople) -> Rendered:
    """Write a letter.

    Raises:
        LetterError: no template, a fact or a person that the template needs, or a wrong date.
    """
    empty = sorted(name for name, value in facts.items() if value is None or value == "")
    if empty:
        raise LetterError(f"brief '{kind}': het veld '{empty[0]}' is leeg")
    try:
        template = _environment().get_template(f"{kind}/nl.txt")
        written = template.render(**facts, people=people)
    except TemplateNotFound as error:
        raise LetterError(f"brief '{kind}': het sjabloon '{error.name}' ontbreekt") from None
    except UndefinedError as error:
        field = _MISSING.search(error.message or "")
        what = f"het veld '{field[1]}' ontbreekt" if field else str(error.message)
        raise LetterError(f"brief '{kind}': {what}") from None
    except (TemplateError, ValueError, TypeError) as error:
        raise LetterError(f"brief '{kind}': {error}") from None
    subject, _, text = written.strip().partition("\n")
    if not text.strip():
        raise LetterError(f"brief '{kind}': na de eerste regel, het onderwerp, komt geen tekst")
    return Rendered(subject=subject.strip(), text=text.strip() + "\n")


def datum(value: str) -> str:
    """Write an ISO date, or the Belgian day of an ISO moment: 6 mei 2027."""
    day = date.fromisoformat(value) if len(value) == len("2027-05-06") else _moment(value).date()
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def moment(value: str) -> str:
    """Write an ISO moment on a Belgian clock: donderdag 6 mei 2027 om 11.00 uur."""
    at = _moment(value)
    day = f"{at.day} {MONTHS[at.month - 1]} {at.year}"
    return f"{DAYS[at.weekday()]} {day} om {at.hour}.{at.minute:02} uur"


def _moment(value: str) -> datetime:
    at = datetime.fromisoformat(str(value))  # str: an unknown field names itself
    if at.tzinfo is None:
        raise ValueError(f"'{value}' is een tijdstip zonder tijdzone")
    return local(at)


def _filled(value: Any) -> Any:
    if value is None or value == "":
        raise ValueError("een waarde in de tekst is leeg")
    return value


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        finalize=_filled,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        auto_reload=False,
    )
    environment.filters.update(datum=datum, moment=moment)
    environment.globals.clear()
    return environment
