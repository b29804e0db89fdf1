"""Admission and waitlist: what the steps from referral to call-up ask, check and change."""

from typing import Any

from pydantic import Field

from models import calendar, guards
from models.calendar import add_months
from models.choices import (
    AskedBy,
    Homelessness,
    Living,
    MeetingKind,
    Reply,
    Sex,
)
from models.context import Context
from models.ending import close_everything, free_place, let_match_go
from models.errors import Refusal
from models.fields import Day, Fields, Id, Line, Moment, Text, read_moment
from models.letters import LetterKind
from models.state import Appointment, Referral
from models.vocabulary import Stage

INVITATIONS = {
    MeetingKind.ACQUAINTANCE: LetterKind.INVITATION_ACQUAINTANCE,
    MeetingKind.INTAKE: LetterKind.INVITATION_INTAKE,
}


class Told(Fields):
    """What a referral tells, without the name, which lives in the register of people alone."""

    birth_date: Day = Field(title="Geboortedatum", description="bv. 27/3/2008")
    sex: Sex = Field(title="Geslacht")
    supporter: Id = Field(title="Individuele begeleider")
    living: Living = Field(title="Alleen wonen of woning delen")
    previous: Id | None = Field(
        default=None, title="Vorig traject", description="alleen bij een nieuwe aanmelding"
    )
    partner: Id = Field(title="Partner", description="vult Opstap in")
    priority: bool = Field(default=False, title="Voorrang", description="vult Opstap in")
    supports: bool = Field(default=True, title="Begeleidt zelf", description="vult Opstap in")


class Refer(Told):
    """The referral."""

    new_supporter: bool = Field(
        default=False, title="Nieuwe begeleider", description="vult Opstap in"
    )


class ReferralForm(Fields):
    """The five things a supporter tells us, and no more (L971-979)."""

    name: Line = Field(title="Naam")
    birth_date: Day = Field(title="Geboortedatum", description="bv. 27/3/2008")
    sex: Sex = Field(title="Geslacht")
    supporter: Id = Field(title="Individuele begeleider", description="code van de begeleider")
    living: Living = Field(title="Alleen wonen of woning delen")
    previous: Id | None = Field(
        default=None, title="Vorig traject", description="alleen bij een nieuwe aanmelding"
    )


class CompleteReferral(Fields):
    """The second form, before the intake; it may come in pieces (L1090, L1107)."""

    support_since: Day | None = Field(default=None, title="Begeleiding sinds")
    homelessness: Homelessness | None = Field(default=None, title="Dakloos of dreigend dakloos")
    form_received: Day | None = Field(default=None, title="Aanmeldingsdocument ontvangen op")


class ChangeSupporter(Fields):
    """A new supporter."""

    supporter: Id = Field(title="Nieuwe begeleider", description="code van de begeleider")
    since: Day = Field(title="Vanaf")
    partner: Id = Field(title="Partner", description="vult Opstap in")
    supports: bool = Field(default=True, title="Begeleidt zelf", description="vult Opstap in")


class SupportEnded(Fields):
    """The support falls away."""

    since: Day = Field(title="Sinds")
    reason: Text = Field(title="Reden")


class ChangeWish(Fields):
    """Another wish: alone or sharing."""

    living: Living = Field(title="Alleen wonen of woning delen")


class CallUp(Fields):
    """Calling the next one on the waitlist."""

    to: MeetingKind = Field(title="Oproepen voor")
    at: Moment = Field(title="Wanneer", description="bv. 6/5/2027 11:00")
    place: Line = Field(title="Waar")
    not_first_reason: Text | None = Field(
        default=None,
        title="Waarom deze jongere eerst",
        description="alleen als er iemand voor staat",
    )


class RecordReply(Fields):
    """The answer to an invitation."""

    answer: Reply = Field(title="Antwoord")
    new_at: Moment | None = Field(default=None, title="Nieuw moment")


class BackToWaitlist(Fields):
    """Back to the waitlist, with the old rank."""

    reason: Text = Field(title="Reden")


class Withdraw(Fields):
    """The referral is withdrawn."""

    asked_by: AskedBy = Field(title="Gevraagd door")
    reason: Text = Field(title="Reden")


def support_lasted(c: Context, _: Any) -> Refusal | None:
    """Two months of support before a call-up (L580, L1094), by who really supports (L543)."""
    referral = c.state.referral
    if referral is not None and not referral.supports:
        return guards.partner_gives_support(c, _)
    eligible = referral.eligible_from if referral else None
    if eligible is None:
        return Refusal(
            "support_unknown",
            "Vul eerst in sinds wanneer er begeleiding is ('Aanmelding aanvullen').",
            7,
        )
    if c.day < eligible:
        return Refusal(
            "support_too_short",
            f"De begeleiding loopt nog geen {c.rules.support_months} maanden: oproepen kan vanaf "
            f"{calendar.dutch_date(eligible)}.",
            7,
        )
    return None


def intake_needs_support(c: Context, f: CallUp) -> Refusal | None:
    """Before an intake another partner must give the support (L543)."""
    return guards.partner_gives_support(c, f) if f.to is MeetingKind.INTAKE else None


def something_told(c: Context, f: CompleteReferral) -> Refusal | None:
    """A completion has at least one thing in it."""
    if f.support_since is None and f.homelessness is None and f.form_received is None:
        return Refusal("empty", "Vul minstens één veld in.", 5)
    return None


def was_invited(c: Context, f: RecordReply) -> Refusal | None:
    """There is an invitation to answer; another date comes with that date."""
    if c.state.appointment is None or c.state.appointment.kind == "matching":
        return Refusal("no_invitation", "Er is geen uitnodiging om op te antwoorden.", 13)
    return None


