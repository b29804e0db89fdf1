"""The pack of papers: what must be in order before the keys (L1126-1148)."""

from typing import Any

from pydantic import Field

from models import calendar
from models.admission import referral_of
from models.choices import Paper, Signer
from models.context import Context
from models.errors import Refusal
from models.fields import Amount, Day, Fields, Text
from models.state import PaperDone, TrajectoryState
from models.vocabulary import Role

ADULT = 18


class FinishPaper(Fields):
    """One paper of the pack is in order, or let go with a reason."""

    paper: Paper = Field(title="Document")
    done_on: Day = Field(title="In orde op")
    signed_by: list[Signer] = Field(default_factory=list, title="Ondertekend door")
    deposit: Amount | None = Field(
        default=None, title="Waarborg", description="hoort er niet te zijn"
    )
    waived_reason: Text | None = Field(default=None, title="Niet nodig, omdat")


def papers_needed(state: TrajectoryState, papers: tuple[Paper, ...]) -> list[Paper]:
    """Return the papers this resident needs before the keys, in the order of the profile."""
    offer = state.offer
    if offer is None:
        return []
    second = offer.shared and not offer.first
    energy = not offer.energy_in_rent and not second
    skip = {Paper.SHARING: not second, Paper.ENERGY: not energy}
    return [paper for paper in papers if not skip.get(paper, False)]


def paper_belongs(c: Context, f: FinishPaper) -> Refusal | None:
    """The paper is in the programme's pack."""
    if f.paper not in c.rules.papers:
        return Refusal(
            "paper", f"'{f.paper.label}' hoort niet bij dit programma.", 33, about="paper"
        )
    return None


def the_right_people_signed(c: Context, f: FinishPaper) -> Refusal | None:
    """Lease and inventory are signed by both; a minor's lease by a parent or guardian too."""
    if f.waived_reason is not None:
        return None
    wanted: list[Signer] = []
    if f.paper in {Paper.LEASE, Paper.INVENTORY}:
        wanted = [Signer.RESIDENT, Signer.ORGANISATION]
    elif f.paper in {Paper.PRIVACY, Paper.HOUSE_RULES, Paper.SHARING, Paper.SUPPORT_CLAUSE}:
        wanted = [Signer.RESIDENT]
    if f.paper is Paper.LEASE and calendar.age_on(referral_of(c).birth_date, f.done_on) < ADULT:
        wanted.append(Signer.CO_SIGNER)
    missing = [signer.label.lower() for signer in wanted if signer not in f.signed_by]
    if missing:
        return Refusal(
            "signature",
            f"'{f.paper.label}': hier ontbreekt de handtekening van {' en '.join(missing)}.",
            2 if Signer.CO_SIGNER.label.lower() in missing else 34,
            about="signed_by",
        )
    return None


def technical_does_inventory(c: Context, f: FinishPaper) -> Refusal | None:
    """The technical manager only brings the inventory of fixtures (L1144)."""
    if c.by.role is Role.TECHNICAL and f.paper is not Paper.INVENTORY:
        return Refusal(
            "role", "De technisch beheerder brengt alleen de plaatsbeschrijving in orde.", 34
        )
    return None


def no_deposit(c: Context, f: FinishPaper) -> Refusal | None:
    """There is no deposit (L1220)."""
    if f.deposit is not None and f.deposit > c.rules.deposit:
        return Refusal("deposit", "Bewoners betalen hier geen waarborg.", 41, about="deposit")
    return None


def pack_is_complete(c: Context, f: Any) -> Refusal | None:
    """Keys only when every paper is in order or let go with a reason (L1126-1142)."""
    missing = [
        paper.label
        for paper in papers_needed(c.state, c.rules.papers)
        if paper.value not in c.state.papers
    ]
    if missing:
        return Refusal("papers", f"Nog niet in orde voor de sleutels: {', '.join(missing)}.", 33)
    return None


def place_is_reserved(c: Context, f: Any) -> Refusal | None:
    """The offered place was really reserved."""
    if c.state.offer is None or c.state.offer.pending:
        return Refusal("no_place", "Er is nog geen plaats gereserveerd.", 33)
    return None


def finish_paper(c: Context, f: FinishPaper) -> None:
    """Tick the paper off."""
    c.state.papers[f.paper.value] = PaperDone(
        done_on=f.done_on,
        signed_by=sorted(signer.value for signer in f.signed_by),
        waived_reason=f.waived_reason,
    )
    if f.waived_reason is not None:
        c.flag(f"'{f.paper.label}' niet nodig: {f.waived_reason}")
    c.done(f"paper:{f.paper.value}")
