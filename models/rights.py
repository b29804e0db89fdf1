"""The rights of the person: erasing an ended file, and restricting what may be done with one.

Rectification is the step `correct`. Who may read what is `models.visibility`; the keys and the
tables are the business of whoever carries an erasure out.
"""

from pydantic import Field

from models.calendar import dutch_date
from models.choices import EraseReason, HoldReason, RestrictReason
from models.context import Context
from models.contract import take_notice_back
from models.errors import Refusal
from models.fields import Fields, Text
from models.letters import LetterKind
from models.rewriting import ask_after_restriction
from models.state import TrajectoryState
from models.vocabulary import ContractStage


class EraseFile(Fields):
    """The file is erased; the reason stays, the explanation goes with it."""

    reason: EraseReason = Field(title="Reden")
    text: Text | None = Field(
        default=None, title="Uitleg", description="wordt mee gewist met het dossier"
    )


class Restrict(Fields):
    """What is known may only be kept."""

    reason: RestrictReason = Field(title="Reden")
    text: Text | None = Field(default=None, title="Uitleg")


class LiftRestriction(Fields):
    """What is known may be used again; the person was told so before."""

    reason: Text = Field(title="Waarom de beperking stopt")


def may_be_erased(state: TrajectoryState) -> Refusal | None:
    """Say what stands in the way: a debt, or a legal pause (GDPR 17(3) b and e)."""
    if state.debt > 0:
        amount = f"{state.debt:.2f}".replace(".", ",")
        return Refusal(
            "open_debt",
            f"Er staat nog € {amount} open: wissen kan als de schuld betaald of afgeschreven is.",
        )
    for region, hold in state.holds.items():
        if hold.reason is HoldReason.LEGAL:
            return Refusal(
                "legal_hold",
                f"Er loopt een juridische procedure (pauze op {region.label.lower()} sinds "
                f"{dutch_date(hold.since)}): beëindig eerst die pauze.",
            )
    return None


def nothing_stands_in_the_way(c: Context, _: EraseFile) -> Refusal | None:
    """No debt is open, and no court may ask for the file."""
    return may_be_erased(c.state)


def is_not_restricted(c: Context, _: Restrict) -> Refusal | None:
    """There is no restriction yet."""
    if c.state.restricted is not None:
        return Refusal("restricted", "De verwerking van dit dossier is al beperkt.")
    return None


def is_restricted(c: Context, _: LiftRestriction) -> Refusal | None:
    """There is a restriction to lift."""
    if c.state.restricted is None:
        return Refusal("not_restricted", "De verwerking van dit dossier is niet beperkt.")
    return None


def erase_file(c: Context, f: EraseFile) -> None:
    """Shut the file: nothing leaves any more, on paper neither, and the workflow ends."""
    _hold_back(c)
    c.done(*[task.key for task in c.state.open_tasks])
    c.state.archived = True


def restrict(c: Context, f: Restrict) -> None:
    """Restrict from today, and hold back what has not left; a notice can be ordered again.

    Paper that waits for the post has not left either. What else was held back, a person lets be
    written again, once the restriction is lifted.
    """
    c.state.restricted = c.day
    _hold_back(c)
    held_back = {key: c.state.letters[key].order.kind for key in c.recalled}
    ready = c.state.contract is ContractStage.NOTICE_READY
    ordered_anew: tuple[LetterKind, ...] = ()
    if c.rules.edition >= 2 and ready and LetterKind.NOTICE_REGISTERED in held_back.values():
        take_notice_back(c)
        ordered_anew = LetterKind.NOTICE_MAIL, LetterKind.NOTICE_REGISTERED
    if c.rules.edition >= 3:
        for key, kind in held_back.items():
            if kind not in ordered_anew:
                ask_after_restriction(c, key)


def _hold_back(c: Context) -> None:
    if c.rules.edition >= 3:
        c.recall_unposted(*LetterKind)
    else:
        c.recall()


def keep_here(c: Context) -> None:
    """Hold back what time or an answer orders while the file may only be kept (GDPR 18(2))."""
    if c.rules.edition < 3 or c.state.restricted is None:
        return
    for order in c.ordered:
        c.hold_back(order.key)
        ask_after_restriction(c, order.key)


def lift_restriction(c: Context, f: LiftRestriction) -> None:
    """Lift the restriction."""
    c.state.restricted = None
