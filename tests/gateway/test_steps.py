import asyncio
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from gateway.errors import NotFound, Refused
from gateway.lists import wall_clock
from gateway.programmes import rules_on
from gateway.settings import Settings
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.calendar import add_months, day_of, next_working_day
from models.facts import By, Json
from models.vocabulary import Role, Source
from stores import refusals
from stores.engine import make_engine

pytestmark = pytest.mark.dev_server
LIEN = By(who="lien", role=Role.SUPPORTER)
SAM = By(who="sam", role=Role.SUPPORTER)
AN = By(who="an", role=Role.COORDINATOR)
BO = By(who="bo", role=Role.COORDINATOR)
HOLIDAYS = rules_on(Settings(), day_of(wall_clock())).closed
Form = Callable[..., ReferralForm]


def intake(form: ReferralForm, **told: str) -> Json:
    """A row of somebody whom two colleagues are about to judge."""
    return {**form.model_dump(mode="json", exclude_none=True), "stage": "intake", **told}


async def accepted(gateway: Gateway, form: ReferralForm) -> str:
    today = day_of(gateway.clock())
    row = intake(form, referred_on=(today - timedelta(days=90)).isoformat())
    mine = (await gateway.adopt(row, AN)).trajectory
    for person in (AN, BO):
        await gateway.step(
            mine, "give_verdict", {"held_on": today.isoformat(), "verdict": "start"}, person
        )
    return mine


async def updates_in_history(gateway: Gateway, trajectory: str) -> int:
    history = await gateway.client.get_workflow_handle(trajectory).fetch_history()
    return sum(
        event.HasField("workflow_execution_update_accepted_event_attributes")
        for event in history.events
    )


async def test_a_refused_step_says_why_and_leaves_no_update_in_the_history(
    gateway: Gateway, form: Form
) -> None:
    mine = (await gateway.refer(form(), LIEN)).trajectory
    before = await updates_in_history(gateway, mine)

    with pytest.raises(Refused) as refused:
        await gateway.step(mine, "close_file", {"settled_on": "2026-01-01"}, AN)

    assert refused.value.text.startswith("'Dossier afsluiten' kan niet in de fase 'Wachtlijst'.")
    assert "wrong_stage" == refused.value.code
    assert 1 == before == await updates_in_history(gateway, mine)
    (kept,) = await refusals.list_refusals(gateway.engine, mine)
    assert ("close_file", "an", "wrong_stage", "gateway") == (
        kept.step,
        kept.who,
        kept.code,
        kept.source,
    )


async def test_the_same_request_twice_is_one_step(gateway: Gateway, form: Form) -> None:
    mine = (await gateway.refer(form(), LIEN)).trajectory

    one = await gateway.step(mine, "change_wish", {"living": "delen"}, AN, request_id="once")
    two = await gateway.step(mine, "change_wish", {"living": "delen"}, AN, request_id="once")

    assert one.seq == two.seq
    assert 2 == (await gateway.view(mine))["facts"]


async def test_two_offers_of_one_place_at_once_cannot_both_win(
    gateway: Gateway, form: Form
) -> None:
    today = day_of(gateway.clock())
    both = [await accepted(gateway, form()), await accepted(gateway, form(supporter="sam"))]
    offer = {
        "place": "d1-1",
        "start_on": today.isoformat(),
        "lease_end": (add_months(today, 12) - timedelta(days=1)).isoformat(),
    }

    answers = await asyncio.gather(
        *(gateway.step(mine, "offer_place", offer, AN) for mine in both), return_exceptions=True
    )

    won = [one for one in answers if not isinstance(one, BaseException)]
    lost = [one for one in answers if isinstance(one, Refused)]
    assert ["'Plaats aanbieden' is vastgelegd. Fase: Opstart."] == [one.text for one in won]
    assert ["De plaats 'd1-1' is niet vrij."] == [one.text for one in lost]
    stages = sorted([(await gateway.view(mine))["overview"]["stage"] for mine in both])
    assert ["intake", "opstart"] == stages


async def test_who_is_not_first_on_the_waitlist_is_called_up_only_with_a_reason(
    gateway: Gateway, form: Form
) -> None:
    today = day_of(gateway.clock())
    early = {"support_since": "2024-01-01", "homelessness": "dakloos"}
    both = [(await gateway.refer(form(), LIEN)).trajectory for _ in range(2)]
    for one in both:
        await gateway.step(one, "complete_referral", early, AN)
    last = max(both)  # referred on the same day: the ids decide
    at = next_week(today)

    with pytest.raises(Refused) as refused:
        await gateway.step(last, "call_up", {"to": "kennismaking", "at": at, "place": "hier"}, AN)
    answer = await gateway.step(
        last,
        "call_up",
        {"to": "kennismaking", "at": at, "place": "hier", "not_first_reason": "dringend"},
        AN,
    )

    assert "call_denied" == refused.value.code
    assert "Geef anders een reden op ('Waarom deze jongere eerst')." in refused.value.text
    assert "'Oproepen' is vastgelegd. Fase: Kennismaking." == answer.text
    assert ["invitation_acquaintance"] == [key.split("-")[1] for key in answer.letters]


