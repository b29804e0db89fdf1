"""THE table: every step of the main trajectory, its contract, its talks and what lies over them.

One row is one step: what it is called, from where to where, who takes it, what it asks, what must
be true, and what it brings. Rule numbers are those of `models.rulebook`.
"""

from models import admission as a
from models import contract as k
from models import guards as g
from models import intake as i
from models import leaving as lv
from models import living as v
from models import matching as m
from models import movein as mv
from models import overlay as o
from models import papers as p
from models.letters import LetterKind as Letter
from models.table import Step
from models.vocabulary import BEFORE_HOUSING, HOUSED, OPEN, STAFF, Region, Role
from models.vocabulary import Stage as S

CO, IB, TL, MG = Role.COORDINATOR, Role.SUPPORTER, Role.TECHNICAL, Role.MANAGER
STAFF_AND_IB = (*STAFF, IB)
WAITING = (S.REFERRED, S.WAITLISTED)
LEASED = (S.LIVING, S.NOTICE, S.EXIT, S.DEPARTED)
AGE_NOW = g.age_is_right_on(g.today)
AGE_AT_START = g.age_is_right_on(g.field_day("start_on"))
AGE_AT_KEYS = g.age_is_right_on(g.field_day("on"))
TWO = (g.two_different_people, g.by_staff)
PENDING = g.nothing_pending

ADMISSION = (
    Step(
        "refer", "Aanmelden", (None,), (S.WAITLISTED, S.REFERRED), STAFF_AND_IB, a.Refer, a.refer,
        (1, 2, 4, 5, 6, 15, 22, 120), (a.never_referred, AGE_NOW), (AGE_NOW,),
        letters=(Letter.WAITLIST_CONFIRMATION,), settles=True,
        example={"birth_date": "2008-03-27", "sex": "v", "supporter": "lien", "living": "alleen",
                 "partner": "joba"},
    ),
    Step(
        "complete_referral", "Aanmelding aanvullen", (*WAITING, S.ACQUAINTANCE, S.INTAKE), (),
        STAFF_AND_IB, a.CompleteReferral, a.complete, (3, 5, 7),
        (a.something_told, g.not_in_future("support_since"), g.not_in_future("form_received")),
        example={"support_since": "2027-01-04", "homelessness": "dakloos"},
    ),
    Step(
        "change_supporter", "Begeleider wijzigen", OPEN, (), (CO, MG), a.ChangeSupporter,
        a.change_supporter, (4, 9, 12, 120), letters=(Letter.SUPPORTER_GUIDE,), valid="since",
        example={"supporter": "sam", "since": "2027-02-01", "partner": "kamino"},
    ),
    Step(
        "report_support_ended", "Begeleiding valt weg", (*BEFORE_HOUSING, *HOUSED), (),
        STAFF_AND_IB, a.SupportEnded, a.end_support, (9,), (g.not_in_future("since"),),
        valid="since", example={"since": "2027-02-01", "reason": "andere job"},
    ),
    Step(
        "change_wish", "Woonwens wijzigen", (*WAITING, S.ACQUAINTANCE, S.INTAKE), (), STAFF_AND_IB,
        a.ChangeWish, a.change_wish, (16,), example={"living": "alleen"},
    ),
    Step(
        "call_up", "Oproepen", WAITING, (S.ACQUAINTANCE, S.INTAKE), STAFF, a.CallUp, a.call_up,
        (7, 10, 11, 12, 13, 14), (PENDING, a.support_lasted, a.intake_needs_support,
                                  g.still_to_come("at"), g.on_working_day("at")),
        (a.support_lasted,),
        letters=(Letter.INVITATION_ACQUAINTANCE, Letter.INVITATION_INTAKE), settles=True,
        example={"to": "intake", "at": "2027-05-06T11:00", "place": "bij ons op kantoor"},
    ),
    Step(
        "record_reply", "Antwoord noteren", (S.ACQUAINTANCE, S.INTAKE), (), STAFF_AND_IB,
        a.RecordReply, a.reply, (13,), (a.was_invited, g.still_to_come("new_at")),
        letters=(Letter.INVITATION_ACQUAINTANCE, Letter.INVITATION_INTAKE),
        example={"answer": "komt"},
    ),
    Step(
        "return_to_waitlist", "Terug naar de wachtlijst", (S.ACQUAINTANCE, S.INTAKE, S.MATCHING),
        WAITING, STAFF, a.BackToWaitlist, a.back_to_waitlist, (13,), (PENDING,),
        example={"reason": "kwam twee keer niet"},
    ),
    Step(
        "withdraw", "Aanmelding intrekken", BEFORE_HOUSING, (S.WITHDRAWN,), STAFF_AND_IB,
        a.Withdraw, a.withdraw, (13,), settles=True,
        example={"asked_by": "jongere", "reason": "vond iets anders"},
    ),
)

