"""`opstap codec`: the service that opens payloads, its tokens, and the master key."""

import asyncio
import signal
from pathlib import Path

import click

from cli.dutch import CONTEXT, DutchGroup
from gateway.connect import masters_of, open_database, prepare_database
from gateway.running import settings as running_settings
from gateway.settings import Settings
from models.errors import OpstapError
from models.vocabulary import Role
from privacy import master
from privacy.codec import ResidentCodec
from privacy.errors import MasterError
from privacy.keys import KeyRing, ring_of
from privacy.service import LOOPBACK, OPENS, CodecService, token_of
from privacy.signing_key import SigningKeyError

PORT, UI_PORT = 8081, 8233


@click.group("codec", cls=DutchGroup, context_settings=CONTEXT, invoke_without_command=True)
@click.option("--port", default=PORT, show_default=True, help="Waar de dienst luistert (0: vrij).")
@click.option("--origin", "origins", multiple=True, metavar="ADRES", help="Adres van een Web UI.")
@click.pass_context
def codec(context: click.Context, port: int, origins: tuple[str, ...]) -> None:
    """Maak leesbaar wat verzegeld in Temporal staat, voor wie een sleutelwoord heeft.

    Zonder opdracht start de dienst. Het programma van Temporal gebruikt ze zo:
    temporal workflow show -w ID --codec-endpoint ADRES --codec-auth "Bearer SLEUTELWOORD"
    """
    if context.invoked_subcommand is None:
        own = [f"http://{name}:{UI_PORT}" for name in (LOOPBACK, "localhost")]
        asyncio.run(_serve(running_settings(), port, origins or tuple(own)))


async def _serve(chosen: Settings, port: int, origins: tuple[str, ...]) -> None:
    engine = await prepare_database(chosen)
    try:
        service = CodecService(
            ResidentCodec(_ring(ring_of(engine)), engine), masters_of(chosen)(), port, origins
        )
    except OSError as error:
        await engine.dispose()
        raise OpstapError(f"Poort {port} kan niet gebruikt worden: {error.strerror}.") from None
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    service.start()
    print(
        f"De dienst luistert op {service.address}. Stoppen kan met Ctrl-C.\n"
        f"  Lezen               {service.address}\n"
        f"  Een stap zetten     {service.address}/r/ID\n"
        "  Sleutelwoord        opstap codec token auditor",
        flush=True,
    )
    await stop.wait()
    service.stop()
    await engine.dispose()


@codec.command("token", examples=["opstap codec token auditor"])
@click.argument("role", metavar="ROL", type=click.Choice([role.value for role in Role]))
def token(role: str) -> None:
    """Toon het sleutelwoord van een rol. Het verandert mee met de hoofdsleutel."""
    print(token_of(masters_of(running_settings())(), Role(role)))
    if Role(role) not in OPENS:
        click.echo(f"Een {Role(role).label.lower()} mag er niets mee openen.", err=True)


@codec.command("master", examples=["opstap codec master /etc/opstap/master.key"])
@click.argument("file", metavar="BESTAND", type=click.Path(path_type=Path))
def new_master(file: Path) -> None:
    """Maak een hoofdsleutel voor een nieuwe databank, enkel leesbaar voor u."""
    if not master.make_once(file):
        raise MasterError(f"{file} bestaat al en is niet veranderd.")
    print(f"{file} is gemaakt. Bewaar een kopie, los van de kopie van de databank.")


@codec.command("signing", examples=["opstap codec signing /etc/opstap/signing.key"])
@click.argument("file", metavar="BESTAND", type=click.Path(path_type=Path))
def new_signing(file: Path) -> None:
    """Maak een ondertekensleutel voor de stappen, enkel leesbaar voor u."""
    if not master.make_once(file):
        raise SigningKeyError(f"{file} bestaat al en is niet veranderd.")
    print(f"{file} is gemaakt. De worker en elk programma dat stappen zet, krijgen dezelfde.")


@codec.command("rotate", examples=["opstap codec rotate", "opstap codec rotate --drop"])
@click.option("--drop", is_flag=True, help="Vergeet de vorige hoofdsleutel.")
def rotate(drop: bool) -> None:
    """Verpak elke sleutel met een nieuwe hoofdsleutel, terwijl alles doorloopt.

    De vorige blijft leesbaar tot u ze met --drop laat vergeten. Staat de hoofdsleutel in
    OPSTAP_MASTER_KEY, zet dan zelf de nieuwe vooraan.
    """
    chosen = running_settings()
    asyncio.run(_drop(chosen) if drop else _rotate(chosen))


async def _rotate(chosen: Settings) -> None:
    engine = await prepare_database(chosen)
    try:
        ring = _ring(ring_of(engine))
        if chosen.master_key is None and len(master.read(chosen.master_file).all) == 1:
            master.add(chosen.master_file)
        count = await ring.rotate(engine)
        current = masters_of(chosen)().current
    finally:
        await engine.dispose()
    print(f"{count} sleutels zijn verpakt met hoofdsleutel {current.id}.")
    print("Werkt alles? Vergeet dan de vorige met `opstap codec rotate --drop`.")


async def _drop(chosen: Settings) -> None:
    if chosen.master_key is not None:
        raise MasterError("Haal de vorige hoofdsleutel zelf uit OPSTAP_MASTER_KEY.")
    engine = open_database(chosen)
    try:
        needed = await _ring(ring_of(engine)).wrapped_by(engine)
    finally:
        await engine.dispose()
    current = master.read(chosen.master_file).current
    if needed - {current.id}:
        raise MasterError(
            "Er zijn nog sleutels van de vorige hoofdsleutel: doe eerst `opstap codec rotate`."
        )
    master.keep_current(chosen.master_file)
    print(f"Enkel hoofdsleutel {current.id} blijft. Vernietig de kopieën van de vorige.")


def _ring(found: KeyRing | None) -> KeyRing:
    if found is None:
        raise MasterError("Deze databank is niet verzegeld (OPSTAP_SEALED=false).")
    return found
