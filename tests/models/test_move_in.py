"""Move-in: offer, pack of papers, keys, premium, official address, lease registration."""

from typing import Any

import pytest

from models.vocabulary import Channel, ContractStage, LetterStatus, ReviewStage, Role, Stage
from tests.models.story import Story
from tests.models.world import World, good_dwelling

OFFER = {"place": "d7-1", "start_on": "2027-02-01", "lease_end": "2028-01-31"}


def taken(s: Story) -> str:
    """Why the register said no."""
    assert s.tasks == ["place_taken"], s.tasks
    return s.state.tasks["place_taken"].text.removeprefix(
        "De plaats kon niet gereserveerd worden: "
    )


def offer(world: World, **given: Any) -> Story:
    s = Story(world=world).accepted()
    s.do("offer_place", **{**OFFER, **given})
    return s


# ---- the offer (#1, #11, #15, #29, #30, #31, #44, #46, #47, #48, #116, #122, #125) --------------
def test_an_offer_reserves_the_place() -> None:
    s = Story().offered()
    assert (Stage.MOVE_IN, "d7-1", False) == (
        s.stage,
        s.state.offer and s.state.offer.place,
        s.state.offer and s.state.offer.pending,
    )
    assert [("d7-1", "trajectory-a", None)] == [
        (t.place, t.trajectory, t.until) for t in s.world.tenancies
    ]


def test_only_who_is_accepted_gets_an_offer() -> None:
    refusal = Story().at_intake().refused("offer_place", **OFFER)
    assert ("not_accepted", 18) == (refusal.code, refusal.rule)


def test_while_the_register_is_asked_nothing_else_is_offered() -> None:
    s = Story().accepted()
    s.answering = False
    assert s.do("offer_place", **OFFER).pending
    refusal = s.refused("offer_place", **OFFER)
    assert "Er loopt nog een vraag aan het register: probeer het zo meteen opnieuw." == refusal.text


def test_the_age_is_looked_at_on_the_first_day_of_the_lease() -> None:
    s = Story().accepted(birth_date="2001-01-20")
    refusal = s.refused("offer_place", **OFFER)
    assert refusal.text.startswith("Op 1/2/2027 is de jongere 26 jaar")
    s.do("offer_place", who="mia", role="manager", override="zo goed als", **OFFER)
    assert Stage.MOVE_IN is s.stage


def test_an_intake_stop_blocks_offers_and_keys_and_not_referrals() -> None:
    stop = {"intake_stop_until": "2027-03-31", "intake_stop_reason": "controle van de panden"}
    from datetime import date

    s = Story(intake_stop_until=date(2027, 3, 31), intake_stop_reason=stop["intake_stop_reason"])
    s.accepted()
    refusal = s.refused("offer_place", **OFFER)
    assert ("intake_stop", 15) == (refusal.code, refusal.rule)
    assert (
        "Er loopt een instroomstop tot en met 31/3/2027 (controle van de panden)." in refusal.text
    )
    s.do("offer_place", who="mia", role="manager", override="crisis", **OFFER)
    s.papers().until("2027-02-01")
    keys = {"on": "2027-02-01", "keys": 2, "first_talk_at": "2027-02-22T10:00"}
    assert "intake_stop" == s.refused("hand_over_keys", **keys).code


@pytest.mark.parametrize(
    ("start", "end", "ok"),
    [
        ("2027-02-01", "2028-01-31", True),
        ("2027-02-01", "2028-02-01", False),
        ("2027-02-01", "2027-02-27", False),
        ("2027-02-01", "2027-02-28", True),
        ("2027-01-10", "2028-01-09", False),
    ],
)
def test_a_lease_is_a_year_at_the_most_and_starts_today_or_later(
    start: str, end: str, ok: bool
) -> None:
    s = Story().accepted()
    given = {"place": "d7-1", "start_on": start, "lease_end": end}
    if ok:
        s.do("offer_place", **given)
        assert Stage.MOVE_IN is s.stage
    else:
        assert 44 == s.refused("offer_place", **given).rule


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"reserve": True}, "Dit is een reservewoning: enkel voor een noodherplaatsing."),
        (
            {"destination": None},
            "De bestemming van deze woning (renovatie, afbraak) is niet gekend.",
        ),
        (
            {"informed": False},
            "De woonmaatschappij heeft haar huurders in dit blok nog niet verwittigd.",
        ),
        ({"epc_until": None}, "Er is geen geldig EPC op de startdag."),
        ({"epc_until": "2027-01-31"}, "Er is geen geldig EPC op de startdag."),
        ({"conformity_until": None}, "Er is geen geldig conformiteitsattest op de startdag."),
        (
            {"available_until": "2028-01-30"},
            "De woning is maar beschikbaar tot 30/1/2028: het contract loopt tot 31/1/2028.",
        ),
    ],
)
def test_a_dwelling_that_may_not_be_let_is_not_offered(change: dict[str, Any], why: str) -> None:
    s = offer(World({"d7": good_dwelling("d7", **change)}))
    assert (Stage.INTAKE, why) == (s.stage, taken(s))


