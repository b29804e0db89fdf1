"""The pack of papers: keys only when each is in order, or let go with a reason."""

import pytest

from models.choices import Paper
from models.vocabulary import Stage
from tests.models.story import Story
from tests.models.test_move_in import offer
from tests.models.world import World, good_dwelling


# ---- the pack of papers (#2, #28, #33, #34, #35, #40, #41, #43, #121) ---------------------------
def test_keys_only_when_every_paper_is_in_order() -> None:
    s = Story().offered().until("2027-02-01")
    keys = {"on": "2027-02-01", "keys": 2, "first_talk_at": "2027-02-22T10:00"}
    refusal = s.refused("hand_over_keys", **keys)
    assert ("papers", 33) == (refusal.code, refusal.rule)
    assert refusal.text.startswith("Nog niet in orde voor de sleutels: Huurcontract, ")
    s.papers()
    del s.state.papers["welkomstbundel"]
    assert "Nog niet in orde voor de sleutels: Welkomstbundel." == (
        s.refused("hand_over_keys", **keys).text
    )
    s.do(
        "finish_paper", paper="welkomstbundel", done_on="2027-02-01", waived_reason="kent alles al"
    )
    s.do("hand_over_keys", **keys)
    assert Stage.LIVING is s.stage
    assert "'Welkomstbundel' niet nodig: kent alles al" in s.flags


@pytest.mark.parametrize("paper", ["huurcontract", "plaatsbeschrijving"])
def test_lease_and_inventory_are_signed_by_both(paper: str) -> None:
    refusal = (
        Story()
        .offered()
        .refused("finish_paper", paper=paper, done_on="2027-01-11", signed_by=["bewoner"])
    )
    label = Paper(paper).label
    assert f"'{label}': hier ontbreekt de handtekening van organisatie." == refusal.text
    assert 34 == refusal.rule


def test_a_minors_lease_is_signed_by_a_parent_or_guardian_too() -> None:
    s = Story().offered(birth_date="2009-03-27")
    paper = {"paper": "huurcontract", "done_on": "2027-01-11"}
    refusal = s.refused("finish_paper", **paper, signed_by=["bewoner", "organisatie"])
    assert (2, "ouder of voogd") == (refusal.rule, refusal.text.rpartition("van ")[2][:-1])
    s.do("finish_paper", **paper, signed_by=["bewoner", "organisatie", "medeondertekenaar"])


def test_there_is_no_deposit() -> None:
    paper = {
        "paper": "huurcontract",
        "done_on": "2027-01-11",
        "signed_by": ["bewoner", "organisatie"],
    }
    s = Story().offered()
    refusal = s.refused("finish_paper", **paper, deposit="110,00")
    assert ("Bewoners betalen hier geen waarborg.", 41) == (refusal.text, refusal.rule)
    s.do("finish_paper", **paper, deposit="0")


def test_the_technical_manager_brings_the_inventory_and_nothing_else() -> None:
    s = Story().offered()
    tech = {"who": "tom", "role": "technical", "done_on": "2027-01-11"}
    assert ("role", 34) == (
        s.refused("finish_paper", paper="privacyverklaring", **tech).code,
        s.refused("finish_paper", paper="privacyverklaring", **tech).rule,
    )
    s.do("finish_paper", paper="plaatsbeschrijving", signed_by=["bewoner", "organisatie"], **tech)


def test_a_paper_of_another_programme_is_refused() -> None:
    s = Story(papers=(Paper.LEASE,)).offered()
    refusal = s.refused("finish_paper", paper="welkomstbundel", done_on="2027-01-11")
    assert "'Welkomstbundel' hoort niet bij dit programma." == refusal.text


def test_energy_in_the_rent_needs_no_takeover() -> None:
    s = offer(World({"d7": good_dwelling("d7", energy_in_rent=True)}))
    assert "energieovername" not in s.papers().state.papers


# ---- when the dwelling's own end moves (#46) ----------------------------------------------------
def test_a_dwelling_that_ends_before_the_lease_is_a_hard_task() -> None:
    s = Story().living()
    s.hear("dwelling_changed", {"dwelling": "d7", "available_until": "2027-12-31"})
    task = s.state.tasks["dwelling_ends"]
    assert (True, "De woning is beschikbaar tot 31/12/2027, het contract loopt tot 31/1/2028.") == (
        task.hard,
        task.text,
    )
    s.hear("dwelling_changed", {"dwelling": "d8", "available_until": "2027-01-31"}, "h2")
    assert 1 == s.flags.count("het contract loopt langer dan de woning beschikbaar is")
