"""Leaving: the resident's own notice, unexpected departure, exit and aftercare (L1424-1477)."""

from datetime import timedelta

from pydantic import Field

from models.arrears import hold_back, start_anew
from models.calendar import add_months, dutch_date
from models.charging import charge_rest, settle_rent
from models.choices import (
    Cleaning,
    DepartureKind,
    Destination,
    Durable,
    Energy,
    HoldReason,
    PostTo,
    PremiumChoice,
)
from models.context import Context
from models.contract import POSTED, hold_back_notice, lease_of
from models.ending import close_everything, free_place, let_match_go
from models.errors import Refusal
from models.fields import Amount, Day, Fields, Line, Moment, Text
from models.letters import LetterKind
from models.refunding import pay_back, set_off
from models.repaying import post_cost
from models.state import Departure, Hold, Leaving
from models.vocabulary import ContractStage, Debt, Region, ReviewStage, Stage


class ResidentGivesNotice(Fields):
    """The resident wants to leave."""

    received_on: Day = Field(title="Opzeg ontvangen op")
    leaves_on: Day = Field(title="Vertrekt op")
    waived: bool = Field(default=False, title="Wij zien af van de volle termijn")


class ReportDeparture(Fields):
    """The resident is suddenly gone."""

    since: Day = Field(title="Sinds")
    kind: DepartureKind = Field(title="Reden")
    post_to: PostTo = Field(title="Post gaat naar")
    clears: Line = Field(title="Wie ruimt op", description="functie, geen naam")
    clear_by: Day = Field(title="Opgeruimd tegen")


class ResidentReturns(Fields):
    """The resident is back."""

    on: Day = Field(title="Terug op")


class PlanExit(Fields):
    """Planning the exit."""

    leaves_on: Day = Field(title="Vertrekt op")
    exit_talk_at: Moment = Field(title="Exitgesprek", description="bv. 6/5/2027 11:00")
    place: Line = Field(default="in de woning", title="Waar")
    agreed_reason: Text | None = Field(
        default=None, title="Waarom vroeger", description="als er geen opzeg loopt"
    )


class CompleteExit(Fields):
    """The exit: keys, talk, cleaning, energy and destination."""

    left_on: Day = Field(title="Vertrokken op")
    talk_on: Day | None = Field(default=None, title="Exitgesprek gehouden op")
    no_talk_reason: Text | None = Field(default=None, title="Waarom geen gesprek")
    keys_returned: int = Field(title="Sleutels terug", ge=0, le=20)
    cleaning: Cleaning = Field(title="Woning achtergelaten")
    cost: Amount | None = Field(default=None, title="Kosten")
    energy: Energy = Field(title="Energieovername")
    destination: Destination = Field(title="Bestemming")
    durable: Durable = Field(title="Duurzaam?")


def notice_is_long_enough(c: Context, f: ResidentGivesNotice) -> Refusal | None:
    """The tenant's term, from the first of the next month, unless it is waived (L218).

    The last day of the lease needs none where our own notice was posted, and only there.
    """
    lease = lease_of(c)
    ends_anyway = f.leaves_on == lease.end and c.state.contract in POSTED
    if f.leaves_on > lease.end:
        return Refusal(
            "after_end",
            f"Het contract loopt maar tot {dutch_date(lease.end)}.",
            91,
            about="leaves_on",
        )
    if f.leaves_on < f.received_on:
        return Refusal("order", "Het vertrek ligt voor de opzeg.", 91, about="leaves_on")
    first = add_months(f.received_on.replace(day=1), 1)
    earliest = add_months(first, c.rules.tenant_notice_months) - timedelta(days=1)
    if f.leaves_on < earliest and not ends_anyway and not f.waived:
        return Refusal(
            "tenant_term",
            f"Met {c.rules.tenant_notice_months} maanden opzeg kan het vertrek vanaf "
            f"{dutch_date(earliest)}; vroeger kan als de organisatie van de termijn afziet.",
            91,
            about="waived",
        )
    return None


def leaves_within_lease(c: Context, f: PlanExit) -> Refusal | None:
    """Leaving comes before the lease ends; without a notice it needs a reason (L1425)."""
    lease = lease_of(c)
    if f.leaves_on > lease.end:
        return Refusal(
            "after_end",
            f"Het contract loopt maar tot {dutch_date(lease.end)}.",
            92,
            about="leaves_on",
        )
    if c.state.stage is Stage.LIVING and f.agreed_reason is None:
        return Refusal(
            "no_notice",
            "Er loopt geen opzeg: noteer wat er is afgesproken.",
            92,
            about="agreed_reason",
        )
    return None


def talk_or_reason(c: Context, f: CompleteExit) -> Refusal | None:
    """An exit talk, or why there was none (L1425)."""
    if f.talk_on is None and f.no_talk_reason is None:
        return Refusal(
            "exit_talk",
            "Vul in wanneer het exitgesprek was, of waarom er geen was.",
            92,
            about="talk_on",
        )
    return None


def costs_have_an_amount(c: Context, f: CompleteExit) -> Refusal | None:
    """Costs come with their amount (L1429)."""
    if f.cleaning is Cleaning.COSTS and not f.cost:
        return Refusal("cost", "Vul het bedrag van de kosten in.", 93, about="cost")
    if f.cleaning is Cleaning.OK and f.cost:
        return Refusal(
            "cost", "Er zijn kosten ingevuld, maar de woning is in orde.", 93, about="cost"
        )
    return None


