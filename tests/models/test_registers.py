"""What residents share: rank with its reason, priority under its cap, who may refer, and places."""

from datetime import date
from typing import Any

import pytest

from models import registers
from models.registers import Candidate, Dwelling, Partner, Tenancy
from tests.models.world import RULES, good_dwelling

TODAY = date(2027, 5, 3)
LEASE = {"start_on": "2027-06-01", "lease_end": "2028-05-31", "living": "alleen"}


def waits(
    name: str, referred: str, *, priority: bool = False, eligible: str = "2027-01-01"
) -> Candidate:
    return Candidate(
        trajectory=name,
        referred_on=date.fromisoformat(referred),
        eligible_from=date.fromisoformat(eligible) if eligible else None,
        priority=priority,
    )


def sits(place: str, *, priority: bool = False, until: str | None = None) -> Tenancy:
    return Tenancy(
        place=place,
        dwelling=place.rpartition("-")[0],
        trajectory=f"t-{place}",
        since=date(2027, 1, 1),
        until=date.fromisoformat(until) if until else None,
        priority=priority,
    )


LIST = [
    waits("late", "2027-03-01"),
    waits("early", "2027-01-15"),
    waits("night", "2027-04-01", priority=True),
]


# ---- the waitlist (#10, #11, #13) ---------------------------------------------------------------
def test_priority_comes_first_below_the_cap_and_then_the_day_of_referral() -> None:
    below = registers.waitlist(LIST, 9, RULES)
    assert ["night", "early", "late"] == [c.trajectory for c in below]
    at_cap = registers.waitlist(LIST, 10, RULES)
    assert ["early", "late", "night"] == [c.trajectory for c in at_cap]


def test_the_place_on_the_list_has_its_reason() -> None:
    night, early = LIST[2], LIST[1]
    assert (
        "plaats 1 op de wachtlijst: aangemeld op 1/4/2027, "
        "voorrang (9 van 10 voorrangsplaatsen bezet)" == registers.rank_reason(night, 1, 9, RULES)
    )
    assert registers.rank_reason(night, 3, 10, RULES).endswith(
        "geen voorrang meer (10 van 10 voorrangsplaatsen bezet)"
    )
    assert "plaats 2 op de wachtlijst: aangemeld op 15/1/2027" == registers.rank_reason(
        early, 2, 9, RULES
    )


def call(me: str, used: int = 0, candidates: list[Candidate] = LIST, **request: Any) -> Any:
    return registers.decide_call(me, candidates, used, RULES, TODAY, request)


def test_the_first_is_called_up_with_the_reason() -> None:
    decision = call("night")
    assert decision.granted
    assert decision.data["rank"].startswith("plaats 1 op de wachtlijst")


def test_who_is_not_first_needs_a_reason() -> None:
    decision = call("late")
    assert (False, 13) == (decision.granted, decision.rule)
    assert decision.text.startswith("Er staan nog 2 jongeren voor; eerst night (plaats 1")
    assert call("late", reason="kleine woning vrij").granted


def test_who_cannot_be_called_up_yet_does_not_stand_in_front() -> None:
    candidates = [waits("early", "2027-01-15", eligible="2027-06-01"), waits("me", "2027-03-01")]
    assert call("me", candidates=candidates).granted
    unknown = [waits("early", "2027-01-15", eligible=""), waits("me", "2027-03-01")]
    assert call("me", candidates=unknown).granted


def test_at_the_cap_priority_is_called_up_only_as_an_exception() -> None:
    decision = call("night", used=10, reason="toch")
    assert (False, 11) == (decision.granted, decision.rule)
    assert call("night", used=10, reason="toch", override="crisis").granted


def test_who_is_not_on_the_list_is_not_called_up() -> None:
    assert "Deze jongere staat niet op de wachtlijst." == call("nobody").text


