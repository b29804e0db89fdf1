"""What is asked and what is not: small rules that are a field, a list or a paper."""

import pytest

from models.choices import Household, Paper
from models.errors import ProfileError
from models.programme import parse_programme
from models.trajectory import STEPS
from tests.models.story import Story
from tests.models.test_intake import GREEN, in_doubt
from tests.models.world import PROFILES, RULES


# ---- no problems, no diagnoses (#22, #24, #25) --------------------------------------------------
def test_no_step_asks_for_a_problem_or_a_diagnosis() -> None:
    asked = {name for step in STEPS.values() for name in step.fields.model_fields}
    words = ("diagnos", "problem", "health", "addiction", "origin", "income", "register_number")
    assert [] == sorted(name for name in asked if any(word in name for word in words))
    hints = {step.fields.model_fields["note"].description for step in STEPS.values()}
    assert {"zo kort mogelijk, geen diagnoses"} == hints


@pytest.mark.parametrize("item", ["bewindvoering", "budgetbeheer"])
def test_a_profile_cannot_make_administration_of_goods_a_point_of_the_checklist(item: str) -> None:
    text = (PROFILES / "wonen-met-kansen.toml").read_text(encoding="utf-8")
    rule = f'[[rule]]\nname = "checklist"\nvalue = ["{item}"]\nsince = 2027-07-01\nsource = "x"\n'
    with pytest.raises(ProfileError, match=f"checklist may not weigh {item}"):
        parse_programme(f"{text}\n{rule}", "proef.toml")


def test_the_checklist_asks_what_the_partner_weighed_beforehand() -> None:
    assert {"motivatie", "begeleiding_wekelijks", "zelfstandig_wonen"} <= set(RULES.checklist)


def test_a_checklist_may_miss_a_point_or_have_one_too_many() -> None:
    s = in_doubt()
    some = {name: colour for name, colour in GREEN.items() if name != "motivatie"}
    more = {**GREEN, "huisdier": "groen"}
    for items, text in (
        (some, "Punten: ontbreekt: motivatie."),
        (more, "Punten: hoort er niet bij: huisdier."),
    ):
        refusal = s.refused("fill_checklist", items=items, decision="start", second="bo")
        assert text == refusal.text


# ---- papers and talks (#40, #43, #45, #121) -----------------------------------------------------
def test_the_equipment_the_support_clause_and_the_neighbours_are_in_the_pack() -> None:
    assert {Paper.EQUIPMENT, Paper.SUPPORT_CLAUSE, Paper.NEIGHBOURS} <= set(RULES.papers)


def test_engagement_for_the_club_is_asked_at_the_talk_and_in_the_log() -> None:
    s = Story().living().until("2027-02-22").talk(woonclub=True)
    talk = next(o for o in s.outcomes if o.kind == "record_talk")
    assert talk.detail["data"]["woonclub"] is True


def test_why_somebody_did_not_start_can_be_counted() -> None:
    s = Story().at_intake().days(7).verdicts("niet", "niet")
    s.do("reject", reason="twee_keer_niet", text="nog niet", second="bo")
    row = next(o for o in s.outcomes if o.kind == "reject")
    assert "twee_keer_niet" == row.detail["data"]["reason"]


def test_support_by_a_recognised_service_is_noted_with_the_allocation() -> None:
    s = Story().living()
    s.do("note_allocation", status="kan_aanvragen", on="2027-02-01", recognised_service=True)
    assert s.outcomes[-1].detail["data"]["recognised_service"] is True


# ---- affordability (#29, #30) -------------------------------------------------------------------
def test_rent_is_held_against_a_third_of_the_living_wage() -> None:
    agreed = RULES.model_copy(update={"city_agreement": True})
    without = RULES.model_copy(update={"city_agreement": False})
    assert ("429.49", "429.49", "286.32") == (
        str(agreed.affordable_rent(shared=False)),
        str(agreed.affordable_rent(shared=True)),
        str(without.affordable_rent(shared=True)),
    )


def test_a_household_has_its_own_living_wage() -> None:
    without = RULES.model_copy(update={"city_agreement": False})
    assert ("580.43", "580.43", "286.32") == (
        str(without.affordable_rent(shared=False, household=Household.CHILDREN)),
        str(without.affordable_rent(shared=True, household=Household.CHILDREN)),
        str(without.affordable_rent(shared=False, household=Household.COUPLE)),
    )
