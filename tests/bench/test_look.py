"""The look of the 15th, small: it strikes for everybody at once, and nobody waits for the clock."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bench.look import look, measure, next_hour
from bench.report import Report
from models.calendar import brussels, day_of, local


@pytest.mark.parametrize(
    ("now", "hour"),
    [
        ("2027-03-15T10:05", "2027-03-15T11:00"),
        ("2027-03-15T10:40", "2027-03-15T12:00"),  # moving in takes longer than twenty minutes
        ("2027-03-15T23:10", "2027-03-16T00:00"),
        ("2027-03-28T01:10", "2027-03-28T03:00"),  # summer time begins
        ("2027-03-28T23:10", "2027-04-01T01:00"),  # a look is on the 28th at the latest
        ("2027-12-30T10:00", "2028-01-01T01:00"),
    ],
)
def test_the_hour_is_the_next_one_that_can_be_an_hour_of_looking(now: str, hour: str) -> None:
    at = local(datetime.fromisoformat(f"{now}+01:00"))
    assert hour == f"{next_hour(at):%Y-%m-%dT%H:%M}"


@pytest.mark.slow
@pytest.mark.dev_server
@pytest.mark.timeout(180)
async def test_everybody_who_is_late_is_looked_at_at_one_moment(
    caplog: pytest.LogCaptureFixture,
) -> None:
    report = Report("bank")
    with caplog.at_level(logging.INFO, "opstap.bench"):
        await measure(report, 8)
    (last, first, nearly) = report.figures
    assert "the look of the 15th: 8 late, to the last proposal" == last.name
    assert 0 < first.value <= nearly.value <= last.value < 60
    assert [True] == [remark.startswith("the look: 8 proposals of 8;") for remark in report.remarks]
    assert any("the hour strikes at" in said for said in caplog.messages)


@pytest.mark.slow
@pytest.mark.dev_server
@pytest.mark.timeout(180)
async def test_the_hour_may_be_days_away() -> None:
    day = day_of(datetime.now(UTC)) + timedelta(days=32)
    looked = await look(3, brussels(day.replace(day=1), 1))
    assert (3, 0) == (looked.written, looked.too_soon)
    assert looked.spare > 0