def refer(c: Context, f: Refer) -> Stage:
    """Start the trajectory (L980)."""
    told = f.model_dump(exclude={"note", "new_supporter"})
    c.state.referral = Referral(referred_on=c.day, **told)
    c.order(LetterKind.WAITLIST_CONFIRMATION, referred_on=c.day, waitlist=c.rules.waitlist)
    if f.new_supporter:
        c.order(LetterKind.SUPPORTER_GUIDE, since=c.day)
    if calendar.age_on(f.birth_date, c.day) < 18:
        c.flag("minderjarig: wie ondertekent mee?")
    return Stage.WAITLISTED if c.rules.waitlist else Stage.REFERRED


def complete(c: Context, f: CompleteReferral) -> None:
    """Add to the referral; the support's first day fixes from when a call-up may come."""
    referral = referral_of(c)
    if f.support_since is not None:
        referral.support_since = f.support_since
        if referral.supports:
            referral.eligible_from = add_months(f.support_since, c.rules.support_months)
    referral.homelessness = f.homelessness or referral.homelessness
    referral.form_received = f.form_received or referral.form_received


def change_supporter(c: Context, f: ChangeSupporter) -> None:
    """Give the resident another supporter; the rank and the priority stay."""
    referral = referral_of(c)
    if not referral.supports and f.supports:
        # The two months count from the supporter who really supports (L543-545).
        referral.support_since = f.since
        referral.eligible_from = add_months(f.since, c.rules.support_months)
    referral.supporter, referral.partner, referral.supports = f.supporter, f.partner, f.supports
    c.state.supporter_gone = None
    c.done("supporter_gone", "supporter_gap")
    c.order(LetterKind.SUPPORTER_GUIDE, since=f.since)


def end_support(c: Context, f: SupportEnded) -> None:
    """Red flag and a task; never an exit by itself (L554-559)."""
    c.state.supporter_gone = f.since
    c.flag("begeleiding viel weg")
    c.task("supporter_gone", "Zoek een nieuwe begeleider: de begeleiding viel weg.")


def change_wish(c: Context, f: ChangeWish) -> None:
    """Note the other wish; who wants to share after all needs the longer checklist (L451)."""
    referral_of(c).living = f.living
    c.done("housemate_wait")
    checklist = c.state.checklist
    if checklist is None or checklist.red:
        return
    if any(item not in checklist.items for item in c.rules.checklist_for(f.living)):
        c.state.checklist = None
        c.task("checklist", "Vul samen de checklist in om te delen.")


def call_up(c: Context, f: CallUp) -> None:
    """Ask the register whether this one may be called up now."""
    c.ask(
        "claim_call",
        to=f.to,
        at=f.at,
        place=f.place,
        reason=f.not_first_reason,
        override=c.override,
    )


def reply(c: Context, f: RecordReply) -> None:
    """Note the answer."""
    appointment = c.state.appointment
    assert appointment is not None, "the guard saw an invitation"
    appointment.reply = f.answer
    c.done("no_reply", "no_show", "new_appointment")
    if f.new_at is not None or f.answer is not Reply.COMES:
        c.recall((INVITATIONS[MeetingKind(appointment.kind)],))
    if f.new_at is not None:
        c.state.appointment = Appointment(
            kind=appointment.kind, at=f.new_at, place=appointment.place, invited_on=c.day
        )
        c.order(INVITATIONS[MeetingKind(appointment.kind)], at=f.new_at, place=appointment.place)
    elif f.answer is not Reply.COMES:
        c.task("new_appointment", "Maak een nieuwe afspraak, of zet terug op de wachtlijst.")


def back_to_waitlist(c: Context, f: BackToWaitlist) -> Stage:
    """Back, with the rank of the referral; never by itself (L985)."""
    let_match_go(c)
    c.state.appointment = c.state.acquaintance_on = c.state.checklist = None
    c.state.verdicts = []
    c.recall(tuple(INVITATIONS.values()))
    c.done("no_reply", "new_appointment", "no_show", "match_refused", "match_off", "match_again")
    return Stage.WAITLISTED if c.rules.waitlist else Stage.REFERRED


def withdraw(c: Context, f: Withdraw) -> Stage:
    """Stop before the keys; a reserved place becomes free."""
    free_place(c, c.day)
    let_match_go(c)
    c.recall()
    close_everything(c)
    c.state.ended_on = c.day
    return Stage.WITHDRAWN


def call_granted(c: Context, data: dict[str, Any]) -> Stage:
    """The register says: this one may be called up; the invitation goes out."""
    kind = MeetingKind(data["to"])
    at = read_moment(data["at"])
    c.state.appointment = Appointment(kind=kind, at=at, place=data["place"], invited_on=c.day)
    c.done("new_appointment", "eligible", "call_denied")
    if data.get("override"):
        c.flag(f"uitzondering: {data['override']}")
    if data.get("reason"):
        c.flag(f"niet de eerste op de lijst: {data['reason']}")
    c.order(INVITATIONS[kind], at=at, place=data["place"])
    return Stage.ACQUAINTANCE if kind is MeetingKind.ACQUAINTANCE else Stage.INTAKE


def call_denied(c: Context, data: dict[str, Any]) -> None:
    """The register says no: a task tells why."""
    c.task("call_denied", f"Oproepen ging niet door: {data['text']}", due=c.day)


def referral_of(c: Context) -> Referral:
    """Return the referral; every open trajectory has one."""
    assert c.state.referral is not None, "every open trajectory has a referral"
    return c.state.referral
