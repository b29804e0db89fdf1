"""How invented residents pay: on time mostly, and early, late, in part, not at all, or taken back.

A habit is a person's own; what is paid of which line is decided when the line first shows. The bank
sends a statement on most working days, so that a look at the payments sometimes finds old data.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zlib import crc32

from models.account import OpenItem
from models.calendar import brussels, day_of, is_working_day
from models.vocabulary import ConciliationOutcome
from simulation.acts import Scene
from simulation.bank import Movement, Statement
from simulation.script import resident_of

HALF = Decimal("0.5")
CENT = Decimal("0.01")
# Of twenty residents: how they pay.
ON_TIME, LATE, NEVER = ["op tijd"] * 8, ["laat"] * 3, ["niet"] * 5
HABITS = (*ON_TIME, "vooruit", *LATE, "heel laat", "half", "terug", *NEVER)
WITHOUT_STATEMENT = 9


@dataclass(slots=True)
class Payers:
    """What everybody is going to pay, and which lines were seen."""

    coming: list[tuple[date, str, Decimal]] = field(default_factory=list)
    going_back: list[tuple[date, str, Decimal]] = field(default_factory=list)
    seen: set[tuple[str, str]] = field(default_factory=set)

    def statement(self, now: datetime, scenes: Iterable[Scene]) -> Statement:
        """Return what the bank sends at a moment."""
        today = day_of(now)
        for scene in scenes:
            self._look(scene, today)
        return Statement(
            closes=today,
            payments=self._due(self.coming, today),
            reversals=self._due(self.going_back, today),
        )

    @staticmethod
    def _due(ahead: list[tuple[date, str, Decimal]], today: date) -> list[Movement]:
        due = sorted(one for one in ahead if one[0] <= today)
        ahead[:] = [one for one in ahead if one[0] > today]
        return [Movement(resident=who, amount=amount, booked=day) for day, who, amount in due]

    def _look(self, scene: Scene, today: date) -> None:
        for item in scene.s.account.open_items():
            known = (scene.t.id, item.key)
            if known not in self.seen:
                self.seen.add(known)
                self._decide(scene, item, today)

    def _decide(self, scene: Scene, item: OpenItem, today: date) -> None:
        p, who = scene.person, resident_of(scene.t.id)
        spread = p.draw(f"dag {item.key}", 6)
        if item.instalment:
            agreed = scene.s.arrears.conciliation is ConciliationOutcome.AGREED
            if agreed or p.draw(f"plan {item.key[:15]}", 2):
                self.coming.append((item.due_on, who, item.amount))
            return
        habit = HABITS[p.draw("betaalt", len(HABITS))]
        if habit != "niet" and p.draw(f"maand {item.key}", 2):
            habit = "op tijd"
        if habit == "niet" and not p.draw(f"toch {item.key}", 6):
            habit = "heel laat"
        later = {"op tijd": 2, "vooruit": 1, "terug": 3, "half": 4, "laat": 15, "heel laat": 23}
        if habit not in later:
            return
        day = max(today, item.due_on - timedelta(days=8)) + timedelta(days=later[habit] + spread)
        amount = item.amount
        if habit == "vooruit":
            amount *= 2
        elif habit == "half":
            amount = (amount * HALF).quantize(CENT)
            self.coming.append((day + timedelta(days=18), who, item.amount - amount))
        elif habit == "terug":
            self.going_back.append((day + timedelta(days=16), who, amount))
        self.coming.append((day, who, amount))


def statements(start: date, until: datetime, closed: frozenset[date]) -> Iterator[datetime]:
    """Yield when the bookkeeper loads a statement: most working days, at the end of the day."""
    day = start
    while brussels(day, 18) < until:
        late = crc32(f"afschrift {day}".encode()) % WITHOUT_STATEMENT == 0
        if is_working_day(day, closed) and not late:
            yield brussels(day, 17, 45).astimezone(UTC)
        day += timedelta(days=1)
