"""What ends with a trajectory, a place or a match: others hear it, and nothing stays open."""

from datetime import date

from models.choices import HoldReason, MatchOutcome
from models.context import Context
from models.letters import LetterKind


def free_place(c: Context, until: date) -> None:
    """Give back the place that is reserved or lived in."""
    if c.state.offer is not None:
        c.tell("free_place", place=c.state.offer.place, until=until)


def let_match_go(c: Context) -> None:
    """Let the (possible) housemate know that nothing more comes of it."""
    if c.state.match is not None:
        c.tell(
            "match_recorded",
            other=c.state.match.other,
            outcome=MatchOutcome.NO_MATCH,
            held_on=c.day,
            off=True,
        )
        c.recall((LetterKind.INVITATION_MATCH,))
        c.state.match = None


def close_everything(c: Context) -> None:
    """Close every open task and hold of a trajectory that ends."""
    for key in [task.key for task in c.state.open_tasks]:
        c.done(key)
    # A legal pause outlives the end: what a court may ask for is not forgotten meanwhile.
    for region in [r for r, hold in c.state.holds.items() if hold.reason is not HoldReason.LEGAL]:
        c.end_hold(region)
    c.state.asks.clear()
    c.state.appointment = None
