"""What residents share in a test: profiles, dwellings, places, the waitlist, and who meets whom.

The registers' own pure decisions answer, and a message reaches the other story; nothing is faked.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models import registers
from models.arrears import bank_answer
from models.calendar import BRUSSELS, day_of
from models.facts import Ask, Json, Tell
from models.programme import Programme, load_programme
from models.registers import Candidate, Decision, Dwelling, Tenancy
from models.vocabulary import Stage

if TYPE_CHECKING:
    from tests.models.story import Story

PROFILES = Path(__file__).parents[2] / "programmes"
MONDAY = datetime(2027, 1, 4, 10, 0, tzinfo=BRUSSELS)
ALL_FIVE = ["bewoner", "andere_bewoner", "begeleider", "andere_begeleider", "medewerker"]


def programme(name: str = "wonen-met-kansen") -> Programme:
    """Return one of the product's own profiles."""
    return load_programme(PROFILES / f"{name}.toml")


WMK = programme()
RENT = WMK.rules(MONDAY.date())
# Stories about something else than money: nobody charges rent, nobody looks at payments.
RULES = RENT.model_copy(update={"rent_due_day": 0})


def moment(text: str) -> datetime:
    """Read a Belgian local moment."""
    return datetime.fromisoformat(text).replace(tzinfo=BRUSSELS)


def end_of(when: str | date | datetime) -> datetime:
    """Read a moment, or the last minute of a day."""
    if isinstance(when, datetime):
        return when
    day = date.fromisoformat(when) if isinstance(when, str) else when
    return datetime(day.year, day.month, day.day, 23, 59, tzinfo=BRUSSELS)


def good_dwelling(name: str, **changes: Any) -> Dwelling:
    """Return a dwelling that may be let to somebody alone."""
    given: Json = {
        "id": name,
        "bedrooms": 2,
        "destination": "renovatie",
        "epc_until": "2035-01-01",
        "conformity_until": "2035-01-01",
        "available_until": "2032-12-31",
        "flat_rate": "95.00",
    }
    return Dwelling.model_validate({**given, **changes})


@dataclass
class World:
    """What residents share, and the stories that play in it."""

    dwellings: dict[str, Dwelling] = field(default_factory=dict)
    tenancies: list[Tenancy] = field(default_factory=list)
    stories: dict[str, "Story"] = field(default_factory=dict)
    told: list[tuple[str, Tell]] = field(default_factory=list)
    closes: date | None = None

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
        if ask.kind == "bank_closes":
            return bank_answer(self.closes, ask.data, me.t.rules)
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
