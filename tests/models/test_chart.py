"""The chart and its projections: only edges of the table, and what people see of a trajectory."""

import pytest
from transitions import MachineError

from models import chart, projection
from models.calendar import stamp
from models.state import TrajectoryState
from models.trajectory import STEPS
from models.vocabulary import Role, Stage
from tests.models.story import Story


def test_the_chart_has_only_edges_of_the_table() -> None:
    for name, event in chart.CHART.events.items():
        step = STEPS[name]
        for transitions in event.transitions.values():
            for edge in transitions:
                assert edge.source in {"begin", *(s.value for s in step.sources if s)}
                assert edge.dest in {s.value for s in step.dest}


def test_every_stage_can_be_reached_and_every_open_one_left() -> None:
    edges = {
        (str(t.source), str(t.dest))
        for event in chart.CHART.events.values()
        for transitions in event.transitions.values()
        for t in transitions
    }
    reached = {"begin"}
    while more := {d for s, d in edges if s in reached} - reached:
        reached |= more
    assert {stage.value for stage in Stage} <= reached
    ends = {stage.value for stage in Stage} - {s for s, _ in edges}
    assert {"afgesloten", "niet_gestart", "ingetrokken"} == ends


def test_an_edge_that_is_not_in_the_table_is_a_mistake_of_ours() -> None:
    state = TrajectoryState(stage=Stage.WAITLISTED)
    with pytest.raises(MachineError):
        chart.fire(state, "hand_over_keys", Stage.LIVING)
    with pytest.raises(AssertionError, match="call_up does not lead from wachtlijst to wonen"):
        chart.fire(state, "call_up", Stage.LIVING)
    chart.fire(state, "call_up", Stage.WAITLISTED)
    assert Stage.WAITLISTED is state.stage


def test_mermaid_names_every_stage_and_step_that_moves() -> None:
    text = chart.mermaid()
    assert [] == [s.value for s in Stage if f'state "{s.label}" as {s.value}' not in text]
    assert "  wachtlijst --> intake: Oproepen" in text.splitlines()


# ---- what people see ----------------------------------------------------------------------------
def test_the_overview_shows_where_somebody_stands_and_what_comes_next() -> None:
    s = Story().living(priority=True)
    row = projection.overview_of(s.t)
    assert ("wonen", "loopt", "gepland", "joba", "d7-1", True) == (
        row.stage,
        row.contract,
        row.reviews,
        row.partner,
        row.place,
        row.priority,
    )
    assert ("2027-02-15", "2028-01-31") == (str(row.next_at)[:10], str(row.lease_end))
    assert (s.t.seq, s.t.head) == (row.seq, row.head)


def test_the_overview_of_nothing_is_empty() -> None:
    row = projection.overview_of(Story().t)
    assert ("", None, None) == (row.stage, row.partner, row.next_at)


def test_the_future_has_every_dated_thing_and_the_letters_that_wait() -> None:
    s = Story().living()
    s.do("hold", region="gesprekken", reason="ziekte_crisis", until="2027-03-01", owner="an")
    rows = projection.future(s.t)
    assert rows == sorted(rows, key=lambda r: (r["at"], r["key"]))
    letters = [row["letter"] for row in rows if row["name"] == "letter"]
    assert ["invitation_talk", "neighbours"] == sorted(letters)
    (paused,) = [row for row in rows if row["name"] == "open_items"]
    assert ("2027-03-01", "open_items") == (paused["paused_until"], paused["letter"])


def test_the_view_says_whether_something_is_still_under_way() -> None:
    s = Story().accepted()
    assert projection.view(s.t)["busy"] is False
    s.answering = False
    s.do("offer_place", place="d7-1", start_on="2027-02-01", lease_end="2028-01-31")
    view = projection.view(s.t)
    assert (True, "intake") == (view["busy"], view["overview"]["stage"])
    moment = s.t.next_moment()
    assert view["next_moment"] == (stamp(moment) if moment else None)


def test_the_steps_of_a_stage_are_those_of_the_table() -> None:
    s = Story().referred()
    names = [row["step"] for row in projection.steps_now(s.t)]
    assert [name for name, step in STEPS.items() if Stage.WAITLISTED in step.sources] == names
    technical = [row["step"] for row in projection.steps_now(s.t, Role.TECHNICAL)]
    assert ["close_task"] == technical


@pytest.mark.parametrize("name", STEPS)
def test_every_step_describes_what_it_asks(name: str) -> None:
    row = projection.describe(STEPS[name])
    assert {f["name"] for f in row["fields"]} == set(STEPS[name].fields.model_fields)
    assert all(f["label"] and f["label"] != f["name"] for f in row["fields"]), row["fields"]


def test_the_details_are_readable_dutch() -> None:
    s = Story().living().until("2027-02-23")
    s.do("hold", region="betaling", reason="wacht_ocmw", until="2027-03-01", owner="an")
    text = projection.markdown(s.t)
    for line in (
        "**Fase:** Wonen",
        "**Contract:** loopt (einde 31/1/2028)",
        "**Gesprekken:** gepland",
        "**Pauze:** betaling tot 1/3/2027",
        (
            "**Volgende termijn:** 25/2/2027 om 07:00: "
            "Registreer het huurcontract, ten laatste op 11/3/2027."
        ),
        (
            "- Het gesprek van 22/2/2027 is voorbij: noteer hoe het ging. "
            "(coördinator, tegen 23/2/2027; taak `talk_unrecorded`)"
        ),
        "| Gesprek gehad | `record_talk` |",
    ):
        assert line in text.splitlines()
