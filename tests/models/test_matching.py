"""Matching to share a dwelling: two trajectories that meet, once or more, with all five present."""

from models.calendar import day_of
from models.chart import CHART
from models.vocabulary import LetterStatus, Role, Stage
from tests.models.story import Story
from tests.models.world import ALL_FIVE, World, moment


def two() -> tuple[Story, Story]:
    """Two accepted youths who want to share."""
    world = World()
    a = Story("a", world=world).accepted(living="delen")
    b = Story("b", a.now, world)
    b.referred(living="delen")
    b.do("complete_referral", support_since="2026-10-01", form_received="2027-01-04")
    b.do("call_up", to="intake", at="2027-01-12T10:00", place="kantoor")
    b.days(1).verdicts("start", "start")
    a.days(1)
    return a, b


def planned() -> tuple[Story, Story]:
    a, b = two()
    a.do("plan_match_talk", other="b", at="2027-01-20T14:00")
    return a, b


def held(a: Story, b: Story, outcome: str, **given: object) -> None:
    a.until("2027-01-20")
    b.until("2027-01-20")
    data = {"held_on": day_of(a.now).isoformat(), "present": ALL_FIVE, "outcome": outcome}
    a.do("record_match_talk", **{**data, **given})


def test_both_youths_and_both_supporters_are_invited() -> None:
    a, b = planned()
    assert (Stage.MATCHING, Stage.MATCHING) == (a.stage, b.stage)
    for s in (a, b):
        assert [Role.RESIDENT, Role.SUPPORTER] == s.order("invitation_match").to
        assert "2027-01-20T14:00+01:00" == s.order("invitation_match").facts["at"]


def test_only_who_wants_to_share_and_is_accepted_meets_somebody_else() -> None:
    a, b = two()
    talk = {"at": "2027-01-20T14:00"}
    assert "self" == a.refused("plan_match_talk", other="a", **talk).code
    alone = Story("c", a.now, a.world).accepted()
    assert "alone" == alone.refused("plan_match_talk", other="a", **talk).code
    a.do("plan_match_talk", other="c", **talk)
    assert (Stage.INTAKE, ["match_refused"]) == (a.stage, a.tasks)
    assert "De andere jongere kan niet: die jongere wil niet delen." == (
        a.state.tasks["match_refused"].text
    )
    assert b.state.match is None


def test_who_is_not_accepted_yet_cannot_be_met() -> None:
    world = World()
    a = Story("a", world=world).accepted(living="delen")
    Story("b", a.now, world).referred(living="delen")
    a.do("plan_match_talk", other="b", at="2027-01-20T14:00")
    assert a.state.tasks["match_refused"].text.endswith("nog niet aanvaard om te starten.")


def test_who_meets_somebody_is_not_free_for_a_third() -> None:
    a, _ = planned()
    c = Story("c", a.now, a.world).referred(living="delen")
    c.do("complete_referral", support_since="2026-10-01", form_received="2027-01-04")
    c.do("call_up", to="intake", at="2027-01-13T10:00", place="kantoor")
    c.days(2).verdicts("start", "start")
    c.do("plan_match_talk", other="b", at="2027-01-21T14:00")
    assert c.state.tasks["match_refused"].text.endswith("maakt al kennis met iemand anders.")


def test_all_five_are_there_or_a_reason_is_given() -> None:
    a, b = planned()
    a.until("2027-01-20")
    data = {"held_on": "2027-01-20", "present": ["bewoner", "medewerker"], "outcome": "match"}
    refusal = a.refused("record_match_talk", **data)
    assert (
        "Er ontbrak: andere bewoner, begeleider, begeleider van de andere bewoner. Geef een reden."
        == refusal.text
    )
    held(a, b, "match", present=["bewoner", "medewerker"], absent_reason="ziek")
    assert "niet iedereen was er: ziek" in a.flags


def test_a_match_is_known_on_both_sides() -> None:
    a, b = planned()
    held(a, b, "match")
    for s, other in ((a, "b"), (b, "a")):
        assert s.state.match is not None
        assert (Stage.MATCHING, other, "match", 1) == (
            s.stage,
            s.state.match.other,
            s.state.match.outcome,
            s.state.match.talks,
        )