def test_the_cap_counts_places_that_are_reserved_or_lived_in() -> None:
    tenancies = [
        sits("d1-1", priority=True),
        sits("d2-1", priority=True, until="2027-02-01"),
        sits("d3-1"),
    ]
    assert 1 == registers.priority_used(tenancies)


# ---- places (#11, #26, #31, #46, #47, #48, #116, #122, #123) ------------------------------------
def place(dwelling: Dwelling | None, tenancies: list[Tenancy], used: int = 0, **more: Any) -> Any:
    name = more.pop("place", f"{dwelling.id}-1" if dwelling else "d0-1")
    return registers.decide_place(name, dwelling, tenancies, used, RULES, {**LEASE, **more})


def test_a_place_that_is_not_there_or_not_free_is_refused() -> None:
    assert "De plaats 'd0-1' bestaat niet." == place(None, []).text
    d1 = good_dwelling("d1")
    assert not place(d1, [], place="d1-2").granted
    assert (False, 48) == (place(d1, [sits("d1-1")]).granted, place(d1, [sits("d1-1")]).rule)
    assert not place(d1, [sits("d1-1", until="2027-06-02")]).granted
    assert place(d1, [sits("d1-1", until="2027-06-01")]).granted


def test_at_the_cap_there_is_no_offer_with_priority() -> None:
    d1 = good_dwelling("d1")
    assert (False, 11) == (
        place(d1, [], 10, priority=True).granted,
        place(d1, [], 10, priority=True).rule,
    )
    assert place(d1, [], 10, priority=False).granted
    over = place(d1, [], 10, priority=True, override="crisis")
    assert (True, ["boven 10 voorrangsplaatsen"]) == (over.granted, over.data["warnings"])


def test_a_second_occupant_comes_after_a_match() -> None:
    d8 = good_dwelling("d8", places=2, bedrooms=3)
    assert 26 == place(d8, [sits("d8-1")], place="d8-2", living="delen").rule
    second = place(d8, [sits("d8-1")], place="d8-2", living="delen", match="t-d8-1")
    assert (True, False, []) == (second.granted, second.data["first"], second.data["warnings"])


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"reserve": True, "reserve_agreed": True}, 31),
        ({"destination": None}, 122),
        ({"informed": False}, 116),
        ({"epc_until": "2027-05-31"}, 47),
        ({"conformity_until": "2027-05-31"}, 47),
        ({"available_until": "2028-05-30"}, 46),
    ],
)
def test_a_dwelling_has_to_be_lettable(change: dict[str, Any], rule: int) -> None:
    assert rule == place(good_dwelling("d1", **change), []).rule


def test_an_emergency_takes_a_reserve_that_was_agreed() -> None:
    agreed = good_dwelling("d9", reserve=True, reserve_agreed=True, available_until="2027-12-31")
    assert place(agreed, [], emergency=True).granted
    assert 123 == place(good_dwelling("d9", reserve=True), [], emergency=True).rule


# ---- who may refer (#4) -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("partner", "text"),
    [
        (None, "De begeleider 'lien' hoort bij geen gekende partner."),
        (Partner(id="joba", name="Joba", active=False), "De partner 'joba' is niet meer actief."),
        (
            Partner(id="joba", name="Joba"),
            "De partner 'joba' tekende nog geen samenwerkingsovereenkomst.",
        ),
    ],
)
def test_only_a_supporter_of_an_active_partner_with_an_agreement_refers(
    partner: Partner | None, text: str
) -> None:
    decision = registers.decide_referral(partner, "lien")
    assert (False, 4, text) == (decision.granted, decision.rule, decision.text)


def test_a_referral_takes_over_what_the_partner_is() -> None:
    partner = Partner.model_validate(
        {"id": "nood", "name": "N", "agreement_on": "1/2/2025", "priority": True, "supports": False}
    )
    decision = registers.decide_referral(partner, "lien")
    assert {"partner": "nood", "priority": True, "supports": False} == decision.data
