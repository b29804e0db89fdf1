"""A trajectory: facts in, decisions out. Pure: time and facts are given, effects are only noted.

`check` and `take` are a step by a person, `meet` is time passing, `observe` and `hear` are what
comes back. Each brings outcomes, letters, tasks, questions and messages, which the caller drains
as one `Turn` and makes durable. The same facts always come to the same state and the same chain.
"""

from datetime import datetime, timedelta
from typing import Any

from models import calendar, corrections
from models.agenda import deadlines, next_deadline, proposal
from models.asking import Asked, answer, deadline_fact, observation_fact, read_step, step_fact
from models.carry import carry, context_of, guarded, remember
from models.chart import right_stage
from models.context import Context, leaves_at
from models.deadlines import BY_NAME
from models.errors import Refusal
from models.facts import (
    Ask,
    By,
    Deadline,
    Fact,
    Heard,
    Json,
    LetterOrder,
    Outcome,
    Posting,
    Start,
    StepAnswer,
    Task,
    Tell,
    Turn,
)
from models.fields import Fields
from models.log import Log
from models.observations import LETTER_OBSERVATIONS, OBSERVATIONS, is_news
from models.overlay import Correct, Undo
from models.programme import Rules, interned
from models.projection import overview_of
from models.reconcile import reconcile
from models.requests import Request, right_people
from models.state import TrajectoryState
from models.table import Step
from models.trajectory import STEPS
from models.vocabulary import LetterStatus

# A deadline met this soon after its moment is recorded at that moment: only jitter lies between.
ON_TIME = timedelta(minutes=15)


