"""What the pure core says no with.

Expected trouble is a value (`Refusal`), never an exception: a caller shows its sentence. An
exception from `models` is always a mistake of ours or of a profile, and names where it is.

    OpstapError
    ├── ProfileError      a programme profile that does not add up
    └── ScriptError       a play script with a line that cannot be read
"""

from dataclasses import dataclass

# What a look hears that comes before the task of the workflow itself (`workflows.punctual`); whoever
# looked asks again.
TOO_EARLY = "Er gebeurde net iets in dit traject: vraag het over een ogenblik nog eens."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not taken: a stable code, a Dutch sentence, and the rule's number."""

    code: str
    text: str
    rule: int | None = None
    about: str | None = None
    possible: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Return the sentence, with what is possible instead where that helps."""
        if not self.possible:
            return self.text
        return f"{self.text} Wat nu wel kan: {', '.join(self.possible)}."


class OpstapError(Exception):
    """The base of every error that Opstap raises itself; its text is for people."""


class ProfileError(OpstapError):
    """A programme profile that does not add up."""


class ScriptError(OpstapError):
    """A play script with a line that cannot be read."""
