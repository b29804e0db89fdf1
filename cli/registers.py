"""`opstap registers`: loading and listing what residents share.

A file holds one JSON object a line, the same as the first lines of a script. It is read whole
before anything is written: one wrong line, and nothing changes.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import click
from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.doing import with_lists
from cli.dutch import CONTEXT, DutchGroup
from cli.files import FileError, decoded
from cli.printing import json_option, print_json, print_table
from gateway.lists import Lists
from models.facts import Json
from models.fields import dutch
from models.registers import Dwelling, Partner, Tenancy
from stores import places
from stores import registers as store
from stores.registers import Employee, Supporter

MODELS: dict[str, type[BaseModel]] = {
    "partner": Partner,
    "supporter": Supporter,
    "dwelling": Dwelling,
    "staff": Employee,
}


@dataclass
class Registers:
    """What a file of registers holds."""

    partners: list[Partner] = field(default_factory=list)
    supporters: list[Supporter] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    staff: list[Employee] = field(default_factory=list)

    def add(self, row: BaseModel) -> None:
        """Put a row where it belongs."""
        kinds: dict[type[BaseModel], list[BaseModel]] = {
            Partner: self.partners,  # type: ignore[dict-item]
            Supporter: self.supporters,  # type: ignore[dict-item]
            Dwelling: self.dwellings,  # type: ignore[dict-item]
            Employee: self.staff,  # type: ignore[dict-item]
        }
        kinds[type(row)].append(row)


def read_registers(text: str, where: str) -> Registers:
    """Read a file of registers.

    Raises:
        FileError: with the line and what is wrong with it.
    """
    found = Registers()
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            found.add(_row(line, f"{where}, regel {number}"))
    known = {partner.id for partner in found.partners}
    for supporter in found.supporters:
        if supporter.partner not in known:
            raise FileError(
                f"{where}: de begeleider '{supporter.id}' hoort bij de partner "
                f"'{supporter.partner}', en die staat niet in dit bestand."
            )
    return found


def _row(line: str, where: str) -> BaseModel:
    try:
        value = json.loads(line)
    except json.JSONDecodeError:
        raise FileError(f"{where}: dit is geen geldige JSON.") from None
    kind = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None
    if kind not in MODELS:
        names = ", ".join(f'{{"{name}": …}}' for name in MODELS)
        raise FileError(f"{where}: verwacht wordt één van {names}.")
    try:
        return MODELS[kind].model_validate(value[kind])
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        told = " ".join(dutch(one, MODELS[kind]) for one in errors)
        raise FileError(f"{where}: {told}") from None


async def write_registers(engine: AsyncEngine, found: Registers) -> None:
    """Write what a file holds; a row that is there already is replaced."""
    for partner in found.partners:
        await store.put_partner(engine, partner)
    for supporter in found.supporters:
        await store.put_supporter(engine, supporter)
    for dwelling in found.dwellings:
        await store.put_dwelling(engine, dwelling)
    for employee in found.staff:
        await store.put_employee(engine, employee)


@click.group("registers", cls=DutchGroup, context_settings=CONTEXT)
def registers() -> None:
    """Partners, begeleiders, woningen en medewerkers."""


@registers.command("load", examples=["opstap registers load registers.jsonl"])
@click.argument(
    "path", metavar="BESTAND", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
def load(path: Path) -> None:
    """Laad een bestand met één JSON-object per regel: partner, supporter, dwelling of staff.

    Wat er al stond wordt vervangen. Is één regel fout, dan verandert er niets.
    """
    found = read_registers(decoded(path), str(path))

    async def write(lists: Lists) -> None:
        await write_registers(lists.engine, found)

    with_lists(write)
    print(
        f"Geladen: {len(found.partners)} partners, {len(found.supporters)} begeleiders, "
        f"{len(found.dwellings)} woningen, {len(found.staff)} medewerkers."
    )


@registers.command("list", examples=["opstap registers list"])
@json_option
def list_(as_json: bool) -> None:
    """Toon de registers, met wie welke plaats heeft."""

    async def read(lists: Lists) -> tuple[Json, list[Tenancy]]:
        engine = lists.engine
        rows = {
            "partner": await store.list_partners(engine),
            "supporter": await store.list_supporters(engine),
            "dwelling": await store.list_dwellings(engine),
            "staff": await store.list_staff(engine),
        }
        return rows, await places.list_tenancies(engine)

    rows, tenancies = with_lists(read)
    if as_json:
        told = {
            name: [row.model_dump(mode="json") for row in found] for name, found in rows.items()
        }
        print_json({**told, "tenancy": [one.model_dump(mode="json") for one in tenancies]})
        return
    who = {tenancy.place: tenancy.trajectory for tenancy in tenancies}
    print_table(
        ("PARTNER", "NAAM", "BEGELEIDERS"),
        [(one.id, one.name, ", ".join(one.supporters)) for one in rows["partner"]],
    )
    print()
    print_table(
        ("PLAATS", "SLAAPKAMERS", "TOT", "BEWONER"),
        [
            (
                place + (" (reserve)" if one.reserve else ""),
                str(one.bedrooms),
                one.available_until.isoformat() if one.available_until else "",
                who.get(place, "vrij"),
            )
            for one in rows["dwelling"]
            for place in one.place_ids()
        ],
    )
    print()
    print_table(("MEDEWERKER", "ROL"), [(one.id, one.role.label) for one in rows["staff"]])