def test_a_place_is_given_once() -> None:
    world = World()
    offer(world)
    s = Story("b", "2027-01-05T10:00", world).accepted()
    s.do("offer_place", **OFFER)
    assert (Stage.INTAKE, "De plaats 'd7-1' is niet vrij.") == (s.stage, taken(s))
    s.do("offer_place", **{**OFFER, "place": "d6-1"})
    assert s.state.tasks["place_taken"].text.endswith("De plaats 'd6-1' bestaat niet.")


def test_a_shared_dwelling_with_few_bedrooms_or_another_wish_is_only_flagged() -> None:
    s = offer(World({"d7": good_dwelling("d7", places=2)}))
    assert Stage.MOVE_IN is s.stage
    assert [
        "delen in een woning met 2 slaapkamers",
        "de woning past niet bij de wens (alleen of delen)",
    ] == s.flags


def test_who_shares_is_argued_to_live_alone_where_the_city_agreed() -> None:
    s = Story().accepted(living="delen")
    s.do("offer_place", **{**OFFER, "place": "d8-1"})
    assert [Role.WELFARE_OFFICE, Role.SUPPORTER] == s.order("alone_status").to
    s = Story(city_agreement=False).accepted(living="delen")
    s.do("offer_place", **{**OFFER, "place": "d8-1"})
    assert ("alone_status" in s.letters(), "negotiate" in s.tasks) == (False, True)
    assert "alone_status" not in Story().offered().letters()


def test_the_household_is_noted_with_the_offer() -> None:
    s = Story().accepted()
    s.do("offer_place", **OFFER, household="met_kinderen")
    assert "met_kinderen" == (s.state.offer and s.state.offer.household)


def test_an_offer_that_is_released_frees_the_place() -> None:
    s = Story().offered(living="delen", place="d8-1")
    s.do("release_place", reason="geweigerd")
    assert (Stage.INTAKE, None, {}) == (s.stage, s.state.offer, s.state.papers)
    assert "2027-01-11" == str(s.world.tenancies[0].until)
    assert "alone_status" in s.letters(LetterStatus.RECALLED)


# ---- the keys (#1, #2, #9, #12, #37, #38, #39, #45) ---------------------------------------------
def test_the_keys_start_the_lease_and_the_talks() -> None:
    s = Story().living()
    assert (Stage.LIVING, ContractStage.RUNNING, ReviewStage.PLANNED) == (
        s.stage,
        s.state.contract,
        s.state.reviews,
    )
    lease = s.state.lease
    assert lease is not None
    assert ("2027-02-01", "2028-01-31", 2, 0) == (
        str(lease.start_on),
        str(lease.end),
        lease.keys,
        lease.extended,
    )
    assert [("trajectory-a", "occupy_place", {"place": "d7-1", "since": "2027-02-01"})] == [
        (who, tell.kind, tell.data) for who, tell in s.world.told
    ]


def test_the_first_talk_is_invited_and_the_neighbours_get_a_letter() -> None:
    s = Story().living()
    assert ["invitation_talk", "neighbours"] == s.letters(LetterStatus.HELD)
    assert ([Role.NEIGHBOURS], Channel.PAPER) == (
        s.order("neighbours").to,
        s.order("neighbours").channel,
    )
    assert {"since": "2027-02-01"} == s.order("neighbours").facts


