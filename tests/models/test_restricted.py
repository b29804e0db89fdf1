"""While a file may only be kept: what stays here, what is done, and what is asked afterwards."""

from typing import Any

from models.vocabulary import ContractStage, LetterStatus, Stage
from tests.models.story import Story
from tests.models.world import moment


def test_while_restricted_only_a_few_steps_can_be_taken() -> None:
    s = Story().referred()
    s.do("restrict", reason="betwist")
    refusal = s.refused("change_wish", living="delen")
    assert "restricted" == refusal.code
    assert refusal.text.startswith("De verwerking van dit dossier is beperkt sinds 4/1/2027: ")
    assert "restricted" == s.refused("restrict", reason="bezwaar").code
    s.do("lift_restriction", reason="nagekeken: het klopt")
    s.do("change_wish", living="delen")
    assert None is s.state.restricted
    assert "not_restricted" == s.refused("lift_restriction", reason="nog eens").code


def with_a_notice(**rules: Any) -> Story:
    s = Story(**rules).living().until(moment("2027-10-15T16:00"))
    s.do("approve_notice", lease_end="2028-01-31")
    return s


def test_a_notice_that_a_restriction_held_back_is_ordered_again_even_while_it_lasts() -> None:
    s = with_a_notice()
    s.do("restrict", reason="betwist")
    assert (ContractStage.RUNNING, True, True, False) == (
        s.state.contract,
        "notice_prepare" in s.tasks,
        s.state.tasks["notice_prepare"].hard,
        "notice_post" in s.tasks,
    )
    s.do("approve_notice", lease_end="2028-01-31")
    assert ["notice_mail", "notice_registered"] == s.letters(LetterStatus.HELD)
    s.until("2027-10-18")
    s.do("record_posting", posted_on="2027-10-18", barcodes=["RR123456785BE"])
    assert (LetterStatus.POSTED, Stage.NOTICE) == (s.letter("notice_registered").status, s.stage)
    assert s.state.dump() == s.replay().state.dump()


def test_a_printed_notice_that_a_restriction_held_back_is_ordered_again_while_it_lasts() -> None:
    s = with_a_notice().until(moment("2027-10-18T10:00"))
    first = s.order("notice_registered").key
    s.do("restrict", reason="betwist")
    assert (LetterStatus.RECALLED, ContractStage.RUNNING) == (
        s.state.letters[first].status,
        s.state.contract,
    )
    assert (True, False) == (s.state.tasks["notice_prepare"].hard, "notice_post" in s.tasks)
    assert not {f"print:{first}", f"write_again:{first}"} & {t.key for t in s.state.open_tasks}
    s.do("approve_notice", lease_end="2028-01-31")
    s.until("2027-10-19")
    s.do("record_posting", posted_on="2027-10-19", barcodes=["RR123456785BE"])
    assert (LetterStatus.POSTED, Stage.NOTICE) == (s.letter("notice_registered").status, s.stage)
    assert s.state.dump() == s.replay().state.dump()


def test_a_notice_that_a_restriction_held_back_and_was_posted_all_the_same_counts() -> None:
    s = with_a_notice().until(moment("2027-10-18T10:00"))
    key = s.order("notice_registered").key
    s.do("restrict", reason="betwist")
    s.do("record_posting", posted_on="2027-10-18", barcodes=["RR123456785BE"])
    assert (LetterStatus.POSTED, ContractStage.POSTED, Stage.NOTICE) == (
        s.state.letters[key].status,
        s.state.contract,
        s.stage,
    )
    assert (False, True) == ("notice_prepare" in s.tasks, f"rectify:{key}" in s.tasks)
    assert s.state.dump() == s.replay().state.dump()


def test_in_the_second_edition_a_printed_notice_waited_for_the_post_while_restricted() -> None:
    s = with_a_notice(edition=2).until(moment("2027-10-18T10:00"))
    s.do("restrict", reason="betwist")
    assert (LetterStatus.TO_PRINT, ContractStage.NOTICE_READY) == (
        s.letter("notice_registered").status,
        s.state.contract,
    )
    s.do("record_posting", posted_on="2027-10-18", barcodes=["RR123456785BE"])
    assert LetterStatus.POSTED is s.letter("notice_registered").status


