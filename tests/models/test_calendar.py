"""Dates and moments: months that end early, working days, sending, safe posting, ages."""

import calendar as months
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import calendar
from models.calendar import add_months, add_working_days, brussels, is_working_day
from tests.models.world import RULES, programme

CLOSED_2026 = programme().rules(date(2026, 1, 1)).closed
CLOSED = RULES.closed
DAYS = st.dates(date(2026, 2, 1), date(2036, 10, 1))


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2027, 5, 31), -3, date(2027, 2, 28)),
        (date(2028, 5, 31), -3, date(2028, 2, 29)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 10, 31), -1, date(2027, 9, 30)),
        (date(2027, 12, 15), 1, date(2028, 1, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 6, 15), 0, date(2027, 6, 15)),
    ],
)
def test_a_month_that_is_too_short_gives_its_last_valid_day(
    day: date, count: int, expected: date
) -> None:
    assert expected == add_months(day, count)


@given(DAYS, st.integers(-60, 60))
def test_months_keep_the_day_or_take_the_last_one(day: date, count: int) -> None:
    moved = add_months(day, count)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == count
    assert moved.day == min(day.day, months.monthrange(moved.year, moved.month)[1])


@given(st.builds(datetime.combine, DAYS, st.times(), st.just(UTC)))
def test_a_letter_leaves_at_nine_on_a_working_day_half_an_hour_later_at_least(
    ordered: datetime,
) -> None:
    leaves = calendar.sending_moment(ordered, CLOSED_2026, hour=9, lead_minutes=30)
    assert leaves - ordered >= timedelta(minutes=30)
    assert is_working_day(calendar.day_of(leaves), CLOSED_2026)
    assert "09:00" == f"{calendar.local(leaves):%H:%M}"
    day = calendar.day_of(ordered + timedelta(minutes=30))
    while day < calendar.day_of(leaves):  # no earlier working day would have done
        assert not is_working_day(day, CLOSED_2026) or brussels(day, 9) < ordered + timedelta(
            minutes=30
        )
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("ordered", "leaves"),
    [
        ("2027-01-05T08:30", "2027-01-05T09:00"),
        ("2027-01-05T08:31", "2027-01-06T09:00"),
        ("2027-01-08T10:00", "2027-01-11T09:00"),  # Friday → Monday
        ("2027-05-05T10:00", "2027-05-07T09:00"),  # over Ascension Day
        ("2027-12-24T10:00", "2027-12-27T09:00"),  # over Christmas, a Saturday
        ("2027-03-26T10:00", "2027-03-30T09:00"),  # over Easter Monday, and summer time
    ],
)
def test_a_letter_waits_for_the_first_morning_that_counts(ordered: str, leaves: str) -> None:
    at = datetime.fromisoformat(ordered).replace(tzinfo=calendar.BRUSSELS)
    assert (
        leaves == f"{calendar.sending_moment(at, CLOSED, hour=9, lead_minutes=30):%Y-%m-%dT%H:%M}"
    )


def printed(ordered: datetime, post_by: date, lead: int = 30) -> datetime:
    return calendar.printing_moment(ordered, post_by, CLOSED_2026, hour=9, lead_minutes=lead)


MOMENTS = st.builds(datetime.combine, DAYS, st.times(), st.just(calendar.BRUSSELS))
LEADS = st.sampled_from((0, 30, 90, 1440, 2900))


@given(MOMENTS, st.integers(0, 40), LEADS)
def test_what_is_ordered_in_time_is_printed_in_time(
    ordered: datetime, days: int, lead: int
) -> None:
    post_by = calendar.next_working_day(ordered.date() + timedelta(days=days), CLOSED_2026)
    leaves = printed(ordered, post_by, lead)
    assert ordered <= leaves
    assert calendar.day_of(leaves) <= post_by
    assert is_working_day(calendar.day_of(leaves), CLOSED_2026)
    usual = calendar.sending_moment(ordered, CLOSED_2026, hour=9, lead_minutes=lead)
    assert leaves <= usual
    if calendar.day_of(usual) <= post_by:
        assert usual == leaves, "no earlier than any other letter where that is in time"


