"""What a row of the deadline table is: when it counts, when it is due, and what it brings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from models import due
from models.context import Context
from models.facts import Json
from models.letters import LetterKind
from models.programme import Rules
from models.state import TrajectoryState
from models.vocabulary import Region, Role, Stage

Due = due.Due
When = Callable[[TrajectoryState, Rules], Iterator[Due]]
Then = Callable[[Context, Json], Stage | None]


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """One kind of deadline: when it is due, what it brings, and the rules behind it.

    `hard` has legal consequences and `runs_on` has none; neither obeys a pause. `always` is carried
    out however late it is.
    """

    name: str
    text: str
    stages: tuple[Stage, ...]
    when: When
    then: Then
    rules: tuple[int, ...]
    region: Region = Region.MAIN
    hard: bool = False
    letter: LetterKind | None = None
    always: bool = False
    runs_on: bool = False


def task(
    text: str, whom: Role = Role.COORDINATOR, *, each: str | None = None, hard: bool = False
) -> Callable[[str], Then]:
    """Bring a task; where several may be open at once, `each` is the word that tells them apart."""

    def named(name: str) -> Then:
        def then(c: Context, data: Json) -> None:
            key = name if each is None or c.rules.edition < 2 else f"{name}:{data[each]}"
            c.task(key, text.format(**data), whom, due=c.day, hard=hard)

        return then

    return named


def row(
    name: str,
    text: str,
    stages: tuple[Stage, ...],
    when: When,
    rules: tuple[int, ...],
    then: Then | None = None,
    *,
    whom: Role = Role.COORDINATOR,
    each: str | None = None,
    region: Region = Region.MAIN,
    hard: bool = False,
    letter: LetterKind | None = None,
    always: bool = False,
    runs_on: bool = False,
) -> DeadlineRow:
    carried = then or task(text, whom, each=each, hard=hard)(name)
    return DeadlineRow(
        name, text, stages, when, carried, rules, region, hard, letter, always, runs_on
    )
