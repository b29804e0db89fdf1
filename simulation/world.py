"""What residents share, kept in memory: partners, dwellings, places, and who waits.

Answers what trajectories ask with the pure decisions of `models.registers`, exactly as the
activities do in SQL. Holds no trajectory and no clock.
"""

from collections.abc import Iterable
from datetime import date

from models.facts import Json
from models.programme import Rules
from models.registers import (
    Candidate,
    Decision,
    Dwelling,
    Partner,
    Tenancy,
    decide_call,
    decide_place,
)
from models.state import TrajectoryState
from models.vocabulary import Stage
from simulation.bank import Bank

WAITING = frozenset({Stage.REFERRED, Stage.WAITLISTED})


class World:
    """The registers of one play."""

    def __init__(self, partners: Iterable[Partner], dwellings: Iterable[Dwelling]) -> None:
        """Begin with these registers and every place free."""
        self.partners = {partner.id: partner for partner in partners}
        self.partner_of = {
            supporter: partner
            for partner in self.partners.values()
            for supporter in partner.supporters
        }
        self.dwellings = {dwelling.id: dwelling for dwelling in dwellings}
        self.dwelling_of = {
            place: dwelling
            for dwelling in self.dwellings.values()
            for place in dwelling.place_ids()
        }
        self.bank = Bank()
        self.supporters: set[str] = set()
        self.waiting: dict[str, Candidate] = {}
        self._open: dict[str, Tenancy] = {}
        self._by_dwelling: dict[str, list[Tenancy]] = {name: [] for name in self.dwellings}
        self.priority_used = 0

    # ---- the waitlist ----------------------------------------------------------------------
    def note(self, trajectory: str, state: TrajectoryState) -> None:
        """Keep the waitlist in line with where a trajectory stands."""
        if state.stage in WAITING:
            self.waiting[trajectory] = self._candidate(trajectory, state)
        elif trajectory in self.waiting:
            del self.waiting[trajectory]

    def decide_call(
        self, trajectory: str, state: TrajectoryState, rules: Rules, day: date, request: Json
    ) -> Decision:
        """Decide whether somebody may be called up now."""
        candidates = list(self.waiting.values())
        if trajectory not in self.waiting:
            candidates.append(self._candidate(trajectory, state))
        return decide_call(trajectory, candidates, self.priority_used, rules, day, request)

    @staticmethod
    def _candidate(trajectory: str, state: TrajectoryState) -> Candidate:
        referral = state.referral
        assert referral is not None, "who waits was referred"
        assert state.stage is not None, "and so stands somewhere"
        return Candidate.model_construct(
            trajectory=trajectory,
            referred_on=referral.referred_on,
            eligible_from=referral.eligible_from,
            priority=referral.priority,
            stage=state.stage,
        )

    # ---- the places ------------------------------------------------------------------------
    def sitting(self, dwelling: str) -> list[Tenancy]:
        """Return who has a place in a dwelling now."""
        return [one for one in self._by_dwelling.get(dwelling, ()) if one.until is None]

    def is_free(self, place: str) -> bool:
        """Say whether nobody has this place."""
        return place not in self._open

    def free_reserve(self) -> str | None:
        """Return a free place in a reserve dwelling."""
        places = (place for place, dwelling in self.dwelling_of.items() if dwelling.reserve)
        return next((place for place in places if place not in self._open), None)

    def reserve(self, trajectory: str, rules: Rules, request: Json) -> Decision:
        """Reserve a place, or say why not."""
        place = str(request["place"])
        dwelling = self.dwelling_of.get(place)
        tenancies = self._by_dwelling[dwelling.id] if dwelling else []
        decision = decide_place(place, dwelling, tenancies, self.priority_used, rules, request)
        if decision.granted:
            since = date.fromisoformat(request["start_on"])
            self._take(place, trajectory, since, priority=bool(request.get("priority")))
        return decision

    def release(self, trajectory: str, place: str, until: date) -> None:
        """Give a place back."""
        tenancy = self._open.get(place)
        if tenancy is not None and tenancy.trajectory == trajectory:
            tenancy.until = until
            del self._open[place]
            self.priority_used -= tenancy.priority
        elif place in self.dwelling_of:
            # Given back already: a correction moved the day.
            mine = (
                one
                for one in reversed(self._by_dwelling[self.dwelling_of[place].id])
                if one.place == place and one.trajectory == trajectory
            )
            if (last := next(mine, None)) is not None:
                last.until = until

    def occupy(self, trajectory: str, place: str, since: date, *, priority: bool) -> None:
        """Note that somebody lives there now; who was taken over gets the place here."""
        tenancy = self._open.get(place)
        if tenancy is None and place in self.dwelling_of:
            tenancy = self._take(place, trajectory, since, priority=priority)
        if tenancy is not None and tenancy.trajectory == trajectory:
            tenancy.occupied, tenancy.since = True, since

    def _take(self, place: str, trajectory: str, since: date, *, priority: bool) -> Tenancy:
        dwelling = self.dwelling_of[place]
        tenancy = Tenancy(
            place=place,
            dwelling=dwelling.id,
            trajectory=trajectory,
            since=since,
            priority=priority,
        )
        self._open[place] = tenancy
        self._by_dwelling[dwelling.id].append(tenancy)
        self.priority_used += priority
        return tenancy
