"""Where the texts are: a folder per kind, a file per language, and the organisation's own first.

A file is Markdown under a TOML front matter between two lines of `+++`. The Dutch file tells what
holds for the letter in every language; a translation only has its own subject.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from letters.errors import LetterError
from letters.organisation import Organisation, load_organisation, wrong_field
from models.facts import Json
from models.vocabulary import Channel

OURS = Path(__file__).parent
LANGUAGES = ("nl", "en", "fr")
DUTCH = "nl"
FENCE = "+++"
Layout = Literal["letter", "document", "poster"]
SHARED = "_shared"
SAMPLE = "sample.json"
ORGANISATION = "organisation.toml"


class Translation(BaseModel):
    """The front matter of a text in another language."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str = Field(min_length=1)


class FrontMatter(Translation):
    """The front matter of the Dutch text."""

    lines: str = Field(min_length=1, description="the lines of the playbook behind it")
    channels: list[Channel] = Field(min_length=1)
    layout: Layout = Field(
        default="letter", description="a document has no address and runs on; a poster is large"
    )
    on_uncertain: Literal["mens", "opnieuw"] = Field(
        description="a person decides, or it is sent again with the same Message-ID"
    )
    article: str | None = Field(default=None, description="the law that shapes it")
    to_settle: list[str] = Field(
        default_factory=list, description="what the organisation must settle itself"
    )


class Source(NamedTuple):
    """One text in one language. In `body` the front matter is empty lines: line numbers hold."""

    kind: str
    language: str
    path: Path
    meta: FrontMatter
    subject: str
    body: str


