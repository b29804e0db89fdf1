"""The command line of the audit: the group, and `opstap audit replay | rebuild`."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path

import click

from audit import beside, gate
from audit.fetching import executions, histories, these
from audit.looking_commands import as_of, list_
from audit.proof_commands import checkpoint_command, export_command, public_key, verify_command
from audit.rebuild import rebuild
from audit.replay import Verdict, replay
from audit.restored import compare
from audit.rights_commands import due_command, erase_command
from audit.running import bar, database, run
from audit.spread import processes_for, replay_on
from gateway.connect import connect
from gateway.lists import Lists
from gateway.runtime import say_errors_only


@click.group()
def audit() -> None:
    """Geschiedenissen naspelen, bewijzen dat niets veranderd is, en terugkijken."""


for _command in (
    as_of,
    list_,
    checkpoint_command,
    export_command,
    public_key,
    verify_command,
    due_command,
    erase_command,
):
    audit.add_command(_command)


@audit.command("replay")
@click.argument("trajectory", required=False, metavar="[ID]")
@click.option("--all", "everything", is_flag=True, help="Alle trajecten, open en afgesloten.")
@click.option(
    "--export",
    "exports",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="Een uitvoer, of een map met uitvoeren; zonder server of database.",
)
@click.option(
    "--gate",
    "at_gate",
    is_flag=True,
    help="Voor een nieuwe versie: welke bewaarde en open geschiedenissen zou deze code breken?",
)
@click.option(
    "--histories",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=gate.KEPT if gate.KEPT.is_dir() else None,
    help="Bij --gate: de map met bewaarde geschiedenissen.",
)
@click.option("--offline", is_flag=True, help="Bij --gate: enkel de bewaarde geschiedenissen.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="Bij --all: zoveel processen tegelijk. Anders één per processor, als het er genoeg zijn.",
)
@click.option("--json", "as_json", is_flag=True, help="Eén JSON-object per geschiedenis.")
def replay_command(
    trajectory: str | None,
    everything: bool,
    exports: tuple[Path, ...],
    at_gate: bool,
    folder: Path | None,
    offline: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Speel geschiedenissen opnieuw af met de code van nu en vergelijk ze met het logboek.

    Voorbeeld: opstap audit replay --all
    """
    if sum((trajectory is not None, everything, bool(exports), at_gate)) != 1:
        raise click.UsageError("Geef één traject op, of --all, of --export, of --gate.")
    if jobs is not None and not everything:
        raise click.UsageError("--jobs hoort bij --all: één traject speelt in één proces.")
    say_errors_only()
    if at_gate:
        run(_say(gate.gate(folder, offline=offline), 0, as_json, gate.SAID))
    elif exports:
        run(_exports(exports, as_json))
    else:
        run(_replay(trajectory, jobs, as_json))


_SAID = "{total} geschiedenissen nagespeeld ({events} gebeurtenissen): {good} gelijk, {bad} anders."


async def _exports(paths: tuple[Path, ...], as_json: bool) -> bool:
    async with database() as (settings, engine):
        verdicts = gate.from_exports(paths, engine if settings.is_at_hand else None)
        return await _say(verdicts, 0, as_json, _SAID)


async def _replay(given: str | None, jobs: int | None, as_json: bool) -> bool:
    async with database() as (settings, engine):
        trajectory = given and await Lists(engine, settings).find(given)
        client = await connect(settings, engine)
        runs = [] if trajectory else await executions(client)
        processes = jobs or processes_for(len(runs))
        if processes > 1:
            return await _say(replay_on(processes, runs), len(runs), as_json, _SAID)
        found = histories(client, trajectory) if trajectory else these(client, runs)
        compared = beside.Database(engine)
        verdicts = replay(found, compared, converter=client.data_converter)
        return await _say(verdicts, len(runs) or 1, as_json, _SAID)


async def _say(verdicts: AsyncIterator[Verdict], length: int, as_json: bool, said: str) -> bool:
    total, good, events, different = 0, 0, 0, []
    with bar(length, "Naspelen") as progress:
        async for verdict in verdicts:
            progress.update(1)
            total += 1
            events += verdict.events
            good += verdict.good
            if as_json:
                click.echo(json.dumps({**asdict(verdict), "good": verdict.good}))
            elif not verdict.good:
                different.append(f"{verdict.trajectory}: {verdict.difference}")
    for line in different:
        click.echo(line, err=True)
    if not as_json:
        click.echo(said.format(total=total, events=events, good=good, bad=total - good))
    return good == total


@audit.command("compare")
@click.option("--json", "as_json", is_flag=True, help="Als JSON, voor programma's.")
def compare_command(as_json: bool) -> None:
    """Vergelijk na een herstelde back-up de database met Temporal: wie weet wat de andere niet?

    Voorbeeld: opstap audit compare
    """
    run(_compare(as_json))


async def _compare(as_json: bool) -> bool:
    async with database() as (settings, engine):
        differing, equal = await compare(await connect(settings, engine), engine)
    if as_json:
        click.echo(json.dumps([one._asdict() for one in differing], ensure_ascii=False))
        return not differing
    for one in differing:
        click.echo(f"{one.trajectory}: {one.text}.", err=True)
    trajectories = "1 traject" if equal == 1 else f"{equal} trajecten"
    click.echo(f"De database en Temporal weten van {trajectories} hetzelfde.")
    return not differing


@audit.command("rebuild")
@click.option("--check", is_flag=True, help="Enkel vergelijken, niets schrijven.")
def rebuild_command(check: bool) -> None:
    """Maak overzicht en grootboek opnieuw uit het logboek, of kijk of ze kloppen.

    Voorbeeld: opstap audit rebuild --check
    """
    run(_rebuild(check))


async def _rebuild(check: bool) -> bool:
    async with database() as (_, engine):
        differences = await rebuild(engine, check=check)
    for difference in differences:
        click.echo(difference, err=check)
    if not differences:
        click.echo("Het overzicht en het grootboek kloppen met het logboek.")
    elif not check:
        click.echo(f"{len(differences)} rijen rechtgezet.")
    return not differences or not check
