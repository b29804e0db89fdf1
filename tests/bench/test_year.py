"""The resident-year that is measured: what is in it, and how long its history may be."""

from collections import Counter
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType

from bench.history import MOST_EVENTS
from bench.residents import request
from bench.virtual import live, world
from bench.year import DEADLINES, KEYS_ON, LETTERS, acts, moment
from gateway.programmes import rules_on
from gateway.settings import Settings
from models.calendar import brussels
from models.core import Trajectory
from models.facts import Start
from models.vocabulary import Source


def _pass_time(t: Trajectory, until: datetime) -> None:
    while (due := t.next_moment()) is not None and due < until:
        t.meet(due)
        for order in t.held_letters():
            if order.send_at <= due:
                t.observe("letter_sent", {"key": order.key}, due)


def test_the_year_has_ten_steps_sixteen_deadlines_and_eight_letters() -> None:
    t = Trajectory(Start(trajectory="year", rules=rules_on(Settings(), KEYS_ON)))
    for number, act in enumerate(acts(KEYS_ON)):
        _pass_time(t, moment(KEYS_ON, act))
        asked = request(act.data, f"step-{number}")
        assert t.check(act.step, asked, moment(KEYS_ON, act)) is None, act.step
        t.take(act.step, asked, moment(KEYS_ON, act))
    _pass_time(t, brussels(KEYS_ON + timedelta(days=365), 0))
    met = Counter(fact.name for fact in t.facts if fact.source is Source.DEADLINE)
    assert DEADLINES == met
    assert 16 == met.total()
    assert LETTERS == len(t.state.letters)
    assert 10 == sum(fact.source is Source.GATEWAY for fact in t.facts)


async def test_its_history_is_at_most_285_events_and_a_tenth_more_than_a_bare_one() -> None:
    async with world() as environment:
        ours, bare = await live(environment, "test")
    count = Counter(EventType.Name(event.event_type)[len("EVENT_TYPE_") :] for event in ours.events)
    assert 10 == count["WORKFLOW_EXECUTION_UPDATE_COMPLETED"]
    assert 16 + 7 == count["TIMER_FIRED"], "sixteen deadlines, seven sending moments"
    assert len(ours.events) <= MOST_EVENTS
    assert len(ours.events) <= 1.1 * len(bare.events)
