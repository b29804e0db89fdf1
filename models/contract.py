"""The lease and its end: notice, posting, extension (L766-769; Vlaams Woninghuurdecreet art. 21)."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from models.calendar import add_months, dutch_date, safe_posting_day
from models.charging import charge_rest
from models.choices import ProofKind
from models.context import Context
from models.errors import Refusal
from models.fields import Day, Fields, Line, Text
from models.letters import LetterKind
from models.programme import Rules
from models.rewriting import kept_on_paper, left_all_the_same
from models.state import Lease, Letter, Notice
from models.vocabulary import ContractStage, LetterStatus, Role, Stage

# bpost: 010 and 27 digits inside Belgium, R + letter + 9 digits + 2 letters abroad.
_BARCODE = re.compile(r"^(010\d{27}|R[A-Z]\d{9}[A-Z]{2})$")
NOTICE_LETTERS = (
    LetterKind.NOTICE_MAIL,
    LetterKind.NOTICE_REGISTERED,
    LetterKind.NOTICE_REMINDER,
)
# The landlord's own notice is on its way or there: the lease ends on its last day.
POSTED = frozenset({ContractStage.POSTED, ContractStage.REMINDED})
POSTED_ANYWAY = "de brief werd gepost nadat hij tegengehouden was"
CHAIN = ("notice_prepare", "notice_aim", "notice_alarm", "lease_ended", "notice_late")


def _known_form(value: list[str]) -> list[str]:
    codes = [re.sub(r"[\s.-]", "", code).upper() for code in value]
    for code in codes:
        if not _BARCODE.match(code):
            raise PydanticCustomError(
                "barcode",
                "'{code}' is geen barcode van een aangetekende brief (30 cijfers die met 010 "
                "beginnen, of 13 tekens zoals RR123456785BE)",
                {"code": code},
            )
    if len(set(codes)) != len(codes):
        raise PydanticCustomError("barcode_twice", "dezelfde barcode staat er twee keer")
    return codes


Barcodes = Annotated[list[str], AfterValidator(_known_form)]


class ApproveNotice(Fields):
    """A named person approves the notice."""

    lease_end: Day = Field(title="Einde van het contract", description="ter bevestiging")


class RecordPosting(Fields):
    """The registered letters were handed to the post."""

    posted_on: Day = Field(title="Gepost op")
    barcodes: Barcodes = Field(
        title="Barcodes", description="van elke aangetekende brief", min_length=1
    )
    late_reason: Text | None = Field(
        default=None, title="Waarom te laat", description="alleen na de laatste veilige dag"
    )


class ExtendLease(Fields):
    """One exceptional extension."""

    new_end: Day = Field(title="Nieuw einde")
    signed_on: Day = Field(title="Addendum getekend op")
    reason: Text = Field(title="Reden")


class AttachProof(Fields):
    """Proof that belongs to the registered letter."""

    kind: ProofKind = Field(title="Soort bewijs")
    file: Line = Field(title="Bestand", description="naam of kenmerk van de scan")


class RegisterLease(Fields):
    """The lease was registered (MyRent)."""

    on: Day = Field(title="Geregistreerd op")


def safe_day(lease_end: date, rules: Rules) -> date:
    """Return the last safe posting day of the notice for this lease."""
    return safe_posting_day(lease_end, rules.notice_months, rules.notice_receipt_days, rules.closed)


def lease_of(c: Context) -> Lease:
    """Return the lease; every resident has one."""
    assert c.state.lease is not None, "a resident has a lease"
    return c.state.lease


def notice_not_yet_approved(c: Context, _: Any) -> Refusal | None:
    """The contract runs and has no approved notice."""
    if c.state.contract is not ContractStage.RUNNING:
        return Refusal("contract", f"Het contract staat op '{c.state.contract.label.lower()}'.", 88)
    return None


def notice_is_approved(c: Context, _: Any) -> Refusal | None:
    """Only an approved notice is posted, or was, before it was taken out of the print queue."""
    if c.state.contract is not ContractStage.NOTICE_READY and _held_back(c) is None:
        return Refusal(
            "not_approved",
            f"De opzegbrief is niet goedgekeurd; het contract staat op "
            f"'{c.state.contract.label.lower()}'.",
            88,
        )
    return None


def end_is_confirmed(c: Context, f: ApproveNotice) -> Refusal | None:
    """The person names the end of the lease that the notice is for."""
    end = lease_of(c).end
    if f.lease_end != end:
        return Refusal(
            "lease_end",
            f"Het contract loopt tot {dutch_date(end)}; u bevestigde {dutch_date(f.lease_end)}.",
            88,
            about="lease_end",
        )
    return None


def late_has_a_reason(c: Context, f: RecordPosting) -> Refusal | None:
    """A late posting is recorded all the same, with its reason."""
    safe = safe_day(lease_of(c).end, c.rules)
    if f.posted_on > safe and f.late_reason is None:
        return Refusal(
            "late_reason",
            f"De laatste veilige dag was {dutch_date(safe)}: noteer ook waarom het later werd.",
            88,
            about="late_reason",
        )
    return None


def extended_too_often(c: Context, f: ExtendLease) -> Refusal | None:
    """An extension comes once (art. 21; L768-769)."""
    if lease_of(c).extended >= c.rules.extensions:
        return Refusal("extended", "Dit contract is al verlengd; dat kan maar één keer.", 90)
    return None


def extension_fits(c: Context, f: ExtendLease) -> Refusal | None:
    """Longer than now, signed before the end, within the total and the dwelling's own end."""
    lease = lease_of(c)
    offer = c.state.offer
    longest = add_months(lease.start_on, c.rules.lease_total_months)
    text, about = "", "new_end"
    if f.new_end <= lease.end:
        text = f"Het nieuwe einde moet na {dutch_date(lease.end)} liggen."
    elif f.signed_on > lease.end:
        text, about = f"Het addendum moet getekend zijn voor {dutch_date(lease.end)}.", "signed_on"
    elif f.new_end >= longest:
        text = (
            f"Samen duurt het contract dan langer dan {c.rules.lease_total_months} maanden: uiterlijk "
            f"tot voor {dutch_date(longest)}."
        )
    elif (
        offer is not None
        and offer.available_until is not None
        and f.new_end > offer.available_until
    ):
        text = f"De woning is maar beschikbaar tot {dutch_date(offer.available_until)}."
    return Refusal("extension", text, 90, about=about) if text else None


