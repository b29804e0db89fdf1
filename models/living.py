"""Living: talks, support and the accelerated allocation (L1281-1292, L1616-1622)."""

from datetime import timedelta
from typing import Any

from pydantic import Field

from models import calendar, due
from models.admission import referral_of
from models.calendar import add_months
from models.choices import AllocationStatus, Attendee, Energy, TalkKind
from models.context import Context
from models.errors import Refusal
from models.fields import Day, Fields, Id, Line, Moment, Text
from models.letters import LetterKind
from models.movein import shares
from models.vocabulary import ReviewStage, Role

TALK_TO_PLAN = "Plan een gesprek: het moet er zijn tegen {due}."


class PlanTalk(Fields):
    """Planning a follow-up talk."""

    at: Moment = Field(title="Wanneer", description="bv. 6/5/2027 11:00")
    kind: TalkKind = Field(default=TalkKind.QUARTERLY, title="Soort")
    place: Line = Field(default="in de woning", title="Waar")


class RecordTalk(Fields):
    """A talk that was held, with what was found and agreed."""

    held_on: Day = Field(title="Gehouden op")
    present: list[Attendee] = Field(title="Aanwezig", min_length=1)
    counts: bool = Field(default=True, title="Telt mee als opvolggesprek")
    goals: list[Text] = Field(
        default_factory=list, title="Doelen", description="uit de begeleidingsclausule"
    )
    weekly_support: bool = Field(title="Is er elke week contact met de begeleider?")
    next_at: Moment | None = Field(default=None, title="Volgend gesprek")
    insurance_until: Day | None = Field(default=None, title="Familiale verzekering tot")
    energy: Energy | None = Field(default=None, title="Energieovername")
    sharing_agreed: bool | None = Field(default=None, title="Afspraken woningdelen overlopen")
    housemate_money: bool = Field(
        default=False,
        title="Betaalt de ene huisgenoot voor de andere?",
        description="enkel een signaal",
    )
    woonclub: bool | None = Field(default=None, title="Engagement voor de Woonclub besproken")


class TalkMissed(Fields):
    """A planned talk that did not happen."""

    reason: Text = Field(title="Reden")


class NoteAllocation(Fields):
    """Where the request for an accelerated social allocation stands."""

    status: AllocationStatus = Field(title="Stand van zaken")
    on: Day = Field(title="Op")
    recognised_service: bool = Field(
        default=False,
        title="Begeleid wonen door een erkende dienst",
        description="een van de voorwaarden voor versnelde toewijzing",
    )


class Relocate(Fields):
    """An emergency move to a reserve dwelling (L1064-1070)."""

    place: Id = Field(title="Reserveplaats")
    on: Day = Field(title="Verhuisd op")
    reason: Text = Field(title="Reden")


def talk_is_not_planned_twice(c: Context, f: PlanTalk) -> Refusal | None:
    """One talk is planned at a time; an extra one may always be added."""
    planned = c.state.talks.planned_at
    if planned is not None and planned > c.at and f.kind is not TalkKind.EXTRA:
        return Refusal(
            "planned",
            f"Er is al een gesprek gepland op {calendar.dutch_moment(planned)}: noteer eerst dat het "
            "niet doorging.",
            39,
        )
    return None


def a_talk_is_planned(c: Context, _: Any) -> Refusal | None:
    """Only a planned talk can be missed."""
    if c.state.talks.planned_at is None:
        return Refusal("not_planned", "Er is geen gesprek gepland.", 39)
    return None


def held_after_keys(c: Context, f: RecordTalk) -> Refusal | None:
    """A follow-up talk comes after the keys."""
    lease = c.state.lease
    if lease is not None and f.held_on < lease.keys_on:
        return Refusal(
            "before_keys",
            f"De sleutels werden gegeven op {calendar.dutch_date(lease.keys_on)}: een opvolggesprek "
            "komt daarna.",
            37,
            about="held_on",
        )
    return None


def plan_talk(c: Context, f: PlanTalk) -> None:
    """Plan and invite resident and supporter; an extra talk leaves the planned one as it is."""
    talks = c.state.talks
    if talks.planned_at is None or talks.planned_at <= c.at:
        talks.planned_at, talks.planned_kind, talks.planned_place = f.at, f.kind, f.place
        c.state.reviews = ReviewStage.PLANNED
        c.done("talk_unrecorded")
        if f.kind is not TalkKind.EXTRA or c.rules.edition < 2:
            c.done("talk_to_plan", "talk_overdue")
    c.order(LetterKind.INVITATION_TALK, at=f.at, place=f.place, talk=f.kind)


