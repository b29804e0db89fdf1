"""Dates and moments: Europe/Brussels, closed days, months that end early, the post's own days.

Closed days are data of the programme (`Rules.closed_days`): this module only counts. Every moment
it returns is aware; every rule names its source.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
SATURDAY = 5
_MONTHS = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def brussels(day: date, hour: int, minute: int = 0) -> datetime:
    """Return the moment at which Belgian clocks show this time on this day."""
    return datetime.combine(day, time(hour, minute), BRUSSELS)


def local(moment: datetime) -> datetime:
    """Return the same moment on a Belgian clock."""
    return moment.astimezone(BRUSSELS)


def day_of(moment: datetime) -> date:
    """Return the Belgian calendar day of a moment."""
    return moment.astimezone(BRUSSELS).date()


def to_minute(moment: datetime) -> datetime:
    """Return the whole minute a moment falls in, in UTC."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


@lru_cache(maxsize=8192)
def stamp(moment: datetime) -> str:
    """Write a moment as people and the log read it: Belgian time with its offset."""
    return moment.astimezone(BRUSSELS).isoformat(timespec="minutes")


@lru_cache(maxsize=4096)
def add_months(day: date, months: int) -> date:
    """Move a date by months; where that day does not exist, to the last valid day.

    31 May - 3 months is 28 February, or 29 February in a leap year.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def is_working_day(day: date, closed: Collection[date]) -> bool:
    """Say whether letters leave and the office works on this day."""
    return day.weekday() < SATURDAY and day not in closed


def next_working_day(day: date, closed: Collection[date]) -> date:
    """Return this day, or the first working day after it."""
    while not is_working_day(day, closed):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, closed: Collection[date]) -> date:
    """Return the count-th working day after a day (before it when count is negative)."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        if is_working_day(day, closed):
            left -= 1
    return day


def sending_moment(
    ordered_at: datetime, closed: Collection[date], *, hour: int, lead_minutes: int
) -> datetime:
    """Return when a letter leaves.

    The first working day's sending hour at least `lead_minutes` after it was ordered.
    """
    earliest = ordered_at + timedelta(minutes=lead_minutes)
    day = day_of(earliest)
    if brussels(day, hour) < earliest:
        day += timedelta(days=1)
    return brussels(next_working_day(day, closed), hour)


def printing_moment(
    ordered_at: datetime,
    post_by: date,
    closed: Collection[date],
    *,
    hour: int,
    lead_minutes: int,
) -> datetime:
    """Return when a letter is printed that must be posted by a day.

    Its sending moment; where that comes after that day, sooner, for a day late may cost years: on a
    working day `lead_minutes` after the order, or at once where the day is over by then; ordered on
    another day, the first working day that comes.
    """
    planned = sending_moment(ordered_at, closed, hour=hour, lead_minutes=lead_minutes)
    if day_of(planned) <= post_by:
        return planned
    today, soon = day_of(ordered_at), ordered_at + timedelta(minutes=lead_minutes)
    if day_of(soon) <= max(today, post_by) and is_working_day(day_of(soon), closed):
        return local(soon)
    if is_working_day(today, closed):
        return local(ordered_at)
    return brussels(next_working_day(today, closed), hour)


def last_receipt_day(lease_end: date, months: int) -> date:
    """Return the last day on which a notice may be received.

    The earlier of (end - months, last valid day) and the day before the last whole calendar months
    that end on or before the lease's end: for a mid-month end the two readings of the decree differ
    by weeks, and the earlier one is safe in both.
    """
    plain = add_months(lease_end, -months)
    tomorrow = lease_end + timedelta(days=1)
    month_end = lease_end if tomorrow.day == 1 else lease_end.replace(day=1) - timedelta(days=1)
    first_of_whole = add_months(month_end.replace(day=1), 1 - months)
    return min(plain, first_of_whole - timedelta(days=1))


@lru_cache(maxsize=1024)
def safe_posting_day(
    lease_end: date, months: int, receipt_days: int, closed: frozenset[date]
) -> date:
    """Return the last working day on which a notice can be posted and still count in time.

    A registered letter is deemed received on the third working day after it was handed to the post
    (art. 53bis Ger.W.); that day may not be later than `last_receipt_day`.
    """
    latest = last_receipt_day(lease_end, months)
    day = latest
    while not (
        is_working_day(day, closed) and add_working_days(day, receipt_days, closed) <= latest
    ):
        day -= timedelta(days=1)
    return day


def age_on(birth_date: date, day: date) -> int:
    """Return the age in whole years on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def birthday(birth_date: date, years: int) -> date:
    """Return the day on which somebody turns this age (29 February counts as 1 March)."""
    try:
        return birth_date.replace(year=birth_date.year + years)
    except ValueError:
        return date(birth_date.year + years, 3, 1)


def dutch_date(day: date) -> str:
    """Write a date as Belgians do: 6/5/2027."""
    return f"{day.day}/{day.month}/{day.year}"


def dutch_month(day: date) -> str:
    """Write a month as Belgians do: maart 2027."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def dutch_moment(moment: datetime) -> str:
    """Write a moment as Belgians do: 6/5/2027 om 11:00."""
    at = moment.astimezone(BRUSSELS)
    # Not strftime: in the workflow sandbox that costs an import each time.
    return f"{dutch_date(at.date())} om {at.hour:02}:{at.minute:02}"
