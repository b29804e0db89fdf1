"""Random walks of allowed steps and passing time: nothing raises, everything replays the same."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.agenda import deadlines, next_deadline
from models.calendar import day_of, is_working_day
from models.facts import link
from models.programme import Rules
from models.trajectory import STEPS
from models.vocabulary import Channel, LetterStatus, Stage
from tests.models.likely import OTHER_RULES, fields_for
from tests.models.story import Story
from tests.models.world import RENT as RULES
from tests.models.world import World


def _pays(s: Story, r: random.Random, number: int) -> None:
    """Now and then the bank brings something: a payment, one taken back, or only newer data."""
    s.world.closes = day_of(s.now) - timedelta(days=r.choice([0, 1, 1, 9]))
    day, amount = s.world.closes.isoformat(), f"{r.randint(20, 500)}.{r.randint(0, 99):02}"
    seen = {"movement": f"m{number}", "amount": amount, "booked": day, "value": day}
    if r.random() < 0.6:
        s.hear("payment", seen, f"bank-{number}")
        if r.random() < 0.2:
            back = {**seen, "movement": f"r{number}", "reverses": f"m{number}"}
            s.hear("payment_reversed", back, f"back-{number}")
    s.hear("statement_loaded", {"closes": day}, f"loaded-{number}")


def _fails(s: Story, r: random.Random) -> None:
    """Now and then a mail is refused, or nobody knows whether it left."""
    mails = [one.key for one in s.t.held_letters() if one.channel is Channel.MAIL]
    if mails:
        told = r.choice(["letter_refused", "letter_uncertain"])
        s.t.observe(told, {"key": r.choice(mails), "reason": "postbus vol"}, s.now)
        s.settle()


LIKELY = ("complete_referral", "call_up", "give_verdict", "offer_place", "hand_over_keys")
RARE = (
    "withdraw",
    "reject",
    "return_to_waitlist",
    "release_place",
    "complete_exit",
    "undo",
    "restrict",
)


def walk(seed: int, rules: Rules = RULES, length: int = 60) -> Story:
    """Walk at random; every step that is let through is taken."""
    r = random.Random(seed)
    world = World()
    Story("b", world=world).accepted(living="delen")
    s = Story(world=world, rules=rules)
    chapter = r.choice(["new", "accepted", "living", "notice"]) if rules is RULES else "new"
    if chapter == "accepted":
        s.accepted(living="delen")
    elif chapter != "new":
        s.living() if chapter == "living" else s.living().notice_posted()
    names = [name for name in STEPS if name not in {"adopt", "adopt_rules"}]
    last = s.now
    for number in range(length):
        if r.random() < 0.3:
            _pays(s, r, number)
        if r.random() < 0.1:
            _fails(s, r)
        here = [name for name in names if s.stage in STEPS[name].sources]
        here = [name for name in here if name not in RARE or r.random() < 0.25]
        ahead = [name for name in here if name in LIKELY]
        papers = s.stage is Stage.MOVE_IN and r.random() < 0.8
        name = "finish_paper" if papers else r.choice([*here, *ahead * 3])
        if s.state.restricted and r.random() < 0.8:
            name = "lift_restriction"
        given_ = fields_for(s, name, r)
        if s.t.check(name, s.request(name, dict(given_)), s.now) is None:
            s.do(name, **given_)
        if r.random() < 0.5:
            step = r.choice([1, 3, 7, 30])
            end = s.now + timedelta(days=step, hours=r.randint(0, 5))
            s.down_until(end) if r.random() < 0.1 else s.until(end)
        assert s.now >= last
        last = s.now
        _holds(s)
        if s.state.archived:
            break
    return s


def _holds(s: Story) -> None:
    """What is true of every trajectory at every moment."""
    coming = deadlines(s.state, s.t.rules)
    assert coming == sorted(coming, key=lambda d: (d.at, d.key))
    keys = [d.key for d in coming]
    assert len(keys) == len(set(keys))
    assert not set(keys) & set(s.state.met)
    awake = [d for d in coming if d.paused_until is None]
    assert next_deadline(s.state, s.t.rules) == (awake[0] if awake else None)
    assert all(d.at > s.now for d in awake)
    for task in s.state.open_tasks:
        if task.kind == "write_again":
            stays = s.state.letters[task.key.partition(":")[2]].status
            assert stays in {
                LetterStatus.RECALLED,
                LetterStatus.REFUSED,
                LetterStatus.UNCERTAIN,
            }
    if s.state.restricted:
        leaves = {STEPS[name].letters for name in STEPS if STEPS[name].when_restricted}
        lawful = {kind.value for kinds in leaves for kind in kinds}
        assert {order.kind for order in s.t.held_letters()} <= lawful


@pytest.mark.parametrize("profile", ["wonen-met-kansen", "tijdelijke-bezetting"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=20)
def test_a_random_walk_never_raises_and_replays_to_the_same(profile: str, seed: int) -> None:
    s = walk(seed, RULES if profile == "wonen-met-kansen" else OTHER_RULES)
    again = s.replay()
    assert (s.t.head, s.t.seq) == (again.head, again.seq)
    assert s.state.dump() == again.state.dump()
    _chain_holds(s)
    _letters_leave_on_working_days(s)


def _chain_holds(s: Story) -> None:
    previous, last = "0" * 64, ""
    for number, outcome in enumerate(s.outcomes, 1):
        assert number == outcome.seq
        assert outcome.hash == link(previous, outcome)
        assert outcome.recorded_at[:10] >= last[:10]
        previous, last = outcome.hash, outcome.recorded_at


def _letters_leave_on_working_days(s: Story) -> None:
    for _, moment in s.sent:
        assert is_working_day(day_of(moment), s.t.rules.closed)
    _never_ordered_again_once_released(s)
    gone = [o.detail["letter"]["key"] for o in s.outcomes if o.kind == "letter_sent"]
    assert len(gone) == len(set(gone))
    for letter in s.state.letters.values():
        if letter.status is LetterStatus.SENT and letter.sent_at is not None:
            assert letter.sent_at >= letter.order.ordered_at


def _never_ordered_again_once_released(s: Story) -> None:
    released: set[str] = set()
    for outcome in s.outcomes:
        key = outcome.detail.get("letter", {}).get("key")
        if outcome.kind in {"letter_sent", "letter_to_print", "letter_refused"}:
            released.add(key)
        assert outcome.kind != "letter_ordered" or key not in released


def test_walks_reach_every_stage() -> None:
    seen = {outcome.stage for seed in range(60) for outcome in walk(seed).outcomes}
    # One without a waitlist is never on it, and somebody refused takes luck.
    assert {stage.value for stage in Stage} - {"aangemeld", "niet_gestart"} <= seen
