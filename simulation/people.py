"""Invented people: who they are, and how they will behave. Seeded chance, no clock, no real names.

A person's habits are drawn once, before anything happens; smaller choices later come from the same
seed by name, so that one person's story never shifts another's.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zlib import crc32

from models.calendar import add_months
from models.programme import Rules
from models.registers import Dwelling, Partner
from models.vocabulary import Role
from simulation.script import StaffMember

PRIORITY_PARTNER = "noodopvang"
AN, BO, CIS = ("an", "coordinator"), ("bo", "group_worker"), ("cis", "manager")
TECHNICAL, EVA = ("dirk", "technical"), ("eva", "bookkeeper")
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
ENDINGS = {
    "verlenging": 16,
    "zelf": 14,
    "overleg": 8,
    "vertrokken": 6,
    "gevangenis_terug": 8,
    "gevangenis_uit": 8,
    "einde": 40,
}
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
    owed: bool = False
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
                flat_rate=Decimal(65 + number * 37 % 119),
            )
        )
    return found


def invent(
    rng: Random, seed: int, residents: int, start: date, months: int, rules: Rules
) -> list[Person]:
    """Return the people who will be referred, in order of their referral."""
    width = max(2, len(str(residents)))
    last = max((add_months(start, months) - start).days - 30, 1)
    decks = {name: _dealt(rng, residents, cards) for name, cards in _habits(residents, rules)}
    # Emergency shelter refers early: only then do ten and more of them live here at once.
    early = residents * 2 // 3
    decks["priority"].sort(reverse=True)
    decks["priority"][:early] = rng.sample(decks["priority"][:early], early)
    days = sorted(_arrival(rng, last) for _ in range(residents))
    return [
        _person(
            rng,
            f"{seed}/{n}",
            f"r{n:0{width}}",
            start + timedelta(days=day),
            rules,
            {name: deck[n - 1] for name, deck in decks.items()},
        )
        for n, day in enumerate(days, 1)
    ]


def again(person: Person, referred_on: date) -> Person:
    """Return the same person, referred once more after a decision not to start."""
    return replace(
        person,
        id=f"{person.id}-2",
        salt=f"{person.salt}/2",
        referred_on=referred_on,
        support_since=referred_on - timedelta(days=70),
        verdicts=("start", "start"),
        gives_up_on=None,
        again=False,
        mistakes=frozenset(),
        previous=person.id,
        seen=0,
        owed=False,
        done=Counter(),
        refused=Counter(),
    )


def _habits(residents: int, rules: Rules) -> list[tuple[str, dict[Any, int]]]:
    """Return how many of a hundred have which habit; dealt as cards, so that nobody is missing."""
    # Enough from the priority partner to reach the cap, whatever the size of the programme.
    urgent = 46 if residents <= 60 else max(8, 2500 // residents)
    both = ("start", "start")
    return [
        ("priority", {True: urgent if rules.priority_cap else 0, False: 0}),
        ("minor", {True: 14 if rules.age_min < 18 else 0, False: 0}),
        ("living", {"delen": 32, "alleen": 0}),
        ("late", {True: 20, False: 0}),
        ("answers", {"andere_datum": 15, "zwijgt": 15, "komt": 0}),
        ("no_shows", {1: 14, 2: 7, 0: 0}),
        (
            "verdicts",
            {("start", "twijfel"): 16, ("twijfel", "niet"): 7, ("niet", "niet"): 5, both: 0},
        ),
        ("red", {True: 35, False: 0}),
        ("gives_up", {True: 9, False: 0}),
        ("refuses_offer", {True: 8, False: 0}),
        ("ending", ENDINGS),
        ("support_breaks", {True: 16, False: 0}),
        ("paused", {True: 11, False: 0}),
        ("relocates", {True: 7, False: 0}),
        ("alarm", {True: 15, False: 0}),
        ("debt", {True: 34, False: 0}),
        ("mistake", {**dict.fromkeys(MISTAKES, 7), None: 0}),
    ]


def _dealt(rng: Random, residents: int, cards: dict[Any, int]) -> list[Any]:
    """Deal cards in proportion; whoever is left over gets the last kind."""
    deck: list[Any] = []
    for card, share in cards.items():
        deck += [card] * round(residents * share / 100)
    deck = (deck + [next(reversed(cards))] * residents)[:residents]
    rng.shuffle(deck)
    return deck


def _arrival(rng: Random, last: int) -> int:
    """Most come in the first months: a programme that starts has a waitlist already."""
    return rng.randrange(min(last, 75)) if rng.random() < 0.6 else rng.randrange(last)


def _person(
    rng: Random, salt: str, name: str, referred_on: date, rules: Rules, card: dict[str, Any]
) -> Person:
    adult = max(18, rules.age_min)
    years, spread = (17, 330) if card["minor"] else (adult, (rules.age_max - adult) * 340)
    age_days = years * 366 + rng.randrange(spread)
    if card["priority"]:
        supporter = rng.choice(("mo", "yana"))
    else:
        supporter = rng.choice([one for theirs in _PARTNERS.values() for one in theirs])
    gives_up_on = referred_on + timedelta(days=rng.randrange(12, 90))
    breaks_after = rng.randrange(20, 150)
    return Person(
        id=name,
        salt=salt,
        birth_date=referred_on - timedelta(days=age_days),
        sex=rng.choice(("v", "v", "m", "m", "x")),
        supporter=supporter,
        living=card["living"],
        referred_on=referred_on,
        support_since=referred_on - timedelta(days=rng.randrange(120)),
        form_days=rng.randrange(25, 60) if card["late"] else rng.randrange(2, 14),
        answers=card["answers"],
        no_shows=card["no_shows"],
        verdicts=card["verdicts"],
        red=card["red"],
        gives_up_on=gives_up_on if card["gives_up"] else None,
        refuses_offer=card["refuses_offer"],
        lease_months=_lease_months(rng, rules, short=card["ending"] == "verlenging"),
        ending=card["ending"],
        # Who was really without a roof stays longer.
        leaves_after=rng.randrange(50, 180) + (120 if card["priority"] else 0),
        support_breaks=breaks_after if card["support_breaks"] else None,
        paused=card["paused"],
        relocates=card["relocates"],
        alarm=card["alarm"],
        debt=card["debt"],
        again=rng.random() < 0.5,
        mistakes=frozenset({card["mistake"]} if card["mistake"] else ()),
    )


def _lease_months(rng: Random, rules: Rules, *, short: bool) -> int:
    """Return how long a lease is: mostly as long as the programme allows."""
    longest = rules.lease_months_max
    months = (
        longest // 2
        if short
        else rng.choice((longest, longest, longest, longest, longest * 3 // 4, longest // 2))
    )
    return max(months, rules.lease_months_min)
