"""Deadlines as data: from a state and its rules, every dated thing still to come.

A row says when something is due and what it then brings. The same rows drive the workflow's timer,
the screen "Toekomst" and the docs. A key comes from the domain, so that a deadline met once stays
met, whatever is corrected later. A deadline of a paused region waits, unless it is hard.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from models import due, living
from models.calendar import brussels
from models.context import Context
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

Due = due.Due
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
    _row(
        "turns_18", "Wordt 18: bekijk handtekeningen en statuut.", BEFORE_START, due.eighteen, (2,)
    ),
    _row("too_old", "Wordt te oud voor het programma op {last}.", WAITING, due.too_old_soon, (1,)),
    _row(
        "eligible",
        "Kan nu opgeroepen worden: de begeleiding duurt lang genoeg.",
        WAITING[:2],
        due.eligible,
        (7,),
    ),
    _row(
        "supporter_gap",
        "Al {days} dagen geen begeleider.",
        (*BEFORE_HOUSING, *HOUSED),
        due.support_gap,
        (9,),
    ),
    _row(
        "no_reply",
        "Nog geen antwoord na {days} dagen: bel de begeleider.",
        MEETING,
        due.no_reply,
        (13,),
    ),
    _row(
        "no_show",
        "De afspraak is voorbij: noteer hoe het ging.",
        (*MEETING, Stage.MATCHING),
        due.no_show,
        (13, 27),
    ),
    _row(
        "decision_talk",
        "Bespreek de beslissing met de jongere en de begeleider.",
        (Stage.NOT_STARTED,),
        due.decision_talk,
        (20,),
    ),
    _row(
        "housemate_wait",
        "Wacht al {days} dagen op een medebewoner: toch alleen?",
        WAITING,
        due.housemate,
        (16,),
    ),
    _row(
        "register_lease",
        "Registreer het huurcontract, ten laatste op {last}.",
        (Stage.MOVE_IN, *HOUSED),
        due.register,
        (34, 44),
        region=Region.CONTRACT,
    ),
    _row(
        "open_items",
        "Lijst van wat nog in orde moet naar de begeleider.",
        TALKING,
        due.open_items,
        (38,),
        living.invite_open_items,
        region=Region.REVIEWS,
        letter=LetterKind.OPEN_ITEMS,
    ),
    _row(
        "talk_unrecorded",
        "Het gesprek van {at} is voorbij: noteer hoe het ging.",
        TALKING,
        due.talk_unrecorded,
        (37, 39),
        region=Region.REVIEWS,
    ),
    _row(
        "talk_to_plan",
        "Plan een gesprek: het moet er zijn tegen {due}.",
        TALKING,
        due.talk_to_plan,
        (39, 71),
        region=Region.REVIEWS,
    ),
    _row(
        "talk_overdue",
        "Het gesprek had er moeten zijn tegen {due}.",
        TALKING,
        due.talk_overdue,
        (39, 71),
        region=Region.REVIEWS,
    ),
    _row(
        "insurance_expires",
        "De familiale verzekering loopt af: vraag het nieuwe bewijs.",
        TALKING,
        due.insurance,
        (38,),
        whom=Role.SUPPORTER,
    ),
    _row(
        "allocation",
        "Bekijk of een versnelde toewijzing kan.",
        (Stage.LIVING, Stage.NOTICE),
        due.allocation,
        (95, 124),
    ),
    _row(
        "certificate",
        "{name} van de woning vervalt op {until}.",
        (Stage.MOVE_IN, *HOUSED),
        due.certificates,
        (47,),
        whom=Role.TECHNICAL,
    ),
    _row(
        "notice_prepare",
        "Opzegbrief klaarmaken: het contract eindigt op {end}, posten ten laatste op {safe}.",
        HOUSED,
        due.notice_prepare,
        (88,),
        region=Region.CONTRACT,
        hard=True,
    ),
    _row(
        "notice_aim",
        "Richtdag om de opzeg te posten; ten laatste op {safe}.",
        HOUSED,
        due.notice_aim,
        (88,),
        region=Region.CONTRACT,
        hard=True,
    ),
    _row(
        "notice_alarm",
        "Alarm: de opzeg is nog niet gepost (elke werkdag tot het gebeurd is).",
        HOUSED,
        due.notice_alarm,
        (88,),
        _alarm,
        region=Region.CONTRACT,
        hard=True,
    ),
    _row(
        "notice_reminder",
        "Herinnering: het contract eindigt binnenkort.",
        HOUSED,
        due.notice_reminder,
        (89,),
        _remind,
        region=Region.CONTRACT,
        letter=LetterKind.NOTICE_REMINDER,
    ),
    _row(
        "lease_ended",
        "Het contract liep af op {end} en het vertrek is niet afgerond: wie blijft, kan negen jaar blijven.",
        HOUSED,
        due.lease_ended,
        (88, 92),
        region=Region.CONTRACT,
        hard=True,
    ),
    _row(
        "exit_task",
        "Bereid het vertrek van {day} voor: exitgesprek, sleutels, energie.",
        (Stage.NOTICE, Stage.EXIT),
        due.exit_task,
        (92,),
    ),
    _row(
        "exit_overdue",
        "Het vertrek was voorzien op {day}: rond het af.",
        (Stage.EXIT,),
        due.exit_overdue,
        (92,),
        hard=True,
    ),
    _row(
        "clear_dwelling",
        "De woning moest vandaag opgeruimd zijn.",
        (Stage.DEPARTED,),
        due.clear,
        (96,),
    ),
    _row(
        "aftercare",
        "Open schuld van € {debt}: bekijk het plan.",
        (Stage.AFTERCARE,),
        due.aftercare,
        (98,),
    ),
    _row(
        "archive",
        "Het dossier gaat toe: stappen en correcties kunnen niet meer.",
        ENDED,
        due.archive,
        (98,),
        _close,
        always=True,
    ),
    _row(
        "hold_ends",
        "De pauze op {label} loopt af.",
        (*BEFORE_HOUSING, *HOUSED, Stage.AFTERCARE),
        due.hold_ends,
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
    every candidate would cost more than the rules themselves.
    """
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
