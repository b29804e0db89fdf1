"""After a correction the ledger comes to what the account does, whatever is charged again."""

from decimal import Decimal
from typing import Any

import pytest

from models.core import Trajectory
from models.facts import Posting, Turn
from tests.models.renting import MONTH, pay, reminded, renting
from tests.models.story import Story


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> dict[str, Posting]:
    """The lines as SQL keeps them: the last one of a key counts."""
    lines: dict[str, Posting] = {}
    real = Trajectory.drain

    def drain(self: Trajectory, *given: Any) -> Turn:
        turn = real(self, *given)
        lines.update({line.key: line for line in turn.postings})
        return turn

    monkeypatch.setattr(Trajectory, "drain", drain)
    return lines


def leaves(s: Story, on: str) -> None:
    s.do("plan_exit", leaves_on=on, exit_talk_at=f"{on}T10:00", agreed_reason="ja")


@pytest.mark.parametrize(("edition", "shown"), [(2, "127.33"), (3, "382.00")])
def test_a_month_that_an_exit_by_mistake_had_charged_is_charged_again(
    edition: int, shown: str, ledger: dict[str, Posting]
) -> None:
    s = renting(edition=edition)
    pay(s, MONTH, "2027-02-01")
    leaves(s, "2027-03-31")
    s.until("2027-04-20")
    s.do(
        "complete_exit",
        left_on="2027-04-20",
        no_talk_reason="weg",
        keys_returned=2,
        cleaning="ok",
        energy="nvt",
        destination="netwerk",
        durable="ja",
    )
    done = s.number("complete_exit")
    s.do("correct", corrects=done, reason="nog niet weg", fields=None, second="bo:manager")
    leaves(s, "2027-04-30")
    s.until("2027-04-21")
    april = [x for x in ledger.values() if "2027-04" in f"{x.key} {x.counters}"]
    assert Decimal(shown) == sum(line.amount for line in april)
    assert (edition == 3) is (
        s.state.account.balance() == sum(line.amount for line in ledger.values())
    )


def test_a_month_of_which_the_charge_was_dropped_is_charged_all_the_same(
    ledger: dict[str, Posting],
) -> None:
    s = renting()
    leaves(s, "2027-04-10")
    s.until("2027-04-05")
    leaves(s, "2027-06-30")
    longer = s.number("plan_exit")
    s.until("2027-05-03")
    s.do("correct", corrects=longer, reason="dat was een ander", fields=None)
    assert "2027-05" not in s.state.account.lines[-1].key
    leaves(s, "2027-06-30")
    s.until("2027-05-05")
    may = [x for x in s.state.account.lines if x.key.endswith(":2027-05")]
    assert [MONTH] == [line.amount for line in may]
    assert s.state.account.balance() == sum(line.amount for line in ledger.values())
    assert s.replay().state.dump() == s.state.dump()


@pytest.mark.parametrize(("edition", "asked"), [(2, 382), (3, 297)])
def test_what_is_put_right_to_nothing_is_no_part_of_a_plan_any_more(
    edition: int, asked: int
) -> None:
    s = reminded(renting(edition=edition))
    s.do("charge_cost", debt="schade", amount="85", due_on="2027-03-22", what="nieuw slot")
    s.do("charge_cost", debt="schade", amount="297", due_on="2027-03-22", what="deur")
    lock = next(x.key for x in s.state.account.lines if x.text == "nieuw slot")
    lines = [
        {"due": "2027-05-05", "amount": "382", "debt": "huur"},
        {"due": "2027-05-05", "amount": "382", "debt": "schade"},
    ]
    s.do("agree_plan", signed_on="2027-03-22", lines=lines)
    s.do("correct_charge", line=lock, amount="0", reason="dat slot was er al")
    open_now = [x.amount for x in s.state.account.open_items() if x.debt == "schade"]
    assert [Decimal(asked)] == open_now
