"""Invented people: who they are, and how they will behave. Seeded chance, no clock, no real names.

A person's habits are drawn once, before anything happens; smaller choices later come from the same
seed by name, so that one person's story never shifts another's.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from zlib import crc32

from models.calendar import add_months
from models.registers import Dwelling, Partner
from models.vocabulary import Role
from simulation.script import StaffMember

PRIORITY_PARTNER = "noodopvang"
AN, BO, CIS = ("an", "coordinator"), ("bo", "group_worker"), ("cis", "manager")
TECHNICAL = ("dirk", "technical")
STAFF = [
    StaffMember(id="an", role=Role.COORDINATOR, name="An"),
    StaffMember(id="bo", role=Role.GROUP_WORKER, name="Bo"),
    StaffMember(id="cis", role=Role.MANAGER, name="Cis"),
    StaffMember(id="dirk", role=Role.TECHNICAL, name="Dirk"),
    StaffMember(id="eva", role=Role.BOOKKEEPER, name="Eva"),
]
_PARTNERS = {
    "joba": ("lien", "sam"),
    "kamino": ("noor", "tijs", "wout"),
    "cas": ("fien", "ruben"),
    "elegast": ("hanne",),
}
# How somebody's stay ends, with how many of a hundred residents it happens to.
ENDINGS = (
    ("einde", 40),
    ("verlenging", 16),
    ("zelf", 14),
    ("overleg", 8),
    ("vertrokken", 6),
    ("gevangenis_terug", 8),
    ("gevangenis_uit", 8),
)
MISTAKES = (
    "te_vroeg_oproepen",
    "zelfde_oordeel",
    "checklist_zonder_twijfel",
    "sleutels_zonder_papieren",
    "verkeerd_contracteinde",
    "gesprek_in_de_toekomst",
    "twee_keer_verlengen",
    "energie_niet_in_orde",
)


@dataclass(slots=True)
class Person:
    """One invented resident, with the habits that decide what happens."""

    id: str
    salt: str
    birth_date: date
    sex: str
    supporter: str
    living: str
    referred_on: date
    support_since: date
    form_days: int
    answers: str
    no_shows: int
    verdicts: tuple[str, str]
    red: bool
    gives_up_on: date | None
    refuses_offer: bool
    lease_months: int
    ending: str
    leaves_after: int
    support_breaks: int | None
    paused: bool
    relocates: bool
    alarm: bool
    debt: bool
    again: bool
    mistakes: frozenset[str]
    previous: str | None = None
    seen: int = 0
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def draw(self, key: str, below: int) -> int:
        """Return a number under `below`: the same for the same person and key."""
        return crc32(f"{self.salt}/{key}".encode()) % below


def partners(start: date) -> list[Partner]:
    """Return the partners; the priority one gives no support itself."""
    agreed = add_months(start, -18)
    plain = [
        Partner(id=name, name=name.capitalize(), agreement_on=agreed, supporters=list(theirs))
        for name, theirs in _PARTNERS.items()
    ]
    priority = Partner(
        id=PRIORITY_PARTNER,
        name="Noodopvang",
        agreement_on=agreed,
        priority=True,
        supports=False,
        supporters=["mo", "yana"],
    )
    return [*plain, priority]


def dwellings(rng: Random, residents: int, start: date) -> list[Dwelling]:
    """Return dwellings for a part of these residents: most alone, some shared, two in reserve."""
    alone, shared = max(1, round(residents * 0.4)), max(1, round(residents * 0.12))
    found = []
    for number in range(1, alone + shared + 3):
        reserve = number > alone + shared
        two = alone < number <= alone + shared
        until = add_months(start, rng.randrange(20, 44)) if rng.random() < 0.4 else None
        found.append(
            Dwelling(
                id=f"d{number}",
                bedrooms=3 if two else rng.choice((1, 1, 2)),
                places=2 if two else 1,
                reserve=reserve,
                reserve_agreed=reserve,
                available_until=None if reserve else until,
                destination=rng.choice(("renovatie", "afbraak", "verkoop")),
                epc_until=add_months(start, rng.randrange(30, 100)),
                conformity_until=add_months(start, rng.randrange(8, 100)),
                energy_in_rent=rng.random() < 0.2,
            )
        )
    return found


def invent(rng: Random, seed: int, residents: int, start: date, months: int) -> list[Person]:
    """Return the people who will be referred, in order of their referral."""
    width = max(2, len(str(residents)))
    last = max((add_months(start, months) - start).days - 30, 1)
    # Enough of them to reach the cap, whatever the size of the programme.
    urgent = 0.42 if residents <= 60 else max(0.08, 25 / residents)
    days = sorted(_arrival(rng, last) for _ in range(residents))
    return [
        _person(rng, f"{seed}/{n}", f"r{n:0{width}}", start + timedelta(days=day), n, urgent)
        for n, day in enumerate(days, 1)
    ]


def _arrival(rng: Random, last: int) -> int:
    """Most come in the first months: a programme that starts has a waitlist already."""
    return rng.randrange(min(last, 75)) if rng.random() < 0.6 else rng.randrange(last)


def _person(
    rng: Random, salt: str, name: str, referred_on: date, number: int, urgent: float
) -> Person:
    priority = rng.random() < urgent
    minor = rng.random() < 0.14
    years, spread = (17, 330) if minor else (18, 2370)
    age_days = years * 366 + rng.randrange(spread)
    if priority:
        supporter = rng.choice(("mo", "yana"))
    else:
        supporter = rng.choice([one for theirs in _PARTNERS.values() for one in theirs])
    late = rng.random() < 0.2
    return Person(
        id=name,
        salt=salt,
        birth_date=referred_on - timedelta(days=age_days),
        sex=rng.choice(("v", "v", "m", "m", "x")),
        supporter=supporter,
        living="delen" if rng.random() < 0.32 else "alleen",
        referred_on=referred_on,
        support_since=referred_on - timedelta(days=rng.randrange(120)),
        form_days=rng.randrange(25, 60) if late else rng.randrange(2, 14),
        answers=rng.choices(("komt", "andere_datum", "zwijgt"), (70, 15, 15))[0],
        no_shows=rng.choices((0, 1, 2), (80, 14, 6))[0],
        verdicts=rng.choices(
            (("start", "start"), ("start", "twijfel"), ("twijfel", "niet"), ("niet", "niet")),
            (72, 16, 6, 6),
        )[0],
        red=rng.random() < 0.35,
        gives_up_on=referred_on + timedelta(days=rng.randrange(20, 200))
        if rng.random() < 0.08
        else None,
        refuses_offer=rng.random() < 0.08,
        lease_months=rng.choice((12, 12, 12, 12, 9, 6)),
        ending=rng.choices([name for name, _ in ENDINGS], [n for _, n in ENDINGS])[0],
        leaves_after=rng.randrange(50, 200),
        support_breaks=rng.randrange(20, 150) if rng.random() < 0.15 else None,
        paused=rng.random() < 0.1,
        relocates=rng.random() < 0.05,
        alarm=rng.random() < 0.15,
        debt=rng.random() < 0.3,
        again=rng.random() < 0.5,
        mistakes=frozenset(m for m in MISTAKES if rng.random() < 0.12)
        | ({MISTAKES[number % len(MISTAKES)]} if number % 5 == 0 else frozenset()),
    )
