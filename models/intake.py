"""Acquaintance and intake: what these steps ask, check and change (L440-451, L1087-1104)."""

from typing import Any

from pydantic import Field

from models.admission import referral_of
from models.choices import (
    Attendee,
    Colour,
    Decision,
    RejectReason,
    Verdict,
)
from models.context import Context
from models.ending import close_everything
from models.errors import Refusal
from models.fields import Day, Fields, Line, Moment, Text
from models.letters import LetterKind
from models.state import Appointment, Checklist, SpokenVerdict
from models.vocabulary import Stage


class RecordAcquaintance(Fields):
    """The acquaintance took place."""

    held_on: Day = Field(title="Gehouden op")
    present: list[Attendee] = Field(title="Aanwezig", min_length=1)
    intake_at: Moment = Field(title="Intake op", description="bv. 6/5/2027 11:00")
    place: Line = Field(default="bij ons op kantoor", title="Waar")


class GiveVerdict(Fields):
    """What one employee thinks after the intake."""

    held_on: Day = Field(title="Intake gehouden op")
    verdict: Verdict = Field(title="Oordeel")


class FillChecklist(Fields):
    """The colour checklist, when two employees doubt or differ."""

    items: dict[str, Colour] = Field(title="Punten", description="elk punt groen, oranje of rood")
    decision: Decision = Field(title="Beslissing")


class Reject(Fields):
    """Not letting somebody start."""

    reason: RejectReason = Field(title="Reden")
    text: Text = Field(title="Uitleg", description="in gewone woorden, voor de jongere")


class DecisionTalk(Fields):
    """The talk about a decision not to start."""

    held_on: Day = Field(title="Gehouden op")
    present: list[Attendee] = Field(title="Aanwezig", min_length=1)


def one_verdict_each(c: Context, f: GiveVerdict) -> Refusal | None:
    """Two verdicts, by two people (L445, L1088)."""
    if any(v.who == c.by.who for v in c.state.verdicts):
        return Refusal(
            "verdict_given", "U gaf al een oordeel; het tweede komt van een collega.", 17
        )
    if len(c.state.verdicts) == 2:
        return Refusal("two_verdicts", "Er zijn al twee oordelen.", 17)
    return None


def form_is_received(c: Context, f: Any) -> Refusal | None:
    """The second form came before the intake (L1090, L1107)."""
    if referral_of(c).form_received is None:
        return Refusal(
            "form_missing",
            "Het aanmeldingsdocument is nog niet ontvangen ('Aanmelding aanvullen').",
            5,
        )
    return None


def doubt_or_difference(c: Context, f: Any) -> Refusal | None:
    """The checklist is for doubt only (L447)."""
    if not c.state.in_doubt:
        return Refusal(
            "no_doubt",
            "De kleurenchecklist is er voor twijfel of verschil tussen twee oordelen; dat is er niet.",
            18,
        )
    return None


def not_filled_in_yet(c: Context, f: Any) -> Refusal | None:
    """What two people filled in changes only by a correction of two people (L447)."""
    if c.state.checklist is not None:
        return Refusal(
            "filled_in",
            "De checklist is al ingevuld; een vergissing zet u met twee recht met 'Corrigeren'.",
            19,
        )
    return None


def no_red(c: Context, _: Any) -> Refusal | None:
    """After a red there is one way on (L447)."""
    if c.state.checklist is not None and c.state.checklist.red:
        return Refusal(
            "red", "De checklist heeft een rood punt: dan kan enkel 'Niet laten starten'.", 19
        )
    return None


def every_item_has_a_colour(c: Context, f: FillChecklist) -> Refusal | None:
    """Exactly the items of the profile; sharers have more (L447, L451)."""
    wanted = c.rules.checklist_for(referral_of(c).living)
    missing = [item for item in wanted if item not in f.items]
    strange = [item for item in f.items if item not in wanted]
    if missing or strange:
        parts = []
        if missing:
            parts.append(f"ontbreekt: {', '.join(missing)}")
        if strange:
            parts.append(f"hoort er niet bij: {', '.join(sorted(strange))}")
        return Refusal("items", f"Punten: {'; '.join(parts)}.", 21, about="items")
    return None


def red_means_no(c: Context, f: FillChecklist) -> Refusal | None:
    """One red leads only to "niet gestart" (L447)."""
    if Colour.RED in f.items.values() and f.decision is not Decision.NO:
        return Refusal(
            "red", "Bij één keer rood kan de beslissing alleen 'niet' zijn.", 19, about="decision"
        )
    return None


def reason_is_true(c: Context, f: Reject) -> Refusal | None:
    """The reason to reject follows from the verdicts or the checklist (L447-450)."""
    checklist = c.state.checklist
    holds = {
        RejectReason.RED: checklist is not None and checklist.red,
        RejectReason.CHECKLIST: checklist is not None and checklist.decision == Decision.NO,
        RejectReason.BOTH_NO: [v.verdict for v in c.state.verdicts] == [Verdict.NO, Verdict.NO],
    }
    if not holds[f.reason]:
        return Refusal(
            "no_ground",
            "Dat volgt niet uit de oordelen of de checklist: er is een rood punt nodig, twee keer "
            "'niet', of de beslissing 'niet'.",
            19,
            about="reason",
        )
    return None


def record_acquaintance(c: Context, f: RecordAcquaintance) -> Stage:
    """On to the intake, with an invitation (L987)."""
    c.state.acquaintance_on = f.held_on
    c.state.appointment = Appointment(
        kind="intake", at=f.intake_at, place=f.place, invited_on=c.day
    )
    c.done("no_reply", "no_show", "new_appointment")
    c.order(LetterKind.INVITATION_INTAKE, at=f.intake_at, place=f.place)
    return Stage.INTAKE


def give_verdict(c: Context, f: GiveVerdict) -> None:
    """Note the verdict; on doubt or difference the checklist becomes a task."""
    c.state.verdicts.append(SpokenVerdict(who=c.by.who, verdict=f.verdict, held_on=f.held_on))
    c.state.appointment = None
    c.done("no_reply", "no_show", "new_appointment")
    if len(c.state.verdicts) == 1:
        c.task("second_verdict", "Het tweede oordeel na de intake ontbreekt nog.")
        return
    c.done("second_verdict")
    if c.state.in_doubt:
        c.task("checklist", "Vul samen de kleurenchecklist in: er is twijfel of verschil.")
    elif not c.state.accepted:
        c.task("reject", "Beide oordelen zijn 'niet': bespreek en rond af.")


def fill_checklist(c: Context, f: FillChecklist) -> None:
    """Keep the colours and the decision of both."""
    assert c.second is not None, "the guard saw two people"
    c.state.checklist = Checklist(
        items={item: colour.value for item, colour in sorted(f.items.items())},
        decision=f.decision.value,
        who=c.by.who,
        second=c.second.who,
        red=Colour.RED in f.items.values(),
    )
    c.done("checklist")
    if f.decision is Decision.NO:
        c.task("reject", "De beslissing is 'niet': bespreek en rond af.")


def reject(c: Context, f: Reject) -> Stage:
    """Not started; a talk within two weeks, and a new referral stays possible (L448)."""
    close_everything(c)
    c.state.rejected_on = c.state.ended_on = c.day
    c.recall()
    c.order(LetterKind.NOT_STARTED, reason=f.text)
    return Stage.NOT_STARTED


def decision_talk(c: Context, f: DecisionTalk) -> None:
    """The decision was talked over."""
    c.done("decision_talk")
    c.state.rejected_on = None
