from collections.abc import Callable

import pytest

from gateway.announcing import announce, moved
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.calendar import day_of, dutch_date
from models.facts import By
from models.vocabulary import Role
from stores import registers
from tests.gateway.test_adopt import resident

pytestmark = pytest.mark.dev_server
AN = By(who="an", role=Role.COORDINATOR)
Form = Callable[..., ReferralForm]


async def test_a_resident_hears_that_the_dwelling_goes_back_early(
    gateway: Gateway, form: Form
) -> None:
    answer = await gateway.adopt(resident(gateway, form(), "d17-1"), AN)
    lease = (await gateway.view(answer.trajectory))["state"]["lease"]
    dwelling = await registers.get_dwelling(gateway.engine, "d17")
    assert dwelling is not None
    (known,) = [one for one in await registers.list_dwellings(gateway.engine) if one.id == "d17"]
    today = day_of(gateway.clock())
    early = dwelling.model_copy(update={"available_until": today})

    assert {} == await moved(gateway.engine, [known])
    to = await moved(gateway.engine, [early])
    assert {"d17": [answer.trajectory]} == to
    assert 1 == await announce(gateway.client, gateway.sign, [early], to)

    view = await gateway.view(answer.trajectory)
    task = view["state"]["tasks"]["dwelling_ends"]
    assert task["hard"] is True
    until = dutch_date(today)
    assert task["text"].startswith(f"De woning is beschikbaar tot {until}, het contract loopt tot ")
    assert lease["end"] == view["state"]["lease"]["end"]
