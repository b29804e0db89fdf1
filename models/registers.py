"""What residents share, and how it is decided: the waitlist, the places, the partners.

The same pure functions answer in SQL's transaction, in the precheck of a screen and in a
simulation, so that one question never has two answers. A decision is made once, under a
constraint of the store; here only what follows from the facts.
"""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from models.calendar import dutch_date
from models.choices import Living
from models.facts import Json
from models.fields import Amount, Day
from models.programme import Rules
from models.vocabulary import Stage


class Register(BaseModel):
    """A row of a register; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Partner(Register):
    """A welfare partner and its supporters (L514-546)."""

    id: str
    name: str
    active: bool = True
    agreement_on: Day | None = Field(default=None, description="cooperation agreement signed on")
    priority: bool = Field(default=False, description="its youths have priority, up to the cap")
    supports: bool = Field(default=True, description="it gives the individual support itself")
    supporters: list[str] = Field(default_factory=list)
    contact: str | None = Field(default=None, description="mail address")


class Dwelling(Register):
    """A dwelling with one place, or two when it is shared (L143-168, L388, L826-833)."""

    id: str
    bedrooms: int = Field(ge=1, le=6)
    places: int = Field(default=1, ge=1, le=4)
    reserve: bool = False
    reserve_agreed: bool = Field(default=False, description="€0 agreed with the housing company")
    available_until: Day | None = None
    destination: str | None = Field(default=None, description="renovation, demolition …")
    basis: int = Field(default=1, ge=1, le=3, description="letting basis 1, 2 or 3")
    epc_until: Day | None = None
    conformity_until: Day | None = None
    informed: bool = Field(default=True, description="the housing company told its tenants")
    energy_in_rent: bool = Field(default=False, description="energy is part of the flat rate")
    address: str | None = None
    flat_rate: Amount | None = Field(default=None, description="flat rate of charges, euro a month")
    energy_rate: Amount | None = Field(
        default=None, description="energy advance of a shared dwelling"
    )

    @property
    def shared(self) -> bool:
        """Whether more than one resident lives here."""
        return self.places > 1

    def told(self) -> Json:
        """Return what a trajectory keeps of its dwelling."""
        row = self.model_dump(mode="json")
        names = ("id", "energy_in_rent", "available_until", "conformity_until", "epc_until")
        of_the_rent = ("bedrooms", "flat_rate", "energy_rate", "places")
        free = self.reserve and self.reserve_agreed
        return {
            **{name: row[name] for name in (*names, *of_the_rent)},
            "shared": self.shared,
            "free": free,
        }

    def place_ids(self) -> list[str]:
        """Return the ids of its places."""
        return [f"{self.id}-{number}" for number in range(1, self.places + 1)]


class Tenancy(Register):
    """Who has a place, from when; `until` once it is free again."""

    place: str
    dwelling: str
    trajectory: str
    since: date
    until: date | None = None
    priority: bool = False
    occupied: bool = False


class Candidate(Register):
    """Who waits."""

    trajectory: str
    referred_on: date
    eligible_from: date | None = None
    priority: bool = False
    stage: Stage = Stage.WAITLISTED


class Decision(Register):
    """Yes with what follows, or no with a Dutch sentence."""

    granted: bool
    text: str = ""
    rule: int | None = None
    data: dict[str, Any] = Field(default_factory=dict)


def priority_used(tenancies: list[Tenancy]) -> int:
    """Count the places that partners with priority have, reserved or lived in (L546)."""
    return sum(1 for tenancy in tenancies if tenancy.priority and tenancy.until is None)


def waitlist(candidates: list[Candidate], used: int, rules: Rules) -> list[Candidate]:
    """Order who waits: priority first while under the cap, then by referral (L544-546)."""
    below_cap = used < rules.priority_cap
    return sorted(
        candidates,
        key=lambda c: (not (c.priority and below_cap), c.referred_on, c.trajectory),
    )


def rank_reason(candidate: Candidate, position: int, used: int, rules: Rules) -> str:
    """Say why somebody stands where they stand."""
    why = f"aangemeld op {dutch_date(candidate.referred_on)}"
    if candidate.priority and used < rules.priority_cap:
        why += f", voorrang ({used} van {rules.priority_cap} voorrangsplaatsen bezet)"
    elif candidate.priority:
        why += f", geen voorrang meer ({used} van {rules.priority_cap} voorrangsplaatsen bezet)"
    return f"plaats {position} op de wachtlijst: {why}"


def decide_call(
    me: str, candidates: list[Candidate], used: int, rules: Rules, day: date, request: Json
) -> Decision:
    """Decide whether somebody may be called up now; only who is eligible stands in front."""
    ready = [
        c
        for c in candidates
        if c.trajectory == me or (c.eligible_from is not None and c.eligible_from <= day)
    ]
    order = waitlist(ready, used, rules)
    position = next((n for n, c in enumerate(order, 1) if c.trajectory == me), None)
    if position is None:
        return Decision(granted=False, text="Deze jongere staat niet op de wachtlijst.", rule=13)
    mine = order[position - 1]
    if mine.priority and used >= rules.priority_cap and not request.get("override"):
        return Decision(
            granted=False,
            text=f"Alle {rules.priority_cap} voorrangsplaatsen zijn bezet; een leidinggevende kan met een "
            "reden een uitzondering maken.",
            rule=11,
        )
    if position > 1 and not request.get("reason"):
        first = order[0]
        return Decision(
            granted=False,
            text=f"{_ahead(position - 1)}; eerst {first.trajectory} "
            f"({rank_reason(first, 1, used, rules)}). Geef anders een reden op "
            "('Waarom deze jongere eerst').",
            rule=13,
        )
    return Decision(granted=True, data={"rank": rank_reason(mine, position, used, rules)})


def _ahead(count: int) -> str:
    return "Er staat nog 1 jongere voor" if count == 1 else f"Er staan nog {count} jongeren voor"


def decide_place(
    place: str,
    dwelling: Dwelling | None,
    tenancies: list[Tenancy],
    used: int,
    rules: Rules,
    request: Json,
) -> Decision:
    """Decide whether a place can be reserved; `tenancies` are those of this dwelling."""
    if dwelling is None or place not in dwelling.place_ids():
        return Decision(granted=False, text=f"De plaats '{place}' bestaat niet.")
    start, end = date.fromisoformat(request["start_on"]), date.fromisoformat(request["lease_end"])
    no = _not_free(place, tenancies, start) or _not_lettable(dwelling, start, end, request)
    if (
        no is None
        and request.get("priority")
        and not request.get("emergency")
        and used >= rules.priority_cap
        and not request.get("override")
    ):
        no = Decision(
            granted=False,
            text=f"Alle {rules.priority_cap} voorrangsplaatsen zijn bezet: geen aanbod zonder uitzondering.",
            rule=11,
        )
    sitting = [t for t in tenancies if t.until is None and t.place != place]
    if no is None and sitting and request.get("match") not in {t.trajectory for t in sitting}:
        no = Decision(
            granted=False,
            text="Er woont al iemand in deze woning: eerst een kennismaking met een match.",
            rule=26,
        )
    if no is not None:
        return no
    return Decision(granted=True, data=_granted(place, dwelling, sitting, rules, request))


def _not_free(place: str, tenancies: list[Tenancy], start: date) -> Decision | None:
    for tenancy in tenancies:
        if tenancy.place == place and (tenancy.until is None or tenancy.until > start):
            return Decision(granted=False, text=f"De plaats '{place}' is niet vrij.", rule=48)
    return None


def _not_lettable(dwelling: Dwelling, start: date, end: date, request: Json) -> Decision | None:
    text, rule = "", 0
    if dwelling.reserve and not request.get("emergency"):
        text, rule = "Dit is een reservewoning: enkel voor een noodherplaatsing.", 31
    elif dwelling.reserve and not dwelling.reserve_agreed:
        text, rule = "Voor deze reservewoning is nog geen afspraak met de woonmaatschappij.", 123
    elif dwelling.destination is None:
        text, rule = "De bestemming van deze woning (renovatie, afbraak) is niet gekend.", 122
    elif not dwelling.informed:
        text, rule = "De woonmaatschappij heeft haar huurders in dit blok nog niet verwittigd.", 116
    elif dwelling.epc_until is None or dwelling.epc_until < start:
        text, rule = "Er is geen geldig EPC op de startdag.", 47
    elif dwelling.conformity_until is None or dwelling.conformity_until < start:
        text, rule = "Er is geen geldig conformiteitsattest op de startdag.", 47
    elif not request.get("emergency") and (too_long := outlives(dwelling.available_until, end)):
        text, rule = too_long, 46
    return Decision(granted=False, text=text, rule=rule) if text else None


def outlives(available_until: date | None, end: date) -> str | None:
    """Say that a lease would end after its dwelling, or None."""
    if available_until is None or end <= available_until:
        return None
    return (
        f"De woning is maar beschikbaar tot {dutch_date(available_until)}: het contract "
        f"loopt tot {dutch_date(end)}."
    )


def _granted(
    place: str, dwelling: Dwelling, sitting: list[Tenancy], rules: Rules, request: Json
) -> Json:
    warnings = []
    if dwelling.shared and dwelling.bedrooms < rules.sharing_bedrooms:
        warnings.append(f"delen in een woning met {dwelling.bedrooms} slaapkamers")
    if dwelling.shared != (request.get("living") == Living.SHARING):
        warnings.append("de woning past niet bij de wens (alleen of delen)")
    if request.get("priority") and request.get("override"):
        warnings.append(f"boven {rules.priority_cap} voorrangsplaatsen")
    return {
        "place": place,
        "start_on": request["start_on"],
        "first": not sitting,
        "warnings": warnings,
        "override": request.get("override"),
        "dwelling": dwelling.told(),
    }


def decide_referral(partner: Partner | None, supporter: str) -> Decision:
    """Decide whether a supporter may refer: an active partner with an agreement (L968)."""
    if partner is None:
        return Decision(
            granted=False,
            text=f"De begeleider '{supporter}' hoort bij geen gekende partner.",
            rule=4,
        )
    if not partner.active:
        return Decision(
            granted=False, text=f"De partner '{partner.id}' is niet meer actief.", rule=4
        )
    if partner.agreement_on is None:
        return Decision(
            granted=False,
            text=f"De partner '{partner.id}' tekende nog geen samenwerkingsovereenkomst.",
            rule=4,
        )
    return Decision(
        granted=True,
        data={"partner": partner.id, "priority": partner.priority, "supports": partner.supports},
    )
