"""`opstap audit checkpoint | public-key | export | verify`."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from audit import live
from audit.exporting import Exporter, write_whole
from audit.fetching import executions
from audit.proving import copies_of, make_checkpoint, private_key, trusted_keys
from audit.running import bar, database, run
from gateway.connect import connect
from gateway.lists import Lists
from gateway.running import settings as running_settings
from models.calendar import stamp
from models.errors import OpstapError
from proof.__main__ import exports_in, told
from proof.export import Checked, check
from proof.keys import Trusted, fingerprint, make_private, public_text
from proof.words import ProofError

_json = click.option("--json", "as_json", is_flag=True, help="Als JSON, voor programma's.")


@click.command("checkpoint")
@_json
def checkpoint_command(as_json: bool) -> None:
    """Teken nu een controlepunt over alle ketens; elke nacht gebeurt het vanzelf.

    Voorbeeld: opstap audit checkpoint
    """
    run(_checkpoint(as_json))


async def _checkpoint(as_json: bool) -> bool:
    at = datetime.now(UTC)
    async with database() as (settings, engine):
        made = await make_checkpoint(engine, settings, f"hand:{at.isoformat()}", at)
    if as_json:
        click.echo(json.dumps({**made.plain(), "hash": made.hash}))
    else:
        stated = made.statement
        click.echo(
            f"Controlepunt {stated.number} over {stated.chains} ketens, getekend met sleutel "
            f"{made.key}: {made.hash}."
        )
    return True


@click.command("public-key")
@click.option("--make", is_flag=True, help="Maak eerst een sleutel, als er nog geen is.")
def public_key(make: bool) -> None:
    """Toon de publieke sleutel, voor wie uitvoeren nakijkt op een andere computer.

    Voorbeeld: opstap audit public-key > opstap.pub
    """
    path = running_settings().checkpoint_file
    if make and make_private(path):
        click.echo(f"Nieuwe sleutel in {path}: bewaar er een kopie van, apart.", err=True)
    try:
        key = private_key(running_settings()).public_key()
    except ProofError as error:
        raise OpstapError(str(error)) from None
    click.echo(public_text(key), nl=False)
    click.echo(f"Vingerafdruk: {fingerprint(key)}. Vergelijk hem langs een andere weg.", err=True)


@click.command("export")
@click.argument("trajectory", required=False, metavar="[ID]")
@click.option("--all", "everything", is_flag=True, help="Alle trajecten, elk in een eigen bestand.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Het bestand; bij --all de map.",
)
@_json
def export_command(trajectory: str | None, everything: bool, out: Path, as_json: bool) -> None:
    """Schrijf alles van een traject in één verzegeld bestand, met het bewijs erbij.

    Voorbeeld: opstap audit export trajectory-3fa9 --out dossier.zip
    """
    if (trajectory is None) == (not everything):
        raise click.UsageError("Geef één traject op, of --all voor alle trajecten.")
    run(_export(trajectory, out, as_json))


async def _export(trajectory: str | None, out: Path, as_json: bool) -> bool:
    at = datetime.now(UTC)
    async with database() as (settings, engine):
        client = await connect(settings, engine)
        exporter = Exporter(client, engine, settings, at)
        if trajectory is not None:
            found = await Lists(engine, settings).find(trajectory)
            write_whole(out, await exporter.export(found))
            written = [out]
        else:
            names = sorted({name for name, _ in await executions(client)})
            written = [out / f"{name}.zip" for name in names]
            with bar(len(names), "Uitvoeren") as progress:
                for name, path in zip(names, written, strict=True):
                    write_whole(path, await exporter.export(name))
                    progress.update(1)
    if as_json:
        click.echo(json.dumps({"at": stamp(at), "files": [str(path) for path in written]}))
    else:
        where = str(out) if trajectory else f"{len(written)} bestanden in {out}"
        click.echo(f"Geschreven: {where}. Nakijken: opstap audit verify {out}.")
    return True


@click.command("verify")
@click.argument(
    "files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[BESTAND]…"
)
@click.option(
    "--public-key",
    "public",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="De sleutel om te vertrouwen; gewoonlijk die van deze Opstap.",
)
@_json
def verify_command(files: tuple[Path, ...], public: Path | None, as_json: bool) -> None:
    """Kijk uitvoeren na, of zonder bestand de hele database: is er niets veranderd?

    Voorbeelden:
      opstap audit verify
      opstap audit verify dossier.zip --public-key opstap.pub
    """
    try:
        trusted = trusted_keys(running_settings(), public)
    except ProofError as error:
        hint = " Of geef een publieke sleutel op met --public-key." if files else ""
        raise OpstapError(f"{error}{hint}") from None
    if files:
        run(_files(list(files), trusted, as_json))
    else:
        run(_live(trusted, as_json))


async def _files(files: list[Path], trusted: Trusted, as_json: bool) -> bool:
    paths = exports_in(files)
    good, lines = 0, []
    with bar(len(paths), "Nakijken") as progress:
        for path in paths:
            checked = _checked(path, trusted)
            good += not checked.problems
            if as_json:
                click.echo(json.dumps({"file": str(path), **checked._asdict()}))
            elif checked.problems or len(paths) == 1:
                lines += [(line, bool(checked.problems)) for line in told(path, checked)]
            progress.update(1)
    for line, wrong in lines:
        click.echo(line, err=wrong)
    if not as_json and len(paths) != 1:
        click.echo(f"{len(paths)} uitvoeren nagekeken: {good} ongeschonden.")
    return good == len(paths) and bool(paths)


def _checked(path: Path, trusted: Trusted) -> Checked:
    try:
        return check(path.read_bytes(), trusted)
    except OSError as error:
        return Checked("", 0, 0, "", [f"niet te lezen: {error.strerror}"])


async def _live(trusted: Trusted, as_json: bool) -> bool:
    async with database() as (settings, engine):
        found = await live.verify(engine, trusted, copies_of(settings))
    if as_json:
        click.echo(json.dumps(vars(found), ensure_ascii=False))
        return not found.problems
    for problem in found.problems:
        click.echo(f"{problem}.", err=True)
    for remark in found.remarks:
        click.echo(f"Let op: {remark}.")
    if not found.problems:
        click.echo(
            f"Niets is veranderd: {found.rows} rijen in {found.chains} ketens, "
            f"{found.checkpoints} controlepunten, {found.things} brieven."
        )
    return not found.problems
