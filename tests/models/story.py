"""Tells a trajectory in a few words and plays it with time passing, on the pure core alone.

Nothing is faked but the post, which delivers every letter at its moment.
"""

from datetime import date, datetime, timedelta
from typing import Any

from models.calendar import day_of
from models.core import Trajectory, replayed
from models.errors import Refusal
from models.facts import Deadline, Heard, Json, LetterOrder, Outcome, Start, StepAnswer
from models.papers import papers_needed
from models.programme import Rules
from models.state import Letter, TrajectoryState
from models.trajectory import STEPS
from models.vocabulary import Channel, LetterStatus, Stage
from tests.models.world import MONDAY, RULES, World, end_of, moment


class Story:
    """One trajectory that is told in steps and days."""

    def __init__(
        self,
        name: str = "trajectory-a",
        at: str | datetime = MONDAY,
        world: World | None = None,
        rules: Rules = RULES,
        **changes: Any,
    ) -> None:
        self.now = moment(at) if isinstance(at, str) else at
        self.world = world or World()
        self.world.stories[name] = self
        self.start = Start(trajectory=name, rules=rules.model_copy(update=changes))
        self.t = Trajectory(self.start)
        self.answering = True
        self.outcomes: list[Outcome] = []
        self.sent: list[tuple[str, datetime]] = []

    # ---- telling -----------------------------------------------------------------------------
    def do(self, name: str, /, **given: Any) -> StepAnswer:
        """Take a step; a refusal fails the test with its sentence."""
        request = self.request(name, given)
        refusal = self.t.check(name, request, self.now)
        assert refusal is None, f"{name}: {refusal.text}"
        answer = self.t.take(name, request, self.now)
        self.settle()
        return answer

    def refused(self, name: str, /, **given: Any) -> Refusal:
        """Return why a step is refused; it must leave no trace."""
        before = (self.t.head, self.state.dump())
        refusal = self.t.check(name, self.request(name, given), self.now)
        assert refusal is not None, f"{name} was let through"
        assert before == (self.t.head, self.state.dump())
        return refusal

    def request(self, name: str, given: Json) -> Json:
        """The request of a step, by somebody who may take it."""
        step = STEPS[name]
        asked: Json = {
            "who": given.pop("who", "an"),
            "role": given.pop("role", step.who[0].value),
            "data": {},
        }
        two = bool(step.second) and name != "correct"
        second = given.pop("second", "bo:manager" if two else None)
        if second is not None:
            asked["second"] = second
        for key in ("override", "id", "source"):
            if key in given:
                asked[key] = given.pop(key)
        asked["data"] = given
        return asked

    def hear(self, name: str, data: Json, told: str = "h1") -> Refusal | None:
        """Take in a message from another trajectory or register."""
        heard = Heard(name=name, data=data, id=told)
        refusal = self.t.weigh(heard, self.now)
        if refusal is None:
            self.t.hear(heard, self.now)
            self.settle()
        return refusal

    def settle(self) -> None:
        """Meet what is due, write the turn, answer what was asked and carry what was told."""
        while self.t.meet(self.now) or self.t.unwritten or self.t.asks or self.t.tells:
            turn = self.t.drain(self.now)
            assert turn.previous == (self.outcomes[-1].hash if self.outcomes else "0" * 64)
            self.outcomes += turn.outcomes
            asks, tells = self.t.take_effects()
            for tell in tells:
                self.world.carry(self, tell)
            for ask in asks if self.answering else ():
                name, data = self.world.answer(self, ask)
                self.t.observe(name, data, self.now, ask.key)

    # ---- time --------------------------------------------------------------------------------
    def until(self, when: str | date | datetime) -> "Story":
        """Let time pass until a moment (the end of a day): deadlines are met, letters leave."""
        end = end_of(when)
        while (at := self._next_moment()) is not None and at <= end:
            self.now = max(self.now, at)
            self.settle()
            self._post()
        self.now = max(self.now, end)
        return self

    def _next_moment(self) -> datetime | None:
        deadline = self.t.next_deadline()
        post = [self.t.leaves_at(order.send_at, self.now) for order in self.t.held_letters()]
        return min([*post, *([deadline.at] if deadline else [])], default=None)

    def days(self, count: int) -> "Story":
        """Let days pass."""
        return self.until(self.now + timedelta(days=count))

    def down_until(self, when: str | date | datetime) -> "Story":
        """Let time pass with the server off, then let it catch up."""
        self.now = max(self.now, end_of(when))
        self.settle()
        self._post()
        return self

    def _post(self) -> None:
        for order in self.t.held_letters():
            if self.t.leaves_at(order.send_at, self.now) <= self.now:
                became = "sent" if order.channel is Channel.MAIL else "to_print"
                self.t.observe(f"letter_{became}", {"key": order.key}, self.now)
                self.sent.append((order.kind, self.now))
        self.settle()

    # ---- looking -----------------------------------------------------------------------------
    @property
    def state(self) -> TrajectoryState:
        """The state now."""
        return self.t.state

    @property
    def stage(self) -> Stage | None:
        """The stage now."""
        return self.t.state.stage

    @property
    def tasks(self) -> list[str]:
        """The keys of the open tasks, in order of opening, without the print queue."""
        return [task.key for task in self.state.open_tasks if task.kind != "print"]

    @property
    def flags(self) -> list[str]:
        """Everything that was flagged, in order."""
        return [flag for o in self.outcomes for flag in o.detail.get("flags", [])]

    @property
    def kinds(self) -> list[str]:
        """The kinds of all outcomes, in order."""
        return [outcome.kind for outcome in self.outcomes]

    def letters(self, status: LetterStatus | None = None) -> list[str]:
        """The kinds of the letters (with this status), in order."""
        found = self.state.letters.values()
        return [x.order.kind for x in found if status is None or x.status is status]

    def letter(self, kind: str) -> Letter:
        """The last letter of a kind."""
        return [x for x in self.state.letters.values() if x.order.kind == kind][-1]

    def order(self, kind: str) -> LetterOrder:
        """The order of the last letter of a kind."""
        return self.letter(kind).order

    def due(self, name: str) -> Deadline | None:
        """The first deadline of this name that is still to come."""
        return next((d for d in self.t.future() if d.name == name), None)

    def due_on(self, name: str) -> str | None:
        """The Belgian day of that deadline."""
        found = self.due(name)
        return day_of(found.at).isoformat() if found else None

    def number(self, name: str) -> int:
        """The number of the last fact of this name."""
        return max(fact.seq for fact in self.t.facts if fact.name == name)

    def replay(self) -> Trajectory:
        """The same facts, folded again from the start."""
        return replayed(self.start, self.t.facts)

    # ---- ready-made chapters -----------------------------------------------------------------
    def referred(self, **given: Any) -> "Story":
        """On the waitlist, 20 years old, wants to live alone."""
        data: Json = {
            "birth_date": "2006-06-15",
            "sex": "v",
            "supporter": "lien",
            "living": "alleen",
            "partner": "joba",
        }
        self.do("refer", **{**data, **given})
        return self

    def eligible(self, **given: Any) -> "Story":
        """Supported for long enough, and the second form came."""
        self.referred(**given)
        self.do(
            "complete_referral",
            support_since="2026-10-01",
            homelessness="dakloos",
            form_received="2027-01-04",
        )
        return self

    def at_intake(self, **given: Any) -> "Story":
        """Called up for an intake in a week."""
        self.eligible(**given)
        at = (self.now + timedelta(days=7)).strftime("%Y-%m-%dT11:00")
        self.do("call_up", to="intake", at=at, place="kantoor")
        return self

    def verdicts(self, *both: str) -> "Story":
        """Two verdicts, by two people."""
        for who, verdict in zip(("an", "bo"), both, strict=True):
            self.do("give_verdict", who=who, held_on=day_of(self.now).isoformat(), verdict=verdict)
        return self

    def accepted(self, **given: Any) -> "Story":
        """May start."""
        return self.at_intake(**given).days(7).verdicts("start", "start")

    def offered(self, place: str = "d7-1", start: str = "2027-02-01", **given: Any) -> "Story":
        """Has a reserved place for a year."""
        self.accepted(**given)
        end = date.fromisoformat(start).replace(year=2028) - timedelta(days=1)
        self.do("offer_place", place=place, start_on=start, lease_end=end.isoformat())
        assert self.stage is Stage.MOVE_IN, self.tasks
        return self

    def papers(self) -> "Story":
        """Every paper of the pack is in order."""
        for paper in papers_needed(self.state, self.t.rules.papers):
            self.do(
                "finish_paper",
                paper=paper.value,
                done_on=day_of(self.now).isoformat(),
                signed_by=["bewoner", "organisatie", "medeondertekenaar"],
            )
        return self

    def living(self, start: str = "2027-02-01", *, place: str = "d7-1", **given: Any) -> "Story":
        """Has the keys since the first day of the lease (2027-02-01 to 2028-01-31)."""
        self.offered(place, start, **given).papers()
        self.until(moment(f"{start}T09:30"))
        self.keys()
        return self

    def keys(self, **given: Any) -> "Story":
        """Get the keys today, with the first talk in three weeks."""
        talk = self.now + timedelta(days=21)
        data = {
            "on": day_of(self.now).isoformat(),
            "keys": 2,
            "first_talk_at": talk.strftime("%Y-%m-%dT10:00"),
        }
        self.do("hand_over_keys", **{**data, **given})
        return self

    def talk(self, **given: Any) -> "Story":
        """Hold a talk today with everything in order."""
        data: Json = {"held_on": day_of(self.now).isoformat(), "present": ["bewoner", "begeleider"]}
        self.do("record_talk", **{**data, "weekly_support": True, **given})
        return self

    def notice_posted(self) -> "Story":
        """The landlord's notice for 2028-01-31, approved and posted in time."""
        self.until("2027-10-01").do("approve_notice", lease_end="2028-01-31")
        self.days(3)
        posted = day_of(self.now).isoformat()
        self.do("record_posting", posted_on=posted, barcodes=["RR123456785BE", "RR123456799BE"])
        return self

    def leaving(self) -> "Story":
        """The exit is planned for the last day of the lease."""
        self.notice_posted().until("2028-01-10")
        self.do("plan_exit", leaves_on="2028-01-31", exit_talk_at="2028-01-28T10:00")
        return self.until("2028-01-31")

    def gone(self, **given: Any) -> "Story":
        """The exit is done today."""
        data = {
            "left_on": day_of(self.now).isoformat(),
            "talk_on": "2028-01-28",
            "keys_returned": 2,
            "cleaning": "ok",
            "energy": "klaar",
            "destination": "prive",
            "durable": "ja",
        }
        self.do("complete_exit", **{**data, **given})
        return self
