"""Why the gateway says no, each with one Dutch sentence for the person who asked.

A refusal is never a surprise: whoever calls shows its sentence.

OpstapError
├── Refused     the step is not allowed now; the sentence says why, and what is possible
├── NotFound    there is no such trajectory, or not for this person
└── NoAnswer    Temporal or the worker does not answer in time
"""

from models.errors import OpstapError, Refusal


class Refused(OpstapError):  # noqa: N818 (named for what the caller hears)
    """A step that was not taken."""

    def __init__(
        self, text: str, code: str = "refused", *, rule: int | None = None, about: str | None = None
    ) -> None:
        """Keep the sentence with its code, the rule's number and the field it is about."""
        super().__init__(text)
        self.text = text
        self.code = code
        self.rule = rule
        self.about = about

    @classmethod
    def by(cls, refusal: Refusal) -> "Refused":
        """Return a refusal of the pure core as an error."""
        return cls(refusal.sentence(), refusal.code, rule=refusal.rule, about=refusal.about)


class NotFound(OpstapError):  # noqa: N818 (named for what the caller hears)
    """There is no such trajectory, or it is not this person's to see."""


class NoAnswer(OpstapError):  # noqa: N818 (named for what the caller hears)
    """Nobody answers in time; what was asked may still happen, and asking again is safe."""


def no_trajectory(trajectory: str) -> NotFound:
    """Return the error for a trajectory that is not there, or not for this person."""
    return NotFound(f"Er is geen traject '{trajectory}'. Zoek het op met `opstap list`.")
