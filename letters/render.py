"""From a kind of letter, its facts and its people to what is sent: tree, text, HTML and PDF.

A template that misses something is an error that names the letter and the field, never a letter
with a hole. The same data give the same bytes, in every form.
"""

import hashlib
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from letters.errors import GapError, LetterError
from letters.filling import Filler, plain
from letters.html import as_html
from letters.pdf import Sheet
from letters.sources import DUTCH, LANGUAGES, Library
from letters.text import as_text
from letters.tree import build, words
from models.facts import Json, canonical

SENDER = {"street", "city", "town", "email", "website", "enterprise", "hours"}


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
    """A letter in words: a tree of blocks, from which every form is made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str
    language: str
    tree: Json
    template: str = Field(description="the hash of the template and its building blocks")

    @property
    def subject(self) -> str:
        """The subject, one line."""
        return str(self.tree["subject"])

    @property
    def sha256(self) -> str:
        """The hash by which these very words are known."""
        return hashlib.sha256(canonical(self.tree)).hexdigest()

    def text(self) -> str:
        """Return the letter as plain text."""
        return as_text(self.tree)

    def html(self, preamble: str = "") -> str:
        """Return the letter as the HTML of a mail."""
        return as_html(self.tree, preamble)


class Letters:
    """The letters of an installation: its own folder first, then those of the product."""

    def __init__(self, own: Path | None = None) -> None:
        """Look in the organisation's own folder first, when it has one.

        Raises:
            LetterError: that folder does not exist.
        """
        self.library = Library(own)
        self._fillers = {one: Filler(self.library, one) for one in LANGUAGES}

    def render(
        self,
        kind: str,
        facts: Json,
        people: LetterPeople,
        on: date,
        *,
        language: str = DUTCH,
        reference: str | None = None,
    ) -> Rendered:
        """Write a letter, dated on a day.

        Raises:
            LetterError: no template in this language, or a fact that it needs; names the field.
        """
        if language not in self._fillers:
            raise LetterError(f"brief '{kind}': de taal '{language}' is niet gekend")
        empty = sorted(name for name, value in facts.items() if value is None or value in ("", []))
        if empty:
            raise LetterError(f"brief '{kind}': het veld '{empty[0]}' is leeg")
        source = self.library.source(kind, language)
        data = {**facts, "people": people.model_dump(), "sender": self._sender()}
        subject, body, values = self._fillers[language].fill(source, data)
        try:
            blocks = build(body, values, language)
            title = words(subject, values)
        except GapError as error:
            raise LetterError(f"brief '{kind}', {source.path.name}: {error}") from None
        if not blocks:
            raise LetterError(f"brief '{kind}', {source.path.name}: er staat geen tekst in")
        tree = {
            "kind": kind,
            "language": language,
            "subject": title,
            "date": on.isoformat(),
            "reference": reference,
            "layout": source.meta.layout,
            "letterhead": self._letterhead(people),
            "blocks": blocks,
        }
        version = self.library.version(source)
        return Rendered(kind=kind, language=language, tree=tree, template=version)

    def sends_again(self, kind: str) -> bool:
        """Whether a mail that may not have left goes once more by itself; in doubt it does not."""
        try:
            return self.library.source(kind, DUTCH).meta.on_uncertain == "opnieuw"
        except LetterError:
            return False

    def sheet(
        self, addressee: tuple[str, ...], *, window: bool = False, registered: bool = False
    ) -> Sheet:
        """Return how a copy goes on paper: in a window envelope, or with a mail.

        Raises:
            LetterError: a character in the address that cannot be drawn.
        """
        try:
            lines = tuple(plain(line) for line in addressee)
        except GapError as error:
            raise LetterError(f"het adres: {error}") from None
        return Sheet(
            addressee=lines,
            window=window,
            registered=registered,
            envelope=self.library.organisation().envelope,
            logo=self.library.logo(),
        )

    def _sender(self) -> Json:
        """Return what a text may say of the organisation, beside `people`."""
        return self.library.organisation().model_dump(include=SENDER)

    def _letterhead(self, people: LetterPeople) -> Json:
        organisation = self.library.organisation()
        return {
            "programme": people.programme,
            "organisation": people.organisation,
            "phone": people.phone,
            "street": organisation.street,
            "city": organisation.city,
            "town": organisation.town,
            "email": organisation.email,
            "website": organisation.website,
            "enterprise": organisation.enterprise,
            "hours": organisation.hours,
            "logo_alt": organisation.logo_alt,
        }
