"""`opstap letters check`: every letter in every language, tried with its sample, and compared.

Finds what would only show on the day a letter leaves: a field that nobody gives, a translation
that forgets one, a text that does not fit the page. Says the file, the line and what was meant.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from letters.catalogue import wanted_languages
from letters.errors import LetterError
from letters.fields import Use, used_fields
from letters.filling import guess
from letters.pdf import as_pdf
from letters.render import SENDER, LetterPeople, Letters
from letters.samples import DAY, PEOPLE, REFERENCE, addressee
from letters.sources import DUTCH, ORGANISATION, Library, Source
from models.facts import Json
from models.letters import LETTERS, LetterKind, LetterRow
from models.vocabulary import Channel


class Problem(NamedTuple):
    """Something to repair, and where."""

    path: str
    line: int
    text: str

    def sentence(self) -> str:
        """Return it as editors know it: file, line, what."""
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


class Settle(NamedTuple):
    """Something that the organisation must settle itself."""

    where: str
    text: str


def problems(letters: Letters, kinds: Iterable[str] = LetterKind) -> list[Problem]:
    """Return everything that is wrong with these kinds of letters; nothing when all is well."""
    found = list(_organisation(letters.library))
    found += _folders(letters.library)
    for kind in kinds:
        found += _letter(letters, LETTERS[LetterKind(kind)])
    return list(dict.fromkeys(found))


def to_settle(library: Library) -> list[Settle]:
    """Return what the front matters and the organisation's file leave to the organisation."""
    found = [Settle(ORGANISATION, text) for text in library.organisation().to_settle]
    for row in LETTERS.values():
        meta = library.source(row.kind.value, DUTCH).meta
        found += [Settle(row.kind.value, text) for text in meta.to_settle]
    return found


def _organisation(library: Library) -> Iterator[Problem]:
    try:
        library.organisation()
        library.logo()
    except LetterError as error:
        yield Problem(ORGANISATION, 0, str(error))


def _folders(library: Library) -> Iterator[Problem]:
    known = {kind.value for kind in LetterKind}
    for name in library.kinds():
        if name not in known:
            hint = guess(name, known)
            text = f"geen enkele soort brief heet '{name}' (models/letters.py).{hint}"
            yield Problem(f"templates/{name}", 0, text)


def _letter(letters: Letters, row: LetterRow) -> Iterator[Problem]:
    kind, library = row.kind.value, letters.library
    try:
        dutch = library.source(kind, DUTCH)
        facts = library.sample(kind)
    except LetterError as error:
        yield Problem(f"templates/{kind}", 0, str(error))
        return
    yield from _table(dutch, row)
    yield from _sample(library, row, facts)
    for language in dict.fromkeys((*wanted_languages(row), *library.languages(kind))):
        try:
            source = library.source(kind, language)
            yield from _fields(library, source, dutch, row)
            for told in _told(row, facts):
                _try(letters, row, told, language)
        except LetterError as error:
            path = library.find(f"templates/{kind}/{language}.md")
            yield Problem(_shown(path) if path else f"templates/{kind}", 0, str(error))


def _table(dutch: Source, row: LetterRow) -> Iterator[Problem]:
    if dutch.meta.lines != row.lines:
        text = f"'lines' is '{dutch.meta.lines}', in de tabel staat '{row.lines}'"
        yield Problem(_shown(dutch.path), _line_of(dutch.path, "lines"), text)
    if row.channel not in dutch.meta.channels:
        text = f"'channels' mist '{row.channel.value}', zoals de brief volgens de tabel vertrekt"
        yield Problem(_shown(dutch.path), _line_of(dutch.path, "channels"), text)


def _sample(library: Library, row: LetterRow, facts: Json) -> Iterator[Problem]:
    path = library.find(f"templates/{row.kind.value}/sample.json") or Path("sample.json")
    given = {*row.facts, *row.maybe}
    for name in sorted(set(facts) - given):
        text = f"de soort brief krijgt geen veld '{name}'.{guess(name, given)}"
        yield Problem(_shown(path), _line_of(path, f'"{name}"'), text)
    for name in sorted(given - set(facts)):
        yield Problem(_shown(path), 1, f"het veld '{name}' ontbreekt in het voorbeeld")


def _fields(library: Library, source: Source, dutch: Source, row: LetterRow) -> Iterator[Problem]:
    used = used_fields(library, source)
    people = (f"people.{name}" for name in LetterPeople.model_fields)
    given = {*row.facts, *row.maybe, *people, *(f"sender.{name}" for name in SENDER)}
    for name, use in used.items():
        if name not in given:
            yield _problem(use, f"het veld '{name}' bestaat niet.{guess(name, given)}")
    if source.language == DUTCH:
        return
    base = used_fields(library, dutch)
    facts = {*row.facts, *row.maybe}  # who is named, and how often, is the translation's own
    for name in sorted((set(base) - set(used)) & facts):
        where = f"{base[name].path.name} regel {base[name].line}"
        yield Problem(_shown(source.path), 1, f"het veld '{name}' ({where}) staat hier niet")
    for name in sorted((set(used) - set(base)) & facts):
        yield _problem(used[name], f"het veld '{name}' staat niet in {dutch.path.name}")


def _told(row: LetterRow, facts: Json) -> list[Json]:
    """Return the sample, and the sample with what may be missing left out."""
    less = {name: value for name, value in facts.items() if name not in row.maybe}
    return [facts, less] if less != facts else [facts]


def _try(letters: Letters, row: LetterRow, facts: Json, language: str) -> None:
    kind, paper = row.kind.value, row.channel is not Channel.MAIL
    made = letters.render(kind, facts, PEOPLE, DAY, language=language, reference=REFERENCE)
    registered = row.channel is Channel.REGISTERED
    as_pdf(made.tree, letters.sheet(addressee(row), window=paper, registered=registered))


def _problem(use: Use, text: str) -> Problem:
    return Problem(_shown(use.path), use.line, text)


def _line_of(path: Path, start: str) -> int:
    lines = path.read_text("utf-8").splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.strip().startswith(start)), 1)


def _shown(path: Path) -> str:
    return "/".join(path.parts[-3:])
