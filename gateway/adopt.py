"""Adoption: taking over a trajectory in the middle, from an organisation's spreadsheet.

The registers fill in partner and dwelling, and the place is looked at first. Nothing that was sent
before is sent again.
"""

import asyncio
from typing import TYPE_CHECKING

from gateway.errors import Refused
from gateway.refer import Referred, admit, check_first, partner_of, read, request_of
from models.admission import ReferralForm
from models.facts import By, Json
from models.fields import dump
from models.overlay import Adopt
from models.vocabulary import HOUSED, Source
from stores import people, places, registers

if TYPE_CHECKING:
    from gateway.steps import Gateway

# What the registers know better than a spreadsheet.
FILLED = ("partner", "priority", "supports", "dwelling")
COLUMNS = ("name", *(name for name in Adopt.model_fields if name not in FILLED))
OCCUPIED_WITHIN = 10.0


async def adopt(
    gateway: "Gateway",
    row: Json,
    by: By,
    *,
    trajectory: str | None = None,
    request_id: str | None = None,
    source: Source = Source.GATEWAY,
) -> Referred:
    """Take a trajectory over where it stands; who is in one already hears which.

    Raises:
        Refused: the row is not accepted; nothing was started or kept.
    """
    form = read(ReferralForm, {n: v for n, v in row.items() if n in ReferralForm.model_fields})
    given = {n: v for n, v in row.items() if n != "name" and n not in FILLED}
    partner = await partner_of(gateway, form.supporter)
    fields = read(Adopt, {**given, **partner})
    data = dump(fields)
    housed = fields.place if fields.stage in HOUSED else None
    if housed is not None:
        data["dwelling"] = await _dwelling(gateway, housed)
    request = request_of(by, data, request_id, source)
    check_first(gateway, "adopt", request)
    if housed is not None:
        await _place_is_free(gateway, housed, form)
    answer = await admit(
        gateway, "adopt", request, form.name, trajectory=trajectory, previous=form.previous
    )
    if housed is not None and not answer.already:
        await _until_occupied(gateway, answer.trajectory)
    return answer


async def _dwelling(gateway: "Gateway", place: str) -> Json:
    """Return what the register knows of the dwelling that a place belongs to."""
    dwelling = await registers.get_dwelling(gateway.engine, places.dwelling_of(place))
    if dwelling is None or place not in dwelling.place_ids():
        raise Refused(f"De plaats '{place}' bestaat niet.", "place", about="place")
    return dwelling.told()


async def _place_is_free(gateway: "Gateway", place: str, form: ReferralForm) -> None:
    """Refuse a place where somebody else lives; the same person again is fine."""
    for tenancy in await places.list_tenancies(gateway.engine, dwelling=places.dwelling_of(place)):
        if tenancy.place != place:
            continue
        known = await people.get_person(gateway.engine, tenancy.trajectory)
        if known is None or not _same(known, form):
            raise Refused(f"De plaats '{place}' is niet vrij.", "place", rule=48, about="place")


def _same(known: people.Person, form: ReferralForm) -> bool:
    same_name = people.normalised(known.name) == people.normalised(form.name)
    return same_name and known.birth_date == form.birth_date


async def _until_occupied(gateway: "Gateway", trajectory: str) -> None:
    """Wait until the register shows who lives there, so that the next row sees it."""
    loop = asyncio.get_running_loop()
    until = loop.time() + OCCUPIED_WITHIN
    while loop.time() < until:
        if await places.list_tenancies(gateway.engine, trajectory=trajectory):
            return
        await asyncio.sleep(0.02)