def test_a_restriction_takes_paper_out_of_the_print_queue_and_asks_for_it_again() -> None:
    s = Story().living().days(5)
    key = s.order("neighbours").key
    s.do("restrict", reason="betwist")
    assert LetterStatus.RECALLED is s.state.letters[key].status
    assert f"print:{key}" not in {task.key for task in s.state.open_tasks}
    assert s.state.tasks[f"write_again:{key}"].text == (
        f"De brief '{key}' is tegengehouden: de verwerking van dit dossier is beperkt. Gooi een "
        "afdruk weg. Na de beperking: kies 'Brief opnieuw opmaken', of vink deze taak af."
    )
    assert "restricted" == s.refused("write_again", letter=key).code
    s.do("lift_restriction", reason="nagekeken: het klopt")
    s.do("write_again", letter=key)
    assert (LetterStatus.HELD, False) == (
        s.letter("neighbours").status,
        f"write_again:{key}" in s.tasks,
    )
    assert s.state.dump() == s.replay().state.dump()


def test_a_mail_that_a_restriction_held_back_is_asked_for_again_too() -> None:
    s = Story().referred()
    key = s.order("waitlist_confirmation").key
    s.do("restrict", reason="betwist")
    assert [] == s.t.held_letters()
    s.do("lift_restriction", reason="nagekeken: het klopt")
    assert f"write_again:{key}" in s.tasks
    s.do("write_again", letter=key)
    assert [s.order("waitlist_confirmation").key] == [one.key for one in s.t.held_letters()]
    assert key != s.order("waitlist_confirmation").key


def test_what_time_orders_while_restricted_stays_here_and_is_asked_for_afterwards() -> None:
    s = Story().living().until(moment("2027-02-10T10:00"))
    s.do("restrict", reason="betwist")
    s.until("2027-02-16")
    key = s.order("open_items").key
    assert (LetterStatus.RECALLED, []) == (s.state.letters[key].status, s.t.held_letters())
    assert ["open_items", "letter_ordered", "letter_recalled"] == s.kinds[-3:]
    assert s.state.tasks[f"write_again:{key}"].text == (
        f"De brief '{key}' is tegengehouden: de verwerking van dit dossier is beperkt. Na de "
        "beperking: kies 'Brief opnieuw opmaken', of vink deze taak af."
    )
    s.do("lift_restriction", reason="nagekeken: het klopt")
    s.do("write_again", letter=key)
    again = s.order("open_items").key
    s.until("2027-02-18")
    assert ("recalled", "sent") == (s.state.letters[key].status, s.state.letters[again].status)
    assert s.state.dump() == s.replay().state.dump()


def test_what_stayed_here_while_restricted_is_asked_for_with_what_was_corrected_meanwhile() -> None:
    s = Story().living().until(moment("2027-02-10T10:00"))
    s.do("restrict", reason="betwist")
    s.until("2027-02-16")
    key = s.order("open_items").key
    wrong = {"corrects": s.number("hand_over_keys"), "reason": "vergissing"}
    s.do("correct", **wrong, fields={"keys": 3}, second="bo:manager")
    assert (LetterStatus.RECALLED, True) == (
        s.state.letters[key].status,
        f"write_again:{key}" in s.tasks,
    )
    assert s.state.dump() == s.replay().state.dump()


def test_in_the_second_edition_time_sent_its_letters_while_restricted() -> None:
    s = Story(edition=2).living().until(moment("2027-02-10T10:00"))
    s.do("restrict", reason="betwist")
    s.until("2027-02-16")
    assert LetterStatus.SENT is s.letter("open_items").status