@given(MOMENTS, st.integers(1, 40), LEADS)
def test_what_is_late_already_is_printed_the_same_working_day(
    ordered: datetime, days: int, lead: int
) -> None:
    leaves = printed(ordered, ordered.date() - timedelta(days=days), lead)
    first = calendar.next_working_day(ordered.date(), CLOSED_2026)
    assert ordered <= leaves
    if first == ordered.date():
        assert first == calendar.day_of(leaves)
    else:
        assert calendar.brussels(first, 9) == leaves, "nothing leaves on a closed day"


@pytest.mark.parametrize(
    ("end", "safe"),
    [
        (date(2026, 2, 28), date(2025, 11, 25)),
        (date(2026, 8, 14), date(2026, 4, 27)),
    ],
)
def test_the_last_safe_posting_day_is_the_known_one(end: date, safe: date) -> None:
    assert safe == calendar.safe_posting_day(end, 3, 3, CLOSED_2026)


@pytest.mark.parametrize(
    ("end", "latest"),
    [
        (date(2026, 2, 28), date(2025, 11, 28)),  # the plain reading is the earlier one
        (date(2026, 8, 14), date(2026, 4, 30)),  # three whole months: May, June and July
        (date(2028, 5, 31), date(2028, 2, 29)),
        (date(2027, 5, 31), date(2027, 2, 28)),
    ],
)
def test_the_last_receipt_day_is_the_earlier_of_the_two_readings(end: date, latest: date) -> None:
    assert latest == calendar.last_receipt_day(end, 3)


@given(DAYS.filter(lambda d: d > date(2027, 1, 1)), st.integers(1, 4), st.integers(0, 5))
def test_the_safe_day_is_the_last_from_which_receipt_is_still_in_time(
    end: date, term: int, receipt: int
) -> None:
    latest = calendar.last_receipt_day(end, term)
    safe = calendar.safe_posting_day(end, term, receipt, CLOSED_2026)
    assert is_working_day(safe, CLOSED_2026)
    assert add_working_days(safe, receipt, CLOSED_2026) <= latest
    following = add_working_days(safe, 1, CLOSED_2026)
    assert add_working_days(following, receipt, CLOSED_2026) > latest
    assert latest <= add_months(end, -term)


@given(DAYS, st.integers(-40, 40))
def test_working_days_count_only_working_days(day: date, count: int) -> None:
    moved = add_working_days(day, count, CLOSED_2026)
    first, last = sorted((day, moved))
    between = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    passed = [d for d in between if d != day and is_working_day(d, CLOSED_2026)]
    assert abs(count) == len(passed)


@given(st.dates(date(2000, 1, 1), date(2012, 12, 31)), st.integers(17, 30))
def test_an_age_is_reached_on_the_birthday_and_not_the_day_before(birth: date, years: int) -> None:
    day = calendar.birthday(birth, years)
    assert years == calendar.age_on(birth, day)
    assert years - 1 == calendar.age_on(birth, day - timedelta(days=1))


def test_who_was_born_on_29_february_turns_18_on_1_march() -> None:
    assert date(2026, 3, 1) == calendar.birthday(date(2008, 2, 29), 18)
    assert date(2028, 2, 29) == calendar.birthday(date(2008, 2, 29), 20)


def test_a_belgian_day_begins_at_midnight_in_brussels() -> None:
    assert date(2027, 7, 1) == calendar.day_of(datetime(2027, 6, 30, 22, 30, tzinfo=UTC))
    assert date(2027, 1, 1) == calendar.day_of(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))


def test_moments_are_written_as_belgians_read_them() -> None:
    at = datetime(2027, 5, 6, 9, 0, 40, tzinfo=UTC)
    assert "2027-05-06T11:00+02:00" == calendar.stamp(at)
    assert "6/5/2027 om 11:00" == calendar.dutch_moment(at)
    assert datetime(2027, 5, 6, 9, 0, tzinfo=UTC) == calendar.to_minute(at)
