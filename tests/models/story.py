"""Tells a trajectory in a few words and plays it with time passing, on the pure core alone.

A `World` holds what residents share (dwellings, places, the waitlist) and the stories in it; the
registers' own pure decisions answer, and messages reach the other story. Nothing is faked but the
post, which delivers every letter at its moment.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from models import registers
from models.calendar import BRUSSELS, day_of
from models.core import Trajectory, replayed
from models.errors import Refusal
from models.facts import Ask, Deadline, Heard, Json, LetterOrder, Outcome, Start, StepAnswer, Tell
from models.programme import Programme, Rules, load_programme
from models.registers import Candidate, Decision, Dwelling, Tenancy
from models.state import Letter, TrajectoryState
from models.table import Step
from models.trajectory import STEPS
from models.vocabulary import Channel, LetterStatus, Role, Stage

PROFILES = Path(__file__).parents[2] / "programmes"
MONDAY = datetime(2027, 1, 4, 10, 0, tzinfo=BRUSSELS)
ALL_FIVE = ["bewoner", "andere_bewoner", "begeleider", "andere_begeleider", "medewerker"]


def programme(name: str = "wonen-met-kansen") -> Programme:
    """Return one of the product's own profiles."""
    return load_programme(PROFILES / f"{name}.toml")


WMK = programme()
RULES = WMK.rules(MONDAY.date())


