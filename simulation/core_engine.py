"""The core engine: the pure trajectories of a play on a virtual clock, without any server.

Time goes from one whole minute that matters to the next. In each minute first everything that is
due, per resident in order of id, then the steps of that minute; every trajectory is settled (its
questions answered, its messages brought) before the next one is looked at.
"""

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from activities.effects import CLOSED
from gateway.sending import shut
from models.arrears import bank_answer
from models.calendar import day_of
from models.core import Trajectory
from models.errors import Refusal
from models.facts import SYSTEM, Ask, Heard, Json, Start, Task, Tell
from models.programme import Rules
from models.vocabulary import Channel, LetterStatus
from simulation.bank import Statement
from simulation.desk import NOT_REFERRED, STARTS, fill_in, taken
from simulation.script import trajectory_id
from simulation.world import World

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_shut(t: Trajectory) -> bool:
    """Say whether a file is shut for good: archived, and its last letter gone."""
    return t.state.archived and not t.held_letters()


class Life:
    """A trajectory of this play, with its tasks as they were opened and closed."""

    __slots__ = ("due", "id", "tasks", "trajectory")

    def __init__(self, trajectory: Trajectory) -> None:
        """Begin with a trajectory that has no facts yet."""
        self.id = trajectory.id
        self.trajectory = trajectory
        self.due: datetime | None = None
        self.tasks: dict[str, dict[datetime, Task]] = {}

    def keep_tasks(self) -> None:
        """Keep the tasks that changed since the last time, as a turn would write them."""
        changed = self.trajectory.tasks
        for task in changed.values():
            same = self.tasks.setdefault(task.key, {})
            same[task.opened_at] = task
            if len(same) > 1 and task.done_at is None:
                _close_earlier(same, task)
        changed.clear()


def _close_earlier(same: dict[datetime, Task], task: Task) -> None:
    """A key is one open task: where it opens again, the earlier one is closed."""
    for opened, one in same.items():
        if opened < task.opened_at and one.done_at is None:
            done = {"done_at": task.opened_at, "done_by": SYSTEM.who}
            same[opened] = one.model_copy(update=done)


