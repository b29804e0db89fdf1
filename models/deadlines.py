"""Deadlines as data: from a state and its rules, every dated thing still to come.

A row says when something is due and what it then brings. The same rows drive the workflow's timer,
the screen "Toekomst" and the docs. A key comes from the domain, so that a deadline met once stays
met, whatever is corrected later. A deadline of a paused region waits, unless it is hard.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models import calendar, living
from models.calendar import add_months, add_working_days, brussels, dutch_date, next_working_day
from models.choices import Living, Reply
from models.context import Context
from models.contract import safe_day
from models.facts import Deadline, Json
from models.letters import LetterKind
from models.programme import Rules
from models.state import Hold, TrajectoryState
from models.vocabulary import (
    BEFORE_HOUSING,
    ENDED,
    HOUSED,
    ContractStage,
    Region,
    Role,
    Stage,
)

Due = tuple[str, date | datetime, Json]
When = Callable[[TrajectoryState, Rules], Iterator[Due]]
Then = Callable[[Context, Json], Stage | None]


@dataclass(frozen=True, slots=True)
class DeadlineRow:
    """One kind of deadline: when it is due, what it brings, and the rules behind it.

    `hard` does not obey a pause; `always` is carried out however late it is.
    """

    name: str
    text: str
    stages: tuple[Stage, ...]
    when: When
    then: Then
    rules: tuple[int, ...]
    region: Region = Region.MAIN
    hard: bool = False
    letter: LetterKind | None = None
    always: bool = False


def _task(
    text: str, whom: Role = Role.COORDINATOR, *, key: str | None = None, hard: bool = False
) -> Callable[[str], Then]:
    def named(name: str) -> Then:
        def then(c: Context, data: Json) -> None:
            c.task(key or name, text.format(**data), whom, due=c.day, hard=hard)

        return then

    return named


# ---- admission -------------------------------------------------------------------------------
def _eighteen(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    assert s.referral is not None
    day = calendar.birthday(s.referral.birth_date, 18)
    if day > (s.adopted_on or s.referral.referred_on):
        yield f"turns_18:{day}", day, {}


def _too_old_soon(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    assert s.referral is not None
    last = calendar.birthday(s.referral.birth_date, r.age_max + 1)
    day = last - timedelta(days=r.age_warning_days)
    if last > s.referral.referred_on:
        yield f"too_old:{last}", max(day, s.referral.referred_on), {"last": dutch_date(last)}


def _eligible(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    assert s.referral is not None
    day = s.referral.eligible_from
    if day is not None:
        yield f"eligible:{day}", day, {}


def _support_gap(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.supporter_gone is not None and r.support_gap_nag_days:
        yield from _every(
            s, f"supporter_gap:{s.supporter_gone}", s.supporter_gone, r.support_gap_nag_days
        )


def _no_reply(s: TrajectoryState, r: Rules) -> Iterator[Due]:
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


def _no_show(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.appointment is not None and s.appointment.reply in {None, Reply.COMES}:
        day = calendar.day_of(s.appointment.at) + timedelta(days=1)
        yield f"no_show:{s.appointment.kind}:{day}", next_working_day(day, r.closed), {}


def _decision_talk(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.rejected_on is not None:
        day = s.rejected_on + timedelta(days=r.decision_talk_days)
        yield f"decision_talk:{day}", day, {}


def _housemate(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    referral = s.referral
    if referral is not None and referral.living is Living.SHARING and s.match is None:
        day = referral.referred_on + timedelta(days=r.housemate_wait_days)
        yield f"housemate_wait:{day}", day, {"days": r.housemate_wait_days}


# ---- move-in and living ----------------------------------------------------------------------
def _register(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    lease = s.papers.get("huurcontract")
    if lease is not None and lease.waived_reason is None:
        if s.lease_registered is not None:
            return
        last = add_months(lease.done_on, r.registration_months)
        day = last - timedelta(days=r.registration_warning_days)
        yield f"register_lease:{last}", day, {"last": dutch_date(last)}


def _open_items(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.lease is not None and s.talks.held == 0:
        day = s.lease.keys_on + timedelta(days=r.open_items_days)
        yield f"open_items:{day}", day, {}


def _talk_to_plan(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    due = s.talks.next_due
    if due is not None and s.talks.planned_at is None and not _leaves_before(s, due):
        day = due - timedelta(days=r.review_warning_days)
        yield f"talk_to_plan:{due}", day, {"due": dutch_date(due)}


def _talk_overdue(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    due = s.talks.next_due
    if due is not None and not _leaves_before(s, due):
        yield f"talk_overdue:{due}", due + timedelta(days=1), {"due": dutch_date(due)}


def _talk_unrecorded(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    at = s.talks.planned_at
    if at is not None:
        day = next_working_day(calendar.day_of(at) + timedelta(days=1), r.closed)
        yield f"talk_unrecorded:{calendar.day_of(at)}", day, {"at": dutch_date(calendar.day_of(at))}


def _insurance(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.lease is None:
        return
    until = s.talks.insurance_until
    day = (
        add_months(s.lease.keys_on, r.insurance_months) if until is None else add_months(until, -1)
    )
    if day <= s.lease.end and (until is None or until < s.lease.end):
        yield f"insurance_expires:{day}", day, {}


def _allocation(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.lease is not None and s.allocation is None:
        day = add_months(s.lease.keys_on, r.allocation_months)
        yield f"allocation:{day}", day, {}


def _certificates(s: TrajectoryState, r: Rules) -> Iterator[Due]:
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


def _notice_prepare(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if _needs_notice(s) and s.contract is ContractStage.RUNNING and s.lease is not None:
        safe = safe_day(s.lease.end, r)
        day = safe - timedelta(days=r.notice_prepare_days)
        yield f"notice_prepare:{s.lease.end}", day, _notice_data(s.lease.end, safe)


def _notice_aim(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if _needs_notice(s) and s.contract in _UNPOSTED and s.lease is not None:
        safe = safe_day(s.lease.end, r)
        day = safe - timedelta(days=r.notice_aim_days)
        yield f"notice_aim:{s.lease.end}", day, _notice_data(s.lease.end, safe)


def _notice_alarm(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if _needs_notice(s) and s.contract in _UNPOSTED and s.lease is not None:
        safe = safe_day(s.lease.end, r)
        first = add_working_days(safe, -r.notice_alarm_working_days, r.closed)
        prefix = f"notice_alarm:{s.lease.end}"
        day = _next_after(s, prefix, first, r)
        if day <= s.lease.end:
            yield f"{prefix}:{day}", day, _notice_data(s.lease.end, safe)


def _notice_reminder(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.contract is ContractStage.POSTED and s.lease is not None:
        day = next_working_day(add_months(s.lease.end, -r.reminder_months), r.closed)
        # The order comes early enough for the letter to leave at that day's own sending hour.
        at = brussels(day, r.send_hour) - timedelta(minutes=r.send_lead_minutes)
        yield f"notice_reminder:{s.lease.end}", at, {"lease_end": s.lease.end.isoformat()}


def _lease_ended(s: TrajectoryState, r: Rules) -> Iterator[Due]:
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
def _exit_task(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    day = (
        s.leaving.leaves_on
        if s.leaving
        else (s.lease.end if s.stage is Stage.NOTICE and s.lease else None)
    )
    if day is not None and (s.leaving is None or s.leaving.exit_talk_at is None):
        yield f"exit_task:{day}", day - timedelta(days=r.exit_task_days), {"day": dutch_date(day)}


def _exit_overdue(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.leaving is not None:
        day = s.leaving.leaves_on
        yield f"exit_overdue:{day}", day + timedelta(days=1), {"day": dutch_date(day)}


def _clear(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.departure is not None:
        yield f"clear_dwelling:{s.departure.clear_by}", s.departure.clear_by, {}


def _aftercare(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.ended_on is not None and s.debt > 0 and r.aftercare_months:
        for step in range(1, 241):
            day = add_months(s.ended_on, step * r.aftercare_months)
            if f"aftercare:{day}" not in s.met:
                yield f"aftercare:{day}", day, {"debt": str(s.debt)}
                return


def _archive(s: TrajectoryState, r: Rules) -> Iterator[Due]:
    if s.ended_on is not None:
        yield f"archive:{s.ended_on}", s.ended_on + timedelta(days=r.archive_days), {}


# ---- holds -----------------------------------------------------------------------------------
def _hold_ends(s: TrajectoryState, r: Rules) -> Iterator[Due]:
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


# ---- what a deadline brings, where it is more than a task --------------------------------------
def _close(c: Context, data: Json) -> None:
    c.state.archived = True


def _remind(c: Context, data: Json) -> None:
    c.state.contract = ContractStage.REMINDED
    c.order(LetterKind.NOTICE_REMINDER, lease_end=data["lease_end"])


def _alarm(c: Context, data: Json) -> None:
    text = f"Post de opzeg NU: de laatste veilige dag is {data['safe']}, het contract loopt tot {data['end']}."
    for whom in (Role.COORDINATOR, Role.MANAGER):
        c.task(f"notice_alarm:{whom.value}", text, whom, due=c.day, hard=True)


def _end_hold(c: Context, data: Json) -> None:
    region = Region(data["region"])
    hold = c.state.holds.pop(region, None)
    owner = hold.owner if hold else "de opvolger"
    c.task(
        f"hold_ended:{region.value}",
        f"De pauze op {data['label']} is voorbij ({owner}): bekijk wat nu past.",
    )


BEFORE_START = (*BEFORE_HOUSING, Stage.LIVING)
WAITING = (Stage.REFERRED, Stage.WAITLISTED, Stage.ACQUAINTANCE, Stage.INTAKE, Stage.MATCHING)
MEETING = (Stage.ACQUAINTANCE, Stage.INTAKE)
TALKING = (Stage.LIVING, Stage.NOTICE, Stage.EXIT)


def _row(
    name: str,
    text: str,
    stages: tuple[Stage, ...],
    when: When,
    rules: tuple[int, ...],
    then: Then | None = None,
    *,
    whom: Role = Role.COORDINATOR,
    region: Region = Region.MAIN,
    hard: bool = False,
    letter: LetterKind | None = None,
    always: bool = False,
) -> DeadlineRow:
    carried = then or _task(text, whom, hard=hard)(name)
    return DeadlineRow(name, text, stages, when, carried, rules, region, hard, letter, always)


DEADLINES: tuple[DeadlineRow, ...] = (
    _row("turns_18", "Wordt 18: bekijk handtekeningen en statuut.", BEFORE_START, _eighteen, (2,)),
    _row("too_old", "Wordt te oud voor het programma op {last}.", WAITING, _too_old_soon, (1,)),
    _row(
        "eligible",
        "Kan nu opgeroepen worden: de begeleiding duurt lang genoeg.",
        WAITING[:2],
        _eligible,
        (7,),
    ),
    _row(
        "supporter_gap",
        "Al {days} dagen geen begeleider.",
        (*BEFORE_HOUSING, *HOUSED),
        _support_gap,
        (9,),
    ),
    _row(
        "no_reply",
        "Nog geen antwoord na {days} dagen: bel de begeleider.",
        MEETING,
        _no_reply,
        (13,),
    ),
    _row(
        "no_show",
        "De afspraak is voorbij: noteer hoe het ging.",
        (*MEETING, Stage.MATCHING),
        _no_show,
        (13, 27),
    ),
    _row(
        "decision_talk",
        "Bespreek de beslissing met de jongere en de begeleider.",
        (Stage.NOT_STARTED,),
        _decision_talk,
        (20,),
    ),
    _row(
        "housemate_wait",
        "Wacht al {days} dagen op een medebewoner: toch alleen?",
        WAITING,
        _housemate,
        (16,),
    ),
    _row(
        "register_lease",
        "Registreer het huurcontract, ten laatste op {last}.",
        (Stage.MOVE_IN, *HOUSED),
        _register,
        (34, 44),
        region=Region.CONTRACT,
    ),
    _row(
        "open_items",
        "Lijst van wat nog in orde moet naar de begeleider.",
        TALKING,
        _open_items,
        (38,),
        living.invite_open_items,
        region=Region.REVIEWS,
        letter=LetterKind.OPEN_ITEMS,
    ),
    _row(
        "talk_unrecorded",
        "Het gesprek van {at} is voorbij: noteer hoe het ging.",
        TALKING,
        _talk_unrecorded,
        (37, 39),
        region=Region.REVIEWS,
    ),
    _row(
        "talk_to_plan",
        "Plan een gesprek: het moet er zijn tegen {due}.",
        TALKING,
        _talk_to_plan,
        (39, 71),
        region=Region.REVIEWS,
    ),
    _row(
        "talk_overdue",
        "Het gesprek had er moeten zijn tegen {due}.",
        TALKING,
        _talk_overdue,
        (39, 71),
        region=Region.REVIEWS,
    ),
    _row(
        "insurance_expires",
        "De familiale verzekering loopt af: vraag het nieuwe bewijs.",
        TALKING,
        _insurance,
        (38,),
        whom=Role.SUPPORTER,
    ),
    _row(
        "allocation",
        "Bekijk of een versnelde toewijzing kan.",
        (Stage.LIVING, Stage.NOTICE),
        _allocation,
        (95, 124),
    ),
    _row(
        "certificate",
        "{name} van de woning vervalt op {until}.",
        (Stage.MOVE_IN, *HOUSED),
        _certificates,
        (47,),
        whom=Role.TECHNICAL,
    ),
    _row(
        "notice_prepare",
        "Opzegbrief klaarmaken: het contract eindigt op {end}, posten ten laatste op {safe}.",
        HOUSED,
        _notice_prepare,
        (88,),
        region=Region.CONTRACT,
        hard=True,
    ),
    _row(
        "notice_aim",
        "Richtdag om de opzeg te posten; ten laatste op {safe}.",
        HOUSED,
        _notice_aim,
        (88,),
        region=Region.CONTRACT,
        hard=True,
    ),
    _row(
        "notice_alarm",
        "Alarm: de opzeg is nog niet gepost (elke werkdag tot het gebeurd is).",
        HOUSED,
        _notice_alarm,
        (88,),
        _alarm,
        region=Region.CONTRACT,
        hard=True,
    ),
    _row(
        "notice_reminder",
        "Herinnering: het contract eindigt binnenkort.",
        HOUSED,
        _notice_reminder,
        (89,),
        _remind,
        region=Region.CONTRACT,
        letter=LetterKind.NOTICE_REMINDER,
    ),
    _row(
        "lease_ended",
        "Het contract liep af op {end} en het vertrek is niet afgerond: wie blijft, kan negen jaar blijven.",
        HOUSED,
        _lease_ended,
        (88, 92),
        region=Region.CONTRACT,
        hard=True,
    ),
    _row(
        "exit_task",
        "Bereid het vertrek van {day} voor: exitgesprek, sleutels, energie.",
        (Stage.NOTICE, Stage.EXIT),
        _exit_task,
        (92,),
    ),
    _row(
        "exit_overdue",
        "Het vertrek was voorzien op {day}: rond het af.",
        (Stage.EXIT,),
        _exit_overdue,
        (92,),
        hard=True,
    ),
    _row(
        "clear_dwelling",
        "De woning moest vandaag opgeruimd zijn.",
        (Stage.DEPARTED,),
        _clear,
        (96,),
    ),
    _row(
        "aftercare",
        "Open schuld van € {debt}: bekijk het plan.",
        (Stage.AFTERCARE,),
        _aftercare,
        (98,),
    ),
    _row(
        "archive",
        "Het dossier gaat toe: stappen en correcties kunnen niet meer.",
        ENDED,
        _archive,
        (98,),
        _close,
        always=True,
    ),
    _row(
        "hold_ends",
        "De pauze op {label} loopt af.",
        (*BEFORE_HOUSING, *HOUSED, Stage.AFTERCARE),
        _hold_ends,
        (69,),
        _end_hold,
        hard=True,
        always=True,
    ),
)

BY_NAME: dict[str, DeadlineRow] = {row.name: row for row in DEADLINES}


BY_STAGE: dict[Stage | None, tuple[DeadlineRow, ...]] = {
    stage: tuple(row for row in DEADLINES if stage in row.stages) for stage in Stage
}


def _minute_of(when: date | datetime, rules: Rules) -> int:
    """Return a moment as a number that orders Belgian clock times; building an aware datetime for
    every candidate would cost more than the rules themselves."""
    if isinstance(when, datetime):
        return when.toordinal() * 1440 + when.hour * 60 + when.minute
    return when.toordinal() * 1440 + rules.task_hour * 60


def _deadline(
    row: DeadlineRow, key: str, when: date | datetime, data: Json, rules: Rules, hold: Hold | None
) -> Deadline:
    return Deadline.trusted(
        key=key,
        name=row.name,
        at=when if isinstance(when, datetime) else brussels(when, rules.task_hour),
        region=row.region,
        hard=row.hard,
        text=row.text.format(**data) if data else row.text,
        letter=row.letter.value if row.letter else None,
        paused_until=hold.until if hold else None,
        data=data,
    )


def _paused(state: TrajectoryState, row: DeadlineRow) -> Hold | None:
    if row.hard or not state.holds:
        return None
    return state.holds.get(row.region) or state.holds.get(Region.MAIN)


def _still_to_come(
    state: TrajectoryState, rules: Rules
) -> Iterator[tuple[DeadlineRow, str, date | datetime, Json]]:
    for row in BY_STAGE.get(state.stage, ()):
        # What was sent before an adoption is not sent again.
        if row.letter is not None and row.letter.value in state.sent_before:
            continue
        for key, when, data in row.when(state, rules):
            if key not in state.met:
                yield row, key, when, data


def deadlines(state: TrajectoryState, rules: Rules) -> list[Deadline]:
    """Return every dated thing still to come, the earliest first; what is past due is included."""
    found = [
        _deadline(row, key, when, data, rules, _paused(state, row))
        for row, key, when, data in _still_to_come(state, rules)
    ]
    return sorted(found, key=lambda deadline: (deadline.at, deadline.key))


def next_deadline(state: TrajectoryState, rules: Rules) -> Deadline | None:
    """Return the next deadline that is not paused; builds only the one it returns."""
    best: tuple[int, str] | None = None
    found: tuple[DeadlineRow, str, date | datetime, Json] | None = None
    for candidate in _still_to_come(state, rules):
        row, key, when, _ = candidate
        rank = (_minute_of(when, rules), key)
        if (best is None or rank < best) and _paused(state, row) is None:
            best, found = rank, candidate
    return None if found is None else _deadline(*found, rules, None)
