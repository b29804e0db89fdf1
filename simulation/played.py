"""What a play came to: the outcomes, the tasks and the refusals, whichever engine played it.

`play_on_core` plays a script on the core engine. Nothing here writes a file.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from models.calendar import day_of
from models.errors import Refusal
from models.facts import Outcome, Task
from models.programme import Rules
from simulation.core_engine import CoreEngine
from simulation.script import DatedFact, Observed, Script, asked, resident_of, trajectory_id
from simulation.world import World

RulesOn = Callable[[date], Rules]
# What the register says no with, after a step was taken down; the row holds the sentence.
DENIALS = frozenset({"call_denied", "place_taken", "match_refused"})


@dataclass(slots=True)
class SaidNo:
    """One line of a script that was refused: by a rule, or afterwards by a register."""

    line: int
    at: datetime
    resident: str
    step: str
    text: str


@dataclass(slots=True)
class Lived:
    """What one resident's trajectory came to."""

    resident: str
    outcomes: list[Outcome]
    tasks: list[Task]


@dataclass(slots=True)
class Played:
    """A script with everything that came of it."""

    script: Script
    rules: Rules
    lives: list[Lived] = field(default_factory=list)
    refusals: list[SaidNo] = field(default_factory=list)
    accepted: dict[tuple[str, int], DatedFact] = field(default_factory=dict)

    def refuse(self, fact: DatedFact, text: str) -> None:
        """Note that a rule said no."""
        self.refusals.append(SaidNo(fact.line, fact.at, fact.resident, fact.step, text))

    def refuse_statement(self, seen: Observed, resident: str, text: str) -> None:
        """Note that a trajectory did not take in a line of a bank statement."""
        self.refusals.append(SaidNo(seen.line, seen.at, resident, "observe", text))

    def finish(self, lives: Iterable[Lived]) -> "Played":
        """Keep the lives in order of resident, and add what registers said no to."""
        self.lives = sorted(lives, key=lambda life: life.resident)
        for life in self.lives:
            by_number = {row.fact: row.seq for row in life.outcomes if row.fact is not None}
            for row in life.outcomes:
                if row.kind in DENIALS:
                    number = int(str(row.detail["key"]).partition("-")[0])
                    fact = self.accepted.get((life.resident, by_number[number]))
                    if fact is not None:
                        self.refuse(fact, row.detail["data"]["text"])
        self.refusals.sort(key=lambda one: one.line)
        return self


def play_on_core(
    script: Script, rules_on: RulesOn, tick: Callable[[datetime], None] = lambda _: None
) -> Played:
    """Play a script on the pure core; `tick` hears how far the clock is."""
    played = Played(script, rules_on(day_of(script.until)))
    engine = CoreEngine(World(script.partners, script.dwellings), rules_on)
    residents = frozenset(script.residents())
    for one in script.dated():
        if one.at > engine.now:
            for moment in engine.advance(one.at):
                tick(moment)
        if isinstance(one, DatedFact):
            take(played, engine, one, residents)
        else:
            load(played, engine, one)
    for moment in engine.advance(script.until):
        tick(moment)
    return played.finish(lives_of(engine))


def take(played: Played, engine: CoreEngine, fact: DatedFact, residents: frozenset[str]) -> bool:
    """Take one step of a script; say whether the rules let it through."""
    request = asked(fact, residents)
    answer = engine.take(trajectory_id(fact.resident), fact.step, request)
    if isinstance(answer, Refusal):
        played.refuse(fact, answer.sentence())
        return False
    played.accepted[fact.resident, answer] = fact
    return True


def load(played: Played, engine: CoreEngine, seen: Observed) -> None:
    """Load one bank statement of a script."""
    for resident, text in engine.load(seen.line, seen.statement):
        played.refuse_statement(seen, resident, text)


def lives_of(engine: CoreEngine) -> list[Lived]:
    """Return what every trajectory of an engine came to."""
    return [
        Lived(
            resident_of(life.id),
            life.trajectory.log.rows,
            [task for same in life.tasks.values() for task in same.values()],
        )
        for life in engine.lives.values()
    ]
