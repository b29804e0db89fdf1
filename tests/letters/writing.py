"""What the tests of the letters share: a folder of one's own, and a letter in a few words."""

from pathlib import Path

from letters.render import LetterPeople, Letters, Rendered
from letters.samples import DAY, PEOPLE
from models.facts import Json

HEAD = """+++
subject = "{subject}"
lines = "L448"
channels = ["mail"]
on_uncertain = "mens"
+++
"""


def own(folder: Path, body: str, kind: str = "not_started", subject: str = "Iets") -> Letters:
    """Return the letters of an organisation that wrote one text itself."""
    write(folder, body, kind, subject)
    return Letters(folder)


def write(folder: Path, body: str, kind: str = "not_started", subject: str = "Iets") -> Path:
    path = folder / "templates" / kind / "nl.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(subject=subject) + body, "utf-8")
    return path


def written(
    folder: Path, body: str, facts: Json | None = None, people: LetterPeople = PEOPLE
) -> Rendered:
    return own(folder, body).render("not_started", facts or {}, people, DAY)


def spoken(resident: str) -> LetterPeople:
    return PEOPLE.model_copy(update={"resident": resident})
