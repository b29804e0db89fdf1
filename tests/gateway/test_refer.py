import asyncio
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from gateway import sending
from gateway.errors import NoAnswer, Refused
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.calendar import add_months, day_of
from models.facts import By
from models.registers import Partner
from models.vocabulary import Role
from stores import people, refusals, registers

pytestmark = pytest.mark.dev_server
LIEN = By(who="lien", role=Role.SUPPORTER)
AN = By(who="an", role=Role.COORDINATOR)
Form = Callable[..., ReferralForm]


async def person_of(gateway: Gateway, form: ReferralForm) -> list[str]:
    """The trajectories under this name; a person who was never kept has none."""
    key = await people.people_key(gateway.engine)
    wanted = people.hashed(form.name, form.birth_date, key)
    async with gateway.engine.connect() as connection:
        found = await connection.exec_driver_sql(
            "select id from people where name_key = ?", (wanted,)
        )
        ids = [row[0] for row in found]
    return [one for person in ids for one in await people.trajectories_of(gateway.engine, person)]


async def test_a_referral_starts_a_trajectory_on_the_waitlist(gateway: Gateway, form: Form) -> None:
    answer = await gateway.refer(form(), LIEN)

    assert "'Aanmelden' is vastgelegd. Fase: Wachtlijst." == answer.text
    assert not answer.already
    assert "1-waitlist_confirmation" in answer.letters
    row = await gateway.row(answer.trajectory)
    assert row is not None
    assert ("wachtlijst", "luwte", "lien") == (row.stage, row.partner, row.supporter)


async def test_only_the_first_referral_of_a_supporter_brings_the_guide(
    gateway: Gateway, form: Form
) -> None:
    partner = Partner(id="nieuw", name="Nieuw", supporters=["ona"], agreement_on=date(2026, 1, 5))
    await registers.put_partner(gateway.engine, partner)
    await registers.put_supporter(
        gateway.engine, registers.Supporter(id="ona", partner="nieuw", name="Ona")
    )
    first = await gateway.refer(form(name="Een Eerste", supporter="ona"), AN)
    second = await gateway.refer(form(name="Een Tweede", supporter="ona"), AN)
    assert ["1-waitlist_confirmation", "1-supporter_guide"] == first.letters
    assert ["1-waitlist_confirmation"] == second.letters


async def test_the_same_person_again_hears_which_trajectory_it_is(
    gateway: Gateway, form: Form
) -> None:
    first = form(name="Nora Tweemaal")
    again = form(name="nora  TWEEMAAL", supporter="sam")

    one = await gateway.refer(first, LIEN)
    two = await gateway.refer(again, AN)

    assert one.trajectory == two.trajectory
    assert two.already
    assert f"Deze persoon was al aangemeld: {one.trajectory}. Fase: Wachtlijst." == two.text


async def test_two_referrals_of_one_person_at_once_are_one_trajectory(
    gateway: Gateway, form: Form
) -> None:
    same = form(name="Tegelijk Tweemaal")

    answers = await asyncio.gather(*(gateway.refer(same, LIEN) for _ in range(3)))

    assert 1 == len({answer.trajectory for answer in answers})
    assert [answers[0].trajectory] == await person_of(gateway, same)
    view = await gateway.view(answers[0].trajectory)
    assert 1 == view["facts"]


async def test_a_referral_that_broke_off_after_the_name_was_kept_goes_on(
    gateway: Gateway, form: Form
) -> None:
    told = form(name="Halverwege Gebleven")
    person = await people.admit(gateway.engine, name=told.name, birth_date=told.birth_date)
    await people.link(gateway.engine, person, "trajectory-halfway00001")

    answer = await gateway.refer(told, LIEN)

    assert ("trajectory-halfway00001", False) == (answer.trajectory, answer.already)


async def test_a_name_is_in_no_history(gateway: Gateway, form: Form) -> None:
    answer = await gateway.refer(form(name="Onvindbaar Geheim"), LIEN)

    history = await gateway.client.get_workflow_handle(answer.trajectory).fetch_history()

    assert "Onvindbaar" not in history.to_json()
    assert {answer.trajectory: "Onvindbaar Geheim"} == await gateway.names([answer.trajectory], AN)
    assert {} == await gateway.names([answer.trajectory], LIEN)


async def test_who_had_a_trajectory_that_ended_must_name_it(gateway: Gateway, form: Form) -> None:
    told = form(name="Opnieuw Begonnen")
    first = await gateway.refer(told, LIEN)
    await gateway.step(
        first.trajectory, "withdraw", {"asked_by": "jongere", "reason": "vond iets"}, LIEN
    )

    with pytest.raises(Refused) as refused:
        await gateway.refer(told, LIEN)
    second = await gateway.refer(told.model_copy(update={"previous": first.trajectory}), LIEN)

    assert (
        f"Deze persoon had al een traject dat is afgelopen: {first.trajectory}. "
        "Geef dat op als vorig traject." == refused.value.text
    )
    assert "previous" == refused.value.about
    assert second.trajectory != first.trajectory
    assert not second.already


async def test_somebody_too_old_is_refused_and_nothing_is_kept(
    gateway: Gateway, form: Form
) -> None:
    today = day_of(gateway.clock())
    told = form(birth_date=add_months(today, -26 * 12).isoformat())

    with pytest.raises(Refused) as refused:
        await gateway.refer(told, LIEN)

    assert ("age", "birth_date", 1) == (
        refused.value.code,
        refused.value.about,
        refused.value.rule,
    )
    assert [] == await person_of(gateway, told)
    kept = (await refusals.list_refusals(gateway.engine, ""))[-1]
    assert ("refer", "lien", "supporter", "age") == (kept.step, kept.who, kept.role, kept.code)
    assert kept.text == refused.value.text


@pytest.mark.parametrize(
    ("supporter", "sentence"),
    [("niemand", "De begeleider 'niemand' hoort bij geen gekende partner.")],
)
async def test_a_supporter_whom_nobody_knows_cannot_refer(
    gateway: Gateway, form: Form, supporter: str, sentence: str
) -> None:
    told = form(supporter=supporter)

    with pytest.raises(Refused) as refused:
        await gateway.refer(told, AN)

    assert (sentence, "supporter") == (refused.value.text, refused.value.about)
    assert [] == await person_of(gateway, told)


async def test_where_no_worker_runs_the_sentence_says_so_and_asking_again_is_safe(
    gateway: Gateway, form: Form, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", timedelta(seconds=0.5))
    settings = gateway.settings.model_copy(update={"task_queue": "nobody-works-here"})
    lonely = Gateway(gateway.client, gateway.engine, settings)
    told = form()

    for _ in range(2):
        with pytest.raises(NoAnswer) as error:
            await lonely.refer(told, LIEN)
        assert str(error.value).startswith("Opstap antwoordt niet op tijd: draait de worker ")
    assert 1 == len(await person_of(gateway, told))