INTAKE = (
    Step(
        "record_acquaintance", "Kennismaking gehad", (S.ACQUAINTANCE,), (S.INTAKE,), STAFF,
        i.RecordAcquaintance, i.record_acquaintance, (12, 14, 17),
        (*TWO, g.partner_gives_support, g.not_in_future("held_on"), g.still_to_come("intake_at"),
         g.on_working_day("intake_at")),
        second=STAFF, letters=(Letter.INVITATION_INTAKE,), valid="held_on",
        example={"held_on": "2027-05-06", "present": ["bewoner", "begeleider"],
                 "intake_at": "2027-05-13T10:00"},
    ),
    Step(
        "give_verdict", "Oordeel na intake", (S.INTAKE,), (), STAFF, i.GiveVerdict, i.give_verdict,
        (1, 5, 17), (i.form_is_received, i.one_verdict_each, AGE_NOW, g.not_in_future("held_on")),
        (AGE_NOW,), valid="held_on", example={"held_on": "2027-05-13", "verdict": "start"},
    ),
    Step(
        "fill_checklist", "Kleurenchecklist invullen", (S.INTAKE,), (), STAFF, i.FillChecklist,
        i.fill_checklist, (18, 19, 21, 24, 119),
        (*TWO, i.doubt_or_difference, i.every_item_has_a_colour, i.red_means_no), second=STAFF,
        example={"items": {"motivatie": "groen"}, "decision": "start"},
    ),
    Step(
        "reject", "Niet laten starten", (S.INTAKE,), (S.NOT_STARTED,), STAFF, i.Reject, i.reject,
        (19, 20, 23), (*TWO, PENDING, i.reason_is_true), second=STAFF,
        letters=(Letter.NOT_STARTED,),
        example={"reason": "rood", "text": "zelfstandig wonen is nu nog te vroeg"},
    ),
    Step(
        "record_decision_talk", "Beslissing besproken", (S.NOT_STARTED,), (), STAFF, i.DecisionTalk,
        i.decision_talk, (20,), (g.not_in_future("held_on"),), valid="held_on",
        example={"held_on": "2027-05-20", "present": ["bewoner", "begeleider"]},
    ),
    Step(
        "plan_match_talk", "Kennismaking delen plannen", (S.INTAKE, S.MATCHING), (S.MATCHING,),
        STAFF, m.PlanMatchTalk, m.plan_match_talk, (26, 27, 119),
        (PENDING, m.candidate_is_accepted, m.wants_to_share, g.still_to_come("at")),
        letters=(Letter.INVITATION_MATCH,), settles=True,
        example={"other": "trajectory-b", "at": "2027-05-20T14:00"},
    ),
    Step(
        "record_match_talk", "Kennismaking delen gehad", (S.MATCHING, S.LIVING),
        (S.MATCHING, S.INTAKE), STAFF, m.RecordMatchTalk, m.record_match_talk, (26, 27),
        (m.a_talk_is_planned, m.all_five_or_a_reason, g.not_in_future("held_on")), valid="held_on",
        settles=True,
        example={"held_on": "2027-05-20", "outcome": "match",
                 "present": ["bewoner", "andere_bewoner", "begeleider", "andere_begeleider",
                             "medewerker"]},
    ),
)

