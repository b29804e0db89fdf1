"""A notice is printed in time for its last safe posting day: a day late may be nine years."""

from datetime import timedelta

import pytest

from models.vocabulary import ContractStage, LetterStatus
from tests.models.story import Story
from tests.models.test_contract import approved, running
from tests.models.world import moment


@pytest.mark.parametrize(
    ("approved_at", "printed_at"),
    [
        ("2027-10-25T10:00", "2027-10-26T09:00"),  # the day before: in time in the usual way
        ("2027-10-26T08:00", "2027-10-26T09:00"),
        ("2027-10-26T10:00", "2027-10-26T10:30"),  # the last safe day: not tomorrow
        ("2027-10-26T16:40", "2027-10-26T17:10"),
        ("2027-10-26T23:45", "2027-10-26T23:45"),  # half an hour does not fit any more
        ("2027-10-27T10:00", "2027-10-27T10:30"),  # late: not later still
        ("2027-10-30T10:00", "2027-11-02T09:00"),  # Saturday, Sunday, All Saints
    ],
)
def test_a_notice_is_printed_in_time_for_its_last_safe_day(
    approved_at: str, printed_at: str
) -> None:
    s = running().until(moment(approved_at))
    s.do("approve_notice", lease_end="2028-01-31")
    registered = s.letter("notice_registered")
    assert printed_at == f"{registered.order.send_at:%Y-%m-%dT%H:%M}"
    s.until(moment(printed_at) - timedelta(minutes=1))
    assert LetterStatus.HELD is s.letter("notice_registered").status
    s.until(moment(printed_at))
    assert LetterStatus.TO_PRINT is s.letter("notice_registered").status
    assert "09:00" == f"{s.order('notice_mail').send_at:%H:%M}", "the mail waits as any mail"


def test_a_notice_of_the_last_safe_day_can_be_undone_before_it_is_printed() -> None:
    s = running().until(moment("2027-10-26T10:00"))
    s.do("approve_notice", lease_end="2028-01-31")
    s.until(moment("2027-10-26T10:20")).do("undo", fact=s.number("approve_notice"))
    s.until("2027-10-26")
    assert (LetterStatus.RECALLED, ContractStage.RUNNING) == (
        s.letter("notice_registered").status,
        s.state.contract,
    )


def test_a_notice_approved_again_on_the_last_safe_day_is_printed_that_day() -> None:
    s = approved()
    s.do("recall_letter", letter=s.order("notice_registered").key)
    s.until(moment("2027-10-26T10:00")).do("approve_notice", lease_end="2028-01-31")
    s.until(moment("2027-10-26T10:30"))
    assert LetterStatus.TO_PRINT is s.letter("notice_registered").status


def test_the_printer_that_was_off_prints_on_the_first_working_day() -> None:
    s = running().until(moment("2027-10-29T16:00"))
    s.do("approve_notice", lease_end="2028-01-31")
    s.down_until("2027-10-30")
    assert LetterStatus.HELD is s.letter("notice_registered").status
    s.until(moment("2027-11-02T09:00"))
    assert LetterStatus.TO_PRINT is s.letter("notice_registered").status


def test_rules_of_before_print_a_notice_as_they_did() -> None:
    old = Story(print_same_day=False).living().until(moment("2027-10-26T10:00"))
    old.do("approve_notice", lease_end="2028-01-31")
    assert "2027-10-27T09:00" == f"{old.order('notice_registered').send_at:%Y-%m-%dT%H:%M}"