def test_what_a_restriction_held_back_is_written_again_with_what_was_corrected_meanwhile() -> None:
    s = Story().offered().papers().until(moment("2027-02-03T09:30"))
    s.keys().until(moment("2027-02-05T10:00"))
    key = s.order("neighbours").key
    s.do("restrict", reason="betwist")
    wrong = {"corrects": s.number("hand_over_keys"), "reason": "verkeerde dag"}
    s.do("correct", **wrong, fields={"keys": 3}, second="bo:manager")
    assert f"write_again:{key}" in s.tasks
    s.do("correct", **wrong, fields={"on": "2027-02-02"}, second="bo:manager")
    assert (LetterStatus.RECALLED, True) == (
        s.state.letters[key].status,
        f"write_again:{key}" in s.tasks,
    )
    s.do("lift_restriction", reason="nagekeken: verbeterd")
    s.do("write_again", letter=key)
    assert "2027-02-02" == s.order("neighbours").facts["since"]
    s.do("undo", fact=s.number("write_again"))
    assert f"write_again:{key}" in s.tasks
    assert s.state.dump() == s.replay().state.dump()


def test_what_was_held_back_while_it_was_made_for_paper_never_lies_in_the_print_queue() -> None:
    s = Story().offered().papers().until(moment("2027-02-03T09:30"))
    s.keys()
    key = s.order("neighbours").key
    s.do("restrict", reason="betwist")
    s.t.observe("letter_to_print", {"key": key}, s.now)
    s.settle()
    assert LetterStatus.RECALLED is s.state.letters[key].status
    assert (False, True) == (f"print:{key}" in s.tasks, f"write_again:{key}" in s.tasks)
    assert ["letter_to_print", "letter_recalled"] == s.kinds[-2:]
    assert s.state.dump() == s.replay().state.dump()


def test_in_the_second_edition_paper_stayed_in_the_print_queue_while_restricted() -> None:
    s = Story(edition=2).living().days(5)
    key = s.order("neighbours").key
    s.do("restrict", reason="betwist")
    assert LetterStatus.TO_PRINT is s.state.letters[key].status
    s.do("recall_letter", letter=key)
    assert LetterStatus.RECALLED is s.letter("neighbours").status
    assert [] == [task.key for task in s.state.open_tasks if task.kind in {"print", "write_again"}]


def test_that_a_printed_letter_was_posted_and_its_proof_are_noted_while_restricted() -> None:
    s = Story().living().days(5)
    s.do("restrict", reason="rechtsvordering")
    s.do("post_letter", letter=s.order("neighbours").key, posted_on=s.now.date().isoformat())
    assert LetterStatus.POSTED is s.letter("neighbours").status
    assert ["rectify"] == [task.kind for task in s.state.open_tasks]
    s.do("attach_proof", kind="afgifte", file="bewijs.pdf")
    assert ["afgifte:bewijs.pdf"] == s.state.notice.proofs


def test_while_restricted_a_mail_that_left_is_noted_and_none_goes_again() -> None:
    s = Story().referred()
    key = s.order("waitlist_confirmation").key
    s.t.observe("letter_uncertain", {"key": key, "reason": "niet zeker"}, s.now)
    s.settle()
    s.do("restrict", reason="betwist")
    refusal = s.refused("answer_uncertain", letter=key, answer="opnieuw")
    assert ("restricted", "answer") == (refusal.code, refusal.about)
    assert refusal.text == (
        "De verwerking van dit dossier is beperkt sinds 4/1/2027: de mail gaat niet opnieuw. "
        "Vertrok hij toch, antwoord dan 'verzonden'; anders kan het na de beperking."
    )
    s.do("answer_uncertain", letter=key, answer="verzonden")
    assert LetterStatus.SENT is s.state.letters[key].status


def test_after_the_restriction_a_mail_that_did_not_leave_goes_again() -> None:
    s = Story().referred()
    key = s.order("waitlist_confirmation").key
    s.t.observe("letter_uncertain", {"key": key, "reason": "niet zeker"}, s.now)
    s.settle()
    s.do("restrict", reason="betwist")
    s.do("lift_restriction", reason="nagekeken: het klopt")
    s.do("answer_uncertain", letter=key, answer="opnieuw")
    assert [key] == [order.key for order in s.t.held_letters()]


def test_in_the_first_edition_a_restriction_left_the_contract_as_it_was() -> None:
    s = with_a_notice(edition=1)
    s.do("restrict", reason="betwist")
    assert (ContractStage.NOTICE_READY, True) == (s.state.contract, "notice_post" in s.tasks)
