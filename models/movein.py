"""Offer, papers and keys: what the steps of the move-in ask, check and change (L1124-1197)."""

from datetime import date, timedelta
from typing import Any

from pydantic import Field

from models import calendar
from models.admission import referral_of
from models.calendar import add_months, dutch_date
from models.charging import begin_rent, rent_facts, rent_of
from models.choices import (
    Household,
    Living,
    PremiumChoice,
    PremiumResult,
    ReleaseReason,
    TalkKind,
)
from models.context import Context
from models.ending import free_place, let_match_go
from models.errors import Refusal
from models.fields import Day, Fields, Id, Line, Moment, read_day
from models.letters import LetterKind
from models.state import Lease, Offer, TrajectoryState
from models.vocabulary import ContractStage, ReviewStage, Stage


class OfferPlace(Fields):
    """Offering a place in a dwelling."""

    place: Id = Field(title="Plaats", description="nummer van de plaats, bv. d7-1")
    start_on: Day = Field(title="Start van het contract")
    lease_end: Day = Field(title="Einde van het contract", description="de laatste dag")
    household: Household = Field(default=Household.ALONE, title="Gezin")


class ReleasePlace(Fields):
    """Giving the place back before the keys."""

    reason: ReleaseReason = Field(title="Reden")


class HandOverKeys(Fields):
    """The keys change hands."""

    on: Day = Field(title="Sleutels gegeven op")
    keys: int = Field(title="Aantal sleutels", ge=1, le=20)
    first_talk_at: Moment = Field(title="Eerste gesprek", description="rond drie weken na de start")
    first_talk_place: Line = Field(default="in de woning", title="Waar")


class NotePremium(Fields):
    """The installation premium: now, later or not, and what came of it."""

    choice: PremiumChoice = Field(title="Keuze")
    result: PremiumResult | None = Field(default=None, title="Resultaat")
    received_on: Day | None = Field(default=None, title="Ontvangen op")


class NoteDomicile(Fields):
    """The official address is set to the dwelling (L1151)."""

    since: Day = Field(title="Officieel adres sinds")


def lease_has_right_length(c: Context, f: OfferPlace) -> Refusal | None:
    """The lease starts today or later and is as long as the programme allows (L431, L1025)."""
    if f.start_on < c.day:
        return Refusal("past", "De start ligt in het verleden.", 44, about="start_on")
    low, high = c.rules.lease_months_min, c.rules.lease_months_max
    first = add_months(f.start_on, low) - timedelta(days=1)
    last = add_months(f.start_on, high) - timedelta(days=1)
    if not first <= f.lease_end <= last:
        return Refusal(
            "lease_length",
            f"Een contract duurt hier {low} tot {high} maanden: het einde ligt tussen "
            f"{dutch_date(first)} en {dutch_date(last)}.",
            44,
            about="lease_end",
        )
    return None


def first_talk_fits(c: Context, f: HandOverKeys) -> Refusal | None:
    """The first talk comes about three weeks after the keys, on a working day (L1153-1155)."""
    day = calendar.day_of(f.first_talk_at)
    low = f.on + timedelta(days=c.rules.first_talk_from)
    high = f.on + timedelta(days=c.rules.first_talk_until)
    if not low <= day <= high or not calendar.is_working_day(day, c.rules.closed):
        return Refusal(
            "first_talk",
            f"Het eerste gesprek valt op een werkdag tussen {dutch_date(low)} en {dutch_date(high)}.",
            37,
            about="first_talk_at",
        )
    return None


def premium_comes_once(c: Context, f: NotePremium) -> Refusal | None:
    """The premium can be received once in a life (L1166)."""
    if c.state.premium_result is PremiumResult.GRANTED:
        return Refusal(
            "premium", "De installatiepremie is al toegekend; dat kan maar één keer.", 42
        )
    return None


def offer_place(c: Context, f: OfferPlace) -> None:
    """Ask the register for the place; the stage moves when it is reserved."""
    c.state.offer = Offer(
        place=f.place, start_on=f.start_on, lease_end=f.lease_end, household=f.household
    )
    c.ask(
        "reserve_place",
        place=f.place,
        start_on=f.start_on,
        lease_end=f.lease_end,
        living=referral_of(c).living,
        priority=referral_of(c).priority,
        match=c.state.match.other if c.state.match and c.state.match.outcome == "match" else None,
        override=c.override,
    )