def left_after_keys(c: Context, f: CompleteExit) -> Refusal | None:
    """Nobody leaves before the keys were given."""
    if f.left_on < lease_of(c).keys_on:
        return Refusal("before_keys", "Het vertrek ligt voor de sleutels.", 92, about="left_on")
    return None


def energy_is_settled(c: Context, f: CompleteExit) -> Refusal | None:
    """The energy is taken over, or that does not apply (L1427)."""
    if f.energy is Energy.NO:
        return Refusal("energy", "De energieovername moet eerst in orde zijn.", 92, about="energy")
    return None


def _end_notice_chain(c: Context) -> None:
    hold_back_notice(c)
    c.done("notice_prepare", "notice_aim", "notice_alarm", "lease_ended")


def _to_exit(c: Context) -> Stage:
    if c.state.premium is PremiumChoice.LATER and c.state.premium_result is None:
        c.task(
            "premium_later", "De bewoner wilde de installatiepremie later: help ze nu aanvragen."
        )
    return Stage.EXIT


def resident_gives_notice(c: Context, f: ResidentGivesNotice) -> Stage:
    """The resident's own date counts; the landlord's notice is not needed any more."""
    c.state.leaving = Leaving(leaves_on=f.leaves_on, by_resident=True)
    if c.state.contract in {ContractStage.RUNNING, ContractStage.NOTICE_READY}:
        _end_notice_chain(c)
    if f.waived:
        c.flag("van de opzegtermijn van de bewoner afgezien")
    return _to_exit(c)


def report_departure(c: Context, f: ReportDeparture) -> Stage:
    """Talks stop, payment rests, post is rerouted; the lease and its notice run on."""
    assert c.state.stage is not None, "the table gives the sources"
    c.state.departure = Departure(from_stage=c.state.stage, **f.model_dump(exclude={"note"}))
    c.state.reviews = ReviewStage.STOPPED
    talks = c.state.talks
    talks.planned_at = talks.planned_kind = talks.planned_place = None
    if c.state.leaving is not None:
        c.state.leaving.exit_talk_at = None
    c.state.holds[Region.PAYMENT] = Hold(
        reason=HoldReason.PRISON if f.kind is DepartureKind.PRISON else HoldReason.CRISIS,
        text=None,
        since=c.day,
        until=c.day + timedelta(days=c.rules.hold_max_days),
        owner=c.by.who,
    )
    c.done("talk_to_plan", "talk_overdue", "talk_unrecorded")
    c.recall((LetterKind.INVITATION_TALK, LetterKind.INVITATION_EXIT))
    hold_back(c)
    c.order(LetterKind.DEPARTED, post_to=f.post_to, clear_by=f.clear_by)
    return Stage.DEPARTED


def resident_returns(c: Context, f: ResidentReturns) -> Stage:
    """Back to living, notice or exit, as the contract says; the pause ends with a task."""
    departure = c.state.departure
    assert departure is not None, "who returns had gone"
    c.state.departure = None
    c.state.reviews = ReviewStage.TO_PLAN
    c.end_hold(Region.PAYMENT)
    c.done("clear_dwelling")
    c.task("talk_to_plan", "De bewoner is terug: plan een gesprek.")
    c.task("payment_after_hold", "De pauze op betalingen is voorbij: bekijk de achterstal.")
    if c.state.leaving is not None and departure.from_stage is Stage.EXIT:
        return Stage.EXIT
    return Stage.NOTICE if c.state.contract in POSTED else Stage.LIVING


def plan_exit(c: Context, f: PlanExit) -> Stage:
    """Plan the exit and invite."""
    known = c.state.leaving
    by_resident = known is not None and known.by_resident
    if known is not None and f.leaves_on > known.leaves_on and c.rules.edition >= 2:
        # Who stays longer than they gave notice for leaves by ours: it must be posted in time.
        by_resident = False
    c.state.leaving = Leaving(
        leaves_on=f.leaves_on, by_resident=by_resident, exit_talk_at=f.exit_talk_at
    )
    c.done("exit_task", "exit_overdue")
    charge_rest(c, f.leaves_on)
    if f.agreed_reason is not None:
        c.flag(f"vertrek in overleg: {f.agreed_reason}")
    c.recall((LetterKind.INVITATION_EXIT,))
    c.order(LetterKind.INVITATION_EXIT, at=f.exit_talk_at, place=f.place, leaves_on=f.leaves_on)
    return _to_exit(c)


def complete_exit(c: Context, f: CompleteExit) -> Stage:
    """The place is free; what is still owed, to us or by us, goes on in aftercare (L758)."""
    state = c.state
    lease = lease_of(c)
    state.leaving = Leaving(
        leaves_on=f.left_on,
        by_resident=state.leaving.by_resident if state.leaving else False,
        left_on=f.left_on,
        destination=f.destination.value,
        durable=f.durable.value,
    )
    if f.keys_returned < lease.keys:
        c.flag(f"{lease.keys - f.keys_returned} sleutel(s) niet terug")
    settle_rent(c, f.left_on)
    if f.cost:
        due_on = c.day + timedelta(days=c.rules.cost_due_days)
        post_cost(c, Debt.DAMAGE, f.cost, due_on, "Kosten bij het vertrek")
    if c.rules.edition >= 3:
        set_off(c)
        start_anew(c)
    state.contract, state.reviews = ContractStage.ENDED, ReviewStage.STOPPED
    state.departure = None
    free_place(c, f.left_on)
    let_match_go(c)
    c.recall()
    close_everything(c)
    state.ended_on = c.day
    return Stage.AFTERCARE if state.debt > 0 or pay_back(c) else Stage.CLOSED
