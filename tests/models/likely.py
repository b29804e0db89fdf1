"""Likely data for every step, now and then with something to refuse."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

from models.calendar import day_of, is_working_day
from models.papers import papers_needed
from models.vocabulary import LetterStatus
from tests.models.story import Story
from tests.models.world import RENT as RULES
from tests.models.world import programme

OTHER_RULES = programme("tijdelijke-bezetting").rules(RULES.version)


def near(s: Story, days: int) -> str:
    return (day_of(s.now) + timedelta(days=days)).isoformat()


def at(s: Story, days: int) -> str:
    day = day_of(s.now) + timedelta(days=days)
    while not is_working_day(day, s.t.rules.closed):
        day += timedelta(days=1)
    return f"{day.isoformat()}T10:00"


def fields_for(s: Story, name: str, r: random.Random) -> dict[str, Any]:
    """Likely data for a step, now and then with something to refuse."""
    lease = s.state.lease
    end = lease.end if lease else day_of(s.now)
    held = near(s, -r.randint(0, 3))
    present = ["bewoner", "begeleider", "medewerker", "andere_bewoner", "andere_begeleider"]
    choices: dict[str, dict[str, Any]] = {
        "refer": {
            "birth_date": r.choice(["2006-06-15", "2009-05-01", "2001-06-15"]),
            "sex": "x",
            "supporter": "lien",
            "living": r.choice(["alleen", "delen"]),
            "partner": "joba",
            "supports": r.random() < 0.9,
            "priority": r.random() < 0.3,
        },
        "complete_referral": {"support_since": near(s, -90), "form_received": held},
        "change_supporter": {"supporter": "sam", "since": held, "partner": "kamino"},
        "report_support_ended": {"since": held, "reason": "weg"},
        "change_wish": {"living": r.choice(["alleen", "delen"])},
        "call_up": {"to": r.choice(["kennismaking", "intake"]), "at": at(s, 7), "place": "k"},
        "record_reply": {
            "answer": r.choice(["komt", "andere_datum", "komt_niet"]),
            "new_at": r.choice([None, at(s, 5)]),
        },
        "return_to_waitlist": {"reason": "later"},
        "withdraw": {"asked_by": "jongere", "reason": "nee"},
        "record_acquaintance": {"held_on": held, "present": present, "intake_at": at(s, 4)},
        "give_verdict": {
            "held_on": held,
            "verdict": r.choice(["start", "start", "start", "twijfel", "niet"]),
            "who": r.choice(["an", "bo"]),
        },
        "fill_checklist": {
            "items": dict.fromkeys(
                s.t.rules.checklist_for(s.state.referral.living) if s.state.referral else (),
                r.choice(["groen", "groen", "rood"]),
            ),
            "decision": r.choice(["start", "niet"]),
        },
        "reject": {"reason": r.choice(["rood", "twee_keer_niet", "checklist"]), "text": "nee"},
        "record_decision_talk": {"held_on": held, "present": present},
        "plan_match_talk": {"other": "b", "at": at(s, 6)},
        "record_match_talk": {
            "held_on": held,
            "present": present,
            "outcome": r.choice(["match", "nog_eens", "geen_match"]),
        },
        "offer_place": {
            "place": r.choice(["d7-1", "d8-1"]),
            "start_on": near(s, 5),
            "lease_end": near(s, 5 + r.choice([200, 250, 360])),
        },
        "release_place": {"reason": "geweigerd"},
        "finish_paper": {
            "paper": _next_paper(s),
            "done_on": held,
            "signed_by": ["bewoner", "organisatie", "medeondertekenaar"],
        },
        "hand_over_keys": {"on": near(s, 0), "keys": 2, "first_talk_at": at(s, 21)},
        "note_premium": {"choice": r.choice(["nu", "later", "neen"])},
        "note_domicile": {"since": held},
        "register_lease": {"on": held},
        "plan_talk": {"at": at(s, 10), "kind": r.choice(["driemaandelijks", "extra"])},
        "record_talk": {
            "held_on": held,
            "present": present,
            "weekly_support": r.random() < 0.8,
            "counts": r.random() < 0.8,
            "next_at": r.choice([None, at(s, 80)]),
        },
        "talk_missed": {"reason": "ziek"},
        "note_allocation": {"status": "aangevraagd", "on": held},
        "relocate": {"place": "d9-1", "on": near(s, 0), "reason": "conflict"},
        "approve_notice": {"lease_end": end.isoformat()},
        "record_posting": {
            "posted_on": held,
            "barcodes": ["RR123456785BE"],
            "late_reason": "staking",
        },
        "extend_lease": {
            "new_end": (end + timedelta(days=100)).isoformat(),
            "signed_on": held,
            "reason": "bijna",
        },
        "attach_proof": {"kind": "afgifte", "file": "x.pdf"},
        "resident_gives_notice": {"received_on": held, "leaves_on": near(s, 30), "waived": True},
        "report_departure": {
            "since": held,
            "kind": "opname",
            "post_to": "woning",
            "clears": "begeleider",
            "clear_by": near(s, 20),
        },
        "resident_returns": {"on": near(s, 0)},
        "plan_exit": {"leaves_on": near(s, 9), "exit_talk_at": at(s, 8), "agreed_reason": "ja"},
        "complete_exit": {
            "left_on": near(s, 0),
            "no_talk_reason": "weg",
            "keys_returned": 1,
            "cleaning": r.choice(["ok", "kosten"]),
            "energy": "nvt",
            "destination": "netwerk",
            "durable": "tijdelijk",
        },
        "recommend": {"consent": True},
        "close_file": {"settled_on": near(s, 0)},
        "write_off": {"amount": str(s.state.debt), "reason": "klein"},
        "hold": {
            "region": r.choice(["traject", "contract", "gesprekken", "betaling"]),
            "reason": "ziekte_crisis",
            "until": near(s, r.randint(1, 60)),
            "owner": "an",
        },
        "release_hold": {"region": next(iter(s.state.holds), "traject")},
        "recall_letter": {"letter": next(reversed(s.state.letters), "0")},
        "answer_uncertain": {
            "letter": _letter(s, r, LetterStatus.UNCERTAIN),
            "answer": r.choice(["verzonden", "opnieuw"]),
        },
        "write_again": {
            "letter": next((k[12:] for k in s.tasks if k.startswith("write_again:")), "0")
        },
        "post_letter": {
            "letter": _letter(s, r, LetterStatus.TO_PRINT, LetterStatus.RECALLED),
            "posted_on": near(s, 0),
            "barcodes": ["RR123456785BE"],
        },
        "note_administrator": {"administrator": r.choice(["maes", None]), "since": held},
        "skip_message": {"reason": "betaalde aan de balie"},
        "approve_reminder": {"amount": str(_open(s))},
        "send_reminder": {},
        "record_arrears_talk": {
            "held_on": held,
            "present": present,
            "cause": "vergeten",
            "outcome": r.choice(["belofte", "plan", "geen", "onbereikbaar"]),
            "promised_on": near(s, 4),
            "reason": "neemt niet op",
        },
        "agree_plan": {
            "signed_on": near(s, 0),
            "lines": [
                {"due": near(s, 15 * n), "amount": str(item.amount), "debt": item.debt.value}
                for n, item in enumerate(s.state.account.open_items(with_plan=False), 1)
            ],
        },
        "order_registered": {"reason": "plan niet gevolgd"},
        "give_fund_info": {"given_on": near(s, 0)},
        "note_welfare_help": {
            "status": r.choice(["gevraagd", "geweigerd", "stopgezet"]),
            "since": near(s, -20),
            "warned_on": near(s, -20),
        },
        "ask_conciliation": {"asked_on": held, "why_no_agreement": "geen antwoord"},
        "record_conciliation": {"on": held, "outcome": r.choice(["akkoord", "geen"])},
        "go_to_court": {"filed_on": held},
        "record_judgment": {"on": held, "outcome": "betalen in schijven"},
        "charge_cost": {
            "debt": r.choice(["schade", "energie"]),
            "amount": "40.00",
            "due_on": near(s, 20),
            "what": "slot",
        },
        "correct_charge": {
            "line": next((x.key for x in s.state.account.lines), "geen"),
            "amount": "10.00",
            "reason": "te veel",
        },
        "send_missed": {"letter": r.choice(["open_items", "notice_reminder"])},
        "close_task": {"task": next(iter(s.tasks), "geen")},
        "restrict": {"reason": "betwist"},
        "lift_restriction": {"reason": "nagekeken"},
        "erase_file": {"reason": "bewaartermijn"},
        "undo": {"fact": len(s.t.facts)},
        "correct": {"reason": "fout", "second": "bo:manager", **_correction(s, r)},
        "adopt_rules": {
            "rules": r.choice([RULES, OTHER_RULES]).model_dump(mode="json"),
            "reason": "nieuw",
        },
    }
    data = choices[name]
    if name == "complete_exit" and data["cleaning"] == "kosten":
        data["cost"] = "50"
    return data


def _correction(s: Story, r: random.Random) -> dict[str, Any]:
    """Any step of before, or one that ordered a letter, with another date in that letter."""
    wrong = {
        "call_up": {"at": at(s, 9)},
        "hand_over_keys": {"on": near(s, -1), "first_talk_at": at(s, 20)},
        "plan_talk": {"at": at(s, 11)},
        "record_talk": {"next_at": at(s, 81)},
        "plan_exit": {"exit_talk_at": at(s, 7)},
        "change_supporter": {"since": near(s, -4)},
    }
    ordered = [fact for fact in s.t.facts if fact.name in wrong]
    if ordered and r.random() < 0.5:
        fact = r.choice(ordered)
        return {"corrects": fact.seq, "fields": wrong[fact.name]}
    fields = r.choice([None, {}, {"held_on": near(s, -5)}, {"on": near(s, -2)}])
    return {"corrects": r.randint(1, max(1, len(s.t.facts))), "fields": fields}


def _letter(s: Story, r: random.Random, *statuses: LetterStatus) -> str:
    """A letter that stands so, or the newest one."""
    found = [key for key, letter in s.state.letters.items() if letter.status in statuses]
    return r.choice(found) if found else next(reversed(s.state.letters), "0")


def _open(s: Story) -> Decimal:
    return s.state.account.overdue(day_of(s.now), grace_days=s.t.rules.instalment_grace_days)


def _next_paper(s: Story) -> str:
    needed = papers_needed(s.state, s.t.rules.papers)
    return next((p.value for p in needed if p.value not in s.state.papers), "huurcontract")
