"""Taking over from a spreadsheet: the stage it stands in, and nothing is sent again."""

from typing import Any

import pytest

from models.vocabulary import ContractStage, ReviewStage, Stage
from tests.models.story import Story

GIVEN: dict[str, Any] = {
    "birth_date": "2004-03-27",
    "sex": "m",
    "supporter": "lien",
    "partner": "joba",
    "living": "alleen",
    "referred_on": "2026-09-01",
    "support_since": "2026-06-01",
}
LIVING: dict[str, Any] = {
    **GIVEN,
    "stage": "wonen",
    "place": "d7-1",
    "keys_on": "2026-12-01",
    "lease_start": "2026-12-01",
    "lease_end": "2027-11-30",
    "last_talk_on": "2026-12-22",
    "insurance_until": "2027-12-31",
    "dwelling": {"id": "d7", "available_until": "2027-10-31", "epc_until": "2035-01-01"},
}


def test_who_waits_goes_on_waiting_with_the_old_rank() -> None:
    s = Story()
    s.do("adopt", stage="wachtlijst", **GIVEN, letters_sent=["waitlist_confirmation"])
    referral = s.state.referral
    assert referral is not None
    assert (Stage.WAITLISTED, "2026-09-01", "2026-08-01", []) == (
        s.stage,
        str(referral.referred_on),
        str(referral.eligible_from),
        s.letters(),
    )
    assert ["al verstuurd voor de overname: waitlist_confirmation"] == s.flags


def test_a_resident_goes_on_living_with_deadlines_from_the_dates_given() -> None:
    s = Story()
    s.do("adopt", **LIVING)
    assert (Stage.LIVING, ContractStage.RUNNING, ReviewStage.TO_PLAN, []) == (
        s.stage,
        s.state.contract,
        s.state.reviews,
        s.letters(),
    )
    assert ("2027-03-08", "2027-07-28") == (s.due_on("talk_to_plan"), s.due_on("notice_prepare"))
    assert [("d7-1", "2026-12-01")] == [
        (tell.data["place"], tell.data["since"]) for _, tell in s.world.told
    ]


def test_letters_that_were_sent_before_are_not_sent_again() -> None:
    s = Story()
    s.do("adopt", **LIVING, letters_sent=["open_items"])
    assert s.due("open_items") is None
    posted = {
        **LIVING,
        "stage": "opzeg",
        "notice_posted_on": "2026-12-15",
        "lease_end": "2027-02-28",
    }
    again = Story()
    again.do("adopt", **posted, letters_sent=["notice_reminder"])
    assert (ContractStage.REMINDED, None) == (again.state.contract, again.due("notice_reminder"))
    fresh = Story()
    fresh.do("adopt", **posted)
    assert (ContractStage.POSTED, "2027-01-28") == (
        fresh.state.contract,
        fresh.due_on("notice_reminder"),
    )


def test_a_planned_talk_comes_along() -> None:
    s = Story()
    s.do("adopt", **LIVING, next_talk_at="2027-03-10T10:00")
    assert (ReviewStage.PLANNED, "2027-03-11") == (s.state.reviews, s.due_on("talk_unrecorded"))


def test_a_resident_who_never_had_a_talk_is_due_for_the_first() -> None:
    s = Story()
    s.do("adopt", **{**LIVING, "last_talk_on": None})
    assert "2026-12-29" == str(s.state.talks.next_due)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"stage": "matching"}, "stage"),
        ({"stage": "wonen", "place": None}, "lease_missing"),
        ({"stage": "wonen", "lease_end": "2026-11-30"}, "lease_order"),
        ({"stage": "opzeg"}, "posting_missing"),
        ({"birth_date": "2027-02-01"}, "birth_date"),
        ({"stage": "wonen", "letters_sent": ["brief"]}, "bad_fields"),
    ],
)
def test_an_adoption_adds_up(given: dict[str, Any], code: str) -> None:
    assert code == Story().refused("adopt", **{**LIVING, **given}).code


def test_who_was_never_supported_is_not_asked_to_be_eligible() -> None:
    s = Story()
    s.do("adopt", stage="wachtlijst", **{**GIVEN, "support_since": None})
    assert (None, []) == (s.state.referral and s.state.referral.eligible_from, s.tasks)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"stage": "opzeg", "notice_posted_on": "2027-06-15"}, "posted_in_future"),
        ({"stage": "wonen", "notice_posted_on": "2026-12-20"}, "posted_while_living"),
    ],
)
def test_a_posted_notice_was_posted_and_fits_the_stage(given: dict[str, str], code: str) -> None:
    refusal = Story().refused("adopt", **{**LIVING, **given})
    assert (88, code) == (refusal.rule, refusal.code)


@pytest.mark.parametrize(
    ("edition", "posted_on", "late"),
    [(2, "2026-11-24", False), (2, "2026-12-29", True), (1, "2026-12-29", False)],
)
def test_a_notice_that_was_posted_late_before_the_takeover_is_still_late(
    edition: int, posted_on: str, late: bool
) -> None:
    s = Story(edition=edition)
    given = {"stage": "opzeg", "lease_end": "2027-02-28", "notice_posted_on": posted_on}
    s.do("adopt", **{**LIVING, **given})
    assert (late, late) == (s.state.notice.late, "notice_late" in s.tasks)
    assert s.flags == (["opzeg te laat gepost: voor de overname"] if late else [])


def test_who_is_taken_over_while_leaving_has_the_exit_to_plan() -> None:
    s = Story()
    s.do("adopt", **{**LIVING, "stage": "uitstroom"})
    assert ["exit_task"] == s.tasks
    s.do("plan_exit", leaves_on="2027-01-31", exit_talk_at="2027-01-28T10:00")
    assert [] == s.tasks


def test_the_end_of_the_lease_and_the_debt_of_a_takeover_are_corrected_by_two() -> None:
    s = Story()
    s.do("adopt", **LIVING)
    wrong = {"corrects": 1, "reason": "verkeerd overgetypt", "fields": {"lease_end": "2027-10-30"}}
    assert "second_missing" == s.refused("correct", **wrong).code
    s.do("correct", **wrong, second="bo:coordinator")
    assert "2027-10-30" == str(s.state.lease and s.state.lease.end)
    insured = {
        "corrects": 1,
        "reason": "polis gevonden",
        "fields": {"insurance_until": "2028-01-31"},
    }
    s.do("correct", **insured)
    assert "2028-01-31" == str(s.state.talks.insurance_until)