def test_doubt_brings_them_together_once_more() -> None:
    a, b = planned()
    held(a, b, "nog_eens")
    assert (["match_again"], ["match_again"]) == (a.tasks, b.tasks)
    assert (
        "no_talk"
        == a.refused(
            "record_match_talk", held_on="2027-01-20", present=ALL_FIVE, outcome="match"
        ).code
    )
    a.do("plan_match_talk", other="b", at="2027-01-27T14:00")
    a.until("2027-01-27").do(
        "record_match_talk", held_on="2027-01-27", present=ALL_FIVE, outcome="match"
    )
    assert 2 == (a.state.match and a.state.match.talks)


def test_no_match_brings_both_back_to_the_intake() -> None:
    a, b = planned()
    held(a, b, "geen_match")
    assert [(Stage.INTAKE, None), (Stage.INTAKE, None)] == [
        (s.stage, s.state.match) for s in (a, b)
    ]


def test_a_talk_that_nobody_wrote_down_becomes_a_task() -> None:
    a, _ = planned()
    assert ["no_show"] == a.until("2027-01-21").tasks


def test_a_second_occupant_needs_a_match_with_who_lives_there() -> None:
    a, b = two()
    offer = {"place": "d8-1", "start_on": "2027-02-01", "lease_end": "2028-01-31"}
    a.do("offer_place", **offer)
    b.do("offer_place", **{**offer, "place": "d8-2"})
    assert (Stage.INTAKE, ["place_taken"]) == (b.stage, b.tasks)
    assert b.state.tasks["place_taken"].text.endswith("eerst een kennismaking met een match.")


def test_after_a_match_the_second_moves_in_with_the_agreements_on_paper() -> None:
    a, b = planned()
    held(a, b, "match")
    offer = {"place": "d8-1", "start_on": "2027-02-01", "lease_end": "2028-01-31"}
    a.do("offer_place", **offer)
    b.do("offer_place", **{**offer, "place": "d8-2"})
    assert (Stage.MOVE_IN, Stage.MOVE_IN) == (a.stage, b.stage)
    b.papers()
    assert "afspraken_woningdelen" in b.state.papers
    assert "energieovername" not in b.state.papers
    a.papers()
    assert "afspraken_woningdelen" not in a.state.papers
    assert "energieovername" in a.state.papers


# ---- a resident who lives alone in a shared dwelling (#16, #27) ---------------------------------
def joins() -> tuple[Story, Story]:
    """A resident of a shared dwelling, and a candidate who may come to live there."""
    world = World()
    a = Story("a", world=world).living(living="delen", place="d8-1")
    b = Story("b", a.now, world).eligible(living="delen")
    b.do("call_up", to="intake", at="2027-02-08T10:00", place="kantoor")
    b.days(7).verdicts("start", "start")
    a.until(b.now)
    b.do("plan_match_talk", other="a", at="2027-02-10T14:00")
    return a.until("2027-02-10"), b.until("2027-02-10")


def test_a_resident_stays_a_resident_whatever_a_match_talk_brings() -> None:
    for outcome in ("match", "nog_eens", "geen_match"):
        a, b = joins()
        assert (Stage.LIVING, Stage.MATCHING) == (a.stage, b.stage)
        talk = {"held_on": "2027-02-10", "present": ALL_FIVE, "outcome": outcome}
        a.do("record_match_talk", **talk)
        assert Stage.LIVING is a.stage
        assert (Stage.INTAKE if outcome == "geen_match" else Stage.MATCHING) is b.stage


