"""The generator: invented people and staff live on the core engine, and every step becomes a line.

Each person wishes one thing at a time, from where they stand; when a trajectory changes, its wish
is thought of anew. The pass that writes the script is also the core engine's play of it.
"""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from models.calendar import add_months, brussels, day_of
from models.core import Trajectory
from models.deadlines import BY_NAME
from models.errors import Refusal
from models.facts import Fact, Json, Start
from models.trajectory import STEPS
from models.vocabulary import ArrearsStage, Stage
from simulation import admission, parting, sharing, staying
from simulation.acts import Act, Scene, Wish, moment_of
from simulation.arrears import arrears
from simulation.core_engine import CoreEngine, Life
from simulation.office import Office, rounds
from simulation.payments import Payers, statements
from simulation.people import STAFF, Person, again, dwellings, invent, partners
from simulation.played import Played, RulesOn, lives_of, load
from simulation.script import (
    DatedFact,
    Observed,
    Script,
    asked,
    resident_of,
    script_lines,
    trajectory_id,
)
from simulation.world import World

MOST_TRIES = 3
# What changes nobody's mind: letters that left, and most of what time alone brings.
NOTHING_NEW = frozenset({"letter_sent", "payment", *BY_NAME}) - {"hold_ends", "archive", *STEPS}
# A letter on whose leaving somebody waits, by the end of its key.
AWAITED = ("-reminder", "-formal_notice", "-day15_message")
AGAIN_AFTER = timedelta(days=60)
WAITS_AFTER_REFUSAL = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate."""

    residents: int
    seed: int
    start: date
    months: int
    rules: Json

    @property
    def starts_at(self) -> datetime:
        """The first moment."""
        return brussels(self.start, 0).astimezone(UTC)

    @property
    def until(self) -> datetime:
        """The last moment."""
        return brussels(add_months(self.start, self.months), 0).astimezone(UTC)


def generate(
    plan: Plan, rules_on: RulesOn, tick: Callable[[datetime], None] = lambda _: None
) -> Played:
    """Return the play of invented lives, with the script that it came to."""
    return _Generator(plan, rules_on).run(tick)


class _Generator:
    def __init__(self, plan: Plan, rules_on: RulesOn) -> None:
        rng = Random(plan.seed)
        self.plan = plan
        self.rules = rules_on(plan.start)
        self.script = Script(
            partners=partners(plan.start),
            dwellings=dwellings(rng, plan.residents, plan.start),
            staff=STAFF,
            rules=plan.rules,
            until=plan.until,
        )
        people = invent(rng, plan.seed, plan.residents, plan.start, plan.months, self.rules)
        self.people = {trajectory_id(person.id): person for person in people}
        self.names = frozenset(person.id for person in people)
        self.world = World(self.script.partners, self.script.dwellings)
        self.engine = CoreEngine(self.world, rules_on, self._settled)
        self.office = Office(self.world, self._scene)
        self.nobody = Trajectory(Start(trajectory="-", rules=self.rules))
        self.played = Played(self.script, rules_on(day_of(plan.until)))
        self.payers = Payers()
        self.line = sum(1 for _ in script_lines(self.script)) - 1
        self._wishes: list[tuple[datetime, str, int]] = []
        self._wanted: dict[str, tuple[datetime, int, Wish]] = {}
        self._count = 0
        self._changed: dict[str, Life] = {}
        # Whose account moved since the last statement: nobody else owes anything new.
        self._owing: set[str] = set()
        self._today = (self.plan.starts_at, plan.start)

    def run(self, tick: Callable[[datetime], None]) -> Played:
        """Let everybody live until the end."""
        self.engine.now = self.plan.starts_at
        for key, person in self.people.items():
            self._want(
                key, Wish(person.referred_on, "aanmelden", admission.refer), self._scene(key)
            )
        ahead = rounds(self.plan.start, self.plan.until, self.rules.closed)
        next_round = next(ahead, None)
        loads = statements(self.plan.start, self.plan.until, self.rules.closed)
        next_load = next(loads, None)
        until = self.plan.until
        while True:
            moment = min(next_round or until, next_load or until)
            wish, due = self._next_wish(), self.engine.next_moment()
            if wish is not None and wish < moment:
                moment = wish
            if due is not None and due < moment:
                moment = due
            if moment >= until:
                break
            if due == moment:
                for _ in self.engine.advance(moment):
                    pass
                self._think()
            self.engine.now = moment
            if next_load == moment:
                self._load(moment)
                next_load = next(loads, None)
            elif next_round == moment:
                self._round(moment)
                next_round = next(ahead, None)
            else:
                self._act(moment)
            tick(moment)
        for _ in self.engine.advance(until):
            pass
        return self.played.finish(lives_of(self.engine))

    # ---- acting ----------------------------------------------------------------------------
    def _act(self, moment: datetime) -> None:
        """Let everybody act whose wish falls in this minute, one after another."""
        while (at := self._next_wish()) is not None and at == moment:
            key = heapq.heappop(self._wishes)[1]
            _, _, wish = self._wanted.pop(key)
            self._take(key, wish.act(self._scene(key)), wish.key)
            self._think()

    def _load(self, moment: datetime) -> None:
        """Let the bookkeeper load what the bank sent."""
        scenes = [self._scene(key) for key in sorted(self._owing)]
        self._owing.clear()
        self.line += 1
        seen = Observed(self.line, moment, self.payers.statement(moment, scenes))
        self.script.seen.append(seen)
        load(self.played, self.engine, seen)
        self._think()

    def _round(self, moment: datetime) -> None:
        """Let the coordinator do a round."""
        for key, act in self.office.round(moment, self.rules):
            self._take(key, act, f"ronde {act.step}")
            self._think()

    def _take(self, key: str, act: Act, why: str) -> None:
        person = self.people[key]
        self.line += 1
        now = self.engine.now
        person.mistakes -= {MISTAKE_OF.get(why, "")}
        fact = DatedFact(self.line, now, resident_of(key), act.step, act.request())
        self.script.facts.append(fact)
        answer = self.engine.take(key, act.step, asked(fact, self.names))
        if isinstance(answer, Refusal):
            self.played.refuse(fact, answer.sentence())
            person.refused[why] += 1
            if (life := self.engine.lives.get(key)) is not None:
                self._changed[key] = life
        else:
            self.played.accepted[fact.resident, answer] = fact
            person.done[why] += 1
            if act.step == "record_decision_talk" and person.again:
                self._refer_again(person)

    def _refer_again(self, person: Person) -> None:
        """A new referral stays possible, as a new trajectory (rule 20)."""
        day = day_of(self.engine.now) + AGAIN_AFTER
        if day < day_of(self.plan.until):
            once_more = again(person, day)
            key = trajectory_id(once_more.id)
            self.people[key] = once_more
            self._want(key, Wish(day, "aanmelden", admission.refer), self._scene(key))

    # ---- wishing ---------------------------------------------------------------------------
    def _settled(self, life: Life) -> None:
        t, person = life.trajectory, self.people[life.id]
        owed, person.owed = person.owed, t.state.arrears.stage is not ArrearsStage.IN_ORDER
        if any(_is_news(fact, owing=owed or person.owed) for fact in t.facts[person.seen :]):
            self._changed[life.id] = life
            self.office.note(t)
        person.seen = len(t.facts)
        if t.state.account.lines:
            self._owing.add(life.id)

    def _think(self) -> None:
        """Think anew of the wishes of everybody who changed."""
        if not self._changed:
            return
        changed, self._changed = self._changed, {}
        for key in changed:
            scene = self._scene(key)
            first = min(self._open_wishes(scene), key=lambda wish: wish.day, default=None)
            if first is None:
                self._wanted.pop(key, None)
            else:
                self._want(key, first, scene)

    def _open_wishes(self, scene: Scene) -> Iterator[Wish]:
        refused = scene.person.refused
        for of_stage in WISHES.get(scene.s.stage, ()):
            for wish in of_stage(scene):
                tries = refused.get(wish.key, 0)
                if not tries:
                    yield wish
                elif tries < MOST_TRIES:
                    yield wish._replace(day=max(wish.day, scene.today + WAITS_AFTER_REFUSAL))

    def _want(self, key: str, wish: Wish, scene: Scene) -> None:
        at = moment_of(scene, wish)
        known = self._wanted.get(key)
        if known is not None and known[0] == at:
            self._wanted[key] = (at, known[1], wish)
            return
        self._count += 1
        self._wanted[key] = (at, self._count, wish)
        heapq.heappush(self._wishes, (at, key, self._count))

    def _next_wish(self) -> datetime | None:
        heap = self._wishes
        while heap:
            at, key, count = heap[0]
            known = self._wanted.get(key)
            if known is not None and known[1] == count:
                return at
            heapq.heappop(heap)
        return None

    def _scene(self, key: str) -> Scene:
        life, now = self.engine.lives.get(key), self.engine.now
        if now != self._today[0]:
            self._today = (now, day_of(now))
        trajectory = life.trajectory if life is not None else self.nobody
        return Scene(self.people[key], trajectory, now, self.world, self._today[1])


def _is_news(fact: Fact, *, owing: bool) -> bool:
    if fact.name == "letter_sent":
        return str(fact.data["key"]).endswith(AWAITED)
    return fact.name not in NOTHING_NEW or (owing and fact.name in {"payment", "promise"})


# What somebody may do next, by where they stand.
WISHES: dict[Stage | None, tuple[Callable[[Scene], Iterator[Wish]], ...]] = {
    Stage.REFERRED: (admission.waiting,),
    Stage.WAITLISTED: (admission.waiting,),
    Stage.ACQUAINTANCE: (admission.invited,),
    Stage.INTAKE: (admission.invited, admission.weighed),
    Stage.MATCHING: (sharing.matching,),
    Stage.MOVE_IN: (staying.moving_in,),
    Stage.LIVING: (sharing.matching, staying.living, parting.contract, parting.ending, arrears),
    Stage.NOTICE: (staying.living, parting.contract, parting.ending, arrears),
    Stage.EXIT: (parting.contract, parting.exiting, arrears),
    Stage.DEPARTED: (parting.contract, parting.departed, arrears),
    Stage.AFTERCARE: (parting.aftercare, arrears),
    Stage.NOT_STARTED: (admission.not_started,),
    Stage.CLOSED: (parting.closed,),
}
MISTAKE_OF = {
    "fout:te_vroeg": "te_vroeg_oproepen",
    "fout:zelfde_oordeel": "zelfde_oordeel",
    "fout:checklist": "checklist_zonder_twijfel",
    "fout:sleutels": "sleutels_zonder_papieren",
    "fout:contracteinde": "verkeerd_contracteinde",
    "fout:gesprek": "gesprek_in_de_toekomst",
    "fout:verlengen": "twee_keer_verlengen",
    "fout:energie": "energie_niet_in_orde",
}
