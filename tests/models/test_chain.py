"""Facts and their chain: the same facts always come to the same rows and hashes."""

from models.core import Trajectory, replayed
from models.facts import GENESIS, Json, canonical, link
from models.vocabulary import Source
from tests.models.story import Story
from tests.models.world import RULES


def test_every_row_is_bound_to_the_one_before() -> None:
    s = Story().living()
    previous = GENESIS
    for outcome in s.outcomes:
        assert outcome.hash == link(previous, outcome)
        previous = outcome.hash
    assert s.t.head == previous


def test_a_changed_row_breaks_the_chain() -> None:
    s = Story().living()
    first = s.outcomes[0]
    changes: list[Json] = [{"by": "eva"}, {"detail": {}}, {"recorded_at": "x"}, {"fact": None}]
    for change in changes:
        assert first.hash != link(GENESIS, first.model_copy(update=change))


def test_keys_are_hashed_in_their_order_and_not_as_given() -> None:
    assert (
        canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'.encode()
    )


def test_a_trajectory_goes_on_from_its_facts_with_the_same_head_and_state() -> None:
    s = Story().living()
    s.do("note_domicile", since="2027-02-01", id="r1")
    start = s.start.model_copy(update={"facts": s.t.facts})
    on = Trajectory(start)
    assert (s.t.head, s.t.seq, False) == (on.head, on.seq, on.unwritten)
    assert s.state.dump() == on.state.dump()
    again = on.take(
        "note_domicile",
        {"who": "an", "role": "coordinator", "data": {"since": "2027-02-01"}, "id": "r1"},
        s.now,
    )
    assert (again.text.endswith("was al vastgelegd. Fase: Wonen."), False) == (True, on.unwritten)


def test_replay_remembers_the_same_requests_and_messages() -> None:
    s = Story().living()
    s.do("note_domicile", since="2027-02-01", id="r1")
    s.hear("dwelling_changed", {"dwelling": "d7", "available_until": "2027-12-31"}, "h9")
    again = replayed(s.start, s.t.facts)
    assert {"r1", "h9"} <= set(s.state.told)
    assert s.state.dump() == again.state.dump()


def test_only_the_last_two_hundred_requests_are_remembered() -> None:
    s = Story().living()
    for number in range(203):
        s.do("note_domicile", since="2027-02-01", id=f"r{number}")
    assert (200, False, True) == (len(s.state.told), "r2" in s.state.told, "r3" in s.state.told)


def test_the_log_says_who_in_which_role_from_where_and_since_when() -> None:
    s = Story().referred()
    s.do(
        "report_support_ended",
        since="2027-01-02",
        reason="ziek",
        who="lien",
        role="supporter",
        source="script",
    )
    row = s.outcomes[-1]
    assert ("lien", "supporter", Source.SCRIPT.value, "2027-01-02", "2027-01-04T10:00+01:00") == (
        row.by,
        row.role,
        row.source,
        row.valid_from,
        row.recorded_at,
    )
    assert {"since": "2027-01-02", "reason": "ziek"} == row.detail["data"]
    assert ["supporter_gone"] == row.detail["opened"]


def test_no_outcome_task_or_letter_holds_a_name() -> None:
    s = Story().living().leaving().gone()
    text = "".join(outcome.model_dump_json() for outcome in s.outcomes)
    assert '"name"' not in text
    assert RULES.programme in text


def test_a_turn_carries_what_was_decided_and_no_more() -> None:
    s = Story()
    request = s.request(
        "refer",
        {
            "birth_date": "2006-06-15",
            "sex": "v",
            "supporter": "lien",
            "living": "alleen",
            "partner": "joba",
        },
    )
    assert s.t.check("refer", request, s.now) is None
    s.t.take("refer", request, s.now)
    turn = s.t.drain(s.now)
    assert (GENESIS, ["refer", "letter_ordered"], ["1-waitlist_confirmation"]) == (
        turn.previous,
        [o.kind for o in turn.outcomes],
        [order.key for order in turn.letters],
    )
    assert (s.t.head, turn.outcomes[-1].hash, False) == (
        turn.overview.head,
        s.t.head,
        s.t.unwritten,
    )
