"""Which files are generated, and whether they are still what the tables say.

A page is a whole file; the README only has a part, between two markers.
"""

from collections.abc import Callable
from pathlib import Path

from documentation.letters import letters_page
from documentation.rulebook import rules_page
from documentation.steps import chart, trajectory_page
from documentation.words import glossary_page
from models.errors import OpstapError

BEGIN, END = "<!-- chart:begin -->", "<!-- chart:end -->"
PAGES: dict[str, Callable[[], str]] = {
    "docs/trajectory.md": trajectory_page,
    "docs/glossary.md": glossary_page,
    "docs/rules.md": rules_page,
    "docs/letters.md": letters_page,
}
README = "README.md"


def root() -> Path:
    """Return the folder of the source code, where the pages live.

    Raises:
        OpstapError: the program was installed without its source.
    """
    folder = Path(__file__).parents[1]
    if not (folder / README).is_file():
        raise OpstapError("De documentatie hoort bij de broncode: doe dit in een kopie daarvan.")
    return folder


def wanted(folder: Path) -> dict[Path, str]:
    """Return every generated file with the text it should have."""
    pages = {folder / name: made() for name, made in PAGES.items()}
    return {**pages, folder / README: with_chart((folder / README).read_text(encoding="utf-8"))}


def with_chart(readme: str) -> str:
    """Return the README with today's chart between its markers.

    Raises:
        OpstapError: a marker is missing.
    """
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise OpstapError(f"README.md: de regels {BEGIN} en {END} ontbreken.")
    return f"{before}{BEGIN}\n{chart()}\n{END}{after}"


def stale(folder: Path) -> list[str]:
    """Return the files that are not what the tables say."""
    return [
        str(path.relative_to(folder))
        for path, text in wanted(folder).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def write(folder: Path) -> list[str]:
    """Write the files that changed; return their names."""
    changed = stale(folder)
    texts = wanted(folder)
    for name in changed:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(texts[folder / name], encoding="utf-8")
    return changed
