"""`opstap audit erase | due` and `opstap person export`: the rights of the person."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from audit.erasing import Erased, erase_person, pair, weigh
from audit.person_export import person_files, write_files
from audit.retention import due
from audit.running import database, run
from gateway.lists import Lists
from gateway.programmes import find_programme
from gateway.running import settings as running_settings
from gateway.steps import open_gateway
from models.calendar import day_of, dutch_date
from models.choices import EraseReason
from models.errors import OpstapError
from models.retention import Kept
from models.vocabulary import STAFF

_json = click.option("--json", "as_json", is_flag=True, help="Als JSON, voor programma's.")
_by = click.option("--by", required=True, metavar="WIE", envvar="OPSTAP_BY", help="Wie het vraagt.")
_DAY = click.DateTime(["%Y-%m-%d"])
_CODES = [reason.value for reason in EraseReason]


@click.command("erase")
@click.argument("trajectory", metavar="ID")
@_by
@click.option("--second", required=True, metavar="WIE", help="De tweede: iemand anders.")
@click.option(
    "--reason", required=True, type=click.Choice(_CODES), help="Waarom; dit blijft staan."
)
@click.option("--text", metavar="TEKST", help="Uitleg; die wordt mee gewist.")
@click.option("--yes", is_flag=True, help="Vraag niet nog eens of het zeker is.")
@_json
def erase_command(
    trajectory: str,
    by: str,
    second: str,
    reason: str,
    text: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    r"""Wis een persoon: de sleutel wordt vernietigd, elke naam verdwijnt, het bewijs blijft.

    Twee mensen, van wie een leidinggevende. Enkel een dossier dat ten einde is, zonder open schuld
    en zonder juridische procedure. Dit kan niet ongedaan gemaakt worden.

    \b
    Voorbeeld:
      opstap audit erase 3fa9 --by bo:manager --second an:coordinator --reason bewaartermijn
    """
    run(_erase(trajectory, (by, second), EraseReason(reason), text, yes, as_json))


async def _erase(
    given: str,
    both: tuple[str, str],
    reason: EraseReason,
    text: str | None,
    yes: bool,
    as_json: bool,
) -> bool:
    async with open_gateway(running_settings()) as gateway:
        one, other = [await gateway.person(who) for who in both]
        asked = pair(one, other, reason, text)
        trajectory = await gateway.find(given)
        theirs = await weigh(gateway, trajectory, reason)
        if not yes:
            _sure(theirs)
        done = await erase_person(gateway, trajectory, asked)
    if as_json:
        click.echo(json.dumps(done._asdict(), ensure_ascii=False))
    else:
        _say(done)
    return True


def _sure(theirs: list[str]) -> None:
    if not sys.stdin.isatty():
        raise OpstapError("Zonder terminal geeft u --yes op: wissen kan niet ongedaan.")
    click.confirm(f"Voorgoed wissen: {', '.join(theirs)}?", abort=True)


def _say(done: Erased) -> None:
    again = "was al gewist" if done.already else "is gewist"
    click.echo(
        f"{', '.join(done.trajectories)} {again}: {sum(done.rows.values())} rijen leeggemaakt, "
        f"{done.files} bestanden verwijderd."
    )
    click.echo(
        "Wat in Temporal staat is versleuteld, en de sleutel bestaat niet meer. Reservekopieën van "
        "de database met de oude sleutel vervallen volgens deploy/README.md. Brieven die "
        "vertrokken zijn, blijven bij wie ze kreeg."
    )


@click.command("due")
@click.option("--on", "on", type=_DAY, help="Op deze dag; gewoonlijk vandaag.")
@_json
def due_command(on: datetime | None, as_json: bool) -> None:
    """Van wie is de bewaartermijn voorbij? De termijnen staan in het programmaprofiel.

    Voorbeeld: opstap audit due
    """
    run(_due(on, as_json))


async def _due(on: datetime | None, as_json: bool) -> bool:
    today = on.date() if on else day_of(datetime.now(UTC))
    async with database() as (settings, engine):
        found = await due(engine, find_programme(settings), today)
    if as_json:
        click.echo(json.dumps([one.plain() for one in found], ensure_ascii=False, indent=2))
        return True
    for one in found:
        why = f" Nog niet: {one.held_back}" if one.held_back else ""
        click.echo(
            f"{one.trajectory}  {Kept(one.what).label.lower()}, ten einde op "
            f"{dutch_date(one.ended_on)}, bewaard tot {dutch_date(one.kept_until)}.{why}"
        )
    click.echo(f"Totaal: {len(found)}. Wissen doen twee mensen: `opstap audit erase ID`.")
    return True


@click.group("person")
def person() -> None:
    """De rechten van de persoon: alles meegeven wat we weten."""


@person.command("export")
@click.argument("trajectory", metavar="ID")
@click.option("--out", type=click.Path(path_type=Path), help="De map; gewoonlijk persoon-ID.")
@_by
@_json
def export_command(trajectory: str, out: Path | None, by: str, as_json: bool) -> None:
    """Schrijf alles wat we van iemand weten, leesbaar en als JSON, met de brieven erbij.

    Voorbeeld: opstap person export 3fa9 --out ./voor-de-bewoner --by an
    """
    run(_export(trajectory, out, by, as_json))


async def _export(text: str, out: Path | None, by: str, as_json: bool) -> bool:
    async with database() as (settings, engine):
        gateway = Lists(engine, settings)
        who = await gateway.person(by)
        if who.role not in STAFF:
            raise OpstapError("Alles van iemand meegeven doet het team zelf, niemand anders.")
        trajectory = await gateway.find(text, who)
        await gateway.may_see(trajectory, who)
        await gateway.not_erased(trajectory)
        made = await person_files(engine, trajectory, gateway.clock())
        folder = out or Path(f"persoon-{trajectory}")
        write_files(folder, made)
        await gateway.looked(trajectory, "person_export", who)
    if as_json:
        click.echo(json.dumps({"folder": str(folder), "files": sorted(made)}))
    else:
        click.echo(f"Geschreven: {len(made)} bestanden in {folder}. Begin met gegevens.html.")
    return True
