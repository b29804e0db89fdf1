"""`opstap docs`: write the generated pages, or say which are stale."""

import click

from documentation.pages import root, stale, write


@click.command()
@click.option("--check", is_flag=True, help="Schrijf niets; zeg welke bestanden verouderd zijn.")
def docs(*, check: bool) -> None:
    """De gegenereerde documentatie maken of nakijken."""
    folder = root()
    if not check:
        changed = write(folder)
        click.echo(f"Geschreven: {', '.join(changed)}." if changed else "Alles was al bij.")
        return
    old = stale(folder)
    if old:
        raise click.ClickException(
            f"Verouderd: {', '.join(old)}. Maak ze opnieuw met `opstap docs`."
        )
    click.echo("De documentatie klopt met de tabellen.")
