"""Living: talks, allocation and the emergency move (L1281-1292, L1064, L1616)."""

from models import guards, living
from models.letters import LetterKind
from models.rows.terms import BY_TWO, MANAGER, STAFF_AND_SUPPORTER
from models.table import Step
from models.vocabulary import STAFF, Region, Stage

ROWS: tuple[Step, ...] = (
    Step(
        name="plan_talk",
        label="Gesprek plannen",
        sources=(Stage.LIVING, Stage.NOTICE, Stage.EXIT),
        dest=(),
        who=STAFF_AND_SUPPORTER,
        fields=living.PlanTalk,
        move=living.plan_talk,
        rules=(37, 39, 71, 72),
        guards=(
            living.talk_is_not_planned_twice,
            guards.still_to_come("at"),
            guards.on_working_day("at", 37),
        ),
        letters=(LetterKind.INVITATION_TALK,),
        region=Region.REVIEWS,
        example={"at": "2027-09-14T10:00", "kind": "driemaandelijks"},
    ),
    Step(
        name="record_talk",
        label="Gesprek gehad",
        sources=(Stage.LIVING, Stage.NOTICE, Stage.EXIT),
        dest=(),
        who=STAFF,
        fields=living.RecordTalk,
        move=living.record_talk,
        rules=(8, 28, 32, 38, 39, 71, 72, 121),
        guards=(
            guards.not_in_future("held_on"),
            living.held_after_keys,
            guards.still_to_come("next_at"),
            guards.on_working_day("next_at", 37),
        ),
        letters=(LetterKind.INVITATION_TALK,),
        region=Region.REVIEWS,
        valid="held_on",
        example={
            "held_on": "2027-06-22",
            "present": ["bewoner", "begeleider"],
            "weekly_support": True,
            "next_at": "2027-09-14T10:00",
        },
    ),
    Step(
        name="talk_missed",
        label="Gesprek ging niet door",
        sources=(Stage.LIVING, Stage.NOTICE, Stage.EXIT),
        dest=(),
        who=STAFF_AND_SUPPORTER,
        fields=living.TalkMissed,
        move=living.talk_missed,
        rules=(39,),
        guards=(living.a_talk_is_planned,),
        region=Region.REVIEWS,
        example={"reason": "ziek"},
    ),
    Step(
        name="note_allocation",
        label="Versnelde toewijzing noteren",
        sources=(Stage.LIVING, Stage.NOTICE, Stage.EXIT),
        dest=(),
        who=STAFF_AND_SUPPORTER,
        fields=living.NoteAllocation,
        move=living.note_allocation,
        rules=(95, 124),
        guards=(guards.not_in_future("on"),),
        valid="on",
        example={"status": "aangevraagd", "on": "2027-12-01"},
    ),
    Step(
        name="relocate",
        label="Noodherplaatsing",
        sources=(Stage.LIVING, Stage.NOTICE),
        dest=(),
        who=STAFF,
        fields=living.Relocate,
        move=living.relocate,
        rules=(31, 46, 47),
        guards=(
            *BY_TWO,
            guards.second_is(MANAGER),
            guards.nothing_pending,
            living.place_is_another,
        ),
        second=STAFF,
        valid="on",
        settles=True,
        example={"place": "d9-1", "on": "2027-08-02", "reason": "conflict met de huisgenoot"},
    ),
)
