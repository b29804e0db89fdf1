"""Letters on their way: the print queue, and what a person says of an uncertain mail."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.posting import check_digit_fails, round_of
from models.vocabulary import ContractStage, LetterStatus
from tests.models.story import Story
from tests.models.world import moment

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def to_print() -> Story:
    """A notice that was approved, mailed and put in the print queue."""
    s = Story().living().until("2027-10-01")
    s.do("approve_notice", lease_end="2028-01-31")
    return s.until("2027-10-04")


def uncertain(**rules: Any) -> tuple[Story, str]:
    s = Story(**rules).referred()
    key = s.order("waitlist_confirmation").key
    s.t.observe("letter_uncertain", {"key": key, "reason": "niet zeker"}, s.now)
    s.settle()
    return s, key


# ---- the print queue ----------------------------------------------------------------------------
def test_a_notice_in_the_print_queue_is_recalled_and_ordered_again() -> None:
    s = to_print()
    first = s.order("notice_registered").key
    assert LetterStatus.TO_PRINT is s.letter("notice_registered").status
    s.do("recall_letter", letter=first)
    assert (LetterStatus.RECALLED, ContractStage.RUNNING) == (
        s.letter("notice_registered").status,
        s.state.contract,
    )
    assert not {f"print:{first}", "notice_post"} & {task.key for task in s.state.open_tasks}
    s.do("approve_notice", lease_end="2028-01-31")
    second = s.order("notice_registered").key
    assert first != second
    s.until("2027-10-05")
    s.do("record_posting", posted_on="2027-10-05", barcodes=["RR123456785BE"])
    assert [LetterStatus.RECALLED, LetterStatus.POSTED] == [
        s.state.letters[key].status for key in (first, second)
    ]
    assert "2027-10-05" == str(s.state.notice.posted_on)


def test_a_posted_letter_is_not_recalled() -> None:
    s = to_print()
    key = s.order("notice_registered").key
    s.do("record_posting", posted_on="2027-10-04", barcodes=["RR123456785BE"])
    assert "Deze brief is al 'gepost'." == s.refused("recall_letter", letter=key).text


def test_a_registered_letter_is_not_posted_without_its_barcodes() -> None:
    s = to_print()
    key = s.order("notice_registered").key
    assert "registered" == s.refused("post_letter", letter=key, posted_on="2027-10-04").code


def test_a_letter_on_paper_is_posted_once() -> None:
    s = Story().living()
    key = s.order("neighbours").key
    early = s.refused("post_letter", letter=key, posted_on="2027-01-01")
    assert "not_to_print" == early.code
    s.days(5)
    day = s.now.date().isoformat()
    s.do("post_letter", letter=key, posted_on=day)
    assert LetterStatus.POSTED is s.letter("neighbours").status
    assert f"print:{key}" not in {task.key for task in s.state.open_tasks}
    again = s.refused("post_letter", letter=key, posted_on=day)
    assert "Deze brief wacht niet op de post: hij is 'gepost'." == again.text


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_one_check_digit_fits_a_barcode(digits: str) -> None:
    right = [n for n in range(10) if not check_digit_fails(f"RR{digits}{n}BE")]
    assert 1 == len(right)
    weighed = sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) + right[0]
    assert weighed % 11 == 0 or (weighed - right[0]) % 11 in {0, 1}


@pytest.mark.parametrize("code", ["RR473124829BE", "RR123456785BE", "0" * 30])
def test_known_barcodes_fit(code: str) -> None:
    assert not check_digit_fails(code)


# ---- uncertain ----------------------------------------------------------------------------------
def test_an_uncertain_letter_is_a_question_to_a_person() -> None:
    s, key = uncertain()
    assert LetterStatus.UNCERTAIN is s.state.letters[key].status
    assert "Antwoord: verzonden of opnieuw." in s.state.tasks[f"uncertain:{key}"].text
    assert [] == s.t.held_letters()


def test_a_letter_that_turns_out_to_have_left_is_sent() -> None:
    s, key = uncertain()
    s.do("answer_uncertain", letter=key, answer="verzonden")
    assert LetterStatus.SENT is s.state.letters[key].status
    assert f"uncertain:{key}" not in s.tasks
    assert "not_uncertain" == s.refused("answer_uncertain", letter=key, answer="opnieuw").code


def test_a_letter_that_did_not_leave_waits_to_be_sent_again_and_may_be_uncertain_again() -> None:
    s, key = uncertain()
    s.do("answer_uncertain", letter=key, answer="opnieuw")
    assert [key] == [order.key for order in s.t.held_letters()]
    s.t.observe("letter_uncertain", {"key": key, "reason": "niet zeker"}, s.now)
    s.settle()
    assert f"uncertain:{key}" in s.tasks
    s.do("answer_uncertain", letter=key, answer="verzonden")
    assert LetterStatus.SENT is s.state.letters[key].status


def test_a_letter_that_goes_again_leaves_alone_each_time_it_does() -> None:
    s, key = uncertain()
    together = round_of(s.state.letters[key])
    rounds = [together]
    for _ in range(2):
        s.do("answer_uncertain", letter=key, answer="opnieuw")
        rounds.append(round_of(s.state.letters[key]))
        s.t.observe("letter_uncertain", {"key": key, "reason": "niet zeker"}, s.now)
        s.settle()
    moment = s.state.letters[key].order.send_at
    assert [(moment, 0), (moment, 3), (moment, 5)] == rounds
    assert s.state.dump() == s.replay().state.dump()


def test_in_the_second_edition_a_letter_that_goes_again_leaves_with_those_of_its_moment() -> None:
    s, key = uncertain(edition=2)
    together = round_of(s.state.letters[key])
    s.do("answer_uncertain", letter=key, answer="opnieuw")
    assert together == round_of(s.state.letters[key])


def goes_again_on(day: str) -> tuple[Story, str]:
    """Somebody says at noon of this day that an uncertain mail goes again."""
    s, key = uncertain()
    s.now = moment(f"{day}T12:00")
    s.do("answer_uncertain", letter=key, answer="opnieuw")
    return s, key


def test_a_mail_that_goes_again_is_held_back_on_a_closed_day_until_it_really_leaves() -> None:
    s, key = goes_again_on("2027-01-09")
    leaves = s.t.leaves_at(s.state.letters[key].order.send_at, s.now)
    assert moment("2027-01-11T09:00") == leaves
    s.now = moment("2027-01-11T08:59")
    s.do("recall_letter", letter=key)
    assert (LetterStatus.RECALLED, []) == (s.state.letters[key].status, s.t.held_letters())
    s.until("2027-01-12")
    assert [] == s.sent
    assert s.state.dump() == s.replay().state.dump()


@pytest.mark.parametrize(
    ("answered", "at"),
    [("2027-01-09", "2027-01-11T09:00"), ("2027-01-08", "2027-01-08T12:00")],
    ids=["its morning came", "a working day"],
)
def test_a_mail_that_goes_again_and_leaves_now_is_not_held_back(answered: str, at: str) -> None:
    s, key = goes_again_on(answered)
    s.now = moment(at)
    assert "letter_leaving" == s.refused("recall_letter", letter=key).code


def test_no_question_is_answered_that_nobody_asked() -> None:
    s = Story().referred()
    key = s.order("waitlist_confirmation").key
    refusal = s.refused("answer_uncertain", letter=key, answer="opnieuw")
    assert f"Over de brief '{key}' is geen vraag open." == refusal.text
    assert "no_letter" == s.refused("answer_uncertain", letter="9-x", answer="opnieuw").code
