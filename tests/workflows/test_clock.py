"""What time it is once a turn is written: the moment it began."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio import workflow

from workflows.effects import clock

BEGAN = datetime(2027, 3, 1, 8, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [0, 1, 59])
def test_what_was_written_soon_happens_at_the_moment_its_turn_began(
    seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "now", lambda: BEGAN + timedelta(seconds=seconds))
    assert (BEGAN, BEGAN) == (clock(BEGAN, 2), clock(BEGAN, 3))


def test_after_an_outage_the_clock_counted_until_the_third_edition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    late = BEGAN + timedelta(hours=3)
    monkeypatch.setattr(workflow, "now", lambda: late)
    assert (late, BEGAN) == (clock(BEGAN, 2), clock(BEGAN, 3))