class Trajectory:
    """One resident's trajectory: its facts, its state, and what has not been drained yet."""

    def __init__(self, start: Start) -> None:
        """Begin, or go on from the facts in the start arguments."""
        self.id = start.trajectory
        self.rules: Rules = start.rules
        self.first_rules: Rules = start.rules
        self.state = TrajectoryState()
        self.facts: list[Fact] = []
        self.log = Log()
        self._next: tuple[Deadline | None] | None = None
        self._held: list[LetterOrder] | None = None
        self._clear()
        for fact in start.facts:
            self.add(fact)
        self._clear()

    def _clear(self) -> None:
        self.log.written()
        self.letters: list[LetterOrder] = []
        self.recalled: list[str] = []
        self.statuses: dict[str, str] = {}
        self.tasks: dict[str, Task] = {}
        self.asks: list[Ask] = []
        self.tells: list[Tell] = []
        self.postings: list[Posting] = []
        self._read: tuple[Any, Request, Step, Fields] | None = None

    @property
    def seq(self) -> int:
        """The number of the newest row of the log."""
        return self.log.seq

    @property
    def head(self) -> str:
        """The hash of the newest row of the log."""
        return self.log.head

    @property
    def outcomes(self) -> list[Outcome]:
        """The rows that were not drained yet."""
        return self.log.chained()

    # ---- steps -------------------------------------------------------------------------------
    def check(self, name: str, request: Any, now: datetime) -> Refusal | None:
        """Say why a step is not taken now, or None; changes nothing."""
        read = self._parse(name, request)
        if isinstance(read, Refusal):
            # Whoever cannot take the step at all hears that, not which fields it would want.
            return (read.code == "bad_fields" and right_stage(self.state, STEPS[name])) or read
        asked, step, fields = read
        if asked.id is not None and asked.id in self.state.told:
            return None
        c = Context(
            trajectory=self.id,
            state=self.state,
            rules=self.rules,
            at=calendar.to_minute(asked.moment(now, self.facts)),
            by=By.trusted(who=asked.who, role=asked.role),
            second=asked.second,
            override=asked.override,
        )
        refusal = right_stage(self.state, step) or right_people(c, step) or guarded(c, step, fields)
        if refusal is not None:
            return refusal
        if isinstance(fields, Undo):
            return corrections.weigh_undo(c, fields, self.facts)
        if isinstance(fields, Correct):
            return corrections.weigh_correction(c, fields, self.facts, self.first_rules)
        return None

    def take(self, name: str, request: Any, now: datetime) -> StepAnswer:
        """Take a step that `check` let through; the same request twice is one step."""
        read = self._parse(name, request)
        assert not isinstance(read, Refusal), "a step is checked before it is taken"
        asked, step, fields = read
        if asked.id is not None and asked.id in self.state.told:
            return answer(self.id, self.seq, self.state.stage, step, [], repeated=True)
        c = self.add(step_fact(self._number, read, asked.moment(now, self.facts)), fields)
        letters, pending = [order.key for order in c.ordered], bool(c.asks)
        return answer(self.id, self.seq, self.state.stage, step, letters, pending=pending)

    def _parse(self, name: str, request: Any) -> Asked | Refusal:
        """Read a request once: the handler takes what the validator read."""
        if self._read is not None and self._read[0] is request and self._read[2].name == name:
            return self._read[1:]
        read = read_step(name, request)
        if not isinstance(read, Refusal):
            self._read = (request, *read)
        return read

    # ---- time --------------------------------------------------------------------------------
    def next_deadline(self) -> Deadline | None:
        """Return the next deadline that waits for time alone; kept until a fact changes it."""
        if self._next is None:
            self._next = (next_deadline(self.state, self.rules),)
        return self._next[0]

    def next_moment(self) -> datetime | None:
        """Return the next moment at which something happens, sending moments included."""
        deadline, held = self.next_deadline(), self.held_letters()
        moments = [x for x in (deadline and deadline.at, held and held[0].send_at) if x]
        return min(moments, default=None)

    def meet(self, now: datetime) -> bool:
        """Meet every deadline that has come; what is very late becomes one proposal together."""
        if (deadline := self.next_deadline()) is None or deadline.at > now:
            return False
        now = max(now, self.facts[-1].at)  # a turn may have begun before the newest fact
        late: dict[str, Deadline] = {}
        before = len(self.facts)
        limit = timedelta(hours=self.rules.catch_up_hours)
        while (deadline := self.next_deadline()) is not None and deadline.at <= now:
            if now - deadline.at > limit and not BY_NAME[deadline.name].always:
                late[deadline.key] = deadline
                self.state.meet(deadline.key, self._number)
                self._next = None
                continue
            self._met(deadline, now)
        if len(late) == 1 and (only := next(iter(late.values()))).letter is None:
            # One thing that comes to light late is a task like any other, not an interruption.
            self._met(only, now)
        elif late:
            self.observe("catch_up", proposal(list(late.values()), self.rules), now)
        return len(self.facts) > before

    def _met(self, deadline: Deadline, now: datetime) -> None:
        at = deadline.at if now - deadline.at < ON_TIME else now
        # A fact may make something due that lies minutes back; the log never goes back.
        self.add(deadline_fact(self._number, deadline, max(at, self.facts[-1].at)))

    @property
    def _number(self) -> int:
        return len(self.facts) + 1

    # ---- what comes back ---------------------------------------------------------------------
    def observe(self, name: str, data: Json, now: datetime, key: str | None = None) -> None:
        """Record an observation; an answer to a question that is gone changes nothing."""
        if key is not None and key not in self.state.asks:
            return
        if name in LETTER_OBSERVATIONS and not is_news(self.state.letters.get(data["key"]), name):
            return
        self.add(observation_fact(self._number, name, data, now, key))

    def weigh(self, heard: Heard, now: datetime) -> Refusal | None:
        """Say why something from outside is not taken in, or None."""
        row = OBSERVATIONS.get(heard.name)
        if row is None or not row.from_outside:
            return Refusal("unknown", f"'{heard.name}' is geen waarneming van buitenaf.")
        if heard.id in self.state.told or row.refuses is None:
            return None
        fact = observation_fact(0, heard.name, heard.data, now)
        return row.refuses(context_of(self.id, self.state, self.rules, fact), heard.data)

    def hear(self, heard: Heard, now: datetime) -> None:
        """Take in something from outside, once."""
        if heard.id not in self.state.told:
            self.observe(heard.name, {**heard.data, "heard": heard.id}, now)

    def add(self, fact: Fact, fields: Fields | None = None) -> Context:
        """Carry out a fact and note its outcomes."""
        c = context_of(self.id, self.state, self.rules, fact)
        self.facts.append(fact)
        if fact.name not in LETTER_OBSERVATIONS or self.state.arrears.is_about(fact.data["key"]):
            # What became of another letter moves no deadline.
            self._next = None
        if fact.name in corrections.BY_THE_CORE:
            self._by_the_core(c, fact)
        else:
            carry(c, fields)
        if c.statuses or c.ordered or fact.name in corrections.BY_THE_CORE:
            self._held = None
        self.log.record(c, fact, self.first_rules)
        self.letters += c.ordered
        self.recalled += c.recalled
        self.statuses.update(c.statuses)
        self.tasks.update({task.key: task for task in c.tasks})
        self.asks += c.asks
        self.tells += c.tells
        self.postings += c.postings
        remember(self.state, fact)
        return c

    def _by_the_core(self, c: Context, fact: Fact) -> None:
        if fact.name == "adopt_rules":
            self.rules = interned(Rules.model_validate(fact.data["rules"]))
            return
        new = corrections.refold(self.id, self.first_rules, self.facts)
        self.state = reconcile(c, self.state, self.rules, new)
        self.rules = new.rules

    # ---- out ---------------------------------------------------------------------------------
    @property
    def unwritten(self) -> bool:
        """Whether there is something to drain."""
        return bool(self.log.rows)

    def drain(self, now: datetime) -> Turn:
        """Return what was decided since the last drain, as one turn to write."""
        turn = Turn.trusted(
            trajectory=self.id,
            decided_at=now,
            previous=self.log.previous,
            outcomes=self.log.chained(),
            letters=self.letters,
            recalled=self.recalled,
            statuses=self.statuses,
            tasks=[task.model_copy() for task in self.tasks.values()],
            postings=self.postings,
            overview=overview_of(self),
        )
        kept = self.asks, self.tells
        self._clear()
        self.asks, self.tells = kept
        return turn

    def take_effects(self) -> tuple[list[Ask], list[Tell]]:
        """Return the questions and messages that wait to be carried out, once."""
        taken, self.asks, self.tells = (self.asks, self.tells), [], []
        return taken

    def held_letters(self) -> list[LetterOrder]:
        """Return the letters that wait for their moment, in order of that moment."""
        if self._held is None:
            held = [x.order for x in self.state.letters.values() if x.status is LetterStatus.HELD]
            self._held = sorted(held, key=lambda order: (order.send_at, order.key))
        return self._held

    def leaves_at(self, planned: datetime, now: datetime) -> datetime:
        """Return when a letter really leaves: after a stop, never on a closed day."""
        return leaves_at(self.rules, planned, now)

    def future(self) -> list[Deadline]:
        """Return every dated thing still to come."""
        return deadlines(self.state, self.rules)


def replayed(start: Start, facts: list[Fact]) -> Trajectory:
    """Return the trajectory that these facts come to, with every outcome still undrained."""
    trajectory = Trajectory(start.model_copy(update={"facts": []}))
    for fact in facts:
        trajectory.add(fact)
    return trajectory
