"""Holds and downtime: a pause wakes with one task, hard deadlines warn, nothing bursts out."""

from datetime import date, timedelta

import pytest

from models.calendar import brussels
from models.facts import Task
from models.projection import future
from models.vocabulary import ContractStage, LetterStatus, Region, Role
from tests.models.renting import renting
from tests.models.story import Story

HOLD = {"region": "gesprekken", "reason": "ziekte_crisis", "until": "2027-04-15", "owner": "an"}
ASKS = "Dit is blijven liggen, bekijk wat nog nodig is: "


def living() -> Story:
    s = Story().living().until("2027-02-22")
    s.talk(insurance_until="2028-03-01", energy="klaar")
    s.do("register_lease", on="2027-02-22")
    return s


def proposals(s: Story) -> list[Task]:
    """The open proposals of what was missed."""
    return [task for task in s.state.open_tasks if task.kind == "catch_up"]


def listed(s: Story) -> list[str]:
    """What they list."""
    told = [task.text.removeprefix(ASKS) for task in proposals(s)]
    return [line for text in told for line in text.split("; ")]


# ---- a pause (#69) ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"until": "2027-04-24"}, "hold_length"),
        ({"until": "2027-02-22"}, "hold_length"),
        ({"reason": "andere"}, "hold_text"),
    ],
)
def test_a_pause_has_a_reason_and_an_end_within_sixty_days(
    given: dict[str, str], code: str
) -> None:
    refusal = living().refused("hold", **{**HOLD, **given})
    assert (code, 69) == (refusal.code, refusal.rule)


def test_a_pause_of_the_talks_pauses_only_the_talks() -> None:
    s = living()
    s.do("hold", **HOLD)
    paused = {d.name for d in s.t.future() if d.paused_until is not None}
    assert {"talk_to_plan", "talk_overdue"} == paused
    assert {"2027-04-15"} == {str(d.paused_until) for d in s.t.future() if d.paused_until}


def test_a_pause_of_the_trajectory_pauses_everything_but_what_is_hard() -> None:
    s = living()
    s.do("hold", **{**HOLD, "region": "traject"})
    awake = {d.name for d in s.t.future() if d.paused_until is None}
    assert {"notice_prepare", "notice_aim", "notice_alarm", "lease_ended", "hold_ends"} == awake
    assert s.t.next_deadline() == s.due("hold_ends")


def test_only_what_has_legal_consequences_is_a_hard_deadline() -> None:
    s = renting()
    s.do("hold", **{**HOLD, "region": "traject", "until": "2027-03-15"})
    told = {(row["name"], row["hard"], row["runs_on"]) for row in future(s.t)}
    assert {
        ("notice_prepare", True, False),
        ("notice_aim", True, False),
        ("notice_alarm", True, False),
        ("lease_ended", True, False),
        ("charge", False, True),
        ("hold_ends", False, True),
    } == {row for row in told if row[1] or row[2]}
    assert "charge" in {d.name for d in s.t.future() if d.paused_until is None}


def test_a_pause_that_is_over_wakes_with_a_task_for_its_owner() -> None:
    s = living()
    s.do("hold", **HOLD)
    assert {} == s.until("2027-04-16").state.holds
    assert s.state.tasks["hold_ended:gesprekken"].text == (
        "De pauze op gesprekken is voorbij (an): bekijk wat nu past."
    )


def test_a_longer_pause_is_asked_again_and_counted() -> None:
    s = living()
    s.do("hold", **HOLD)
    s.until("2027-04-10").do("hold", **{**HOLD, "until": "2027-06-01"})
    hold = s.state.holds[Region.REVIEWS]
    assert (2, "2027-02-22") == (hold.times, str(hold.since))
    assert "2027-06-02" == s.due_on("hold_ends")


def test_a_pause_can_be_ended_and_only_when_there_is_one() -> None:
    s = living()
    assert ("no_hold", 69) == (
        s.refused("release_hold", region="betaling").code,
        s.refused("release_hold", region="betaling").rule,
    )
    s.do("hold", **HOLD)
    s.do("release_hold", region="gesprekken")
    assert ({}, None) == (s.state.holds, s.due("hold_ends"))


def test_after_a_pause_what_was_missed_is_one_proposal() -> None:
    s = living()
    s.do("hold", **HOLD)
    s.until("2027-04-15").do("hold", **{**HOLD, "until": "2027-06-01"})
    s.until("2027-06-02")
    kinds = s.kinds[s.kinds.index("hold_ends") :]
    assert ["hold_ends", "catch_up"] == kinds
    (task,) = proposals(s)
    assert task.text == (
        "Dit is blijven liggen, bekijk wat nog nodig is: Het gesprek had er moeten zijn tegen "
        "22/5/2027.; Plan een gesprek: het moet er zijn tegen 22/5/2027."
    )
    assert Role.COORDINATOR is task.whom


def test_a_hard_deadline_warns_in_spite_of_a_pause() -> None:
    s = living().until("2027-09-20")
    s.do("hold", **{**HOLD, "region": "contract", "until": "2027-11-15"})
    assert "notice_prepare" in s.until("2027-09-28").tasks
    assert {"notice_alarm:coordinator", "notice_alarm:manager"} <= set(s.until("2027-10-19").tasks)


def test_a_reminder_that_was_paused_is_proposed_and_not_sent() -> None:
    s = Story().living().notice_posted().until("2027-12-20")
    s.do("hold", **{**HOLD, "region": "contract", "until": "2028-01-10"})
    s.until("2028-01-12")
    assert "notice_reminder" not in s.letters()
    assert ["Herinnering: het contract eindigt binnenkort."] == listed(s)


