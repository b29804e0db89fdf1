"""`opstap play` and `opstap simulate`: whole trajectories on a virtual clock, into a folder.

Both say in one Dutch sentence what is wrong with a script or a folder; neither touches a server
with real people: the temporal engine starts a private one and stops it again.
"""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click

from gateway.settings import settings
from models.errors import ScriptError
from simulation import output
from simulation.generator import Plan, generate
from simulation.played import Played, RulesOn, play_on_core
from simulation.programme import rules_on
from simulation.rarely import collected_rarely
from simulation.script import Script, read_script
from simulation.temporal_engine import play_on_temporal

Tick = Callable[[datetime], None]
ENGINES = click.Choice(["core", "temporal"])
_out = click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Map voor de resultaten; ze moet leeg zijn.",
)
_engine = click.option(
    "--engine",
    type=ENGINES,
    default="core",
    show_default=True,
    help="core: de regels alleen; temporal: de echte workflow op een testserver.",
)
_force = click.option("--force", is_flag=True, help="Overschrijf wat al in de map staat.")


@click.command()
@click.argument("script", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@_out
@_engine
@_force
@collected_rarely()
def play(script: Path, out: Path, engine: str, *, force: bool) -> None:
    """Speel een script van gedateerde stappen: wat gebeurt er als…?"""
    text = _text_of(script)
    read = read_script(text.splitlines(), script.name)
    on = rules_on(settings(), read.rules)
    output.prepare(out, force=force)
    start = min((one.at for one in read.dated()), default=read.until)
    with _Progress(start, read.until) as tick:
        played = _play(engine, read, on, tick)
    output.write(out, played, text.encode())
    _say(out, played)


@click.command()
@click.option("--residents", type=click.IntRange(1, 100_000), default=45, show_default=True)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Zelfde getal, zelfde verhaal."
)
@click.option(
    "--from",
    "start",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2027-01-04",
    show_default=True,
    help="Eerste dag.",
)
@click.option("--months", type=click.IntRange(1, 120), default=16, show_default=True)
@click.option("--programme", default=None, help="Programma; standaard dat van de instellingen.")
@_out
@_engine
@_force
@collected_rarely()
def simulate(
    residents: int,
    seed: int,
    start: datetime,
    months: int,
    programme: str | None,
    out: Path,
    engine: str,
    *,
    force: bool,
) -> None:
    """Laat verzonnen bewoners hele trajecten doorlopen, van aanmelding tot vertrek."""
    rules = {"programme": programme or settings().programme}
    plan = Plan(residents, seed, start.date(), months, rules)
    on = rules_on(settings(), rules)
    output.prepare(out, force=force)
    with _Progress(plan.starts_at, plan.until) as tick:
        played = generate(plan, on, tick)
    if engine == "temporal":
        with _Progress(plan.starts_at, plan.until) as tick:
            played = play_on_temporal(played.script, on, tick)
    output.write(out, played)
    _say(out, played)


def _play(engine: str, script: Script, on: RulesOn, tick: Tick) -> Played:
    if engine == "temporal":
        return play_on_temporal(script, on, tick)
    return play_on_core(script, on, tick)


def _text_of(script: Path) -> str:
    try:
        return script.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScriptError(
            f"{script.name}: dit is geen UTF-8-tekst (byte {error.start}); bewaar het als UTF-8."
        ) from None


def _say(out: Path, played: Played) -> None:
    outcomes = sum(len(life.outcomes) for life in played.lives)
    click.echo(
        f"{len(played.lives)} trajecten, {outcomes} uitkomsten, {len(played.refusals)} weigeringen."
        f" Lees {out / 'timeline.txt'}."
    )


class _Progress:
    """A bar that follows the virtual clock, on a terminal alone."""

    def __init__(self, start: datetime, until: datetime) -> None:
        self.start = start
        self.days = max((until - start).days, 1)
        self.done = 0
        self.bar = click.progressbar(
            length=self.days, label="Klok", file=sys.stderr, hidden=not sys.stderr.isatty()
        )

    def __enter__(self) -> Tick:
        self.bar.__enter__()
        return self._tick

    def _tick(self, moment: datetime) -> None:
        day = (moment - self.start).days
        if day > self.done:
            self.bar.update(day - self.done)
            self.done = day

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self.bar.update(self.days - self.done)
        self.bar.__exit__(None, None, None)
