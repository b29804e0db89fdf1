"""The registers as files: one JSON object a line, the same as the first lines of a script.

A file is read whole before anything is written: one wrong line, and nothing changes.
"""

import json
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from models.errors import OpstapError
from models.fields import dutch
from models.registers import Dwelling, Partner, Tenancy
from stores import places
from stores import registers as store
from stores.registers import Employee, Supporter

KINDS: dict[str, type[BaseModel]] = {
    "partner": Partner,
    "supporter": Supporter,
    "dwelling": Dwelling,
    "staff": Employee,
}


class RegisterError(OpstapError):
    """A file of registers that cannot be read; the sentence names the line."""


@dataclass
class Registers:
    """What residents share: partners, supporters, dwellings, staff, and who has which place."""

    partners: list[Partner] = field(default_factory=list)
    supporters: list[Supporter] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    staff: list[Employee] = field(default_factory=list)
    tenancies: list[Tenancy] = field(default_factory=list)

    def add(self, row: BaseModel) -> None:
        """Put a row where it belongs."""
        match row:
            case Partner():
                self.partners.append(row)
            case Supporter():
                self.supporters.append(row)
            case Dwelling():
                self.dwellings.append(row)
            case Employee():
                self.staff.append(row)


def read_registers(text: str, where: str) -> Registers:
    """Read a file of registers.

    Raises:
        RegisterError: with the line and what is wrong with it.
    """
    found = Registers()
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            found.add(_row(line, f"{where}, regel {number}"))
    return found


def _row(line: str, where: str) -> BaseModel:
    try:
        value = json.loads(line)
    except json.JSONDecodeError:
        raise RegisterError(f"{where}: dit is geen geldige JSON.") from None
    kind = next(iter(value)) if isinstance(value, dict) and len(value) == 1 else None
    if kind not in KINDS:
        names = ", ".join(f'{{"{name}": …}}' for name in KINDS)
        raise RegisterError(f"{where}: verwacht wordt één van {names}.")
    try:
        return KINDS[kind].model_validate(value[kind])
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        told = " ".join(dutch(one, KINDS[kind]) for one in errors)
        raise RegisterError(f"{where}: {told}") from None


async def write_registers(engine: AsyncEngine, found: Registers) -> None:
    """Write what a file holds; a row that is there already is replaced.

    Raises:
        RegisterError: a supporter of a partner that nobody knows; nothing was written.
    """
    known = {partner.id for partner in (*found.partners, *await store.list_partners(engine))}
    for supporter in found.supporters:
        if supporter.partner not in known:
            raise RegisterError(
                f"De begeleider '{supporter.id}' hoort bij de partner '{supporter.partner}', en "
                "die is niet gekend."
            )
    for partner in found.partners:
        await store.put_partner(engine, partner)
    for supporter in found.supporters:
        await store.put_supporter(engine, supporter)
    for dwelling in found.dwellings:
        await store.put_dwelling(engine, dwelling)
    for employee in found.staff:
        await store.put_employee(engine, employee)


async def all_registers(engine: AsyncEngine) -> Registers:
    """Return what is in the registers now."""
    return Registers(
        partners=await store.list_partners(engine),
        supporters=await store.list_supporters(engine),
        dwellings=await store.list_dwellings(engine),
        staff=await store.list_staff(engine),
        tenancies=await places.list_tenancies(engine),
    )
