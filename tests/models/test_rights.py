"""The rights of the person in the core: erasing an ended file, and how long one is kept."""

from datetime import date
from decimal import Decimal

import pytest

from models.choices import HoldReason
from models.facts import Posting
from models.retention import Kept, Retention
from models.state import Hold
from models.trajectory import STEPS
from models.vocabulary import Debt, LetterStatus, PostingKind, Region, Stage
from tests.models.story import Story
from tests.models.world import WMK

LEGAL = {"region": "traject", "reason": "juridisch", "until": "2027-02-20", "owner": "an"}
ERASE = {"reason": "vraag_persoon", "who": "mia", "second": "an:coordinator"}


def ended() -> Story:
    s = Story().referred()
    s.do("withdraw", asked_by="jongere", reason="ze vond zelf iets")
    return s


def test_an_ended_file_is_erased_by_two_and_takes_no_step_any_more() -> None:
    s = ended()
    s.do("erase_file", **ERASE)
    assert (True, []) == (s.state.archived, s.state.open_tasks)
    assert "erase_file" == s.kinds[-1]
    assert s.state.dump() == s.replay().state.dump()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"second": None}, "second_missing"),
        ({"second": "mia:manager"}, "same_person"),
    ],
)
def test_erasing_asks_two_different_people(given: dict[str, str | None], code: str) -> None:
    assert code == ended().refused("erase_file", **{**ERASE, **given}).code


def test_a_file_that_runs_is_not_erased() -> None:
    assert "wrong_stage" == Story().referred().refused("erase_file", **ERASE).code


def test_an_open_debt_refuses_with_its_amount() -> None:
    s = ended()
    s.state.account.lines.append(
        Posting(
            key="cost:1:schade",
            kind=PostingKind.CHARGE,
            debt=Debt.DAMAGE,
            amount=Decimal("312.5"),
            booked_on=date(2027, 5, 1),
            value_on=date(2027, 5, 1),
            text="sloten",
        )
    )
    refusal = s.refused("erase_file", **ERASE)
    assert ("open_debt", True) == (refusal.code, "€ 312,50" in refusal.text)


def test_a_legal_pause_outlives_the_end_keeps_the_file_open_and_refuses() -> None:
    s = Story().referred()
    s.do("hold", **LEGAL)
    s.do("withdraw", asked_by="jongere", reason="ze vond zelf iets")
    assert {Region.MAIN: HoldReason.LEGAL} == {r: h.reason for r, h in s.state.holds.items()}
    assert None is s.due("archive")
    assert "legal_hold" == s.refused("erase_file", **ERASE).code
    s.do("release_hold", region="traject")
    assert None is not s.due("archive")
    s.do("erase_file", **ERASE)


def test_only_a_legal_pause_can_be_put_on_an_ended_file() -> None:
    s = ended()
    assert "hold_ended" == s.refused("hold", **{**LEGAL, "reason": "ziekte_crisis"}).code
    s.do("hold", **LEGAL)
    assert "legal_hold" == s.refused("erase_file", **ERASE).code


def test_any_other_pause_goes_with_the_end() -> None:
    s = Story().referred()
    s.state.holds[Region.MAIN] = Hold(
        reason=HoldReason.CRISIS, text=None, since=s.now.date(), until=date(2027, 9, 1), owner="an"
    )
    s.do("withdraw", asked_by="jongere", reason="ze vond zelf iets")
    assert {} == s.state.holds


def test_erasing_takes_paper_out_of_the_print_queue() -> None:
    s = Story().living().days(5)
    key = s.order("neighbours").key
    s.t.state.stage, s.t.state.leaving = Stage.CLOSED, None
    s.do("erase_file", **ERASE)
    assert (LetterStatus.RECALLED, []) == (s.state.letters[key].status, s.state.open_tasks)


@pytest.mark.parametrize(
    ("today", "until"),
    [(date(2027, 5, 1), date(2028, 3, 1)), (date(2029, 5, 1), date(2027, 9, 1))],
)
def test_a_retention_period_holds_from_its_own_day_on(today: date, until: date) -> None:
    rows = (
        Retention(what=Kept.CANDIDATE, months=12, since=date(2018, 1, 1), source="x"),
        Retention(what=Kept.CANDIDATE, months=6, since=date(2029, 1, 1), source="y"),
    )
    programme = WMK.model_copy(update={"retention": rows})
    assert until == programme.kept_until(Kept.CANDIDATE, date(2027, 3, 1), today)
    assert None is programme.kept_until(Kept.RESIDENT, date(2027, 3, 1), today)


def test_the_stages_that_can_be_erased_are_the_ended_ones() -> None:
    assert {Stage.CLOSED, Stage.NOT_STARTED, Stage.WITHDRAWN} == set(STEPS["erase_file"].sources)