MOVE_IN = (
    Step(
        "offer_place", "Plaats aanbieden", (S.INTAKE, S.MATCHING), (S.MOVE_IN,), STAFF,
        mv.OfferPlace, mv.offer_place,
        (1, 11, 15, 29, 30, 31, 44, 46, 47, 48, 116, 122, 125, 126),
        (PENDING, m.candidate_is_accepted, g.no_intake_stop, AGE_AT_START,
         mv.lease_has_right_length),
        (AGE_AT_START, g.no_intake_stop), letters=(Letter.ALONE_STATUS,), settles=True,
        example={"place": "d7-1", "start_on": "2027-06-01", "lease_end": "2028-05-31"},
    ),
    Step(
        "release_place", "Aanbod vervalt", (S.MOVE_IN,), (S.INTAKE,), STAFF_AND_IB, mv.ReleasePlace,
        mv.release_place, (31,), (PENDING,), settles=True, example={"reason": "geweigerd"},
    ),
    Step(
        "finish_paper", "Document in orde", (S.MOVE_IN, S.LIVING), (), (*STAFF, TL), p.FinishPaper,
        p.finish_paper, (2, 28, 33, 34, 35, 40, 41, 43, 121),
        (p.technical_does_inventory, p.paper_belongs, p.no_deposit, p.the_right_people_signed,
         g.not_in_future("done_on")), valid="done_on",
        example={"paper": "huurcontract", "done_on": "2027-05-28",
                 "signed_by": ["bewoner", "organisatie"]},
    ),
    Step(
        "hand_over_keys", "Sleutels geven", (S.MOVE_IN,), (S.LIVING,), STAFF, mv.HandOverKeys,
        mv.hand_over_keys, (1, 2, 15, 33, 37, 38, 39, 45),
        (PENDING, p.place_is_reserved, p.pack_is_complete, g.no_intake_stop, AGE_AT_KEYS,
         g.supporter_is_active, g.not_in_future("on"), mv.first_talk_fits),
        (AGE_AT_KEYS, g.no_intake_stop), letters=(Letter.INVITATION_TALK, Letter.NEIGHBOURS),
        valid="on", settles=True,
        example={"on": "2027-06-01", "keys": 2, "first_talk_at": "2027-06-22T10:00"},
    ),
    Step(
        "note_premium", "Installatiepremie noteren", (S.MOVE_IN, S.LIVING, S.NOTICE, S.EXIT), (),
        STAFF_AND_IB, mv.NotePremium, mv.note_premium, (3, 42), (mv.premium_comes_once,),
        letters=(Letter.PREMIUM_INFO,), example={"choice": "later"},
    ),
    Step(
        "note_domicile", "Officieel adres noteren", (S.MOVE_IN, S.LIVING, S.NOTICE), (),
        STAFF_AND_IB, mv.NoteDomicile, mv.note_domicile, (36,), (g.not_in_future("since"),),
        valid="since", example={"since": "2027-06-08"},
    ),
    Step(
        "register_lease", "Contract geregistreerd", (S.MOVE_IN, *LEASED), (), STAFF,
        k.RegisterLease, k.register_lease, (44,), (g.not_in_future("on"),), valid="on",
        region=Region.CONTRACT, example={"on": "2027-06-10"},
    ),
)

LIVING = (
    Step(
        "plan_talk", "Gesprek plannen", (S.LIVING, S.NOTICE, S.EXIT), (), STAFF_AND_IB, v.PlanTalk,
        v.plan_talk, (37, 39, 71, 72),
        (v.talk_is_not_planned_twice, g.still_to_come("at"), g.on_working_day("at", 37)),
        letters=(Letter.INVITATION_TALK,), region=Region.REVIEWS,
        example={"at": "2027-09-14T10:00", "kind": "driemaandelijks"},
    ),
    Step(
        "record_talk", "Gesprek gehad", (S.LIVING, S.NOTICE, S.EXIT), (), STAFF, v.RecordTalk,
        v.record_talk, (8, 28, 32, 38, 39, 71, 72, 121),
        (g.not_in_future("held_on"), v.held_after_keys, g.still_to_come("next_at"),
         g.on_working_day("next_at", 37)),
        letters=(Letter.INVITATION_TALK,), region=Region.REVIEWS, valid="held_on",
        example={"held_on": "2027-06-22", "present": ["bewoner", "begeleider"],
                 "weekly_support": True, "next_at": "2027-09-14T10:00"},
    ),
    Step(
        "talk_missed", "Gesprek ging niet door", (S.LIVING, S.NOTICE, S.EXIT), (), STAFF_AND_IB,
        v.TalkMissed, v.talk_missed, (39,), region=Region.REVIEWS, example={"reason": "ziek"},
    ),
    Step(
        "note_allocation", "Versnelde toewijzing noteren", (S.LIVING, S.NOTICE, S.EXIT), (),
        STAFF_AND_IB, v.NoteAllocation, v.note_allocation, (95, 124), (g.not_in_future("on"),),
        valid="on", example={"status": "aangevraagd", "on": "2027-12-01"},
    ),
    Step(
        "relocate", "Noodherplaatsing", (S.LIVING, S.NOTICE), (), STAFF, v.Relocate, v.relocate,
        (31, 46, 47), (*TWO, g.second_is(MG), PENDING, v.place_is_another), second=STAFF,
        valid="on", settles=True,
        example={"place": "d9-1", "on": "2027-08-02", "reason": "conflict met de huisgenoot"},
    ),
)