def record_talk(c: Context, f: RecordTalk) -> None:
    """Note the talk; when it counts, the next is due three months later (L1157)."""
    talks = c.state.talks
    first = talks.held == 0
    newest = f.counts and _is_newest(c, f)
    if newest or not _stays_planned(c, f):
        _call_off(c)
    talks.goals = list(f.goals) or talks.goals
    if f.counts:
        talks.held += 1
        talks.last_held_on = max(f.held_on, talks.last_held_on or f.held_on)
        talks.next_due = add_months(talks.last_held_on, c.rules.review_months)
    if newest:
        c.done("talk_to_plan", "talk_overdue")
    _open_items(c, f, first=first and f.counts)
    if not f.weekly_support:
        c.flag("geen wekelijks contact met de begeleider")
        c.task("weekly_support", "Geen wekelijks contact: bespreek met de begeleider.")
    if f.housemate_money:
        c.task("housemate_money", "De ene huisgenoot betaalt voor de andere: bespreek het samen.")
    if f.next_at is not None:
        c.done("talk_to_plan")
        talks.planned_at, talks.planned_kind = f.next_at, TalkKind.QUARTERLY
        talks.planned_place = "in de woning"
        c.state.reviews = ReviewStage.PLANNED
        c.order(
            LetterKind.INVITATION_TALK, at=f.next_at, place="in de woning", talk=TalkKind.QUARTERLY
        )
    if c.rules.edition >= 2:
        _ask_again_for_a_plan(c)


def _is_newest(c: Context, f: RecordTalk) -> bool:
    """Whether no later talk was held: one that was forgotten then does not move the due date."""
    last = c.state.talks.last_held_on
    return c.rules.edition < 2 or last is None or f.held_on > last


def _stays_planned(c: Context, f: RecordTalk) -> bool:
    """Whether this was another talk than the planned one, which is then still to come."""
    planned = c.state.talks.planned_at
    replaced = f.next_at is not None and c.rules.edition >= 2
    return planned is not None and calendar.day_of(planned) > f.held_on and not replaced


def _ask_again_for_a_plan(c: Context) -> None:
    """A reminder that came already does not come again: what is not planned still needs a plan."""
    for key, _, data in due.talk_to_plan(c.state, c.rules):
        if key in c.state.met:
            c.task("talk_to_plan", TALK_TO_PLAN.format(**data), due=c.day)


def _open_items(c: Context, f: RecordTalk, *, first: bool) -> None:
    """Missing items become tasks, never a refusal (L1155, L1178)."""
    talks = c.state.talks
    if f.insurance_until is not None:
        talks.insurance_until = f.insurance_until
        c.done("insurance", "insurance_expires")
    elif first:
        c.task("insurance", "De familiale verzekering is nog niet in orde.", Role.SUPPORTER)
    if f.energy in {Energy.DONE, Energy.NOT_APPLICABLE}:
        c.done("energy")
    elif (first or f.energy is Energy.NO) and _energy_applies(c):
        c.task("energy", "De energieovername is nog niet in orde.", Role.SUPPORTER)
    if f.sharing_agreed:
        c.done("sharing_agreed")
    elif first and shares(c.state):
        c.task("sharing_agreed", "Overloop de afspraken over het woningdelen.")


def _energy_applies(c: Context) -> bool:
    """Only where the resident is alone or first, and energy is not in the rent (L1259, L1388)."""
    offer = c.state.offer
    return offer is not None and not offer.energy_in_rent and (not offer.shared or offer.first)


def talk_missed(c: Context, f: TalkMissed) -> None:
    """The due date stays as it was."""
    _call_off(c)
    c.task("talk_to_plan", "Het gesprek ging niet door: plan een nieuw.")


def _call_off(c: Context) -> None:
    """Nothing is planned any more: an invitation that did not leave yet stays here."""
    talks = c.state.talks
    talks.planned_at = talks.planned_kind = talks.planned_place = None
    c.state.reviews = ReviewStage.TO_PLAN
    c.done("talk_unrecorded")
    c.recall((LetterKind.INVITATION_TALK,))


def note_allocation(c: Context, f: NoteAllocation) -> None:
    """Keep the status of the request."""
    c.state.allocation = f.status
    c.done("allocation")


def relocate(c: Context, f: Relocate) -> None:
    """Ask the register for the reserve place."""
    lease = c.state.lease
    assert lease is not None, "only residents move"
    c.ask(
        "reserve_place",
        place=f.place,
        start_on=f.on,
        lease_end=lease.end,
        living="alleen",
        priority=referral_of(c).priority,
        emergency=True,
        override=c.override,
    )


def place_is_another(c: Context, f: Relocate) -> Refusal | None:
    """An emergency move goes somewhere else."""
    if c.state.offer is not None and c.state.offer.place == f.place:
        return Refusal("same_place", "De bewoner woont al op deze plaats.", 31, about="place")
    return None


def invite_open_items(c: Context, _: Any) -> None:
    """Two weeks after the keys: what must be in order by the first talk (L1155)."""
    talks = c.state.talks
    items = ["familiale verzekering"]
    if _energy_applies(c):
        items.append("energieovername")
    c.order(
        LetterKind.OPEN_ITEMS,
        items=items,
        talk_at=talks.planned_at,
        by=(talks.planned_at.date() if talks.planned_at else c.day + timedelta(days=7)),
    )
