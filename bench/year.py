"""One resident-year, day by day: ten staff steps, sixteen deadlines, eight letters.

A resident taken over on the day of the keys: three invitations to talks, two expiring certificates,
the whole chain of the notice, and an exit that is planned. Days count from the day of the keys.
No two deadlines share a moment, which is the dearest way to have sixteen.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from bench.residents import BORN, referral
from models.calendar import add_months, brussels
from models.facts import Json


class Act(NamedTuple):
    """A staff step: on which day, at which hour, what."""

    day: int
    step: str
    data: Json
    second: Json | None = None


DEADLINES = {
    "open_items": 1,
    "talk_unrecorded": 2,
    "talk_to_plan": 2,
    "talk_overdue": 2,
    "allocation": 1,
    "certificate": 2,
    "notice_prepare": 1,
    "notice_aim": 1,
    "notice_alarm": 1,
    "insurance_expires": 1,
    "notice_reminder": 1,
    "exit_task": 1,
}
LETTERS = 8
HOUR = 16
# The day of the keys, the same for every run: a year to come (a test server's clock only goes
# forward) in which no holiday moves one of these acts or deadlines, as happens in most.
KEYS_ON = date(2032, 1, 5)


def moment(keys_on: date, act: Act) -> datetime:
    """Return when a step is taken."""
    return brussels(keys_on + timedelta(days=act.day), HOUR)


def acts(keys_on: date) -> Iterator[Act]:
    """Yield the ten steps in order of time."""

    def day(number: int) -> str:
        return (keys_on + timedelta(days=number)).isoformat()

    def at(number: int) -> str:
        return f"{day(number)}T10:00"

    end = add_months(keys_on, 12) - timedelta(days=1)
    held: Json = {"present": ["bewoner", "begeleider"], "weekly_support": True}
    yield Act(0, "adopt", _adoption(keys_on, end))
    yield Act(2, "plan_talk", {"at": at(21), "kind": "eerste"})
    yield Act(21, "record_talk", {**held, "held_on": day(21), "next_at": at(100)})
    yield Act(103, "record_talk", {**held, "held_on": day(100)})
    yield Act(182, "note_allocation", {"status": "aangevraagd", "on": day(182)})
    yield Act(196, "plan_talk", {"at": at(205)})
    yield Act(207, "record_talk", {**held, "held_on": day(205)})
    yield Act(254, "approve_notice", {"lease_end": end.isoformat()})
    yield Act(
        259, "record_posting", {"posted_on": day(259), "barcodes": ["0105412" + 22 * "0" + "1"]}
    )
    yield Act(351, "plan_exit", {"leaves_on": end.isoformat(), "exit_talk_at": at(360)})


def _adoption(keys_on: date, end: date) -> Json:
    valid = {
        "conformity_until": keys_on + timedelta(days=120),
        "epc_until": keys_on + timedelta(days=220),
    }
    dwelling = {"id": "d7", "shared": False, "energy_in_rent": False}
    return {
        **referral(BORN),
        "stage": "wonen",
        "referred_on": (keys_on - timedelta(days=90)).isoformat(),
        "place": "d7-1",
        "keys_on": keys_on.isoformat(),
        "lease_start": keys_on.isoformat(),
        "lease_end": end.isoformat(),
        "dwelling": {**dwelling, **{name: on.isoformat() for name, on in valid.items()}},
    }
