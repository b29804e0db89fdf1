"""Letters that stopped on their way, after an undo or a correction: not posted is not gone."""

from typing import Any

import pytest

from models.vocabulary import ContractStage, LetterStatus, Stage
from tests.models.story import Story
from tests.models.world import moment

CODES = ["RR123456785BE"]


def printed(**rules: Any) -> Story:
    """A notice for 31/1/2028 that was approved, mailed and put in the print queue."""
    s = Story(**rules).living().until(moment("2027-10-11T10:00"))
    s.do("approve_notice", lease_end="2028-01-31")
    return s.until(moment("2027-10-13T10:00"))


def posted(**rules: Any) -> Story:
    s = printed(**rules)
    s.do("record_posting", posted_on="2027-10-13", barcodes=CODES)
    return s


def correct(s: Story, step: str, fields: dict[str, Any] | None) -> None:
    given = {"fields": fields, "who": "an", "second": "bo:manager"}
    s.do("correct", corrects=s.number(step), reason="vergissing", **given)


def printing(s: Story) -> list[str]:
    """The notices that wait for somebody to print and post them."""
    keys = [task.key for task in s.state.open_tasks if task.kind == "print"]
    return [key for key in keys if key.endswith("notice_registered")]


def notices(s: Story) -> list[LetterStatus]:
    found = s.state.letters.values()
    return [x.status for x in found if x.order.kind == "notice_registered"]


def test_a_printed_notice_for_another_end_is_taken_back_and_the_right_one_alone_is_posted() -> None:
    s = printed()
    correct(s, "offer_place", {"lease_end": "2028-01-15"})
    assert ([LetterStatus.RECALLED], []) == (notices(s), printing(s))
    s.do("approve_notice", lease_end="2028-01-15")
    s.until(moment("2027-10-14T10:00"))
    late = {"late_reason": "de datum was verkeerd"}
    s.do("record_posting", posted_on="2027-10-14", barcodes=CODES, **late)
    assert [LetterStatus.RECALLED, LetterStatus.POSTED] == notices(s)
    assert s.state.dump() == s.replay().state.dump()


def test_a_printed_notice_of_the_wrong_resident_is_taken_back_and_its_mail_put_right() -> None:
    s = printed()
    mail, paper = s.order("notice_mail").key, s.order("notice_registered").key
    correct(s, "approve_notice", None)
    assert (ContractStage.RUNNING, [LetterStatus.RECALLED]) == (s.state.contract, notices(s))
    found = next(o for o in s.outcomes if o.kind == "correct").detail["consequences"]
    assert ([mail], [paper]) == (found["letters_wrong"], found["letters_held_back"])


def test_a_notice_that_was_taken_back_and_holds_after_all_is_printed_again() -> None:
    s = printed()
    correct(s, "offer_place", {"lease_end": "2028-01-15"})
    correct(s, "offer_place", {"lease_end": "2028-01-31"})
    assert ([LetterStatus.TO_PRINT], ContractStage.NOTICE_READY) == (notices(s), s.state.contract)
    assert 1 == len(printing(s))
    assert [] == s.t.held_letters()


def test_undoing_the_recall_of_a_printed_notice_puts_it_back_in_the_print_queue() -> None:
    s = printed()
    s.do("recall_letter", letter=s.order("notice_registered").key)
    s.do("undo", fact=s.number("recall_letter"))
    assert ([LetterStatus.TO_PRINT], 1) == (notices(s), len(printing(s)))


@pytest.mark.parametrize("way", ["undo", "correct"])
def test_a_letter_whose_posting_is_withdrawn_waits_for_the_post_again(way: str) -> None:
    s = posted()
    if way == "undo":
        s.do("undo", fact=s.number("record_posting"))
    else:
        correct(s, "record_posting", None)
    assert (Stage.LIVING, [LetterStatus.TO_PRINT], None, 1) == (
        s.stage,
        notices(s),
        s.letter("notice_registered").sent_at,
        len(printing(s)),
    )
    s.do("extend_lease", new_end="2028-06-30", signed_on="2027-10-13", reason="nieuwe woning")
    assert ([LetterStatus.RECALLED], []) == (notices(s), printing(s))


def test_a_posting_withdrawn_before_the_letter_was_printed_lets_it_be_printed() -> None:
    s = Story().living().until(moment("2027-10-11T10:00"))
    s.do("approve_notice", lease_end="2028-01-31")
    s.do("record_posting", posted_on="2027-10-11", barcodes=CODES)
    s.do("undo", fact=s.number("record_posting"))
    assert [LetterStatus.HELD] == notices(s)
    s.until("2027-10-12")
    assert ([LetterStatus.TO_PRINT], 1) == (notices(s), len(printing(s)))


def test_a_posting_with_other_barcodes_leaves_the_letter_posted() -> None:
    s = posted()
    correct(s, "record_posting", {"barcodes": ["RR123456799BE"]})
    assert ([LetterStatus.POSTED], Stage.NOTICE) == (notices(s), s.stage)


