"""Printing for people and for programs: aligned columns, Belgian dates, or JSON."""

import json
import textwrap
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Any

import click

from models.calendar import dutch_date, dutch_moment
from models.facts import Json

WIDTH = 100


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Als JSON, voor programma's.")(
        function
    )


def by_option(*, required: bool, help_text: str) -> Callable[[Callable[..., Any]], Any]:
    """Add `--by`."""
    return click.option(
        "--by", required=required, envvar="OPSTAP_BY", metavar="WIE", help=help_text
    )


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, right: Collection[int] = ()
) -> None:
    """Print rows in aligned columns; the last column may run on. `right` are columns of amounts."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = [
            cell.rjust(width) if number in right else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def print_wrapped(text: str, indent: str = "  ") -> None:
    """Print a text over several lines."""
    print(textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent))


def day(value: date | str | None) -> str:
    """Write a date as Belgians do, or nothing."""
    if value is None:
        return ""
    return dutch_date(date.fromisoformat(value) if isinstance(value, str) else value)


def moment(value: datetime | str | None) -> str:
    """Write a moment as Belgians do, or nothing."""
    if value is None:
        return ""
    return dutch_moment(datetime.fromisoformat(value) if isinstance(value, str) else value)


def next_deadline(row: Json) -> str:
    """Write the next deadline of an overview row, or nothing."""
    return f"{moment(row['next_at'])}: {row['next_text']}" if row["next_at"] else ""
