"""Matching to share a dwelling: what these steps ask, check and change (L998-1034)."""

from typing import Any

from pydantic import Field

from models.admission import referral_of
from models.choices import Attendee, Living, MatchOutcome
from models.context import Context
from models.ending import let_match_go
from models.errors import Refusal
from models.fields import Day, Fields, Id, Line, Moment, Text, read_moment
from models.letters import LetterKind
from models.state import Appointment, Match
from models.vocabulary import HOUSED, Stage

FIVE = (
    Attendee.RESIDENT,
    Attendee.OTHER_RESIDENT,
    Attendee.SUPPORTER,
    Attendee.OTHER_SUPPORTER,
    Attendee.STAFF,
)


class PlanMatchTalk(Fields):
    """A first meeting with a possible housemate."""

    other: Id = Field(title="Andere jongere", description="nummer van het traject")
    at: Moment = Field(title="Wanneer", description="bv. 6/5/2027 11:00")
    place: Line = Field(default="bij ons op kantoor", title="Waar")


class RecordMatchTalk(Fields):
    """How that meeting went."""

    held_on: Day = Field(title="Gehouden op")
    present: list[Attendee] = Field(title="Aanwezig", min_length=1)
    absent_reason: Text | None = Field(
        default=None, title="Waarom niet iedereen er was", description="alleen als iemand ontbrak"
    )
    outcome: MatchOutcome = Field(title="Resultaat")


def candidate_is_accepted(c: Context, f: Any) -> Refusal | None:
    """Two times "start", or a red-free checklist that says so (L445-448)."""
    if not c.state.accepted:
        return Refusal(
            "not_accepted",
            "Deze jongere is nog niet aanvaard: twee keer 'start', of een checklist zonder rood.",
            18,
        )
    return None


def wants_to_share(c: Context, f: PlanMatchTalk) -> Refusal | None:
    """A match is for who wants to share, and with somebody else (L998-1000)."""
    if referral_of(c).living is not Living.SHARING:
        return Refusal(
            "alone", "Deze jongere wil alleen wonen ('Woonwens wijzigen' kan eerst).", 26
        )
    if f.other == c.trajectory:
        return Refusal("self", "Kies een andere jongere.", 26, about="other")
    return None


def a_talk_is_planned(c: Context, f: Any) -> Refusal | None:
    """The other side agreed to meet."""
    if c.state.match is None or not c.state.match.confirmed:
        return Refusal("no_talk", "Er is geen kennismaking gepland.", 26)
    return None


def all_five_or_a_reason(c: Context, f: RecordMatchTalk) -> Refusal | None:
    """Both youths, both supporters and an employee, or a reason (L1000, L1028)."""
    absent = [a.label.lower() for a in FIVE if a not in f.present]
    if absent and f.absent_reason is None:
        return Refusal(
            "absent", f"Er ontbrak: {', '.join(absent)}. Geef een reden.", 26, about="absent_reason"
        )
    return None


def plan_match_talk(c: Context, f: PlanMatchTalk) -> Stage:
    """Ask the other trajectory whether they can meet."""
    if c.state.match is not None and c.state.match.other != f.other:
        let_match_go(c)
    c.state.match = Match(other=f.other, at=f.at, talks=c.state.match.talks if c.state.match else 0)
    c.done("match_refused", "match_off", "match_again", "no_show")
    c.ask("invite_match", other=f.other, at=f.at, place=f.place)
    return Stage.MATCHING


def record_match_talk(c: Context, f: RecordMatchTalk) -> Stage | None:
    """A match, once more, or no match; the other side hears it too (L1002, L1031)."""
    match = c.state.match
    assert match is not None, "the guard saw a planned talk"
    if f.absent_reason is not None:
        c.flag(f"niet iedereen was er: {f.absent_reason}")
    c.tell("match_recorded", other=match.other, outcome=f.outcome, held_on=f.held_on)
    return close_match_talk(c, f.outcome)


def close_match_talk(c: Context, outcome: MatchOutcome) -> Stage | None:
    """Draw the consequence of a talk, on either side; None where the stage stays."""
    match = c.state.match
    if match is None:
        return None
    match.talks += 1
    match.outcome = outcome
    match.confirmed = False
    c.state.appointment = None
    c.done("no_show")
    if outcome is MatchOutcome.AGAIN:
        c.task("match_again", "Plan nog een kennismaking om te delen.")
    if outcome is not MatchOutcome.NO_MATCH:
        return None
    c.state.match = None
    return Stage.INTAKE if c.state.stage is Stage.MATCHING else None


def match_confirmed(c: Context, data: dict[str, Any]) -> None:
    """The other side comes: invite ours."""
    _invite(c, data)


def match_refused(c: Context, data: dict[str, Any]) -> Stage:
    """The other side cannot: back to the intake with a task."""
    c.state.match = c.state.appointment = None
    c.task("match_refused", f"De andere jongere kan niet: {data['text']}")
    return Stage.INTAKE


def match_planned(c: Context, data: dict[str, Any]) -> Stage | None:
    """Another trajectory invites this one to meet."""
    c.state.match = Match(other=data["other"], at=read_moment(data["at"]))
    _invite(c, data)
    return Stage.MATCHING if c.state.stage is Stage.INTAKE else None


def can_meet(c: Context, data: dict[str, Any]) -> Refusal | None:
    """Whether this one can be invited by another trajectory."""
    state = c.state
    if state.referral is None or state.referral.living is not Living.SHARING:
        return Refusal("alone", "die jongere wil niet delen.", 26)
    accepted = state.stage in {Stage.INTAKE, Stage.MATCHING} and state.accepted
    if state.stage is not Stage.LIVING and not accepted:
        return Refusal("not_accepted", "die jongere is nog niet aanvaard om te starten.", 26)
    if state.match is not None and state.match.other != data["other"]:
        return Refusal("taken", "die jongere maakt al kennis met iemand anders.", 26)
    return None


def match_recorded(c: Context, data: dict[str, Any]) -> Stage | None:
    """The other trajectory noted how the talk went, or let the match go."""
    if c.state.match is None or c.state.match.other != data["other"]:
        return None
    if data.get("off"):
        c.recall((LetterKind.INVITATION_MATCH,))
        c.task("match_off", "De medebewoner gaat niet door of vertrekt: bekijk wat nu past.")
        offer = c.state.offer
        if c.state.stage in HOUSED and offer and offer.shared and offer.alone_since is None:
            offer.alone_since = c.day
    return close_match_talk(c, MatchOutcome(data["outcome"]))


def _invite(c: Context, data: dict[str, Any]) -> None:
    match = c.state.match
    if match is None:
        return
    match.confirmed = True
    place = data["place"]
    c.state.appointment = Appointment(kind="matching", at=match.at, place=place, invited_on=c.day)
    c.order(LetterKind.INVITATION_MATCH, at=match.at, place=place)