def moment(text: str) -> datetime:
    """Read a Belgian local moment."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def good_dwelling(id: str, **changes: Any) -> Dwelling:
    """Return a dwelling that may be let to somebody alone."""
    given: Json = {
        "id": id,
        "bedrooms": 2,
        "destination": "renovatie",
        "epc_until": "2035-01-01",
        "conformity_until": "2035-01-01",
        "available_until": "2032-12-31",
    }
    return Dwelling.model_validate({**given, **changes})


@dataclass
class World:
    """What residents share, and the stories that play in it."""

    dwellings: dict[str, Dwelling] = field(default_factory=dict)
    tenancies: list[Tenancy] = field(default_factory=list)
    stories: dict[str, "Story"] = field(default_factory=dict)
    told: list[tuple[str, Tell]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for dwelling in (
            good_dwelling("d7"),
            good_dwelling("d8", bedrooms=3, places=2),
            good_dwelling("d9", reserve=True, reserve_agreed=True),
        ):
            self.dwellings.setdefault(dwelling.id, dwelling)

    def answer(self, me: "Story", ask: Ask) -> tuple[str, Json]:
        """Answer a question as the registers do."""
        if ask.kind == "claim_call":
            decision = registers.decide_call(
                me.t.id, self._waiting(), self.used, me.t.rules, day_of(me.now), ask.data
            )
            return _said(decision, "call_granted", "call_denied", ask)
        if ask.kind == "reserve_place":
            return self._reserve(me, ask)
        other = self.stories[ask.data["other"]]
        refusal = other.hear(
            "match_planned", {**ask.data, "other": me.t.id}, f"{me.t.id}:{ask.key}"
        )
        if refusal is None:
            return "match_confirmed", {**ask.data}
        return "match_refused", {**ask.data, "text": refusal.text}

    def _reserve(self, me: "Story", ask: Ask) -> tuple[str, Json]:
        place = ask.data["place"]
        dwelling = self.dwellings.get(place.rpartition("-")[0])
        here = [t for t in self.tenancies if dwelling and t.dwelling == dwelling.id]
        decision = registers.decide_place(
            place, dwelling, here, self.used, me.t.rules, {"trajectory": me.t.id, **ask.data}
        )
        if decision.granted and dwelling is not None:
            self.tenancies.append(
                Tenancy(
                    place=place,
                    dwelling=dwelling.id,
                    trajectory=me.t.id,
                    since=date.fromisoformat(ask.data["start_on"]),
                    priority=ask.data.get("priority", False),
                )
            )
        return _said(decision, "place_reserved", "place_taken", ask)

    @property
    def used(self) -> int:
        """The places that partners with priority have."""
        return registers.priority_used(self.tenancies)

    def _waiting(self) -> list[Candidate]:
        return [
            Candidate(
                trajectory=s.t.id,
                referred_on=r.referred_on,
                eligible_from=r.eligible_from,
                priority=r.priority,
                stage=s.state.stage,
            )
            for s in self.stories.values()
            if s.state.stage in {Stage.REFERRED, Stage.WAITLISTED} and (r := s.state.referral)
        ]

    def carry(self, me: "Story", tell: Tell) -> None:
        """Bring a message where it belongs."""
        self.told.append((me.t.id, tell))
        if tell.kind == "free_place":
            for tenancy in self.tenancies:
                if (tenancy.place, tenancy.trajectory) == (tell.data["place"], me.t.id):
                    tenancy.until = date.fromisoformat(tell.data["until"])
        elif tell.kind != "occupy_place":
            data = {k: v for k, v in tell.data.items() if k != "other"}
            other = self.stories[tell.data["other"]]
            other.hear(tell.kind, {**data, "other": me.t.id}, f"{me.t.id}:{tell.key}")


def _said(decision: Decision, yes: str, no: str, ask: Ask) -> tuple[str, Json]:
    if decision.granted:
        return yes, {**ask.data, **decision.data}
    return no, {**ask.data, "text": decision.text, "rule": decision.rule}


class Story:
    """One trajectory that is told in steps and days."""

    def __init__(
        self,
        id: str = "trajectory-a",
        at: str | datetime = MONDAY,
        world: World | None = None,
        rules: Rules = RULES,
        **changes: Any,
    ) -> None:
        self.now = moment(at) if isinstance(at, str) else at
        self.world = world or World()
        self.world.stories[id] = self
        self.start = Start(trajectory=id, rules=rules.model_copy(update=changes))
        self.t = Trajectory(self.start)
        self.answering = True
        self.outcomes: list[Outcome] = []
        self.sent: list[tuple[str, datetime]] = []

    # ---- telling -----------------------------------------------------------------------------
    def do(self, name: str, /, **given: Any) -> StepAnswer:
        """Take a step; a refusal fails the test with its sentence."""
        request = self._request(name, given)
        refusal = self.t.check(name, request, self.now)
        assert refusal is None, f"{name}: {refusal.sentence() if refusal else ''}"
        answer = self.t.take(name, request, self.now)
        self.settle()
        return answer

    def refused(self, name: str, /, **given: Any) -> Refusal:
        """Return why a step is refused; it must leave no trace."""
        before = (len(self.t.facts), self.t.head, self.state.dump())
        refusal = self.t.check(name, self._request(name, given), self.now)
        assert refusal is not None, f"{name} was let through"
        assert before == (len(self.t.facts), self.t.head, self.state.dump())
        return refusal

    def _request(self, name: str, given: Json) -> Json:
        step: Step = STEPS[name]
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

    def hear(self, name: str, data: Json, id: str = "h1") -> Refusal | None:
        """Take in a message from another trajectory or register."""
        heard = Heard(name=name, data=data, id=id)
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
        end = _end_of(when)
        while (at := self.t.next_moment()) is not None and at <= end:
            self.now = max(self.now, at)
            self.t.meet(self.now)
            self.settle()
            self._post()
        self.now = max(self.now, end)
        return self

    def days(self, count: int) -> "Story":
        """Let days pass."""
        return self.until(self.now + timedelta(days=count))

    def down_until(self, when: str | date | datetime) -> "Story":
        """Let time pass with the server off, then let it catch up."""
        self.now = max(self.now, _end_of(when))
        self.t.meet(self.now)
        self.settle()
        self._post()
        return self

    def _post(self) -> None:
        for order in self.t.held_letters():
            if order.send_at <= self.now:
                mail = order.channel is Channel.MAIL
                self.t.observe(
                    "letter_sent" if mail else "letter_to_print", {"key": order.key}, self.now
                )
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
        return self.state.stage

    @property
    def tasks(self) -> list[str]:
        """The keys of the open tasks, in order of opening; the print queue has its own."""
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
        """The kinds of the letters (with this status), in order of ordering."""
        return [
            x.order.kind
            for x in self.state.letters.values()
            if status is None or x.status is status
        ]

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
        return [fact.seq for fact in self.t.facts if fact.name == name][-1]

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
        from models.papers import papers_needed

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
        data = {
            "held_on": day_of(self.now).isoformat(),
            "present": ["bewoner", "begeleider"],
            "weekly_support": True,
        }
        self.do("record_talk", **{**data, **given})
        return self

    def notice_posted(self) -> "Story":
        """The landlord's notice for 2028-01-31, approved and posted in time."""
        self.until("2027-10-01")
        end = self.state.lease.end.isoformat() if self.state.lease else ""
        self.do("approve_notice", lease_end=end)
        self.days(3)
        posted = day_of(self.now).isoformat()
        self.do("record_posting", posted_on=posted, barcodes=["RR123456785BE", "RR123456786BE"])
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


def _end_of(when: str | date | datetime) -> datetime:
    if isinstance(when, datetime):
        return when
    day = date.fromisoformat(when) if isinstance(when, str) else when
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=BRUSSELS)
