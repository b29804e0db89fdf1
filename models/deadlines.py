"""The deadline table: what time brings by itself, one row each.

A row says in which stages it counts, when it is due (`models.due`), and what it then brings: a task,
a letter that the machine may send alone, or a change of a region. `models.agenda` walks the rows.
"""

from models import due, living, timed_rent
from models.context import Context
from models.facts import Json
from models.letters import LetterKind
from models.timed import DeadlineRow, row
from models.vocabulary import (
    BEFORE_HOUSING,
    ENDED,
    HOUSED,
    ContractStage,
    Region,
    Role,
    Stage,
)


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
    hold = c.end_hold(region)
    owner = hold.owner if hold else "de opvolger"
    c.task(
        f"hold_ended:{region.value}",
        f"De pauze op {data['label']} is voorbij ({owner}): bekijk wat nu past.",
    )


BEFORE_START = (*BEFORE_HOUSING, Stage.LIVING)
WAITING = (Stage.REFERRED, Stage.WAITLISTED, Stage.ACQUAINTANCE, Stage.INTAKE, Stage.MATCHING)
MEETING = (Stage.ACQUAINTANCE, Stage.INTAKE)
TALKING = (Stage.LIVING, Stage.NOTICE, Stage.EXIT)


DEADLINES: tuple[DeadlineRow, ...] = (
    row(
        name="turns_18",
        text="Wordt 18: bekijk handtekeningen en statuut.",
        stages=BEFORE_START,
        when=due.eighteen,
        rules=(2,),
    ),
    row(
        name="too_old",
        text="Wordt te oud voor het programma op {last}.",
        stages=WAITING,
        when=due.too_old_soon,
        rules=(1,),
    ),
    row(
        name="eligible",
        text="Kan nu opgeroepen worden: de begeleiding duurt lang genoeg.",
        stages=WAITING[:2],
        when=due.eligible,
        rules=(7,),
    ),
    row(
        name="supporter_gap",
        text="Al {days} dagen geen begeleider.",
        stages=(*BEFORE_HOUSING, *HOUSED),
        when=due.support_gap,
        rules=(9,),
    ),
    row(
        name="no_reply",
        text="Nog geen antwoord na {days} dagen: bel de begeleider.",
        stages=MEETING,
        when=due.no_reply,
        rules=(13,),
    ),
    row(
        name="no_show",
        text="De afspraak is voorbij: noteer hoe het ging.",
        stages=(*MEETING, Stage.MATCHING),
        when=due.no_show,
        rules=(13, 27),
    ),
    row(
        name="decision_talk",
        text="Bespreek de beslissing met de jongere en de begeleider.",
        stages=(Stage.NOT_STARTED,),
        when=due.decision_talk,
        rules=(20,),
    ),
    row(
        name="housemate_wait",
        text="Wacht al {days} dagen op een medebewoner: toch alleen?",
        stages=(*WAITING, Stage.LIVING),
        when=due.housemate,
        rules=(16,),
    ),
    row(
        name="register_lease",
        text="Registreer het huurcontract, ten laatste op {last}.",
        stages=(Stage.MOVE_IN, *HOUSED),
        when=due.register,
        rules=(34, 44),
        region=Region.CONTRACT,
    ),
    row(
        name="open_items",
        text="Lijst van wat nog in orde moet naar de begeleider.",
        stages=TALKING,
        when=due.open_items,
        rules=(38,),
        then=living.invite_open_items,
        region=Region.REVIEWS,
        letter=LetterKind.OPEN_ITEMS,
    ),
    row(
        name="talk_unrecorded",
        text="Het gesprek van {at} is voorbij: noteer hoe het ging.",
        stages=TALKING,
        when=due.talk_unrecorded,
        rules=(37, 39),
        region=Region.REVIEWS,
    ),
    row(
        name="talk_to_plan",
        text=living.TALK_TO_PLAN,
        stages=TALKING,
        when=due.talk_to_plan,
        rules=(39, 71),
        region=Region.REVIEWS,
    ),
    row(
        name="talk_overdue",
        text="Het gesprek had er moeten zijn tegen {due}.",
        stages=TALKING,
        when=due.talk_overdue,
        rules=(39, 71),
        region=Region.REVIEWS,
    ),
    row(
        name="insurance_expires",
        text="De familiale verzekering loopt af: vraag het nieuwe bewijs.",
        stages=TALKING,
        when=due.insurance,
        rules=(38,),
        whom=Role.SUPPORTER,
    ),
    row(
        name="allocation",
        text="Bekijk of een versnelde toewijzing kan.",
        stages=(Stage.LIVING, Stage.NOTICE),
        when=due.allocation,
        rules=(95, 124),
    ),
    row(
        name="certificate",
        text="{name} van de woning vervalt op {until}.",
        stages=(Stage.MOVE_IN, *HOUSED),
        when=due.certificates,
        rules=(47,),
        whom=Role.TECHNICAL,
        each="name",
    ),
    row(
        name="notice_prepare",
        text="Opzegbrief klaarmaken: het contract eindigt op {end}, posten ten laatste op {safe}.",
        stages=HOUSED,
        when=due.notice_prepare,
        rules=(88,),
        region=Region.CONTRACT,
        hard=True,
    ),
    row(
        name="notice_aim",
        text="Richtdag om de opzeg te posten; ten laatste op {safe}.",
        stages=HOUSED,
        when=due.notice_aim,
        rules=(88,),
        region=Region.CONTRACT,
        hard=True,
    ),
    row(
        name="notice_alarm",
        text="Alarm: de opzeg is nog niet gepost (elke werkdag tot het gebeurd is).",
        stages=HOUSED,
        when=due.notice_alarm,
        rules=(88,),
        then=_alarm,
        region=Region.CONTRACT,
        hard=True,
    ),
    row(
        name="notice_reminder",
        text="Herinnering: het contract eindigt binnenkort.",
        stages=HOUSED,
        when=due.notice_reminder,
        rules=(89,),
        then=_remind,
        region=Region.CONTRACT,
        letter=LetterKind.NOTICE_REMINDER,
    ),
    row(
        name="lease_ended",
        text="Het contract liep af op {end} en het vertrek is niet afgerond: wie blijft, kan negen jaar blijven.",
        stages=HOUSED,
        when=due.lease_ended,
        rules=(88, 92),
        region=Region.CONTRACT,
        hard=True,
    ),
    row(
        name="exit_task",
        text="Bereid het vertrek van {day} voor: exitgesprek, sleutels, energie.",
        stages=(Stage.NOTICE, Stage.EXIT),
        when=due.exit_task,
        rules=(92,),
    ),
    row(
        name="exit_overdue",
        text="Het vertrek was voorzien op {day}: rond het af.",
        stages=(Stage.EXIT,),
        when=due.exit_overdue,
        rules=(92,),
        hard=True,
    ),
    row(
        name="clear_dwelling",
        text="De woning moest vandaag opgeruimd zijn.",
        stages=(Stage.DEPARTED,),
        when=due.clear,
        rules=(96,),
    ),
    row(
        name="aftercare",
        text="Open schuld van € {debt}: bekijk het plan.",
        stages=(Stage.AFTERCARE,),
        when=due.aftercare,
        rules=(98,),
    ),
    *timed_rent.ROWS,
    row(
        name="archive",
        text="Het dossier gaat toe: stappen en correcties kunnen niet meer.",
        stages=ENDED,
        when=due.archive,
        rules=(98,),
        then=_close,
        always=True,
    ),
    row(
        name="hold_ends",
        text="De pauze op {label} loopt af.",
        stages=(*BEFORE_HOUSING, *HOUSED, Stage.AFTERCARE),
        when=due.hold_ends,
        rules=(69,),
        then=_end_hold,
        always=True,
        runs_on=True,
    ),
)

BY_NAME: dict[str, DeadlineRow] = {row.name: row for row in DEADLINES}
