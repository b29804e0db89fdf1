"""`opstap registers`: loading and listing what residents share."""

from pathlib import Path

import click

from cli.doing import with_gateway, with_lists
from cli.dutch import CONTEXT, DutchGroup
from cli.files import decoded
from cli.printing import json_option, print_json, print_table
from gateway.announcing import announce, moved
from gateway.lists import Lists
from gateway.registers import Registers, all_registers, read_registers, write_registers
from gateway.steps import Gateway
from models.euro import euro


@click.group("registers", cls=DutchGroup, context_settings=CONTEXT)
def registers() -> None:
    """Partners, begeleiders, woningen en medewerkers."""


@registers.command("load", examples=["opstap registers load registers.jsonl"])
@click.argument(
    "path", metavar="BESTAND", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def load(path: Path) -> None:
    """Laad registers uit een bestand.

    Elke regel is een JSON-object: partner, supporter, dwelling of staff, zoals bovenaan een
    script. Wat er al stond wordt vervangen. Is één regel fout, dan verandert er niets.
    """
    found = read_registers(decoded(path), str(path))

    async def living_in(lists: Lists) -> dict[str, list[str]]:
        return await moved(lists.engine, found.dwellings)

    async def tell(gateway: Gateway) -> int:
        return await announce(gateway.client, gateway.sign, found.dwellings, to)

    async def write(lists: Lists) -> None:
        await write_registers(lists.engine, found)

    # Whoever lives in a dwelling hears of its new last day before the register changes.
    to = with_lists(living_in)
    if to:
        print(f"{with_gateway(tell)} bewoners verwittigd: hun woning is langer of korter vrij.")
    with_lists(write)
    print(
        f"Geladen: {len(found.partners)} partners, {len(found.supporters)} begeleiders, "
        f"{len(found.dwellings)} woningen, {len(found.staff)} medewerkers."
    )


@registers.command("list", examples=["opstap registers list"])
@json_option
def list_(as_json: bool) -> None:
    """Toon de registers, met wie welke plaats heeft."""

    async def read(lists: Lists) -> Registers:
        return await all_registers(lists.engine)

    found = with_lists(read)
    if as_json:
        rows = vars(found).items()
        print_json({name: [one.model_dump(mode="json") for one in kind] for name, kind in rows})
        return
    print_table(
        ("PARTNER", "NAAM", "BEGELEIDERS"),
        [(one.id, one.name, ", ".join(one.supporters)) for one in found.partners],
    )
    print()
    print_table(("PLAATS", "SLAAPKAMERS", "FORFAIT", "TOT", "BEWONER"), _places(found), right={2})
    print()
    print_table(("MEDEWERKER", "ROL"), [(one.id, one.role.label) for one in found.staff])


def _places(found: Registers) -> list[tuple[str, ...]]:
    who = {tenancy.place: tenancy.trajectory for tenancy in found.tenancies}
    return [
        (
            place + (" (reserve)" if one.reserve else ""),
            str(one.bedrooms),
            "" if one.flat_rate is None else euro(one.flat_rate),
            one.available_until.isoformat() if one.available_until else "",
            who.get(place, "vrij"),
        )
        for one in found.dwellings
        for place in one.place_ids()
    ]