class CoreEngine:
    """Plays steps on pure trajectories; `settled` hears of every trajectory that came to rest."""

    def __init__(
        self,
        world: World,
        rules_on: Callable[[date], Rules],
        settled: Callable[[Life], None] | None = None,
    ) -> None:
        """Begin with everybody unknown."""
        self.world = world
        self.rules_on = rules_on
        self.settled = settled
        self.lives: dict[str, Life] = {}
        self.now = EPOCH
        self._heap: list[tuple[datetime, str]] = []
        self._to_settle: deque[Life] = deque()
        self._need_statement: set[str] = set()

    # ---- time ------------------------------------------------------------------------------
    def next_moment(self) -> datetime | None:
        """Return the next whole minute at which something is due by time alone."""
        heap = self._heap
        while heap and self.lives[heap[0][1]].due != heap[0][0]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def advance(self, until: datetime) -> Iterator[datetime]:
        """Meet everything due up to and including a moment; yield each minute that mattered."""
        while (moment := self.next_moment()) is not None and moment <= until:
            self.now = moment
            due = set()
            while self._heap and self._heap[0][0] == moment:
                due.add(heapq.heappop(self._heap)[1])
            for trajectory in sorted(due):
                life = self.lives[trajectory]
                if life.due == moment:
                    self._settle(life)
            yield moment
        self.now = until

    # ---- steps -----------------------------------------------------------------------------
    def check(self, trajectory: str, step: str, request: Json) -> Refusal | None:
        """Say why a step is not taken now, or None; changes nothing."""
        filled = fill_in(self.world, step, request)
        if isinstance(filled, Refusal):
            return filled
        return self._weigh(self._life(trajectory, step), step, filled)

    def take(self, trajectory: str, step: str, request: Json) -> int | Refusal:
        """Take a step now, and settle; return the number of its outcome, or the refusal."""
        filled = fill_in(self.world, step, request)
        if isinstance(filled, Refusal):
            return filled
        life = self._life(trajectory, step)
        refusal = self._weigh(life, step, filled)
        if refusal is not None or life is None:
            return refusal or Refusal("not_referred", NOT_REFERRED)
        self.lives[trajectory] = life
        seq = life.trajectory.take(step, filled, self.now).seq
        taken(self.world, step, filled)
        self._settle(life)
        return seq

    def _life(self, trajectory: str, step: str) -> Life | None:
        life = self.lives.get(trajectory)
        if life is None and step in STARTS:
            rules = self.rules_on(day_of(self.now))
            return Life(Trajectory(Start(trajectory=trajectory, rules=rules)))
        return life

    def _weigh(self, life: Life | None, step: str, request: Json) -> Refusal | None:
        if life is None:
            return Refusal("not_referred", NOT_REFERRED)
        if is_shut(life.trajectory):
            return Refusal("shut", shut(life.id).text)
        return life.trajectory.check(step, request, self.now)

    def load(self, line: int, statement: Statement) -> Iterator[tuple[str, str]]:
        """Load a bank statement; yield resident and sentence where it is not taken in."""
        for resident, heard in self.world.bank.load(line, statement):
            refusal = self._hear(trajectory_id(resident), heard)
            if refusal is not None:
                yield resident, refusal
        for key in sorted(self._need_statement):
            self._hear(key, self.world.bank.loaded())

    def _hear(self, trajectory: str, heard: Heard) -> str | None:
        life = self.lives.get(trajectory)
        if life is None:
            return NOT_REFERRED
        if is_shut(life.trajectory):
            return shut(life.id).text
        refusal = life.trajectory.weigh(heard, self.now)
        if refusal is not None:
            return refusal.sentence()
        life.trajectory.hear(heard, self.now)
        self._settle(life)
        return None

    # ---- settling --------------------------------------------------------------------------
    def _settle(self, life: Life) -> None:
        """Let a trajectory, and whoever hears from it, come to rest."""
        waiting = self._to_settle
        waiting.append(life)
        while waiting:
            self._rest(waiting.popleft())

    def _rest(self, life: Life) -> None:
        t, now = life.trajectory, self.now
        while True:
            t.meet(now)
            asks, tells = t.take_effects()
            for ask in asks:
                name, data = self._answer(life, ask)
                t.observe(name, data, now, ask.key)
            for tell in tells:
                self._carry(life, tell)
            if asks:
                continue
            moment = t.next_moment()
            if moment is None or moment > now:
                break
            self._send(t)
        life.keep_tasks()
        self.world.note(life.id, t.state)
        if t.state.arrears.waiting is not None:
            self._need_statement.add(life.id)
        else:
            self._need_statement.discard(life.id)
        if moment != life.due:
            life.due = moment
            if moment is not None:
                heapq.heappush(self._heap, (moment, life.id))
        if self.settled is not None:
            self.settled(life)

    def _send(self, t: Trajectory) -> None:
        """Let the letters leave whose moment has come."""
        for order in t.held_letters():
            if order.send_at > self.now:
                break
            mail = order.channel is Channel.MAIL
            status = LetterStatus.SENT if mail else LetterStatus.TO_PRINT
            t.observe(f"letter_{status.value}", {"key": order.key}, self.now)

    # ---- what residents share --------------------------------------------------------------
    def _answer(self, life: Life, ask: Ask) -> tuple[str, Json]:
        t, data = life.trajectory, ask.data
        if ask.kind == "claim_call":
            decision = self.world.decide_call(life.id, t.state, t.rules, day_of(self.now), data)
            if decision.granted:
                return "call_granted", {**data, **decision.data}
            return "call_denied", {"text": decision.text}
        if ask.kind == "reserve_place":
            decision = self.world.reserve(life.id, t.rules, data)
            if decision.granted:
                return "place_reserved", decision.data
            return "place_taken", {"text": decision.text}
        if ask.kind == "bank_closes":
            return bank_answer(self.world.bank.closes, data, t.rules)
        assert ask.kind == "invite_match", "the table asks nothing else"
        told = {"other": life.id, "at": data["at"], "place": data["place"]}
        refusal = self._tell(life, ask.key, data["other"], "match_planned", told)
        return (
            ("match_confirmed", data) if refusal is None else ("match_refused", {"text": refusal})
        )

    def _carry(self, life: Life, tell: Tell) -> None:
        data, state = tell.data, life.trajectory.state
        if tell.kind == "free_place":
            self.world.release(life.id, data["place"], date.fromisoformat(data["until"]))
        elif tell.kind == "occupy_place":
            priority = state.referral is not None and state.referral.priority
            since = date.fromisoformat(data["since"])
            self.world.occupy(life.id, data["place"], since, priority=priority)
        else:
            self._tell(life, tell.key, data["other"], tell.kind, {**data, "other": life.id})

    def _tell(self, ours: Life, key: str, other: str, name: str, data: Json) -> str | None:
        life = self.lives.get(other)
        if life is None or is_shut(life.trajectory):
            return CLOSED
        heard = Heard(name=name, data=data, id=f"{ours.id}-{key}")
        refusal = life.trajectory.weigh(heard, self.now)
        if refusal is not None:
            return refusal.sentence()
        life.trajectory.hear(heard, self.now)
        self._to_settle.append(life)
        return None
