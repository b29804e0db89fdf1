"""The command line of the audit: `opstap audit replay | rebuild`."""

import asyncio
import json
import sys
from collections.abc import Coroutine
from typing import Any

import click

from audit.rebuild import rebuild
from audit.replay import Verdict, histories, replay
from gateway.connect import connect, open_database
from gateway.running import settings as running_settings


def _run(work: Coroutine[Any, Any, bool]) -> None:
    """Run to the end; exit 1 when something differs."""
    if not asyncio.run(work):
        sys.exit(1)


@click.group()
def audit() -> None:
    """Geschiedenissen naspelen en vergelijken met wat mensen lezen."""


@audit.command("replay")
@click.argument("trajectory", required=False)
@click.option("--all", "everything", is_flag=True, help="Alle trajecten, open en afgesloten.")
@click.option("--json", "as_json", is_flag=True, help="Eén JSON-object per geschiedenis.")
def replay_command(trajectory: str | None, everything: bool, as_json: bool) -> None:
    """Speel geschiedenissen opnieuw af met de code van nu en vergelijk ze met het logboek.

    Voorbeeld: opstap audit replay --all
    """
    if (trajectory is None) == (not everything):
        raise click.UsageError("Geef één traject op, of --all voor alle trajecten.")
    _run(_replay(trajectory, as_json))


async def _replay(trajectory: str | None, as_json: bool) -> bool:
    settings = running_settings()
    engine = open_database(settings)
    client = await connect(settings, engine)
    good = bad = events = 0
    async for verdict in replay(histories(client, trajectory), engine):
        events += verdict.events
        good, bad = good + verdict.good, bad + (not verdict.good)
        _say(verdict, as_json)
    await engine.dispose()
    if not as_json:
        click.echo(
            f"{good + bad} geschiedenissen nagespeeld ({events} gebeurtenissen): "
            f"{good} gelijk, {bad} anders."
        )
    return bad == 0


def _say(verdict: Verdict, as_json: bool) -> None:
    if as_json:
        click.echo(
            json.dumps(
                {
                    "trajectory": verdict.trajectory,
                    "events": verdict.events,
                    "good": verdict.good,
                    "difference": verdict.difference,
                },
                ensure_ascii=False,
            )
        )
    elif not verdict.good:
        click.echo(f"{verdict.trajectory}: {verdict.difference}", err=True)


@audit.command("rebuild")
@click.option("--check", is_flag=True, help="Enkel vergelijken, niets schrijven.")
def rebuild_command(check: bool) -> None:
    """Maak het overzicht opnieuw uit het logboek, of kijk of het klopt.

    Voorbeeld: opstap audit rebuild --check
    """
    _run(_rebuild(check))


async def _rebuild(check: bool) -> bool:
    engine = open_database(running_settings())
    differences = await rebuild(engine, check=check)
    await engine.dispose()
    for difference in differences:
        click.echo(difference, err=check)
    if not differences:
        click.echo("Het overzicht klopt met het logboek.")
    elif not check:
        click.echo(f"{len(differences)} rijen rechtgezet.")
    return not differences or not check