def approve_notice(c: Context, f: ApproveNotice) -> None:
    """The notice goes out by mail, and is printed as registered letter in time for its safe day."""
    lease = lease_of(c)
    c.state.contract = ContractStage.NOTICE_READY
    c.state.notice.approved_on = c.day
    c.done("notice_prepare")
    safe = safe_day(lease.end, c.rules)
    c.order(LetterKind.NOTICE_MAIL, lease_end=lease.end)
    c.order(LetterKind.NOTICE_REGISTERED, lease_end=lease.end, safe_post_by=safe)
    c.task(
        "notice_post",
        f"Post de opzeg aangetekend, ten laatste op {dutch_date(safe)}.",
        due=safe,
        hard=True,
    )


def record_posting(c: Context, f: RecordPosting) -> Stage | None:
    """The legal clock follows the date of posting; the alarm stops (L766)."""
    notice = c.state.notice
    safe = safe_day(lease_of(c).end, c.rules)
    notice.posted_on, notice.barcodes = f.posted_on, list(f.barcodes)
    notice.late = f.posted_on > safe
    held_back = _held_back(c)
    c.state.contract = ContractStage.POSTED
    c.done("notice_post", "notice_alarm", "notice_aim", "notice_prepare")
    for key, letter in c.state.letters.items():
        waits = letter.status in {LetterStatus.TO_PRINT, LetterStatus.HELD}
        if key == held_back or (waits and is_this_notice(c, letter)):
            c.letter(key, LetterStatus.POSTED)
            letter.sent_at = c.at
            c.done(f"print:{key}")
    if held_back is not None:
        c.flag(POSTED_ANYWAY)
        left_all_the_same(c, held_back)
    if notice.late:
        c.flag(f"opzeg te laat gepost: {f.late_reason}")
        warn_of_late_notice(c, f.posted_on, safe)
    return Stage.NOTICE if c.state.stage is Stage.LIVING else None


def warn_of_late_notice(c: Context, posted_on: date, safe: date) -> None:
    """A lease of one year may have become one of nine: a manager must know."""
    c.task(
        "notice_late",
        f"De opzeg werd gepost op {dutch_date(posted_on)}, na {dutch_date(safe)}: overleg met een "
        "jurist, het contract kan negen jaar lopen.",
        Role.MANAGER,
        hard=True,
    )


def is_this_notice(c: Context, letter: Letter) -> bool:
    """Whether it is the registered letter for this end; the first edition took any notice."""
    if letter.order.kind != LetterKind.NOTICE_REGISTERED:
        return False
    # A correction may have taken the lease itself away.
    ends = c.state.lease.end.isoformat() if c.state.lease is not None else None
    return c.rules.edition < 2 or letter.order.facts["lease_end"] == ends


def _held_back(c: Context) -> str | None:
    """Return the notice for this end that was taken out of the print queue, and not ordered anew."""
    if c.state.contract is not ContractStage.RUNNING:
        return None
    mine = [key for key, letter in c.state.letters.items() if is_this_notice(c, letter)]
    return next((key for key in reversed(mine) if kept_on_paper(c, key)), None)


def hold_back_notice(c: Context) -> None:
    """Hold back a notice that nobody posted yet, from the print queue too."""
    c.recall_unposted(*NOTICE_LETTERS)
    c.done("notice_post")


def take_notice_back(c: Context) -> None:
    """Hold back the whole notice, for its registered letter does not leave: it is ordered anew."""
    hold_back_notice(c)
    c.state.contract = ContractStage.RUNNING
    c.task("notice_prepare", "De opzegbrief werd tegengehouden: keur hem opnieuw goed.", hard=True)


def extend_lease(c: Context, f: ExtendLease) -> Stage | None:
    """The contract runs again: an unsent notice is held back, the chain is armed anew."""
    lease = lease_of(c)
    lease.end, lease.extended = f.new_end, lease.extended + 1
    c.state.contract = ContractStage.RUNNING
    c.state.notice = Notice()
    c.state.sent_before = [kind for kind in c.state.sent_before if kind not in NOTICE_LETTERS]
    c.state.leaving = None
    c.recall((LetterKind.INVITATION_EXIT,))
    hold_back_notice(c)
    charge_rest(c, f.new_end)
    c.done(*CHAIN, "exit_task", "exit_overdue")
    c.order(LetterKind.EXTENSION, new_end=f.new_end, signed_on=f.signed_on)
    return Stage.LIVING if c.state.stage in {Stage.NOTICE, Stage.EXIT} else None


def attach_proof(c: Context, f: AttachProof) -> None:
    """Keep where the proof is."""
    c.state.notice.proofs.append(f"{f.kind.value}:{f.file}")


def register_lease(c: Context, f: RegisterLease) -> None:
    """The lease is registered: the tenant cannot leave without notice any more."""
    c.done("register_lease")
    c.state.lease_registered = f.on
