"""Steps over any stage: holds, tasks, undo, correction, new rules, adoption."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import Field

from models import arrears, calendar
from models.admission import Told
from models.charging import rent_facts, take_over_rent
from models.choices import HoldReason, Homelessness
from models.context import Context
from models.contract import safe_day, warn_of_late_notice
from models.errors import Refusal
from models.facts import Json
from models.fields import Amount, Day, Fields, Id, Moment, Text
from models.letters import LetterKind
from models.programme import Rules
from models.state import Hold, Lease, Notice, Offer, Referral, Talks
from models.vocabulary import ENDED, HOUSED, ContractStage, Region, ReviewStage, Stage


class PutHold(Fields):
    """A pause over a region."""

    region: Region = Field(title="Wat pauzeert")
    reason: HoldReason = Field(title="Reden")
    text: Text | None = Field(default=None, title="Uitleg", description="verplicht bij 'andere'")
    until: Day = Field(title="Tot en met")
    owner: Id = Field(title="Wie volgt op", description="code van de medewerker")


class ReleaseHold(Fields):
    """The pause ends."""

    region: Region = Field(title="Wat pauzeert")


class Undo(Fields):
    """The last step is undone."""

    fact: int = Field(title="Nummer van de stap", ge=1)


class Correct(Fields):
    """An earlier fact was wrong."""

    corrects: int = Field(title="Nummer van de stap", ge=1)
    reason: Text = Field(title="Wat was er fout")
    valid_from: Day | None = Field(default=None, title="Geldt vanaf")
    fields: dict[str, Any] | None = Field(
        default=None, title="Juiste gegevens", description="leeg laten als de stap nooit gebeurde"
    )


class AdoptRules(Fields):
    """New rules for this trajectory."""

    rules: Rules = Field(title="Regels")
    reason: Text = Field(title="Reden")


class CloseTask(Fields):
    """A task is done."""

    task: Text = Field(title="Taak", description="code van de taak")


class Adopt(Told):
    """Taking over a trajectory in the middle, from a spreadsheet; nothing is sent again."""

    stage: Stage = Field(title="Fase")
    referred_on: Day = Field(title="Aangemeld op")
    support_since: Day | None = Field(default=None, title="Begeleiding sinds")
    homelessness: Homelessness | None = Field(default=None, title="Dakloos of dreigend dakloos")
    place: Id | None = Field(default=None, title="Plaats")
    keys_on: Day | None = Field(default=None, title="Sleutels gegeven op")
    lease_start: Day | None = Field(default=None, title="Start contract")
    lease_end: Day | None = Field(default=None, title="Einde contract")
    extended: int = Field(default=0, title="Aantal verlengingen", ge=0)
    last_talk_on: Day | None = Field(default=None, title="Laatste gesprek")
    next_talk_at: Moment | None = Field(default=None, title="Volgend gesprek")
    insurance_until: Day | None = Field(default=None, title="Familiale verzekering tot")
    notice_posted_on: Day | None = Field(default=None, title="Opzeg gepost op")
    debt: Amount = Field(
        default=Decimal(0), title="Open huur", description="wat bij de overname nog open staat"
    )
    letters_sent: list[LetterKind] = Field(default_factory=list, title="Al verstuurde brieven")
    dwelling: dict[str, Any] | None = Field(
        default=None, title="Woning", description="vult Opstap in"
    )


EVERY_MONTH = frozenset({LetterKind.DAY15_MESSAGE})
ADOPTABLE = (Stage.REFERRED, Stage.WAITLISTED, Stage.INTAKE, Stage.LIVING, Stage.NOTICE, Stage.EXIT)


def hold_is_short_enough(c: Context, f: PutHold) -> Refusal | None:
    """A pause has an end, and is asked again after at most sixty days."""
    last = c.day + timedelta(days=c.rules.hold_max_days)
    if not c.day < f.until <= last:
        return Refusal(
            "hold_length",
            f"Een pauze loopt ten laatste tot {calendar.dutch_date(last)}, en minstens tot morgen.",
            69,
            about="until",
        )
    if f.reason is HoldReason.OTHER and f.text is None:
        return Refusal("hold_text", "Schrijf bij 'andere' ook waarom.", 69, about="text")
    return None


def hold_fits_an_ended_file(c: Context, f: PutHold) -> Refusal | None:
    """After the end nothing is left to pause; only a legal pause means something: do not erase."""
    if c.state.stage in ENDED and f.reason is not HoldReason.LEGAL:
        return Refusal(
            "hold_ended",
            "Dit dossier is ten einde: enkel een pauze om een juridische procedure kan nog.",
            69,
            about="reason",
        )
    return None


def hold_exists(c: Context, f: ReleaseHold) -> Refusal | None:
    """There is a pause to end."""
    if f.region not in c.state.holds:
        return Refusal(
            "no_hold", f"Er loopt geen pauze op {f.region.label.lower()}.", 69, about="region"
        )
    return None


def task_is_open(c: Context, f: CloseTask) -> Refusal | None:
    """The task waits for somebody."""
    task = c.state.tasks.get(f.task)
    if task is None or task.done_at is not None:
        return Refusal("no_task", f"Er is geen open taak '{f.task}'.", about="task")
    return None


def adoption_adds_up(c: Context, f: Adopt) -> Refusal | None:
    """A taken-over trajectory has what its stage needs."""
    if f.stage not in ADOPTABLE:
        names = ", ".join(stage.value for stage in ADOPTABLE)
        return Refusal("stage", f"Overnemen kan in: {names}.", about="stage")
    if f.stage in HOUSED and (
        f.place is None or f.keys_on is None or f.lease_start is None or f.lease_end is None
    ):
        return Refusal(
            "lease_missing",
            "Een bewoner heeft een plaats, sleuteldatum en contractdata.",
            about="place",
        )
    if f.lease_start is not None and f.lease_end is not None and f.lease_end <= f.lease_start:
        return Refusal("lease_order", "Het contract eindigt voor het begint.", about="lease_end")
    if f.stage is Stage.NOTICE and f.notice_posted_on is None:
        return Refusal("posting_missing", "Wanneer is de opzeg gepost?", about="notice_posted_on")
    return _posting_adds_up(c, f)


def _posting_adds_up(c: Context, f: Adopt) -> Refusal | None:
    if f.notice_posted_on is None:
        return None
    if f.notice_posted_on > c.day:
        return Refusal(
            "posted_in_future",
            "De opzeg kan niet in de toekomst gepost zijn: geef de dag op de bewijzen van de post.",
            88,
            about="notice_posted_on",
        )
    if f.stage not in {Stage.NOTICE, Stage.EXIT}:
        return Refusal(
            "posted_while_living",
            f"Er is een opzeg gepost: kies de fase '{Stage.NOTICE.value}' of '{Stage.EXIT.value}', "
            "of laat de dag van de opzeg weg.",
            88,
            about="stage",
        )
    return None


def by_the_core(c: Context, f: Any) -> None:
    """Carried out by `models.core`, which alone sees all the facts."""


def put_hold(c: Context, f: PutHold) -> None:
    """Pause, or pause longer."""
    known = c.state.holds.get(f.region)
    c.state.holds[f.region] = Hold(
        reason=f.reason,
        text=f.text,
        since=known.since if known else c.day,
        until=f.until,
        owner=f.owner,
        times=(known.times + 1) if known else 1,
    )
    c.done(f"hold_ended:{f.region.value}")
    arrears.hold_back(c)


def release_hold(c: Context, f: ReleaseHold) -> None:
    """End the pause; payments are looked at again from now on, never for the months before."""
    c.end_hold(f.region)


def close_task(c: Context, f: CloseTask) -> None:
    """Tick the task off."""
    c.done(f.task)


def adopt(c: Context, f: Adopt) -> Stage:
    """Take the trajectory over where it stands; what was sent or held before stays so."""
    state = c.state
    state.referral = Referral(
        referred_on=f.referred_on,
        **{name: getattr(f, name) for name in Told.model_fields if name != "note"},
        support_since=f.support_since,
        homelessness=f.homelessness,
        form_received=f.referred_on if f.stage is not Stage.REFERRED else None,
        eligible_from=(
            calendar.add_months(f.support_since, c.rules.support_months)
            if f.support_since
            else None
        ),
    )
    if f.stage in HOUSED:
        _adopt_living(c, f)
    state.adopted_on = c.day
    sent_before = set(f.letters_sent)
    if c.rules.edition >= 3:
        sent_before -= EVERY_MONTH  # sent before is not sent for good
    state.sent_before = sorted(sent_before)
    if f.letters_sent:
        c.flag(f"al verstuurd voor de overname: {', '.join(sorted(f.letters_sent))}")
    return f.stage


def _adopt_living(c: Context, f: Adopt) -> None:
    state = c.state
    assert f.place is not None, "the guard saw the place"
    assert f.keys_on is not None, "the guard saw the keys"
    assert f.lease_start is not None, "the guard saw the lease"
    assert f.lease_end is not None, "the guard saw the lease"
    dwelling: Json = f.dwelling or {}
    state.offer = Offer(
        place=f.place,
        start_on=f.lease_start,
        lease_end=f.lease_end,
        pending=False,
        dwelling=dwelling.get("id"),
        shared=bool(dwelling.get("shared")),
        energy_in_rent=bool(dwelling.get("energy_in_rent")),
        rent=rent_facts(dwelling),
        available_until=_date(dwelling.get("available_until")),
        certificate_until=_date(dwelling.get("conformity_until")),
        epc_until=_date(dwelling.get("epc_until")),
    )
    state.lease = Lease(
        start_on=f.lease_start, end=f.lease_end, keys_on=f.keys_on, keys=1, extended=f.extended
    )
    held = f.last_talk_on
    state.talks = Talks(
        planned_at=f.next_talk_at,
        last_held_on=held,
        held=1 if held else 0,
        insurance_until=f.insurance_until,
        next_due=(
            calendar.add_months(held, c.rules.review_months)
            if held
            else f.keys_on + timedelta(days=c.rules.first_talk_until)
        ),
    )
    state.reviews = ReviewStage.PLANNED if f.next_talk_at else ReviewStage.TO_PLAN
    reminded = LetterKind.NOTICE_REMINDER in f.letters_sent
    state.contract = ContractStage.RUNNING
    if f.notice_posted_on is not None:
        state.notice = Notice(approved_on=f.notice_posted_on, posted_on=f.notice_posted_on)
        state.contract = ContractStage.REMINDED if reminded else ContractStage.POSTED
    if c.rules.edition >= 2:
        _adopt_duties(c, f)
    take_over_rent(c, f.debt)
    c.tell("occupy_place", place=f.place, since=f.keys_on)


def _adopt_duties(c: Context, f: Adopt) -> None:
    """What the spreadsheet's own calendar may not have said: a late notice, an exit to plan."""
    assert f.lease_end is not None, "the guard saw the lease"
    safe = safe_day(f.lease_end, c.rules)
    if f.notice_posted_on is not None and f.notice_posted_on > safe:
        c.state.notice.late = True
        c.flag("opzeg te laat gepost: voor de overname")
        warn_of_late_notice(c, f.notice_posted_on, safe)
    if f.stage is Stage.EXIT:
        c.task("exit_task", "Plan het vertrek: wanneer, en het exitgesprek.")


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