def test_a_reminder_that_was_missed_is_sent_by_a_person_once() -> None:
    s = Story().living().notice_posted().until("2027-12-20")
    s.do("hold", **{**HOLD, "region": "contract", "until": "2028-01-10"})
    s.until("2028-01-12")
    s.do("send_missed", letter="notice_reminder")
    assert "notice_reminder" == s.letters(LetterStatus.HELD)[-1]
    assert ContractStage.REMINDED is s.state.contract
    assert [] == proposals(s)
    refusal = s.refused("send_missed", letter="notice_reminder")
    assert "'Herinnering einde contract' is niet blijven liggen." == refusal.text


def test_a_letter_that_was_not_missed_is_not_sent_by_hand() -> None:
    refusal = living().refused("send_missed", letter="open_items")
    assert ("not_missed", "letter") == (refusal.code, refusal.about)


# ---- downtime -----------------------------------------------------------------------------------
def test_after_downtime_there_is_one_proposal_and_no_burst_of_letters() -> None:
    s = living()
    letters = len(s.letters())
    s.down_until("2027-12-31")
    assert 1 == s.kinds.count("catch_up")
    assert letters == len(s.letters())
    assert [True] == [task.hard for task in proposals(s)]


def test_after_a_short_stop_what_is_due_is_simply_done() -> None:
    s = Story().living()
    s.until("2027-02-14").down_until("2027-02-15")
    assert ("open_items", "catch_up" in s.kinds) == (s.letters()[-1], False)
    assert LetterStatus.HELD is s.letter("open_items").status


def test_a_deadline_met_within_a_quarter_is_recorded_at_its_own_moment() -> None:
    s = Story().living()
    s.now = s.due("open_items").at.replace(minute=14)  # type: ignore[union-attr]
    s.settle()
    assert (
        "2027-02-15T07:00+01:00"
        == next(o for o in s.outcomes if o.kind == "open_items").recorded_at
    )
    s = Story().living()
    s.now = s.due("open_items").at.replace(minute=20)  # type: ignore[union-attr]
    s.settle()
    assert (
        "2027-02-15T07:20+01:00"
        == next(o for o in s.outcomes if o.kind == "open_items").recorded_at
    )


# ---- tasks and letters by hand ------------------------------------------------------------------
def test_a_task_is_ticked_off_once() -> None:
    s = living().until("2027-05-08")
    s.do("close_task", task="talk_to_plan", who="bo")
    assert ([], "bo") == (s.tasks, s.state.tasks["talk_to_plan"].done_by)
    assert (
        "Er is geen open taak 'talk_to_plan'." == s.refused("close_task", task="talk_to_plan").text
    )


def test_a_letter_is_held_back_until_it_leaves() -> None:
    s = Story().referred()
    key = s.order("waitlist_confirmation").key
    assert "no_letter" == s.refused("recall_letter", letter="99-x").code
    s.do("recall_letter", letter=key)
    assert [] == s.days(2).sent
    assert "Deze brief is al 'tegengehouden'." == s.refused("recall_letter", letter=key).text


def test_a_letter_that_is_leaving_is_not_held_back() -> None:
    s = Story().referred()
    s.now = s.order("waitlist_confirmation").send_at
    refusal = s.refused("recall_letter", letter=s.order("waitlist_confirmation").key)
    assert "Deze brief vertrekt op dit moment." == refusal.text


def test_a_letter_that_left_all_the_same_is_known() -> None:
    s = Story().referred()
    key = s.order("waitlist_confirmation").key
    s.do("recall_letter", letter=key)
    s.t.observe("letter_sent", {"key": key}, s.now)
    s.settle()
    assert LetterStatus.SENT is s.letter("waitlist_confirmation").status
    assert ["de brief vertrok nog voor hij tegengehouden werd"] == s.flags
    s.t.observe("letter_sent", {"key": key}, s.now)
    s.t.observe("letter_sent", {"key": "99-x"}, s.now)
    assert not s.t.unwritten


@pytest.mark.parametrize(
    ("name", "status", "task", "text"),
    [
        ("letter_refused", LetterStatus.REFUSED, "undelivered", "kwam niet aan: postbus vol"),
        ("letter_uncertain", LetterStatus.UNCERTAIN, "uncertain", "verzonden of opnieuw."),
    ],
)
def test_a_letter_that_went_wrong_is_a_task(
    name: str, status: LetterStatus, task: str, text: str
) -> None:
    s = Story().referred()
    key = s.order("waitlist_confirmation").key
    s.t.observe(name, {"key": key, "reason": "postbus vol"}, s.now)
    s.settle()
    assert (status, True) == (s.letter("waitlist_confirmation").status, text in _text(s, task, key))


def _text(s: Story, task: str, key: str) -> str:
    return s.state.tasks[f"{task}:{key}"].text


def test_what_is_caught_up_in_a_turn_that_began_earlier_does_not_set_the_clock_back() -> None:
    s = living()
    s.now = brussels(date(2027, 12, 31), 11)
    request = s.request("hold", dict(HOLD, until="2028-01-10"))
    assert s.t.check("hold", request, s.now) is None
    s.t.take("hold", request, s.now)
    assert s.t.meet(s.now - timedelta(minutes=3))
    assert ("catch_up", s.now) == (s.t.facts[-1].name, s.t.facts[-1].at)
