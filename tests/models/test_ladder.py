"""A human hand on every rung above a message."""

from datetime import date
from typing import Any

from models.vocabulary import ArrearsStage, LetterStatus
from tests.models.renting import (
    MONTH,
    REMINDER,
    late_on,
    load,
    pay,
    reminded,
    renting,
    rung,
    sent,
    talked,
)
from tests.models.story import Story
from tests.models.world import moment


# ---- a human hand on every rung above ----------------------------------------------------------
def test_after_the_second_look_a_reminder_waits_for_the_bookkeeper_then_the_coordinator() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    assert "approve_reminder" in s.tasks
    assert "not_approved" == s.refused("send_reminder").code
    assert "amount" == s.refused("approve_reminder", amount="12,00").code
    s.until("2027-06-01")
    assert [] == sent(s, REMINDER), "no day sends it"
    assert ArrearsStage.MESSAGE is rung(s)


def test_the_reminder_counts_from_the_day_it_really_left() -> None:
    s = reminded()
    assert ["2027-03-22 09:00"] == sent(s, REMINDER)
    assert ArrearsStage.REMINDER is rung(s)
    assert date(2027, 4, 6) == s.state.arrears.formal_from, "received the day after, then 14 days"


def test_a_reminder_is_not_sent_to_who_paid_meanwhile() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    s.do("approve_reminder", amount=str(MONTH))
    pay(s, MONTH, "2027-03-20")
    assert "wrong_rung" == s.refused("send_reminder").code


def test_a_registered_letter_needs_an_agreement_that_was_broken() -> None:
    s = talked(reminded(), "belofte", promised_on="2027-04-01")
    load(s, "2027-04-05")
    s.until("2027-04-05")
    assert "not_broken" == s.refused("order_registered", reason="geen antwoord").code
    assert ArrearsStage.TALK is rung(s.until("2027-04-07"))
    assert "agreement_broken" in s.tasks
    s.do("order_registered", reason="belofte niet nagekomen")
    assert ArrearsStage.TALK is rung(s), "only posting climbs"
    s.until("2027-04-09")
    key = s.order("formal_notice").key
    assert "barcode_missing" == s.refused("post_letter", letter=key, posted_on="2027-04-09").code
    s.do("post_letter", letter=key, posted_on="2027-04-09", barcodes=["RR123456785BE"])
    assert ArrearsStage.REGISTERED is rung(s)


def test_a_registered_letter_waits_for_the_fourteen_days_of_the_reminder() -> None:
    s = talked(reminded(), "onbereikbaar", reason="neemt niet op")
    s.until("2027-04-05")
    assert "too_early" == s.refused("order_registered", reason="geen antwoord").code
    s.until(moment("2027-04-06T10:00"))
    s.do("order_registered", reason="geen antwoord")


def registered() -> Story:
    s = talked(reminded(), "onbereikbaar", reason="neemt niet op").until("2027-04-06")
    s.do("order_registered", reason="geen antwoord")
    s.until("2027-04-08")
    letter = s.order("formal_notice").key
    s.do("post_letter", letter=letter, posted_on="2027-04-08", barcodes=["RR123456785BE"])
    return s


def test_court_comes_after_the_fund_the_welfare_office_and_a_conciliation_and_by_two() -> None:
    s = registered()
    ask = {"asked_on": "2027-05-10", "why_no_agreement": "geen antwoord meer"}
    s.until("2027-05-10")
    load(s, "2027-05-10")
    assert "fund_first" == s.refused("ask_conciliation", **ask).code
    s.do("give_fund_info", given_on="2027-05-10")
    assert ArrearsStage.FUND is rung(s)
    assert "welfare_first" == s.refused("ask_conciliation", **ask).code
    s.do("note_welfare_help", status="loopt", since="2027-05-10", warned_on="2027-05-10")
    s.until("2027-05-30")
    assert "welfare_helps" == s.refused("ask_conciliation", **ask).code
    s.do("note_welfare_help", status="stopgezet", since="2027-05-30")
    s.until("2027-06-12")
    assert "welfare_first" == s.refused("ask_conciliation", **ask).code, "two weeks to solve it"
    s.until("2027-06-13")
    load(s, "2027-06-13")
    assert "second_missing" == s.refused("ask_conciliation", second=None, **ask).code
    s.do("ask_conciliation", **ask)
    assert ArrearsStage.CONCILIATION is rung(s)
    filed = {"filed_on": "2027-06-13"}
    assert "conciliation_first" == s.refused("go_to_court", **filed).code
    s.do("record_conciliation", on="2027-06-13", outcome="geen")
    assert "second_missing" == s.refused("go_to_court", second=None, **filed).code
    s.do("go_to_court", **filed)
    assert ArrearsStage.COURT is rung(s)
    assert 2 == s.letters().count("court_file")


def test_a_payment_brings_anybody_back_from_any_rung() -> None:
    s = registered().until("2027-04-14")
    pay(s, s.state.account.balance(), "2027-04-14")
    assert ArrearsStage.IN_ORDER is rung(s)
    assert "weer in orde, van 'aangetekend schrijven'" in s.flags