@pytest.mark.parametrize(
    ("talk", "ok"),
    [
        ("2027-02-12T10:00", False),  # day 11
        ("2027-02-15T10:00", True),  # day 14
        ("2027-03-01T10:00", True),  # day 28
        ("2027-03-02T10:00", False),
        ("2027-02-20T10:00", False),  # a Saturday
    ],
)
def test_the_first_talk_comes_two_to_four_weeks_after_the_keys(talk: str, ok: bool) -> None:
    s = Story().offered().papers().until("2027-02-01")
    keys = {"on": "2027-02-01", "keys": 2, "first_talk_at": talk}
    if ok:
        s.do("hand_over_keys", **keys)
        return
    refusal = s.refused("hand_over_keys", **keys)
    assert "Het eerste gesprek valt op een werkdag tussen 15/2/2027 en 1/3/2027." == refusal.text
    assert 37 == refusal.rule


def test_nobody_gets_keys_without_a_supporter() -> None:
    s = Story().offered().papers()
    s.do("report_support_ended", since="2027-01-11", reason="ziek")
    keys = {"on": "2027-01-11", "keys": 2, "first_talk_at": "2027-02-01T10:00"}
    assert ("no_supporter", 9) == (
        s.refused("hand_over_keys", **keys).code,
        s.refused("hand_over_keys", **keys).rule,
    )
    s.do("change_supporter", supporter="x", since="2027-01-11", partner="nood", supports=False)
    assert ("other_supporter", 12) == (
        s.refused("hand_over_keys", **keys).code,
        s.refused("hand_over_keys", **keys).rule,
    )


def test_the_age_is_looked_at_on_the_day_of_the_keys() -> None:
    s = Story().offered(birth_date="2001-02-03").papers().until("2027-02-03")
    keys = {"on": "2027-02-03", "keys": 2, "first_talk_at": "2027-02-24T10:00"}
    assert ("age", 1) == (
        s.refused("hand_over_keys", **keys).code,
        s.refused("hand_over_keys", **keys).rule,
    )


# ---- premium, address, registration (#3, #36, #42, #44) -----------------------------------------
def test_the_premium_is_a_choice_with_a_leaflet_and_comes_once() -> None:
    s = Story().living()
    s.do("note_premium", choice="nu")
    assert 1 == s.letters().count("premium_info")
    s.do("note_premium", choice="nu", result="toegekend", received_on="2027-02-01")
    assert 1 == s.letters().count("premium_info")
    refusal = s.refused("note_premium", choice="later")
    assert ("premium", 42) == (refusal.code, refusal.rule)


def test_no_premium_brings_no_leaflet() -> None:
    s = Story().living()
    s.do("note_premium", choice="neen")
    assert "premium_info" not in s.letters()


def test_the_official_address_is_optional_and_in_the_log() -> None:
    s = Story().living()
    s.do("note_domicile", since="2027-02-01")
    assert ("note_domicile", "2027-02-01") == (s.outcomes[-1].kind, s.outcomes[-1].valid_from)


def test_a_lease_is_registered_within_two_months_of_signing() -> None:
    s = Story().living()
    assert "2027-02-25" == s.due_on("register_lease")
    assert "register_lease" in s.until("2027-02-25").tasks
    assert "Registreer het huurcontract, ten laatste op 11/3/2027." == (
        s.state.tasks["register_lease"].text
    )
    s.do("register_lease", on="2027-02-25")
    assert ("register_lease" in s.tasks, s.due("register_lease")) == (False, None)


def test_a_registered_lease_is_not_asked_for() -> None:
    s = Story().living()
    s.do("register_lease", on="2027-02-01")
    assert s.due("register_lease") is None


def test_the_expiry_of_a_certificate_is_the_technical_managers_task() -> None:
    world = World(
        {"d7": good_dwelling("d7", epc_until="2027-10-01", conformity_until="2030-01-01")}
    )
    s = Story(world=world).living()
    assert ["2027-08-02"] == [
        d.at.date().isoformat() for d in s.t.future() if d.name == "certificate"
    ]
    task = s.until("2027-08-02").state.tasks["certificate:EPC"]
    assert ("EPC van de woning vervalt op 1/10/2027.", Role.TECHNICAL) == (task.text, task.whom)