CONTRACT = (
    Step(
        "approve_notice", "Opzegbrief goedkeuren", (S.LIVING, S.DEPARTED, S.EXIT), (), STAFF,
        k.ApproveNotice, k.approve_notice, (88,), (k.notice_not_yet_approved, k.end_is_confirmed),
        letters=(Letter.NOTICE_MAIL, Letter.NOTICE_REGISTERED), region=Region.CONTRACT,
        example={"lease_end": "2028-05-31"},
    ),
    Step(
        "record_posting", "Aangetekend gepost", LEASED, (S.NOTICE,), STAFF, k.RecordPosting,
        k.record_posting, (88,), (k.notice_is_approved, g.not_in_future("posted_on"),
                                  k.late_has_a_reason),
        region=Region.CONTRACT, valid="posted_on",
        example={"posted_on": "2028-02-10", "barcodes": ["010541200000000000000000000001"]},
    ),
    Step(
        "extend_lease", "Uitzonderlijk verlengen", (S.LIVING, S.NOTICE, S.EXIT), (S.LIVING,), STAFF,
        k.ExtendLease, k.extend_lease, (46, 90),
        (*TWO, g.second_is(MG), k.extended_too_often, k.extension_fits,
         g.not_in_future("signed_on")),
        second=STAFF, letters=(Letter.EXTENSION,), region=Region.CONTRACT, valid="signed_on",
        example={"new_end": "2028-11-30", "signed_on": "2028-04-03",
                 "reason": "nieuwe woning klaar in december"},
    ),
    Step(
        "attach_proof", "Bewijs toevoegen", (*LEASED, S.AFTERCARE), (), STAFF, k.AttachProof,
        k.attach_proof, (88,), region=Region.CONTRACT,
        example={"kind": "afgifte", "file": "bewijs-2028-02-10.pdf"},
    ),
)