def test_a_payment_takes_the_registered_letter_out_of_the_print_queue() -> None:
    s = talked(reminded(), "onbereikbaar", reason="neemt niet op").until("2027-04-06")
    s.do("order_registered", reason="geen antwoord")
    s.until("2027-04-08")
    assert LetterStatus.TO_PRINT is s.letter("formal_notice").status
    pay(s, s.state.account.balance(), "2027-04-08")
    assert LetterStatus.RECALLED is s.letter("formal_notice").status
    assert [] == [task.key for task in s.state.open_tasks if "formal_notice" in task.key]


def test_nothing_ever_adds_a_cost() -> None:
    s = registered().until("2027-09-01")
    charged = [line.key for line in s.state.account.lines if line.amount > 0]
    assert [f"charge:huur:2027-{month:02}" for month in range(2, 10)] == charged


# ---- who was talked to before the reminder -------------------------------------------------------
def talked_early(outcome: str = "belofte", **given: Any) -> Story:
    """Talked to the day after the message: before the second look, so without a reminder."""
    s = late_on(renting(), "2027-03-15", "2027-03-12").until(moment("2027-03-16T10:00"))
    return talked(s, outcome, **given)


def test_who_breaks_an_early_promise_is_reminded_before_anything_formal() -> None:
    s = talked_early(promised_on="2027-04-01")
    load(s, "2027-04-30")
    assert "approve_reminder" not in s.until("2027-04-08").tasks, "days to talk once more"
    assert "approve_reminder" in s.until("2027-04-20").tasks
    assert "no_reminder" == s.refused("order_registered", reason="niet betaald").code
    s.do("approve_reminder", amount=str(s.state.account.balance()))
    s.do("send_reminder")
    s.until("2027-04-21")
    assert (ArrearsStage.TALK, 1) == (rung(s), len(sent(s, REMINDER)))
    s.until("2027-05-07")
    s.do("order_registered", reason="niet betaald")


def test_who_keeps_an_early_promise_hears_no_reminder() -> None:
    s = talked_early(promised_on="2027-04-01").until("2027-04-01")
    pay(s, MONTH, "2027-04-01")
    load(s, "2027-04-30")
    assert "approve_reminder" not in s.until("2027-04-14").tasks


def test_what_is_agreed_comes_before_a_reminder_that_was_only_drafted() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    assert "approve_reminder" in s.tasks
    talked(s, "belofte", promised_on="2027-03-31")
    assert not {"approve_reminder", "send_reminder"} & {*s.tasks}
    assert "no_draft" == s.refused("approve_reminder", amount=str(MONTH)).code


# ---- once ----------------------------------------------------------------------------------------
def test_a_reminder_and_a_registered_letter_are_ordered_once_until_they_are_held_back() -> None:
    s = late_on(renting(), "2027-03-15", "2027-03-12")
    late_on(s, "2027-03-20", "2027-03-19").until("2027-03-20")
    s.do("approve_reminder", amount=str(MONTH))
    s.do("send_reminder")
    assert "on_its_way" == s.refused("send_reminder").code
    assert "on_its_way" == s.refused("approve_reminder", amount=str(MONTH)).code
    s.do("recall_letter", letter=s.order(REMINDER).key)
    s.do("send_reminder")
    s.until("2027-03-22")
    assert ["2027-03-22 09:00"] == sent(s, REMINDER)
    assert "wrong_rung" == s.refused("send_reminder").code

    talked(s, "onbereikbaar", reason="neemt niet op").until("2027-04-06")
    assert "on_its_way" == s.refused("send_reminder").code
    s.do("order_registered", reason="geen antwoord")
    assert "on_its_way" == s.refused("order_registered", reason="geen antwoord").code


# ---- what cannot be so ---------------------------------------------------------------------------
def test_nothing_was_promised_given_or_told_on_a_day_that_cannot_be() -> None:
    s = reminded()
    talk = {"present": ["bewoner"], "cause": "inkomen_te_laat", "outcome": "belofte"}
    before = s.refused(
        "record_arrears_talk", held_on="2027-03-22", promised_on="2027-03-20", **talk
    )
    assert "promised_before" == before.code
    talked(s, "onbereikbaar", reason="neemt niet op")
    assert "future" == s.refused("give_fund_info", given_on="2027-03-23").code
    help_ = {"status": "geweigerd", "since": "2027-03-22", "warned_on": "2027-03-23"}
    assert "future" == s.refused("note_welfare_help", **help_).code


def test_nobody_is_brought_before_the_judge_while_a_look_waits_for_the_bank() -> None:
    s = registered().until("2027-05-20")
    s.do("give_fund_info", given_on="2027-05-20")
    s.do("note_welfare_help", status="geweigerd", since="2027-05-01", warned_on="2027-05-01")
    ask = {"asked_on": "2027-05-20", "why_no_agreement": "geen antwoord meer"}
    assert "stale" == s.refused("ask_conciliation", **ask).code
    load(s, "2027-05-20")
    s.do("ask_conciliation", **ask)
    asked = {
        "corrects": s.number("ask_conciliation"),
        "reason": "verkeerde bewoner",
        "fields": None,
    }
    assert "second_missing" == s.refused("correct", **asked, second=None).code, "by two, as it was"
    s.do("record_conciliation", on="2027-05-20", outcome="geen")
    s.until("2027-06-20")
    assert "stale" == s.refused("go_to_court", filed_on="2027-06-20").code
