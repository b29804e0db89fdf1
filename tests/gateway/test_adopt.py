from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.errors import Refused
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.calendar import add_months, day_of
from models.facts import By, Json
from models.vocabulary import Role
from stores import places

pytestmark = pytest.mark.dev_server
AN = By(who="an", role=Role.COORDINATOR)
LIEN = By(who="lien", role=Role.SUPPORTER)
Form = Callable[..., ReferralForm]


def resident(gateway: Gateway, form: ReferralForm, place: str) -> Json:
    today = day_of(gateway.clock())
    start = add_months(today, -3)
    return {
        **form.model_dump(mode="json", exclude_none=True),
        "stage": "wonen",
        "referred_on": add_months(start, -4).isoformat(),
        "place": place,
        "keys_on": start.isoformat(),
        "lease_start": start.isoformat(),
        "lease_end": (add_months(start, 12) - timedelta(days=1)).isoformat(),
        "last_talk_on": add_months(today, -1).isoformat(),
    }


async def test_who_is_taken_over_has_the_place_and_nothing_is_sent_again(
    gateway: Gateway, form: Form
) -> None:
    answer = await gateway.adopt(resident(gateway, form(), "d20-1"), AN)

    assert "'Traject overnemen' is vastgelegd. Fase: Wonen." == answer.text
    assert [] == answer.letters
    (tenancy,) = await places.list_tenancies(gateway.engine, trajectory=answer.trajectory)
    assert ("d20-1", True) == (tenancy.place, tenancy.occupied)
    offer = (await gateway.view(answer.trajectory))["state"]["offer"]
    assert ("d20", True, "2034-12-31") == (offer["dwelling"], offer["shared"], offer["epc_until"])


async def test_the_same_row_again_is_the_same_trajectory(gateway: Gateway, form: Form) -> None:
    row = resident(gateway, form(), "d19-1")

    one = await gateway.adopt(row, AN)
    two = await gateway.adopt(row, AN)

    assert (one.trajectory, True) == (two.trajectory, two.already)


async def test_a_place_where_somebody_lives_is_not_given_twice(
    gateway: Gateway, form: Form
) -> None:
    await gateway.adopt(resident(gateway, form(), "d18-1"), AN)

    with pytest.raises(Refused) as refused:
        await gateway.adopt(resident(gateway, form(), "d18-1"), AN)

    assert ("De plaats 'd18-1' is niet vrij.", "place") == (
        refused.value.text,
        refused.value.about,
    )


@pytest.mark.parametrize(
    ("changed", "sentence", "about"),
    [
        ({"place": "d99-1"}, "De plaats 'd99-1' bestaat niet.", "place"),
        ({"place": None}, "Een bewoner heeft een plaats, sleuteldatum en contractdata.", "place"),
        ({"stage": "opzeg"}, "Wanneer is de opzeg gepost?", "notice_posted_on"),
        (
            {"stage": "nazorg"},
            "Overnemen kan in: aangemeld, wachtlijst, intake, wonen, opzeg, uitstroom.",
            "stage",
        ),
        ({"lease_end": "2020-01-01"}, "Het contract eindigt voor het begint.", "lease_end"),
    ],
)
async def test_a_row_that_does_not_add_up_is_refused(
    gateway: Gateway, form: Form, changed: Json, sentence: str, about: str
) -> None:
    row = {**resident(gateway, form(), "d17-1"), **changed}

    with pytest.raises(Refused) as refused:
        await gateway.adopt({name: one for name, one in row.items() if one is not None}, AN)

    assert (sentence, about) == (refused.value.text, refused.value.about)


async def test_a_supporter_takes_nothing_over(gateway: Gateway, form: Form) -> None:
    with pytest.raises(Refused) as refused:
        await gateway.adopt(resident(gateway, form(), "d17-1"), LIEN)

    assert "role" == refused.value.code
