"""What a year and a half of invented payments must never show, and must show."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache

from gateway.settings import Settings
from models.calendar import day_of, is_working_day
from models.facts import Outcome
from models.ladder import LADDER
from models.vocabulary import ArrearsStage
from simulation.generator import Plan, generate
from simulation.played import Played
from simulation.programme import rules_on

RULES = {"programme": "wonen-met-kansen"}
HIGH = list(ArrearsStage)[list(ArrearsStage).index(ArrearsStage.REGISTERED) :]


@cache
def played() -> Played:
    on = rules_on(Settings(), RULES)
    return generate(Plan(45, 1, date(2027, 1, 4), 16, RULES), on)


def rows(kind: str) -> Iterator[tuple[str, Outcome]]:
    return (
        (life.resident, row) for life in played().lives for row in life.outcomes if row.kind == kind
    )


def letters(kind: str, of: str) -> list[tuple[str, Outcome]]:
    return [(who, row) for who, row in rows(kind) if row.detail["letter"]["kind"] == of]


def at(row: Outcome) -> datetime:
    return datetime.fromisoformat(row.recorded_at)


def test_nobody_gets_two_payment_messages_in_one_run() -> None:
    sent = Counter(
        (who, f"{at(row):%Y-%m}") for who, row in letters("letter_sent", "day15_message")
    )
    assert len(sent) > 50
    assert {1} == set(sent.values())


def test_no_message_is_ordered_but_on_fresh_data() -> None:
    fresh = {(who, row.recorded_at) for who, row in rows("bank_fresh")}
    fresh |= {(who, row.recorded_at) for who, row in rows("statement_loaded")}
    stale = {(who, row.recorded_at) for who, row in rows("bank_stale")}
    assert stale, "some looks found old data"
    ordered = {(who, row.recorded_at) for who, row in letters("letter_ordered", "day15_message")}
    assert ordered <= fresh
    assert set() == ordered & stale


def test_no_payment_letter_leaves_on_a_closed_day() -> None:
    closed = played().rules.closed
    kinds = ("day15_message", "reminder", "repayment_plan", "fund_info", "first_month")
    days = {day_of(at(row)) for kind in kinds for _, row in letters("letter_sent", kind)}
    assert [] == sorted(day for day in days if not is_working_day(day, closed))


def test_every_rung_from_the_reminder_on_has_a_named_person_and_court_has_two() -> None:
    steps = {name: list(rows(name)) for name, rung in LADDER.items() if rung.dest is not None}
    assert all(steps[name] for name in ("send_reminder", "order_registered", "go_to_court"))
    for name, taken in steps.items():
        for _, row in taken:
            assert row.by != "opstap"
            assert row.source == "script"
            if name in {"ask_conciliation", "go_to_court"}:
                second = row.detail["second"]
                assert second["role"] == "manager"
                assert second["who"] != row.by


ORDER = (
    "send_reminder",
    "record_arrears_talk",
    "order_registered",
    "post_letter",
    "give_fund_info",
    "ask_conciliation",
    "record_conciliation",
    "go_to_court",
)


def test_whoever_stands_high_climbed_rung_by_rung() -> None:
    for life in played().lives:
        names = [row.kind for row in life.outcomes]
        if "go_to_court" in names:
            first = [names.index(name) for name in ORDER]
            assert first == sorted(first), life.resident


def test_a_payment_brings_back_to_in_order_from_high_up() -> None:
    labels = [stage.label.lower() for stage in HIGH]
    flags = [flag for _, row in rows("payment") for flag in row.detail.get("flags", [])]
    assert [flag for flag in flags if any(label in flag for label in labels)]


def test_every_kind_of_payer_is_there() -> None:
    assert list(rows("payment_reversed")), "taken back"
    assert list(rows("statement_loaded")), "loaded late"
    assert list(rows("promise")) or list(rows("agree_plan")), "promised or planned"
    amounts = Counter(row.detail["data"]["amount"] for _, row in rows("payment"))
    assert len(amounts) > 20
