"""Programme profiles: both of ours hold, rules change by date, and mistakes are named."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from holidays import country_holidays

from models.choices import Living, Paper
from models.errors import ProfileError
from models.programme import Programme, parse_programme
from tests.models.world import PROFILES, RULES, WMK, programme

TEXT = (PROFILES / "wonen-met-kansen.toml").read_text(encoding="utf-8")
BOTH = ("wonen-met-kansen", "tijdelijke-bezetting")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("age_min", 17),
        ("age_max", 25),
        ("support_months", 2),
        ("priority_cap", 10),
        ("waitlist", True),
        ("deposit", Decimal(0)),
        ("review_months", 3),
        ("first_talk_days", 21),
        ("notice_months", 3),
        ("reminder_months", 1),
        ("extensions", 1),
        ("lease_total_months", 36),
        ("no_reply_days", (7, 14)),
        ("living_wage_alone", Decimal("1288.46")),
        ("living_wage_shared", Decimal("858.97")),
    ],
)
def test_wonen_met_kansen_has_the_figures_of_the_playbook(name: str, value: Any) -> None:
    assert value == getattr(RULES, name)


def test_a_third_of_the_living_wage_is_what_rent_may_take() -> None:
    cent = Decimal("0.01")
    assert Decimal("429.49") == (RULES.living_wage_alone * RULES.affordable_share).quantize(cent)
    assert Decimal("286.32") == (RULES.living_wage_shared * RULES.affordable_share).quantize(cent)


def test_the_second_profile_lets_for_six_to_nine_months_in_26_dwellings() -> None:
    second = programme("tijdelijke-bezetting")
    rules = second.rules(date(2027, 1, 4))
    assert (6, 9) == (rules.lease_months_min, rules.lease_months_max)
    assert (Decimal(325), Decimal(500), 26) == (second.rent_min, second.rent_max, second.dwellings)
    assert not rules.waitlist
    assert rules.notice_months < rules.lease_months_min


@pytest.mark.parametrize("name", BOTH)
def test_every_rule_says_where_it_comes_from(name: str) -> None:
    assert [] == [rule.name for rule in programme(name).sources() if not rule.source.strip()]


@pytest.mark.parametrize("name", BOTH)
def test_both_profiles_close_on_every_belgian_holiday_that_is_a_weekday(name: str) -> None:
    closed = programme(name).rules(date(2026, 1, 1)).closed
    legal = country_holidays("BE", years=range(2026, 2037))
    missing = [d for d in legal if d.weekday() < 5 and d not in closed]
    assert [] == sorted(missing)


def test_no_profile_counts_administration_of_goods_against_somebody() -> None:
    for name in BOTH:
        rules = programme(name).rules(date(2027, 1, 4))
        items = rules.checklist_for(Living.SHARING)
        assert [] == [item for item in items if "bewind" in item or "budget" in item]


def test_the_checklist_is_longer_for_who_wants_to_share() -> None:
    alone, sharing = RULES.checklist_for(Living.ALONE), RULES.checklist_for(Living.SHARING)
    assert sharing[: len(alone)] == alone
    assert {"levensfase", "perspectief", "samen_leven"} == set(sharing) - set(alone)


def with_rule(name: str, value: str, since: str = "2027-07-01") -> str:
    return (
        f'{TEXT}\n[[rule]]\nname = "{name}"\nvalue = {value}\nsince = {since}\nsource = "proef"\n'
    )


def read(text: str) -> Programme:
    return parse_programme(text, "proef.toml")


def test_a_later_value_counts_from_its_first_day_and_the_old_one_until_then() -> None:
    changed = read(with_rule("priority_cap", "12"))
    assert 10 == changed.rules(date(2027, 6, 30)).priority_cap
    assert 12 == changed.rules(date(2027, 7, 1)).priority_cap
    assert date(2027, 7, 1) == changed.rules(date(2027, 7, 2)).version


def test_a_living_wage_that_is_not_known_yet_is_an_error_with_the_day() -> None:
    assert date(2024, 5, 1) == WMK.first_day
    with pytest.raises(ProfileError, match=r"on 2023-01-01: living_wage_alone: Field required"):
        WMK.rules(date(2023, 1, 1))


def test_closed_days_long_past_are_left_out_of_a_start() -> None:
    days = WMK.rules(date(2030, 1, 1)).closed_days
    assert date(2029, 12, 25) == min(days)  # a month back covers what is told late


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id = ", "proef.toml: not valid TOML"),
        (with_rule("age_mix", "1"), "rule 'age_mix' is not a rule"),
        (with_rule("age_max", "16"), "age_min is higher than age_max"),
        (with_rule("first_talk_days", "40"), "first_talk_days lies outside its window"),
        (with_rule("lease_months_max", "48"), "lease months must rise: min, max, total"),
        (with_rule("send_hour", "24"), "send_hour: Input should be less than or equal to 23"),
        (with_rule("papers", '["privacyverklaring"]'), "papers must have the lease (huurcontract)"),
        (with_rule("closed_days", "[2028-01-03, 2028-01-01]"), "closed_days must be in order"),
        (
            with_rule("age_max", "26") + with_rule("age_max", "27")[len(TEXT) :],
            "given twice: age_max",
        ),
        ("", "proef.toml: id: Field required"),
    ],
)
def test_a_profile_that_does_not_add_up_is_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(ProfileError) as error:
        read(text)
    assert message in str(error.value)


def test_the_pack_of_papers_has_what_the_playbook_lists() -> None:
    listed = {
        Paper.LEASE,
        Paper.HOUSE_RULES,
        Paper.PRIVACY,
        Paper.ENERGY,
        Paper.FIRST_MONTH,
        Paper.WELCOME,
        Paper.INVENTORY,
        Paper.RULES_TALK,
        Paper.SHARING,
    }
    assert listed <= set(RULES.papers)


def test_profiles_are_files_of_the_product() -> None:
    assert sorted(BOTH) == sorted(path.stem for path in Path(PROFILES).glob("*.toml"))
