"""`opstap audit as-of | list`: what was known when, and what deserves an auditor's look."""

import json
from datetime import date, datetime

import click

from audit import lists
from audit.narrative import line
from audit.running import database, run
from gateway.lists import Lists
from gateway.past import Past
from models.calendar import dutch_date, dutch_moment
from models.vocabulary import Stage

_json = click.option("--json", "as_json", is_flag=True, help="Als JSON, voor programma's.")
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("as-of")
@click.argument("day", type=_DAY, metavar="DATUM")
@click.argument("trajectory", metavar="ID")
@click.option("--known", type=_DAY, help="Zoals we het op deze datum wisten; gewoonlijk DATUM.")
@click.option("--by", metavar="WIE", envvar="OPSTAP_BY", help="Wie kijkt.")
@_json
def as_of(
    day: datetime, trajectory: str, known: datetime | None, by: str | None, as_json: bool
) -> None:
    """Toon wat er op een datum gold, zoals we het toen wisten, of op een andere datum.

    Voorbeelden:
      opstap audit as-of 2027-03-05 3fa9
      opstap audit as-of 2027-03-05 3fa9 --known 2027-04-01
    """
    run(_as_of(trajectory, day.date(), known.date() if known else None, by, as_json))


async def _as_of(text: str, on: date, known: date | None, by: str | None, as_json: bool) -> bool:
    async with database() as (settings, engine):
        gateway = Lists(engine, settings)
        person = await gateway.person(by) if by else None
        past = await gateway.as_of(await gateway.find(text, person), on, known, person)
    if as_json:
        click.echo(json.dumps(_plain(past), ensure_ascii=False, indent=2))
    else:
        _print(past)
    return True


def _plain(past: Past) -> dict[str, object]:
    held = past.held
    return {
        "trajectory": past.trajectory,
        "on": past.on.isoformat(),
        "known": past.known.isoformat(),
        "stage": held.stage,
        "overview": past.overview.model_dump(mode="json"),
        **{
            name: [row.model_dump(mode="json") for row in getattr(held, name)]
            for name in ("rows", "later", "gone")
        },
    }


def _print(past: Past) -> None:
    held, shown = past.held, past.overview
    stage = Stage(held.stage).label if held.stage else "nog niet begonnen"
    click.echo(
        f"{past.trajectory} op {dutch_date(past.on)}, zoals geweten op {dutch_date(past.known)}"
    )
    click.echo(f"  Fase               {stage}")
    for label, value in (
        ("Partner", shown.partner),
        ("Begeleider", shown.supporter),
        ("Plaats", shown.place),
        ("Contract tot", dutch_date(shown.lease_end) if shown.lease_end else None),
        ("Volgende termijn", dutch_moment(shown.next_at) if shown.next_at else None),
    ):
        if value:
            click.echo(f"  {label:<19}{value}")
    for title, rows in (
        ("Wat er gold:", held.rows),
        ("Wat toen al waar was, maar pas later verteld werd:", held.later),
        ("Wat we toen dachten, en wat later rechtgezet werd:", held.gone),
    ):
        if rows:
            click.echo(f"\n{title}")
        for row in rows:
            click.echo(line(row))


@click.command("list")
@click.argument("what", type=click.Choice(list(lists.LISTS)), metavar="WAT")
@click.option("--from", "since", type=_DAY, help="Vanaf deze dag.")
@click.option("--until", type=_DAY, help="Tot en met deze dag.")
@_json
def list_(what: str, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    r"""Lijst van overrides, holds, corrections, unconfirmed, refusals, looks of erasures.

    \b
    overrides    regels die opzijgezet werden, met de reden
    holds        pauzes, begonnen en gestopt
    corrections  rechtzettingen en ongedaan gemaakte stappen
    unconfirmed  stappen rechtstreeks in Temporal: bron niet bevestigd
    refusals     stappen die geweigerd werden, met de zin
    looks        wie naar wie keek
    erasures     wie gewist werd, door welke twee, en waarom

    Voorbeeld: opstap audit list overrides --from 2027-01-01
    """
    first = since.date() if since else date.min
    last = until.date() if until else date.max
    run(_list(what, first, last, as_json))


async def _list(what: str, first: date, last: date, as_json: bool) -> bool:
    async with database() as (_, engine):
        found = await lists.LISTS[what](engine)
    found = [one for one in found if first <= one.day <= last]
    if as_json:
        click.echo(json.dumps([one.plain() for one in found], ensure_ascii=False, indent=2))
        return True
    for one in found:
        click.echo(one.line())
    click.echo(f"Totaal: {len(found)}.")
    return True
