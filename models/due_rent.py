"""When the deadlines of the rent are due: the charge of a month, the looks at payments, the nudges.

As `models.due`: one function for each row of `models.deadlines`. A look at the payments is only due
where something would be late on that day as the account now stands: who pays never has one.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from models import arrears
from models.calendar import add_months, add_working_days, brussels, day_of, dutch_date
from models.due import Due
from models.ladder import Check
from models.programme import Rules
from models.state import TrajectoryState
from models.vocabulary import ArrearsStage, TalkOutcome

# What is open but not yet due is late within two months, or it has a day of its own in a plan.
LOOK_AHEAD_MONTHS = 62


def charge(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.rent is None or not r.rent_due_day:
        return
    month = s.rent.next_month
    if s.leaving is None or month <= s.leaving.leaves_on:
        # A charge that a correction took back was met, and comes again when it is owed after all.
        again = r.edition >= 3 and f"charge:{month}" in s.met
        key = f"charge:again:{month}" if again else f"charge:{month}"
        yield key, month, {"month": f"{month.month}/{month.year}"}


def first_look(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    looked = s.account.looked_at
    if not r.rent_due_day or looked is None or not s.account.owes:
        return
    day = _next(looked, r.check_day, r.check_hour)
    last = max((item.due_on for item in s.account.open_items()), default=day)
    for _ in range(LOOK_AHEAD_MONTHS):
        if arrears.is_late(s, r, day):
            yield f"check_15:{day}", brussels(day, r.check_hour), {"check": Check.FIRST.value}
            return
        if day > last + timedelta(days=r.instalment_grace_days):
            return
        day = add_months(day, 1)


def second_look(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    known = s.arrears
    if not _reminder_is_next(s, r) or known.message_on is None or known.drafted_on:
        return
    asked, gap = known.message_on, timedelta(days=r.check_gap_days)
    day = max(asked.replace(day=r.second_check_day), asked + gap)
    if known.stage is ArrearsStage.TALK:
        # After what came to nothing there are some days to talk once more.
        tried = (known.since, known.talk_on, known.broken_on)
        day = max(day, *(on + gap for on in tried if on is not None))
    if arrears.is_late(s, r, day):
        yield f"check_20:{day}", brussels(day, r.check_hour), {"check": Check.SECOND.value}


def _reminder_is_next(s: TrajectoryState, r: Rules) -> bool:
    """Whether a reminder comes next: after the message, or after a talk that came before it."""
    known, plan = s.arrears, s.account.plan
    if known.stage is not ArrearsStage.TALK or r.edition < 3:
        return known.stage is ArrearsStage.MESSAGE
    in_vain = known.broken or known.talk is TalkOutcome.NONE
    return in_vain and known.reminder_on is None and (plan is None or not plan.kept)


def reminder_waits(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    known = s.arrears
    waits_since = known.approved_on or known.drafted_on
    if waits_since is not None and known.reminder is None:
        day = add_working_days(waits_since, r.reminder_check_days, r.closed)
        yield f"reminder_waits:{day}", day, {"since": dutch_date(waits_since)}


def promise(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    on = s.arrears.promised_on
    if on is not None and s.arrears.broken_on is None:
        day = on + timedelta(days=r.instalment_grace_days)
        yield f"promise:{day}", day, {"on": dutch_date(on), "check": Check.PROMISE.value}


def nag(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    known = s.arrears
    days_of = (day for day in (known.since, known.broken_on) if day is not None)
    since = max(days_of, default=None)
    if since is None or known.stage in {ArrearsStage.IN_ORDER, ArrearsStage.MESSAGE}:
        return
    kept = s.account.plan is not None and s.account.plan.kept
    if kept or known.stage is ArrearsStage.COURT:
        return
    for days in r.arrears_nag_days:
        day = since + timedelta(days=days)
        label = known.stage.label.lower()
        yield f"arrears_nag:{known.stage.value}:{day}", day, {"days": days, "stage": label}


def _next(after: datetime, day: int, hour: int) -> date:
    """Return the first such day of a month whose hour lies after a moment."""
    first = day_of(after).replace(day=day)
    return first if brussels(first, hour) > after else add_months(first, 1)
