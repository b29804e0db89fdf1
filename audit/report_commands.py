"""`opstap report year`: the figures of a year, and the outcomes behind each of them."""

import json

import click

from audit.narrative import line
from audit.running import database, run
from models.errors import OpstapError
from models.facts import Json
from models.report import FIGURES, Figure, year_report
from stores import outcomes


@click.group()
def report() -> None:
    """Cijfers voor het jaarverslag, elk tot op de rij te volgen."""


@report.command("year")
@click.argument("year", type=click.IntRange(2000, 2200), metavar="JAAR")
@click.option(
    "--explain",
    metavar="CIJFER",
    help=f"Toon de rijen achter één cijfer: {', '.join(FIGURES)}.",
)
@click.option("--format", "as_", type=click.Choice(["text", "json"]), default="text")
@click.option("--json", "as_json", is_flag=True, help="Hetzelfde als --format json.")
def year_command(year: int, explain: str | None, as_: str, as_json: bool) -> None:
    """Toon de cijfers van een jaar.

    Voorbeelden:
      opstap report year 2027
      opstap report year 2027 --explain waiting_days
    """
    if explain is not None and explain not in FIGURES:
        raise click.UsageError(f"'{explain}' is geen cijfer. Kies uit: {', '.join(FIGURES)}.")
    run(_year(year, explain, as_json=as_json or as_ == "json"))


async def _year(year: int, explain: str | None, *, as_json: bool) -> bool:
    async with database() as (_, engine):
        lives = [
            (trajectory, await outcomes.rows(engine, trajectory))
            for trajectory in await outcomes.trajectories(engine)
        ]
    if not lives:
        raise OpstapError("Er zijn nog geen trajecten om over te verslaan.")
    figures = {figure.name: figure for figure in year_report(lives, year)}
    if explain is None:
        _print_all(year, figures, as_json=as_json)
        return True
    rows = {(trajectory, row.seq): line(row) for trajectory, found in lives for row in found}
    _print_one(figures[explain], rows, as_json=as_json)
    return True


def _print_all(year: int, figures: dict[str, Figure], *, as_json: bool) -> None:
    plain = {name: figure.plain() for name, figure in figures.items()}
    if as_json:
        click.echo(json.dumps({"year": year, "figures": plain}, ensure_ascii=False, indent=2))
        return
    click.echo(f"Cijfers van {year}\n")
    for name, told in plain.items():
        click.echo(f"{told['label']:<58}{told['count']:>6}{_spread(told)}   ({name})")
        for group, count in told.get("groups", {}).items():
            click.echo(f"    {group:<54}{count:>6}")
    click.echo(f"\nDe rijen achter een cijfer: opstap report year {year} --explain CIJFER")


def _spread(told: Json) -> str:
    if "median" not in told:
        return ""
    return f"   van {told['least']} tot {told['most']}, mediaan {told['median']:g}"


def _print_one(figure: Figure, rows: dict[tuple[str, int], str], *, as_json: bool) -> None:
    if as_json:
        parts = [{**part._asdict(), "day": part.day.isoformat()} for part in figure.parts]
        told = {**figure.plain(), "name": figure.name, "parts": parts}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    click.echo(f"{figure.label}: {len(figure.parts)}\n")
    for part in figure.parts:
        value = "" if part.value is None else f" = {part.value}"
        group = f" [{part.group}]" if part.group else ""
        click.echo(f"{part.trajectory}{group}{value}\n{rows[part.trajectory, part.seq]}")
