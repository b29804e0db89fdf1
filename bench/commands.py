"""`opstap bench`: measure Opstap against a bare Temporal workflow on this machine."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from importlib import import_module

import click

from bench.report import Report
from gateway.runtime import say_errors_only

NAMES = ("step", "history", "replay", "audit", "simulate", "idle", "kill", "letters", "bank")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@click.option("--quick", is_flag=True, help="Kleinere aantallen, minder zekere cijfers.")
@click.option("--json", "as_json", is_flag=True, help="Cijfers als JSON, één object per meting.")
def bench(names: tuple[str, ...], *, quick: bool, as_json: bool) -> None:
    """Meet Opstap tegenover een kale Temporal-workflow op dezelfde server."""
    # The servers of a measurement come and go: what the client says about that is nothing new.
    logging.basicConfig(format="%(asctime)s %(message)s")
    logging.getLogger("opstap.bench").setLevel(logging.INFO)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    say_errors_only()
    missed = False
    for name in names or NAMES:
        measure: Callable[..., Awaitable[Report]] = import_module(f"bench.{name}").measure
        report = asyncio.run(_measured(measure, quick=quick))
        missed = missed or any(figure.met is False for figure in report.figures)
        print(json.dumps(report.plain(), ensure_ascii=False) if as_json else report.text())
    if missed:
        click.echo("Niet elk doel is gehaald.", err=True)
        click.get_current_context().exit(1)


async def _measured(measure: Callable[..., Awaitable[Report]], *, quick: bool) -> Report:
    return await measure(quick=quick)


if __name__ == "__main__":
    bench()
