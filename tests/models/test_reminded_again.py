"""A reminder that may not have left: it goes again while it is true, and never else."""

from datetime import date

import pytest

from models.facts import Json
from models.ladder import Check, Waiting
from models.vocabulary import ArrearsStage, LetterStatus
from tests.models.renting import MONTH, REMINDER, late_on, pay, renting, rung
from tests.models.story import Story
from tests.models.world import moment


def stuck_reminder(became: str = "letter_refused") -> tuple[Story, str]:
    """Late in March; the mail server did not take the reminder, or nobody knows."""
    s = late_on(renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    s.do("approve_reminder", amount=str(MONTH))
    s.until(moment("2027-03-22T08:00"))
    s.do("send_reminder")
    key = s.order(REMINDER).key
    s.t.observe(became, {"key": key, "reason": "postbus vol"}, s.now)
    s.settle()
    return s, key


def test_a_refused_reminder_is_written_again_and_climbs_its_rung_when_it_leaves() -> None:
    s, key = stuck_reminder()
    s.do("write_again", letter=key)
    assert (s.order(REMINDER).key, ArrearsStage.MESSAGE) == (s.state.arrears.reminder, rung(s))
    s.until("2027-03-23")
    assert (date(2027, 3, 22), ArrearsStage.REMINDER) == (s.state.arrears.reminder_on, rung(s))


@pytest.mark.parametrize(("paid", "now"), [("500.00", "0,00"), ("100.00", "282,00")])
def test_a_refused_reminder_is_not_written_again_for_who_paid(paid: str, now: str) -> None:
    s, key = stuck_reminder()
    pay(s, paid, "2027-03-22")
    refusal = s.refused("write_again", letter=key)
    assert ("amount_changed", "letter") == (refusal.code, refusal.about)
    assert refusal.text == (
        f"De brief '{key}' zegt dat € 382,00 openstaat; nu is dat € {now}. Vink de taak af: wie te "
        "laat blijft, krijgt een nieuwe brief bij de volgende stap over de huur."
    )


def test_a_refused_reminder_is_not_written_again_while_a_check_waits_for_the_bank() -> None:
    s, key = stuck_reminder()
    s.state.arrears.waiting = Waiting(check=Check.FIRST, day=date(2027, 4, 15))
    assert "stale" == s.refused("write_again", letter=key).code


def test_an_uncertain_reminder_does_not_go_again_to_who_paid() -> None:
    s, key = stuck_reminder("letter_uncertain")
    assert None is s.t.check("answer_uncertain", again(s, key), s.now)
    pay(s, "500.00", "2027-03-22")
    refusal = s.refused("answer_uncertain", letter=key, answer="opnieuw")
    assert ("amount_changed", "letter") == (refusal.code, refusal.about)
    s.do("answer_uncertain", letter=key, answer="verzonden")
    assert LetterStatus.SENT is s.state.letters[key].status


def again(s: Story, key: str) -> Json:
    return s.request("answer_uncertain", {"letter": key, "answer": "opnieuw"})