def test_a_wrong_notice_that_an_older_edition_left_to_print_is_not_the_one_posted() -> None:
    s = printed(edition=1)
    correct(s, "offer_place", {"lease_end": "2028-01-15"})
    newer = s.t.rules.model_copy(update={"edition": 2}).model_dump(mode="json")
    s.do("adopt_rules", rules=newer, reason="nieuwe regels")
    s.do("approve_notice", lease_end="2028-01-15")
    late = {"late_reason": "de datum was verkeerd"}
    s.do("record_posting", posted_on="2027-10-13", barcodes=CODES, **late)
    assert [LetterStatus.TO_PRINT, LetterStatus.POSTED] == notices(s)
    s.do("recall_letter", letter=next(k for k in s.state.letters if k.endswith("registered")))


def test_in_the_first_edition_what_is_printed_or_posted_stays_so_after_a_correction() -> None:
    s = printed(edition=1)
    correct(s, "approve_notice", None)
    assert [LetterStatus.TO_PRINT] == notices(s)
    s = posted(edition=1)
    s.do("undo", fact=s.number("record_posting"))
    assert [LetterStatus.POSTED] == notices(s)


def test_a_notice_for_another_end_that_was_posted_all_the_same_is_noted_and_does_not_count() -> (
    None
):
    s = printed()
    key = s.order("notice_registered").key
    correct(s, "offer_place", {"lease_end": "2028-01-15"})
    on = {"posted_on": "2027-10-13", "barcodes": CODES}
    assert "not_approved" == s.refused("record_posting", **on).code
    s.do("post_letter", letter=key, **on)
    assert ([LetterStatus.POSTED], ContractStage.RUNNING) == (notices(s), s.state.contract)
    assert f"rectify:{key}" in s.tasks
    s.do("approve_notice", lease_end="2028-01-15")
    correct(s, "approve_notice", {})
    assert LetterStatus.POSTED is s.state.letters[key].status
    assert {LetterStatus.POSTED, LetterStatus.HELD} == set(notices(s))
    assert f"rectify:{key}" in s.tasks
    assert s.state.dump() == s.replay().state.dump()


def test_a_notice_that_could_not_be_printed_and_is_for_another_end_is_written_again() -> None:
    s = Story().living().until(moment("2027-10-11T10:00"))
    s.do("approve_notice", lease_end="2028-01-31")
    key = s.order("notice_registered").key
    s.t.observe("letter_refused", {"key": key, "reason": "het adres past niet"}, s.now)
    s.settle()
    approved = s.number("approve_notice")
    correct(s, "offer_place", {"lease_end": "2028-01-15"})
    right = {"fields": {"lease_end": "2028-01-15"}, "second": "bo:manager"}
    s.do("correct", corrects=approved, reason="ook zo", **right)
    s.do("write_again", letter=key)
    order = s.order("notice_registered")
    assert ("2028-01-15", True) == (order.facts["lease_end"], key != order.key)
    s.until("2027-10-12")
    assert [LetterStatus.REFUSED, LetterStatus.TO_PRINT] == notices(s)
    late = {"late_reason": "het adres paste niet"}
    s.do("record_posting", posted_on="2027-10-12", barcodes=CODES, **late)
    assert [LetterStatus.REFUSED, LetterStatus.POSTED] == notices(s)
    assert s.state.dump() == s.replay().state.dump()


def test_a_notice_of_which_the_whole_lease_was_a_mistake_is_noted_when_it_was_posted() -> None:
    s = printed()
    key = s.order("notice_registered").key
    correct(s, "hand_over_keys", None)
    assert ([LetterStatus.RECALLED], None) == (notices(s), s.state.lease)
    s.do("post_letter", letter=key, posted_on="2027-10-13", barcodes=CODES)
    assert ([LetterStatus.POSTED], True) == (notices(s), f"rectify:{key}" in s.tasks)


def test_a_printed_notice_of_which_end_and_approval_are_both_corrected_is_written_again() -> None:
    s = printed()
    key, approved = s.order("notice_registered").key, s.number("approve_notice")
    correct(s, "offer_place", {"lease_end": "2028-01-15"})
    right = {"fields": {"lease_end": "2028-01-15"}, "second": "bo:manager"}
    s.do("correct", corrects=approved, reason="ook zo", **right)
    assert ([LetterStatus.RECALLED], True) == (notices(s), f"write_again:{key}" in s.tasks)
    assert ContractStage.NOTICE_READY is s.state.contract
    s.do("write_again", letter=key)
    s.until(moment("2027-10-14T10:00"))
    late = {"late_reason": "de datum was verkeerd"}
    s.do("record_posting", posted_on="2027-10-14", barcodes=CODES, **late)
    assert [LetterStatus.RECALLED, LetterStatus.POSTED] == notices(s)
    assert s.state.dump() == s.replay().state.dump()
