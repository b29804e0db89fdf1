"""Referral: from a supporter's form to a trajectory that runs, once per person.

The pure core is asked before anything is written, so that a refusal leaves nothing half started.
A name goes to the register of people and nowhere else; the trajectory's id is derived from the
person's own random id, so that two referrals of one person at once are one trajectory.
"""

from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING

from pydantic import Field

from gateway.errors import NotFound, Refused
from gateway.lists import PREFIX
from gateway.programmes import rules_on
from gateway.sending import ask, begin
from models.admission import ReferralForm
from models.calendar import day_of
from models.core import Trajectory
from models.errors import Refusal
from models.facts import By, Json, Start, StepAnswer
from models.fields import F, dump, parse
from models.registers import decide_referral
from models.vocabulary import ENDED, Source, Stage
from stores import overview, people, registers

if TYPE_CHECKING:
    from gateway.steps import Gateway


class Referred(StepAnswer):
    """The answer to a referral."""

    already: bool = Field(default=False, description="this person was referred before")


async def refer(
    gateway: "Gateway",
    form: ReferralForm,
    by: By,
    *,
    trajectory: str | None = None,
    request_id: str | None = None,
    source: Source = Source.GATEWAY,
) -> Referred:
    """Refer somebody; who is in a trajectory already hears which one.

    Raises:
        Refused: the form is not accepted; nothing was started or kept.
    """
    data = {**dump(form), **await partner_of(gateway, form.supporter)}
    data["new_supporter"] = not await overview.knows_supporter(gateway.engine, form.supporter)
    data.pop("name")
    request = request_of(by, data, request_id, source)
    check_first(gateway, "refer", request)
    return await admit(
        gateway,
        "refer",
        request,
        form.name,
        trajectory=trajectory,
        previous=form.previous,
    )


async def partner_of(gateway: "Gateway", supporter: str) -> Json:
    """Return what the register fills in about a supporter's partner.

    Raises:
        Refused: this supporter may not refer.
    """
    partner = await registers.partner_of(gateway.engine, supporter)
    decision = decide_referral(partner, supporter)
    if not decision.granted:
        raise Refused(decision.text, "supporter", rule=decision.rule, about="supporter")
    return decision.data


async def can_be_written_to(gateway: "Gateway", partner: str) -> None:
    """Refuse who stands in no register, or without a mail address.

    Raises:
        Refused: letters could not reach them.
    """
    known = await registers.get_partner(gateway.engine, partner)
    if known is None or known.contact is None:
        raise Refused(
            f"'{partner}' staat niet in het register van partners, of zonder mailadres. Vul dat "
            "eerst aan met `opstap registers load BESTAND`.",
            "administrator",
            about="administrator",
        )


def read(model: type[F], data: Json) -> F:
    """Read a form.

    Raises:
        Refused: with the fields that are wrong.
    """
    fields = parse(model, data)
    if isinstance(fields, Refusal):
        raise Refused.by(fields)
    return fields


def request_of(by: By, data: Json, request_id: str | None, source: Source) -> Json:
    """Return a step's request as the workflow reads it; its id is still to be given when None."""
    return {
        "who": by.who,
        "role": by.role.value,
        "data": data,
        "id": request_id,
        "source": source.value,
    }


def check_first(gateway: "Gateway", step: str, request: Json) -> None:
    """Ask the pure core, on a trajectory that does not exist yet.

    Raises:
        Refused: the workflow would refuse it too.
    """
    now = gateway.clock()
    start = Start(trajectory=PREFIX, rules=rules_on(gateway.settings, day_of(now)))
    refusal = Trajectory(start).check(step, request, now)
    if refusal is not None:
        raise Refused.by(refusal)


async def admit(
    gateway: "Gateway",
    step: str,
    request: Json,
    name: str,
    *,
    trajectory: str | None,
    previous: str | None,
) -> Referred:
    """Keep the name and start the trajectory, or find the one that runs.

    Raises:
        Refused: a former trajectory that is not named.
    """
    data = request["data"]
    birth_date = date.fromisoformat(data["birth_date"])
    person = await people.admit(
        gateway.engine, name=name, birth_date=birth_date, sex=data.get("sex")
    )
    ended = []
    for known in await people.trajectories_of(gateway.engine, person):
        stage = await stage_of(gateway, known)
        if stage is None:
            # Kept, but never started: a former attempt broke off, this one goes on with it.
            return await _start(gateway, step, request, person, known)
        if stage not in ENDED:
            return _already(known, stage)
        ended.append(known)
    if ended and previous not in ended:
        raise Refused(
            f"Deze persoon had al een traject dat is afgelopen: {', '.join(sorted(ended))}. "
            "Geef dat op als vorig traject.",
            "previous",
            about="previous",
        )
    mine = trajectory or trajectory_id(person, len(ended))
    return await _start(gateway, step, request, person, mine)


async def _start(
    gateway: "Gateway", step: str, request: Json, person: str, trajectory: str
) -> Referred:
    await people.link(gateway.engine, person, trajectory)
    start = Start(trajectory=trajectory, rules=rules_on(gateway.settings, day_of(gateway.clock())))
    asked = {**request, "id": request["id"] or f"{step}-{trajectory}"}
    asked = gateway.sign(trajectory, step, asked)
    try:
        answer = await begin(gateway.client, gateway.settings, start, step, asked)
    except Refused as refused:
        if refused.code != "exists":
            raise
        # Somebody else was faster by a moment, with another request: theirs counts.
        return _already(trajectory, await stage_of(gateway, trajectory) or Stage.REFERRED)
    return Referred(**answer.model_dump())


async def stage_of(gateway: "Gateway", trajectory: str) -> Stage | None:
    """Return where a trajectory stands, from the workflow when the overview has yet to follow."""
    row = await gateway.row(trajectory)
    if row is not None:
        return Stage(row.stage)
    try:
        view = await ask(gateway.client, trajectory, "view")
    except NotFound:
        return None
    stage = view["overview"]["stage"]
    return Stage(stage) if stage else None


def _already(trajectory: str, stage: Stage) -> Referred:
    return Referred(
        trajectory=trajectory,
        seq=0,
        stage=stage.value,
        text=f"Deze persoon was al aangemeld: {trajectory}. Fase: {stage.label}.",
        already=True,
    )


def trajectory_id(person: str, before: int) -> str:
    """Return the id of a person's next trajectory: opaque, and the same for whoever asks."""
    digest = blake2b(f"{person}/{before}".encode(), digest_size=6).hexdigest()
    return PREFIX + digest