class Library:
    """The texts of one installation; a file that changes is read again."""

    def __init__(self, own: Path | None = None) -> None:
        """Look in the organisation's own folder first, when it has one."""
        if own is not None and not own.is_dir():
            raise LetterError(f"de map met eigen brieven '{own}' bestaat niet")
        self.folders = [*([own] if own else []), OURS]
        self._read: dict[Path, tuple[int, str]] = {}
        self._parsed: dict[tuple[str, str], tuple[str, str, Source]] = {}
        self._organisation: tuple[str, str, Organisation] | None = None

    def find(self, name: str) -> Path | None:
        """Return where a file is, in the first folder that has it."""
        paths = (folder / name for folder in self.folders)
        return next((path for path in paths if path.is_file()), None)

    def text(self, path: Path) -> str:
        """Return a file's text, read again only when it changed."""
        known = self._read.get(path)
        try:
            changed = path.stat().st_mtime_ns
            if known is None or known[0] != changed:
                # -sig: editors on Windows may put a mark before the first line.
                self._read[path] = known = (changed, path.read_text("utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise LetterError(f"{path}: het bestand is niet te lezen ({error})") from None
        return known[1]

    def kinds(self) -> list[str]:
        """Return the kinds that have a folder."""
        folders = (folder / "templates" for folder in self.folders)
        found = {path.name for folder in folders if folder.is_dir() for path in folder.iterdir()}
        return sorted(name for name in found if not name.startswith((".", "_")))

    def languages(self, kind: str) -> list[str]:
        """Return the languages in which a letter exists."""
        return [one for one in LANGUAGES if self.find(f"templates/{kind}/{one}.md")]

    def source(self, kind: str, language: str) -> Source:
        """Return a text with its front matter.

        Raises:
            LetterError: there is none in this language, or its front matter is wrong.
        """
        dutch = self._file(kind, DUTCH)
        path = self._file(kind, language)
        texts = self.text(dutch), self.text(path)
        known = self._parsed.get((kind, language))
        if known is not None and known[:2] == texts and known[2].path == path:
            return known[2]
        source = self._parse(kind, language, dutch, path)
        self._parsed[kind, language] = (*texts, source)
        return source

    def shared(self, name: str, language: str) -> Path:
        """Return a building block that letters include, in one language.

        Raises:
            LetterError: there is none.
        """
        path = self.find(f"templates/{SHARED}/{name}.{language}.md")
        if path is None:
            raise LetterError(f"het bouwblok '{name}' ontbreekt in de taal '{language}'")
        return path

    def sample(self, kind: str) -> Json:
        """Return the facts with which a letter is tried.

        Raises:
            LetterError: there are none, or they cannot be read.
        """
        path = self.find(f"templates/{kind}/{SAMPLE}")
        if path is None:
            raise LetterError(f"brief '{kind}': {SAMPLE} ontbreekt")
        return read_facts(path)

    def organisation(self) -> Organisation:
        """Return who sends the letters."""
        path = self.find(ORGANISATION) or OURS / ORGANISATION
        seen = str(path), self.text(path)
        if self._organisation is None or self._organisation[:2] != seen:
            self._organisation = (*seen, load_organisation(path))
        return self._organisation[2]

    def example_account(self) -> Path | None:
        """Return the file that still has the account of our example, or None."""
        if self.organisation().pay_to != load_organisation(OURS / ORGANISATION).pay_to:
            return None
        return self.find(ORGANISATION)

    def logo(self) -> str:
        """Return the logo, an SVG text."""
        name = self.organisation().logo
        path = self.find(name)
        if path is None:
            raise LetterError(f"{ORGANISATION}: het logo '{name}' bestaat niet")
        return self.text(path)

    def version(self, source: Source) -> str:
        """Return the hash of a text with its building blocks: the version of the template."""
        parts = [self.text(source.path), source.meta.model_dump_json()]
        for name in sorted(self._blocks(source.language)):
            parts += [name, self.text(self.shared(name, source.language))]
        return hashlib.sha256("\x00".join(parts).encode()).hexdigest()

    def _blocks(self, language: str) -> Iterable[str]:
        ending = f".{language}.md"
        folders = (folder / "templates" / SHARED for folder in self.folders)
        return {path.name.removesuffix(ending) for f in folders for path in f.glob(f"*{ending}")}

    def _file(self, kind: str, language: str) -> Path:
        path = self.find(f"templates/{kind}/{language}.md")
        if path is None:
            raise LetterError(f"brief '{kind}': het sjabloon '{kind}/{language}.md' ontbreekt")
        return path

    def _parse(self, kind: str, language: str, dutch: Path, path: Path) -> Source:
        try:
            meta = FrontMatter.model_validate(split(self.text(dutch))[0])
            if language == DUTCH:
                subject = meta.subject
            else:
                subject = Translation.model_validate(split(self.text(path))[0]).subject
            body = split(self.text(path))[1]
        except ValidationError as error:
            raise LetterError(f"brief '{kind}': {path.name}: {wrong_field(error)}") from None
        except (tomllib.TOMLDecodeError, ValueError) as error:
            raise LetterError(f"brief '{kind}': {path.name}: {error}") from None
        return Source(kind, language, path, meta, subject, body)


def split(text: str) -> tuple[Json, str]:
    """Return the front matter and the body, which keeps its line numbers.

    Raises:
        ValueError: no front matter, or it is not TOML.
    """
    lines = text.split("\n")
    if lines[0].strip() != FENCE or FENCE not in (line.strip() for line in lines[1:]):
        raise ValueError(f"het bestand begint niet met gegevens tussen twee regels {FENCE}")
    end = next(number for number, line in enumerate(lines) if number and line.strip() == FENCE)
    values = tomllib.loads("\n".join(lines[1:end]))
    return values, "\n".join([*([""] * (end + 1)), *lines[end + 1 :]])


def read_facts(path: Path) -> Json:
    """Return the facts in a JSON file.

    Raises:
        LetterError: it cannot be read, or it is not an object.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise LetterError(f"{path}: het bestand is niet te lezen ({error})") from None
    if not isinstance(found, dict):
        raise LetterError(f"{path}: er hoort een JSON-object te staan")
    return found
