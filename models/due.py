"""When each deadline is due: from a state and its rules, keys with their days.

One function for each row of `models.deadlines`; a key comes from the domain and ends in its day.
A day means the hour at which the day's tasks appear; a moment means itself.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from models import calendar
from models.calendar import add_months, add_working_days, brussels, dutch_date, next_working_day
from models.choices import HoldReason, Living, Reply
from models.contract import safe_day
from models.facts import Json
from models.programme import Rules
from models.state import TrajectoryState
from models.vocabulary import ContractStage, Stage

Due = tuple[str, date | datetime, Json]


# ---- admission -------------------------------------------------------------------------------
def eighteen(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    assert s.referral is not None
    day = calendar.birthday(s.referral.birth_date, 18)
    if day > (s.adopted_on or s.referral.referred_on):
        yield f"turns_18:{day}", day, {}


def too_old_soon(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    assert s.referral is not None
    last = calendar.birthday(s.referral.birth_date, r.age_max + 1)
    day = last - timedelta(days=r.age_warning_days)
    if last > s.referral.referred_on:
        yield f"too_old:{last}", max(day, s.referral.referred_on), {"last": dutch_date(last)}


def eligible(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    assert s.referral is not None
    day = s.referral.eligible_from
    if day is not None:
        yield f"eligible:{day}", day, {}


def support_gap(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.supporter_gone is not None and r.support_gap_nag_days:
        yield from _every(
            s, f"supporter_gap:{s.supporter_gone}", s.supporter_gone, r.support_gap_nag_days
        )


def no_reply(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    appointment = s.appointment
    if appointment is not None and appointment.reply is None and appointment.kind != "matching":
        for days in r.no_reply_days:
            day = appointment.invited_on + timedelta(days=days)
            if day < calendar.day_of(appointment.at):
                yield (
                    f"no_reply:{appointment.kind}:{appointment.at:%Y%m%d}:{days}",
                    day,
                    {"days": days},
                )


def no_show(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.appointment is not None and s.appointment.reply in {None, Reply.COMES}:
        day = calendar.day_of(s.appointment.at) + timedelta(days=1)
        yield f"no_show:{s.appointment.kind}:{day}", next_working_day(day, r.closed), {}


def decision_talk(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.rejected_on is not None:
        day = s.rejected_on + timedelta(days=r.decision_talk_days)
        yield f"decision_talk:{day}", day, {}


def housemate(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    referral = s.referral
    if s.match is not None or referral is None:
        return
    since = referral.referred_on if referral.living is Living.SHARING else None
    if s.lease is not None:
        since = s.offer.alone_since if s.offer is not None else None
    if since is not None:
        day = since + timedelta(days=r.housemate_wait_days)
        yield f"housemate_wait:{day}", day, {"days": r.housemate_wait_days}


# ---- move-in and living ----------------------------------------------------------------------
def register(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    lease = s.papers.get("huurcontract")
    if lease is not None and lease.waived_reason is None:
        if s.lease_registered is not None:
            return
        last = add_months(lease.done_on, r.registration_months)
        day = last - timedelta(days=r.registration_warning_days)
        yield f"register_lease:{last}", day, {"last": dutch_date(last)}


def open_items(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.lease is not None and s.talks.held == 0:
        day = s.lease.keys_on + timedelta(days=r.open_items_days)
        yield f"open_items:{day}", day, {}


def talk_to_plan(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    due = s.talks.next_due
    if due is not None and s.talks.planned_at is None and not _leaves_before(s, due):
        day = due - timedelta(days=r.review_warning_days)
        yield f"talk_to_plan:{due}", day, {"due": dutch_date(due)}


def talk_overdue(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    due = s.talks.next_due
    if due is not None and not _leaves_before(s, due):
        yield f"talk_overdue:{due}", due + timedelta(days=1), {"due": dutch_date(due)}


def talk_unrecorded(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    at = s.talks.planned_at
    if at is not None:
        day = next_working_day(calendar.day_of(at) + timedelta(days=1), r.closed)
        yield f"talk_unrecorded:{calendar.day_of(at)}", day, {"at": dutch_date(calendar.day_of(at))}


def insurance(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.lease is None:
        return
    until = s.talks.insurance_until
    day = (
        add_months(s.lease.keys_on, r.insurance_months) if until is None else add_months(until, -1)
    )
    if day <= s.lease.end and (until is None or until < s.lease.end):
        yield f"insurance_expires:{day}", day, {}


def allocation(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.lease is not None and s.allocation is None:
        day = add_months(s.lease.keys_on, r.allocation_months)
        yield f"allocation:{day}", day, {}


def certificates(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    offer = s.offer
    if offer is None or offer.pending:
        return
    end = s.lease.end if s.lease else offer.lease_end
    names = (("conformiteitsattest", offer.certificate_until), ("EPC", offer.epc_until))
    for name, until in names:
        if until is not None and until <= end:
            day = until - timedelta(days=r.certificate_warning_days)
            yield f"certificate:{name}:{until}", day, {"name": name, "until": dutch_date(until)}


# ---- contract --------------------------------------------------------------------------------
def _needs_notice(s: TrajectoryState) -> bool:
    by_resident = s.leaving is not None and s.leaving.by_resident
    return s.lease is not None and not by_resident


def notice_prepare(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if _needs_notice(s) and s.contract is ContractStage.RUNNING and s.lease is not None:
        safe = safe_day(s.lease.end, r)
        day = safe - timedelta(days=r.notice_prepare_days)
        yield f"notice_prepare:{s.lease.end}", day, _notice_data(s.lease.end, safe)


def notice_aim(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if _needs_notice(s) and s.contract in _UNPOSTED and s.lease is not None:
        safe = safe_day(s.lease.end, r)
        day = safe - timedelta(days=r.notice_aim_days)
        yield f"notice_aim:{s.lease.end}", day, _notice_data(s.lease.end, safe)


def notice_alarm(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if _needs_notice(s) and s.contract in _UNPOSTED and s.lease is not None:
        safe = safe_day(s.lease.end, r)
        first = add_working_days(safe, -r.notice_alarm_working_days, r.closed)
        prefix = f"notice_alarm:{s.lease.end}"
        day = _next_after(s, prefix, first, r)
        if day <= s.lease.end:
            yield f"{prefix}:{day}", day, _notice_data(s.lease.end, safe)


def notice_reminder(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.contract is ContractStage.POSTED and s.lease is not None:
        day = next_working_day(add_months(s.lease.end, -r.reminder_months), r.closed)
        # The order comes early enough for the letter to leave at that day's own sending hour.
        at = brussels(day, r.send_hour) - timedelta(minutes=r.send_lead_minutes)
        yield f"notice_reminder:{s.lease.end}", at, {"lease_end": s.lease.end.isoformat()}


def lease_ended(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.lease is not None and s.contract is not ContractStage.ENDED:
        yield (
            f"lease_ended:{s.lease.end}",
            s.lease.end + timedelta(days=1),
            {"end": dutch_date(s.lease.end)},
        )


_UNPOSTED = (ContractStage.RUNNING, ContractStage.NOTICE_READY)


def _notice_data(end: date, safe: date) -> Json:
    return {"end": dutch_date(end), "safe": dutch_date(safe), "lease_end": end.isoformat()}


# ---- leaving ---------------------------------------------------------------------------------
def exit_task(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    day = (
        s.leaving.leaves_on
        if s.leaving
        else (s.lease.end if s.stage is Stage.NOTICE and s.lease else None)
    )
    if day is not None and (s.leaving is None or s.leaving.exit_talk_at is None):
        yield f"exit_task:{day}", day - timedelta(days=r.exit_task_days), {"day": dutch_date(day)}


def exit_overdue(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.leaving is not None:
        day = s.leaving.leaves_on
        yield f"exit_overdue:{day}", day + timedelta(days=1), {"day": dutch_date(day)}


def clear(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.departure is not None:
        yield f"clear_dwelling:{s.departure.clear_by}", s.departure.clear_by, {}


def aftercare(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.ended_on is not None and s.debt > 0 and r.aftercare_months:
        for step in range(1, 241):
            day = add_months(s.ended_on, step * r.aftercare_months)
            if f"aftercare:{day}" not in s.met:
                yield f"aftercare:{day}", day, {"debt": str(s.debt)}
                return


def archive(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    # While a court may ask for it a file stays open: only then can the legal pause be ended.
    legal = any(hold.reason is HoldReason.LEGAL for hold in s.holds.values())
    if s.ended_on is not None and not legal:
        yield f"archive:{s.ended_on}", s.ended_on + timedelta(days=r.archive_days), {}


# ---- holds -----------------------------------------------------------------------------------
def hold_ends(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    for region, hold in s.holds.items():
        day = hold.until + timedelta(days=1)
        yield (
            f"hold_ends:{region.value}:{hold.until}:{hold.times}",
            day,
            {
                "region": region.value,
                "label": region.label.lower(),
            },
        )


def _every(s: TrajectoryState, prefix: str, since: date, days: int) -> Iterator[Due]:
    last = s.last_met.get(prefix)
    day = (date.fromisoformat(last) if last else since) + timedelta(days=days)
    yield f"{prefix}:{day}", day, {"days": (day - since).days}


def _next_after(s: TrajectoryState, prefix: str, first: date, r: Rules) -> date:
    last = s.last_met.get(prefix)
    if last is None:
        return first
    return add_working_days(date.fromisoformat(last), 1, r.closed)


def _leaves_before(s: TrajectoryState, day: date) -> bool:
    if s.leaving is not None:
        return s.leaving.leaves_on <= day
    return s.stage is Stage.NOTICE and s.lease is not None and s.lease.end <= day
