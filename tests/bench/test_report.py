"""Figures: when a target is met, and how a report reads."""

import pytest

from bench.report import Figure, Report, percentile


@pytest.mark.parametrize(
    ("figure", "met"),
    [
        (Figure("a", 1.1, at_most=1.1), True),
        (Figure("a", 1.11, at_most=1.1), False),
        (Figure("a", 0.7, at_least=0.7), True),
        (Figure("a", 0.69, at_least=0.7), False),
        (Figure("a", 5), None),
    ],
)
def test_a_figure_knows_whether_its_target_is_met(figure: Figure, met: bool | None) -> None:
    assert met is figure.met


def test_a_missed_target_is_said_aloud() -> None:
    report = Report("step")
    report.add("p50", 1.2, at_most=1.15)
    assert report.text().endswith("target ≤ 1.15   MISSED")
    assert report.plain()["figures"][0]["met"] is False


def test_the_ninety_ninth_percentile_of_a_hundred_and_one_numbers_is_the_second_but_last() -> None:
    assert 99 == percentile(range(101), 99)
