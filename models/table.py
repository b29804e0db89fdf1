"""What a row of the trajectory table is: one step, with everything its readers need.

The chart, the updates, the forms, the command line, the docs and the audit narrative all read
these rows; a step that is not a row does not exist.
"""

from dataclasses import dataclass, field

from models.context import Guard, Move
from models.facts import Json
from models.fields import Fields
from models.letters import LetterKind
from models.vocabulary import Region, Role, Stage


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trajectory.

    `sources` are the stages it may be taken in (None: before the referral) and `dest` those it may
    lead to (empty: the stage stays); in `stays` it may be taken but never moves. `may_override` are guards that a manager can set aside with a
    reason. `second` are the roles of a second person, who must be somebody else. `when_restricted`:
    it may be taken while what is known of the person may only be kept.
    """

    name: str
    label: str
    sources: tuple[Stage | None, ...]
    dest: tuple[Stage, ...]
    who: tuple[Role, ...]
    fields: type[Fields]
    move: Move
    rules: tuple[int, ...]
    guards: tuple[Guard, ...] = ()
    may_override: tuple[Guard, ...] = ()
    second: tuple[Role, ...] = ()
    letters: tuple[LetterKind, ...] = ()
    region: Region = Region.MAIN
    valid: str | None = field(default=None)
    settles: bool = field(default=False)
    stays: tuple[Stage, ...] = ()
    when_restricted: bool = field(default=False)
    example: Json = field(default_factory=dict)

    @property
    def undoable(self) -> bool:
        """Whether undo can take it back (nothing shared was asked or told)."""
        return not self.settles
