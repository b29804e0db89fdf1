"""The coordinator's rounds, twice a week: who is called up, who meets whom, who gets which place.

Looks at the waitlist and the free places as they are, and lets the registers decide; now and then
it tries what they refuse. Takes no step itself: it says which one comes next.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from models.calendar import brussels, local, next_working_day
from models.core import Trajectory
from models.facts import Json
from models.programme import Rules
from models.registers import Candidate, Dwelling, waitlist
from models.vocabulary import Stage
from simulation.acts import Act, Scene, at_hour, lease_until
from simulation.people import AN, CIS
from simulation.world import World

BUSY = (Stage.ACQUAINTANCE, Stage.INTAKE, Stage.MATCHING)
ROUNDS = (1, 4)  # Tuesday and Friday
SHORTEST = 200
TRIES = 4


@dataclass(slots=True)
class Office:
    """What the coordinator remembers between two rounds."""

    world: World
    scene_of: Callable[[str], Scene]
    before_keys: set[str] = field(default_factory=set)
    sharers: set[str] = field(default_factory=set)
    overrides: int = 1
    # What the coordinator still tries once and hears no to, and what follows with a reason.
    slips: set[str] = field(default_factory=lambda: {"call", "reason", "match", "place"})

    def note(self, t: Trajectory) -> None:
        """Keep who is on the way to a place, and who lives in a shared dwelling alone."""
        stage, key = t.state.stage, t.id
        if stage in BUSY:
            self.before_keys.add(key)
        else:
            self.before_keys.discard(key)
        offer = t.state.offer
        if stage is Stage.LIVING and offer is not None and offer.shared:
            self.sharers.add(key)
        else:
            self.sharers.discard(key)

    def round(self, now: datetime, rules: Rules) -> Iterator[tuple[str, Act]]:
        """Yield the steps of one round; each is taken before the next is thought of."""
        yield from self._meetings()
        yield from self._offers()
        yield from self._calls(now, rules)

    # ---- calling up ------------------------------------------------------------------------
    def _calls(self, now: datetime, rules: Rules) -> Iterator[tuple[str, Act]]:
        today = local(now).date()
        free = sum(1 for _ in self._free(today))
        waiting = self.world.waiting.values()
        ready = [c for c in waiting if c.eligible_from is not None and c.eligible_from <= today]
        full = self.world.priority_used >= rules.priority_cap
        room = free + 2 - sum(1 for key in self.before_keys if not (full and self._urgent(key)))
        order = waitlist(ready, self.world.priority_used, rules)
        if room > 0 and len(order) > 1 and not full:
            yield from self._out_of_turn(order[1])
        for candidate in order:
            if room <= 0:
                return
            scene = self.scene_of(candidate.trajectory)
            s = scene.s
            if s.supporter_gone is not None or s.asks or s.stage in BUSY or _hopeless(scene):
                continue
            act = self._call(scene)
            if candidate.priority and self.world.priority_used >= rules.priority_cap:
                if not self.overrides:
                    continue
                act = act._replace(who=CIS, override="acuut dakloos, gemeld door het CAW")
            elif self._passed_over(candidate.trajectory, ready, rules):
                act.data["not_first_reason"] = "wie voorgaat, heeft nu geen begeleider"
            room -= 1
            yield candidate.trajectory, act

    def _out_of_turn(self, candidate: Candidate) -> Iterator[tuple[str, Act]]:
        """Call somebody who is not first: once without a reason, once with one."""
        scene = self.scene_of(candidate.trajectory)
        if not self.slips & {"call", "reason"} or scene.s.supporter_gone is not None:
            return
        act = self._call(scene)
        if "call" in self.slips:
            self.slips.discard("call")
        else:
            self.slips.discard("reason")
            act.data["not_first_reason"] = "acuut onveilig thuis"
        yield candidate.trajectory, act

    def _urgent(self, key: str) -> bool:
        referral = self.scene_of(key).s.referral
        return referral is not None and referral.priority

    def _passed_over(self, trajectory: str, ready: list[Candidate], rules: Rules) -> bool:
        """Whether somebody on the list still stands before this one."""
        left = [c for c in ready if c.trajectory in self.world.waiting]
        order = waitlist(left, self.world.priority_used, rules)
        return bool(order) and order[0].trajectory != trajectory

    def _call(self, scene: Scene) -> Act:
        referral, p = scene.s.referral, scene.person
        straight = referral is not None and referral.supports and p.draw("meteen intake", 2) == 0
        data: Json = {
            "to": "intake" if straight else "kennismaking",
            "at": at_hour(scene.in_days(8, f"oproep {scene.today}", 8), 9 + p.draw("uur", 7)),
            "place": "bij ons op kantoor",
        }
        return Act("call_up", data)

    # ---- sharing ---------------------------------------------------------------------------
    def _meetings(self) -> Iterator[tuple[str, Act]]:
        alone: list[Scene] = []
        for key in sorted(self.before_keys):
            scene = self.scene_of(key)
            s = scene.s
            if s.referral is None or s.referral.living != "delen" or not s.accepted or s.asks:
                continue
            if s.match is not None and s.match.outcome == "nog_eens" and not s.match.confirmed:
                if key < s.match.other:
                    yield key, self._meet(scene, s.match.other)
            elif s.match is None and s.stage is Stage.INTAKE:
                alone.append(scene)
        if alone and "match" in self.slips and (too_early := self._not_accepted()) is not None:
            self.slips.discard("match")
            yield alone[0].t.id, self._meet(alone.pop(0), too_early)
        hosts = [key for key in sorted(self.sharers) if self._room_beside(key)]
        while alone and hosts:
            yield alone[0].t.id, self._meet(alone.pop(0), hosts.pop(0))
        while len(alone) > 1:
            one, other = alone.pop(0), alone.pop(0)
            yield one.t.id, self._meet(one, other.t.id)

    def _not_accepted(self) -> str | None:
        """Somebody who wants to share and was not accepted yet: the other side will say no."""
        for key in self.world.waiting:
            referral = self.scene_of(key).s.referral
            if referral is not None and referral.living == "delen":
                return key
        return None

    def _meet(self, scene: Scene, other: str) -> Act:
        at = at_hour(scene.in_days(6, f"match {other}", 6), 15)
        return Act("plan_match_talk", {"other": other, "at": at})

    def _room_beside(self, key: str) -> str | None:
        """The free place beside a resident who has nobody yet and meets nobody."""
        s = self.scene_of(key).s
        if s.offer is None or s.offer.dwelling is None or s.match is not None or s.asks:
            return None
        return self._free_in(self.world.dwellings[s.offer.dwelling])

    # ---- offers ----------------------------------------------------------------------------
    def _offers(self) -> Iterator[tuple[str, Act]]:
        for key in sorted(self.before_keys):
            scene = self.scene_of(key)
            s = scene.s
            if s.referral is None or not s.accepted or s.asks or s.offer is not None:
                continue
            if s.stage not in {Stage.INTAKE, Stage.MATCHING} or _hopeless(scene):
                continue
            place = self._place_for(scene)
            if place is None:
                continue
            if "place" in self.slips and (taken := self._taken()) is not None:
                self.slips.discard("place")
                yield key, self._offer(scene, taken)
                continue
            act = self._offer(scene, place)
            if s.referral.priority and self.world.priority_used >= scene.rules.priority_cap:
                if not self.overrides:
                    continue
                self.overrides -= 1
                act = act._replace(who=CIS, override="acuut dakloos, gemeld door het CAW")
            yield key, act

    def _place_for(self, scene: Scene) -> str | None:
        s, today = scene.s, scene.today
        assert s.referral is not None, "only candidates are offered a place"
        if s.referral.living == "alleen":
            return next((p for p, d in self._free(today) if not d.shared), None)
        match = s.match
        if match is not None:
            if match.outcome != "match":
                return None
            offer = self.scene_of(match.other).s.offer
            if offer is not None and offer.dwelling is not None and offer.shared:
                return self._free_in(self.world.dwellings[offer.dwelling])
            return self._empty_shared(today)
        waits = (today - s.referral.referred_on).days
        return self._empty_shared(today) if waits > scene.rules.housemate_wait_days else None

    def _offer(self, scene: Scene, place: str) -> Act:
        start = scene.in_days(8, f"start {place}", 10)
        until = self.world.dwelling_of[place].available_until
        end = lease_until(start, scene.person.lease_months, until)
        data = {"place": place, "start_on": start.isoformat(), "lease_end": end.isoformat()}
        return Act("offer_place", data, AN)

    def _free(self, today: date) -> Iterator[tuple[str, Dwelling]]:
        for place, dwelling in self.world.dwelling_of.items():
            if dwelling.reserve or not self.world.is_free(place):
                continue
            if _lettable(dwelling, today):
                yield place, dwelling

    def _taken(self) -> str | None:
        """A place that somebody has already."""
        places = (p for p, dwelling in self.world.dwelling_of.items() if not dwelling.reserve)
        return next((place for place in places if not self.world.is_free(place)), None)

    def _empty_shared(self, today: date) -> str | None:
        return next(
            (
                place
                for place, dwelling in self._free(today)
                if dwelling.shared and not self.world.sitting(dwelling.id)
            ),
            None,
        )

    def _free_in(self, dwelling: Dwelling) -> str | None:
        free = (place for place in dwelling.place_ids() if self.world.is_free(place))
        return next(free, None)


def _hopeless(scene: Scene) -> bool:
    """Whether the rules said no often enough: nobody tries the same for ever."""
    refused = scene.person.refused
    return max(refused["ronde offer_place"], refused["ronde call_up"]) >= TRIES


def _lettable(dwelling: Dwelling, today: date) -> bool:
    """Whether a lease of some length still fits; certificates that lapse are noticed too late."""
    until = dwelling.available_until
    soon = today + timedelta(days=25)
    if dwelling.conformity_until is not None and dwelling.conformity_until < soon:
        return False
    return until is None or until - today > timedelta(days=SHORTEST)


def rounds(start: date, until: datetime, closed: frozenset[date]) -> Iterator[datetime]:
    """Yield the moments of the rounds."""
    day = start
    while brussels(day, 10) < until:
        if day.weekday() in ROUNDS and next_working_day(day, closed) == day:
            yield brussels(day, 10, 30).astimezone(UTC)
        day += timedelta(days=1)
