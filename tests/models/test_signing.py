import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.core import Trajectory
from models.errors import Refusal
from models.facts import Start
from models.signing import STALE, UNSIGNED, WRONG, sign, weigh
from tests.models.world import RULES

REFERRAL = {
    "birth_date": "2007-03-27",
    "sex": "v",
    "supporter": "lien",
    "partner": "joba",
    "living": "alleen",
}
KEY, OTHER = b"k" * 32, b"o" * 32
MINE, STEP = "trajectory-3fa9", "change_wish"
AT = datetime(2027, 3, 5, 10, 0, tzinfo=UTC)
WITHIN = timedelta(minutes=5)
ASKED = {
    "who": "an",
    "role": "coordinator",
    "second": {"who": "bo", "role": "manager"},
    "data": {"living": "delen", "note": "één ± 3,50"},
    "override": "zo gevraagd",
    "id": "r1",
    "source": "gateway",
}
SIGNED = sign(KEY, MINE, STEP, ASKED, AT)


def weighed(request: Any, *, now: datetime = AT, unsigned: bool = False, **other: Any) -> Any:
    where = {"keys": [KEY], "trajectory": MINE, "step": STEP} | other
    return weigh(**where, request=request, now=now, within=WITHIN, unsigned=unsigned)


def test_what_the_gateway_signed_is_believed_also_after_a_journey_as_json() -> None:
    assert weighed(SIGNED) is None
    assert weighed(json.loads(json.dumps(SIGNED))) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"who": "bo"},
        {"role": "manager"},
        {"second": {"who": "cas", "role": "manager"}},
        {"data": {"living": "alleen", "note": "één ± 3,50"}},
        {"override": "iets anders"},
        {"id": "r2"},
        {"id": None},
        {"source": "script"},
        {"source": "temporal"},
        {"more": 1},
        {"signed": {**SIGNED["signed"], "at": "2027-03-05T10:00:01+00:00"}},
        {"signed": {**SIGNED["signed"], "at": "2027-03-05T10:00:00"}},
        {"signed": {**SIGNED["signed"], "at": "gisteren"}},
        {"signed": {**SIGNED["signed"], "mac": "0" * 64}},
        {"signed": {**SIGNED["signed"], "mac": "é"}},
        {"signed": {"at": SIGNED["signed"]["at"]}},
        {"signed": {"at": 5, "mac": None}},
        {"signed": "ja"},
        {"data": {"living": "\ud800"}},
    ],
)
def test_a_request_that_was_changed_anywhere_is_not_believed(changed: dict[str, Any]) -> None:
    assert weighed({**SIGNED, **changed}) == WRONG
    assert weighed({**SIGNED, **changed}, unsigned=True) == WRONG


@pytest.mark.parametrize(
    "elsewhere", [{"trajectory": "trajectory-77"}, {"step": "withdraw"}, {"keys": [OTHER]}]
)
def test_a_signature_counts_for_one_trajectory_one_step_and_one_key(
    elsewhere: dict[str, Any],
) -> None:
    assert weighed(SIGNED, **elsewhere) == WRONG


def test_without_an_id_a_signed_request_could_count_twice_and_is_not_believed() -> None:
    assert weighed(sign(KEY, MINE, STEP, {**ASKED, "id": None}, AT)) == WRONG


@pytest.mark.parametrize(
    ("late", "told"),
    [
        (timedelta(0), None),
        (WITHIN, None),
        (-WITHIN, None),
        (WITHIN + timedelta(seconds=1), STALE),
        (-WITHIN - timedelta(seconds=1), STALE),
        (timedelta(days=-400), STALE),
    ],
)
def test_a_signature_counts_for_a_few_minutes_whatever_way_the_clock_was_set(
    late: timedelta, told: Refusal | None
) -> None:
    assert weighed(SIGNED, now=AT + late) == told


def test_the_key_before_is_believed_while_it_stands_there() -> None:
    assert weighed(SIGNED, keys=[OTHER, KEY]) is None


@pytest.mark.parametrize("source", ["gateway", "script", "deadline", "scherm", 5, None])
def test_who_says_to_be_from_us_must_have_signed(source: object) -> None:
    bare = {**ASKED, "source": source}
    assert weighed(bare) == UNSIGNED
    assert weighed(bare, unsigned=True) == UNSIGNED


def test_a_step_straight_from_temporal_is_believed_only_where_that_is_allowed() -> None:
    plain = {"who": "an", "role": "coordinator", "data": {}}
    for asked in (plain, {**plain, "source": "temporal"}, {**plain, "signed": None}):
        assert weighed(asked) == UNSIGNED
        assert weighed(asked, unsigned=True) is None


def test_what_is_no_request_is_left_to_who_reads_it() -> None:
    assert [None, None, None] == [weighed(one) for one in (None, "stap", [1])]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@given(data=st.dictionaries(st.text(max_size=5), _VALUES), other=st.text(max_size=3))
def test_any_data_can_be_signed_and_none_can_be_added(data: dict[str, Any], other: str) -> None:
    signed = sign(KEY, MINE, STEP, {**ASKED, "data": data}, AT)
    assert weighed(json.loads(json.dumps(signed))) is None
    more = {**data, other: "erbij"}
    if more != data:
        assert weighed({**signed, "data": more}) == WRONG


# ---- the moment of a step ------------------------------------------------------------------------
def test_a_signed_step_happened_when_it_was_signed_whatever_the_clock_replays() -> None:
    signed_at = datetime(2027, 1, 4, 9, 59, 58, tzinfo=UTC)
    asked = {"who": "an", "role": "coordinator", "id": "1", "data": {**REFERRAL}}
    asked["signed"] = {"at": signed_at.isoformat(), "mac": "00"}
    moments = set()
    for clock in (signed_at, signed_at + timedelta(seconds=9), signed_at - timedelta(seconds=70)):
        t = Trajectory(Start(trajectory="trajectory-1", rules=RULES))
        t.take("refer", asked, clock)
        moments.add(t.facts[0].at)
    assert {signed_at.replace(second=0)} == moments


def test_a_moment_far_from_the_clock_is_not_believed() -> None:
    now = datetime(2027, 1, 4, 10, 0, tzinfo=UTC)
    far = (now - timedelta(hours=2)).isoformat()
    asked = {"who": "an", "role": "coordinator", "id": "1", "data": {**REFERRAL}}
    asked["signed"] = {"at": far, "mac": "00"}
    t = Trajectory(Start(trajectory="trajectory-1", rules=RULES))
    t.take("refer", asked, now)
    assert now == t.facts[0].at