def place_reserved(c: Context, data: dict[str, Any]) -> Stage | None:
    """The place is ours: on to the papers, or, for an emergency move, into the other dwelling."""
    offer = c.state.offer
    assert offer is not None, "a reservation answers an offer or a move"
    dwelling = data["dwelling"]
    moving = c.state.lease is not None
    if moving and data["place"] != offer.place:
        c.tell("free_place", place=offer.place, until=data["start_on"])
        c.flag(f"noodherplaatsing naar {data['place']}")
        c.task(
            "reserve_used",
            "De reservewoning is in gebruik: houd weer minstens één woning achter de hand.",
        )
    elsewhere = moving and dwelling["id"] != offer.dwelling and c.rules.edition >= 2
    offer.place, offer.pending = data["place"], False
    offer.dwelling, offer.shared = dwelling["id"], dwelling["shared"]
    offer.first = data.get("first", True)
    if elsewhere:
        let_match_go(c)
        alone = offer.shared and offer.first
        offer.alone_since = date.fromisoformat(data["start_on"]) if alone else None
    offer.energy_in_rent = dwelling["energy_in_rent"]
    offer.rent = rent_facts(dwelling)
    offer.available_until = _day(dwelling.get("available_until"))
    offer.certificate_until = _day(dwelling.get("conformity_until"))
    offer.epc_until = _day(dwelling.get("epc_until"))
    for warning in data.get("warnings", []):
        c.flag(warning)
    if data.get("override"):
        c.flag(f"uitzondering: {data['override']}")
    if moving:
        if c.state.rent is not None:
            c.state.rent = rent_of(offer, c.state.rent.next_month)
        _warn_about_dwelling_end(c)
        return None
    c.done("place_taken", "no_show", "new_appointment")
    c.state.appointment = None
    if offer.shared:
        if c.rules.city_agreement:
            c.order(LetterKind.ALONE_STATUS, start_on=offer.start_on)
        else:
            c.task("negotiate", "Onderhandel met het OCMW over het statuut van alleenstaande.")
    return Stage.MOVE_IN


def place_taken(c: Context, data: dict[str, Any]) -> None:
    """The register says no: the offer is gone and a task tells why."""
    if c.state.lease is None:
        c.state.offer = None
    c.task("place_taken", f"De plaats kon niet gereserveerd worden: {data['text']}")


def release_place(c: Context, f: ReleasePlace) -> Stage:
    """Back to the intake; the place becomes free."""
    free_place(c, c.day)
    c.state.offer = None
    c.state.papers = {}
    c.done("negotiate", "register_lease")
    c.recall((LetterKind.ALONE_STATUS,))
    return Stage.INTAKE


def hand_over_keys(c: Context, f: HandOverKeys) -> Stage:
    """Living starts: the contract and the talks begin their own paths."""
    state = c.state
    offer = state.offer
    assert offer is not None, "the guard saw a reserved place"
    state.lease = Lease(start_on=offer.start_on, end=offer.lease_end, keys_on=f.on, keys=f.keys)
    state.contract = ContractStage.RUNNING
    state.reviews = ReviewStage.PLANNED
    state.talks.planned_at = f.first_talk_at
    state.talks.planned_kind = TalkKind.FIRST
    state.talks.planned_place = f.first_talk_place
    state.talks.next_due = f.on + timedelta(days=c.rules.first_talk_until)
    due_on = max(f.on, offer.start_on) + timedelta(days=c.rules.first_rent_days)
    begin_rent(c, offer.start_on, due_on)
    c.tell("occupy_place", place=offer.place, since=f.on)
    offer.alone_since = f.on if offer.shared and offer.first else None
    if state.match is not None and offer.shared:
        c.tell("housemate_moved_in", other=state.match.other, since=f.on)
    c.order(LetterKind.INVITATION_TALK, at=f.first_talk_at, place=f.first_talk_place, talk="eerste")
    c.order(LetterKind.NEIGHBOURS, since=f.on)
    return Stage.LIVING


def note_premium(c: Context, f: NotePremium) -> None:
    """Keep the choice and the result; the first choice brings the leaflet (L1159-1169)."""
    if c.state.premium is None and f.choice is not PremiumChoice.NO:
        c.order(LetterKind.PREMIUM_INFO, choice=f.choice)
    c.state.premium = f.choice
    c.state.premium_result = f.result or c.state.premium_result
    c.done("premium_later")


def note_domicile(c: Context, f: NoteDomicile) -> None:
    """Only the log needs it."""


def housemate_moved_in(c: Context, data: dict[str, Any]) -> None:
    """Somebody joins: energy and agreements change (L1390, L1154)."""
    c.done("housemate_wait")
    if c.state.offer is not None:
        c.state.offer.alone_since = None
    c.task("housemate", "Er komt een medebewoner bij: bekijk energie en afspraken woningdelen.")


def dwelling_changed(c: Context, data: dict[str, Any]) -> None:
    """The dwelling is available for longer or shorter than before (L216)."""
    if c.state.offer is not None and c.state.offer.dwelling == data["dwelling"]:
        c.state.offer.available_until = _day(data.get("available_until"))
        _warn_about_dwelling_end(c)


def _warn_about_dwelling_end(c: Context) -> None:
    offer, lease = c.state.offer, c.state.lease
    until = offer.available_until if offer else None
    end = lease.end if lease else (offer.lease_end if offer else None)
    if until is not None and end is not None and end > until:
        c.flag("het contract loopt langer dan de woning beschikbaar is")
        c.task(
            "dwelling_ends",
            f"De woning is beschikbaar tot {dutch_date(until)}, het contract loopt tot {dutch_date(end)}.",
            hard=True,
        )


def _day(text: str | None) -> date | None:
    day: date | None = None if text is None else read_day(text)
    return day


def household_of(state: TrajectoryState) -> Household:
    """Return who lives along, as it was noted with the offer."""
    return state.offer.household if state.offer is not None else Household.ALONE


def shares(state: TrajectoryState) -> bool:
    """Say whether the resident has or wants a shared place."""
    if state.offer is not None and not state.offer.pending:
        return state.offer.shared
    return state.referral is not None and state.referral.living is Living.SHARING
