"""Small pieces of Markdown: tables, code, links between pages. Knows nothing of the domain."""

from collections.abc import Iterable, Sequence

NOTE = "<!-- Made by `opstap docs` from the tables in models/. Change those, then run it again. -->"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a cell's line breaks and bars are written so that they stay in it."""
    lines = [_line(head), _line(["---"] * len(head))]
    return "\n".join([*lines, *(_line([_cell(cell) for cell in row]) for row in rows)])


def code(text: str) -> str:
    """Return text as code, or nothing for nothing."""
    return f"`{text}`" if text else ""


def codes(names: Iterable[str]) -> str:
    """Return names as code, with commas."""
    return ", ".join(code(name) for name in names)


def page(title: str, *parts: str) -> str:
    """Return a whole page: title, the note that it is made, and its parts."""
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", "<br>")