LEAVING = (
    Step(
        "resident_gives_notice", "Bewoner zegt op", (S.LIVING, S.NOTICE), (S.EXIT,), STAFF,
        lv.ResidentGivesNotice, lv.resident_gives_notice, (42, 91),
        (g.not_in_future("received_on"), lv.notice_is_long_enough), valid="received_on",
        example={"received_on": "2027-11-03", "leaves_on": "2028-02-29"},
    ),
    Step(
        "report_departure", "Onverwacht vertrek melden", (S.LIVING, S.NOTICE, S.EXIT),
        (S.DEPARTED,), STAFF_AND_IB, lv.ReportDeparture, lv.report_departure, (96,),
        (g.not_in_future("since"),), letters=(Letter.DEPARTED,), valid="since",
        example={"since": "2027-11-03", "kind": "gevangenis", "post_to": "begeleider",
                 "clears": "begeleider", "clear_by": "2027-12-01"},
    ),
    Step(
        "resident_returns", "Bewoner is terug", (S.DEPARTED,), (S.LIVING, S.NOTICE, S.EXIT), STAFF,
        lv.ResidentReturns, lv.resident_returns, (96,), (g.not_in_future("on"),), valid="on",
        example={"on": "2027-12-15"},
    ),
    Step(
        "plan_exit", "Vertrek plannen", (S.LIVING, S.NOTICE, S.EXIT), (S.EXIT,), STAFF, lv.PlanExit,
        lv.plan_exit, (42, 92), (lv.leaves_within_lease, g.still_to_come("exit_talk_at")),
        letters=(Letter.INVITATION_EXIT,),
        example={"leaves_on": "2028-05-31", "exit_talk_at": "2028-05-30T10:00"},
    ),
    Step(
        "complete_exit", "Vertrek afronden", (S.EXIT, S.DEPARTED), (S.AFTERCARE, S.CLOSED), STAFF,
        lv.CompleteExit, lv.complete_exit, (92, 93, 94, 98, 99),
        (PENDING, lv.talk_or_reason, lv.costs_have_an_amount, lv.energy_is_settled,
         lv.left_after_keys, g.not_in_future("left_on")),
        valid="left_on", settles=True,
        example={"left_on": "2028-05-31", "talk_on": "2028-05-30", "keys_returned": 2,
                 "cleaning": "ok", "energy": "klaar", "destination": "prive", "durable": "ja"},
    ),
    Step(
        "recommend", "Aanbeveling opmaken", (S.EXIT, S.AFTERCARE, S.CLOSED), (), STAFF,
        lv.Recommend, lv.recommend, (97,), (lv.has_lived_here,), letters=(Letter.RECOMMENDATION,),
        example={"consent": True},
    ),
    Step(
        "close_file", "Dossier afsluiten", (S.AFTERCARE,), (S.CLOSED,), STAFF, lv.CloseFile,
        lv.close_file, (98,), (g.not_in_future("settled_on"),), valid="settled_on",
        example={"settled_on": "2028-09-01"},
    ),
    Step(
        "write_off", "Kwijtschelden", (S.AFTERCARE,), (S.CLOSED,), (MG, CO), lv.WriteOff,
        lv.write_off, (98,), (*TWO, g.second_is(MG), lv.writes_off_the_debt), second=(MG, CO),
        example={"amount": "120.00", "reason": "geen inkomen meer"},
    ),
)

OVERLAY = (
    Step(
        "hold", "Pauzeren", OPEN, (), STAFF, o.PutHold, o.put_hold, (69,),
        (o.hold_is_short_enough,),
        example={"region": "gesprekken", "reason": "ziekte_crisis", "until": "2027-08-01",
                 "owner": "an"},
    ),
    Step(
        "release_hold", "Pauze beëindigen", OPEN, (), STAFF, o.ReleaseHold, o.release_hold, (69,),
        (o.hold_exists,), example={"region": "gesprekken"},
    ),
    Step(
        "recall_letter", "Brief tegenhouden", tuple(S), (), STAFF, o.RecallLetter, o.recall_letter,
        (88,), (o.letter_is_held,), example={"letter": "7-not_started"},
    ),
    Step(
        "close_task", "Taak afvinken", tuple(S), (), (*STAFF_AND_IB, TL, Role.BOOKKEEPER),
        o.CloseTask, o.close_task, (13,), (o.task_is_open,), example={"task": "supporter_gone"},
    ),
    Step(
        "undo", "Ongedaan maken", tuple(S), tuple(S), STAFF, o.Undo, o.by_the_core, (19,),
        settles=True, example={"fact": 7},
    ),
    Step(
        "correct", "Corrigeren", tuple(S), tuple(S), STAFF, o.Correct, o.by_the_core, (19,),
        settles=True, second=STAFF,
        example={"corrects": 7, "reason": "verkeerde datum", "fields": {"held_on": "2027-05-12"}},
    ),
    Step(
        "adopt_rules", "Nieuwe regels overnemen", OPEN, (), (MG,), o.AdoptRules, o.by_the_core,
        (15, 110), settles=True, example={"rules": {}, "reason": "nieuw tarief vanaf 2028"},
    ),
    Step(
        "adopt", "Traject overnemen", (None,), o.ADOPTABLE, (CO, MG), o.Adopt, o.adopt, (100,),
        (a.never_referred, o.adoption_adds_up), settles=True,
        example={"stage": "wonen", "referred_on": "2026-09-01", "birth_date": "2006-03-27",
                 "sex": "m", "supporter": "lien", "partner": "joba", "living": "alleen",
                 "place": "d7-1", "keys_on": "2026-12-01", "lease_start": "2026-12-01",
                 "lease_end": "2027-11-30"},
    ),
)

STEPS: dict[str, Step] = {
    step.name: step
    for step in (*ADMISSION, *INTAKE, *MOVE_IN, *LIVING, *CONTRACT, *LEAVING, *OVERLAY)
}