def test_who_moves_away_in_an_emergency_leaves_the_other_free_to_share_anew() -> None:
    a, b = joins()
    a.do("record_match_talk", held_on="2027-02-10", present=ALL_FIVE, outcome="match")
    b.do("offer_place", place="d8-2", start_on="2027-02-15", lease_end="2028-02-14")
    b.papers().until(moment("2027-02-15T09:30"))
    b.keys()
    a.until(b.now).do("relocate", place="d9-1", on="2027-02-15", reason="conflict met huisgenoot")
    assert (None, None) == (a.state.match, b.state.match)
    assert b.state.offer is not None
    assert ("2027-02-15", True) == (str(b.state.offer.alone_since), "match_off" in b.tasks)
    c = Story("c", b.now, b.world).eligible(living="delen")
    c.do("call_up", to="intake", at="2027-02-22T10:00", place="kantoor")
    c.days(7).verdicts("start", "start")
    b.until(c.now)
    c.do("plan_match_talk", other="b", at="2027-02-24T14:00")
    assert (Stage.MATCHING, "c") == (c.stage, b.state.match and b.state.match.other)


def test_the_chart_has_no_way_back_from_living_to_matching() -> None:
    edges = {
        (t.source, t.dest)
        for event in CHART.events.values()
        for transitions in event.transitions.values()
        for t in transitions
    }
    assert not {(s, d) for s, d in edges if s == "wonen" and d in {"matching", "intake"}}
    assert not {
        (s, d) for s, d in edges if s in {"uitstroom", "onverwacht_vertrek"} and d == "opzeg"
    } - {("onverwacht_vertrek", "opzeg")}


def test_a_resident_who_meets_somebody_is_not_free_for_a_third() -> None:
    a, _ = joins()
    c = Story("c", a.now, a.world).eligible(living="delen")
    c.do("call_up", to="intake", at="2027-02-17T10:00", place="kantoor")
    c.days(7).verdicts("start", "start")
    c.do("plan_match_talk", other="a", at="2027-02-18T14:00")
    assert c.state.tasks["match_refused"].text.endswith("maakt al kennis met iemand anders.")


def test_who_leaves_the_matching_lets_the_other_know() -> None:
    for step, given in (
        ("return_to_waitlist", {"reason": "niet klaar"}),
        ("withdraw", {"asked_by": "jongere", "reason": "vond iets"}),
    ):
        a, b = planned()
        a.do(step, **given)
        assert (Stage.INTAKE, None, ["match_off"]) == (b.stage, b.state.match, b.tasks)
        assert "invitation_match" in b.letters(LetterStatus.RECALLED)


def test_who_turns_to_somebody_else_lets_the_first_know() -> None:
    a, b = planned()
    c = Story("c", a.now, a.world).referred(living="alleen")
    a.do("plan_match_talk", other="c", at="2027-01-21T14:00")
    assert (Stage.INTAKE, ["match_off"]) == (b.stage, b.tasks)
    # Refused by the third, the first has no appointment left to answer.
    assert (Stage.INTAKE, ["match_refused"], None) == (a.stage, a.tasks, a.state.appointment)
    assert c.state.match is None


def test_an_offer_ends_the_appointments_before_it() -> None:
    a, _ = planned()
    a.do("offer_place", place="d7-1", start_on="2027-02-01", lease_end="2028-01-31")
    a.do("release_place", reason="geweigerd")
    assert (Stage.INTAKE, None) == (a.stage, a.state.appointment)
    refusal = a.refused("record_reply", answer="komt", new_at="2027-02-10T10:00")
    assert ("no_invitation", 13) == (refusal.code, refusal.rule)


def test_a_message_of_somebody_else_changes_nothing() -> None:
    a, _ = planned()
    a.hear("match_recorded", {"other": "c", "outcome": "geen_match"})
    assert (Stage.MATCHING, "b") == (a.stage, a.state.match and a.state.match.other)


def test_an_answer_that_comes_after_the_match_was_let_go_invites_nobody() -> None:
    a, _ = two()
    a.answering = False
    a.do("plan_match_talk", other="b", at="2027-01-20T14:00")
    (ask,) = a.state.asks.values()
    a.hear("match_recorded", {"other": "b", "outcome": "geen_match", "off": True})
    a.t.observe("match_confirmed", dict(ask.data), a.now, ask.key)
    a.settle()
    assert "invitation_match" not in a.letters()