def next_week(today: date) -> str:
    """An appointment on the first working day after a week."""
    day = next_working_day(today + timedelta(days=7), HOLIDAYS)
    return f"{day.isoformat()}T11:00"


async def test_a_housemate_who_cannot_come_is_a_refusal_in_that_words(
    gateway: Gateway, form: Form
) -> None:
    mine = await accepted(gateway, form(living="delen"))
    other = (await gateway.refer(form(living="delen"), LIEN)).trajectory
    at = next_week(day_of(gateway.clock()))

    with pytest.raises(Refused) as refused:
        await gateway.step(mine, "plan_match_talk", {"other": other, "at": at}, AN)

    assert ("match_refused", "die jongere is nog niet aanvaard om te starten.") == (
        refused.value.code,
        refused.value.text,
    )
    assert "intake" == (await gateway.view(mine))["overview"]["stage"]


async def test_a_server_without_update_with_start_is_served_in_two_steps(
    gateway: Gateway, form: Form
) -> None:
    settings = gateway.settings.model_copy(update={"update_with_start": False})
    plain = Gateway(gateway.client, gateway.engine, settings)
    told = form()

    one = await plain.refer(told, LIEN, source=Source.SCRIPT)
    two = await plain.refer(told, LIEN, source=Source.SCRIPT)

    assert (one.trajectory, False, True) == (two.trajectory, one.already, two.already)
    assert "script" == (await gateway.timeline(one.trajectory))[0]["source"]


async def test_a_new_supporter_brings_the_partner_of_the_register(
    gateway: Gateway, form: Form
) -> None:
    mine = (await gateway.refer(form(), LIEN)).trajectory
    since = day_of(gateway.clock()).isoformat()

    await gateway.step(mine, "change_supporter", {"supporter": "noor", "since": since}, AN)

    row = await gateway.row(mine)
    assert row is not None
    assert ("noor", "nachtlamp") == (row.supporter, row.partner)
    referral = (await gateway.view(mine))["state"]["referral"]
    assert referral["supports"] is False


async def test_a_supporter_sees_and_moves_the_own_residents_only(
    gateway: Gateway, form: Form
) -> None:
    mine = (await gateway.refer(form(), LIEN)).trajectory

    with pytest.raises(NotFound):
        await gateway.view(mine, SAM)
    with pytest.raises(NotFound):
        await gateway.step(mine, "change_wish", {"living": "delen"}, SAM)
    with pytest.raises(NotFound):
        await gateway.find(mine, SAM)

    assert mine == (await gateway.view(mine, LIEN))["trajectory"]
    assert mine not in {row.trajectory for row in await gateway.overview(by=SAM)}
    assert mine in {row.trajectory for row in await gateway.overview(by=LIEN)}
    assert "call_up" not in {row["step"] for row in await gateway.steps(mine, LIEN)}
    assert "call_up" in {row["step"] for row in await gateway.steps(mine, AN)}


async def test_the_register_says_in_which_role_somebody_acts(gateway: Gateway) -> None:
    assert AN == await gateway.person("an")
    assert AN == await gateway.person("an:coordinator")
    assert LIEN == await gateway.person("lien")
    with pytest.raises(Refused) as other:
        await gateway.person("an:manager")
    with pytest.raises(Refused) as nobody:
        await gateway.person("zot")

    assert (
        "'an' staat in het register als coördinator (coordinator), niet als 'manager'."
        == other.value.text
    )
    assert "unknown_person" == nobody.value.code


async def test_a_step_or_trajectory_that_does_not_exist_has_its_sentence(
    gateway: Gateway, form: Form
) -> None:
    mine = (await gateway.refer(form(), LIEN)).trajectory

    with pytest.raises(Refused) as step:
        await gateway.step(mine, "call_upp", {}, AN)
    with pytest.raises(NotFound) as trajectory:
        await gateway.step("trajectory-bestaatniet", "call_up", {}, AN)

    assert "De stap 'call_upp' bestaat niet. Bedoelt u 'call_up'?" == step.value.text
    assert "Er is geen traject 'trajectory-bestaatniet'. Zoek het op met `opstap list`." == str(
        trajectory.value
    )


async def test_a_step_counts_while_the_database_of_the_gateway_is_away(
    gateway: Gateway, form: Form, tmp_path: Path
) -> None:
    mine = (await gateway.refer(form(), LIEN)).trajectory
    engine = make_engine(f"sqlite:///{tmp_path / 'nergens' / 'opstap.db'}")
    alone = Gateway(gateway.client, engine, gateway.settings)

    answer = await alone.step(mine, "change_wish", {"living": "delen"}, AN, source=Source.SCRIPT)
    with pytest.raises(Refused):
        await alone.step(mine, "close_file", {"settled_on": "2026-01-01"}, AN)
    await engine.dispose()

    assert "'Woonwens wijzigen' is vastgelegd. Fase: Wachtlijst. Het overzicht volgt." == (
        answer.text
    )
    assert 2 == (await gateway.view(mine))["facts"]
