"""What tests of the post share: a house with people, a mail server that fails on command."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from activities.effects import Activities
from activities.post import SmtpPost
from models.facts import Delivery, LetterOrder
from models.registers import Partner
from stores import people, post, registers
from stores.registers import Supporter
from tests.activities.mail_server import FaultyServer
from tests.stores.turns import T, letter, turn

AT = datetime(2027, 5, 7, 7, 0, tzinfo=UTC)
ORDER = letter(1)
DELIVERY = Delivery(trajectory=T, key=ORDER.key, at=AT)
NOBODY = cast("Client", None)


@pytest.fixture
async def server() -> AsyncIterator[FaultyServer]:
    async with FaultyServer() as server:
        yield server


@pytest.fixture
async def activities(engine: AsyncEngine, server: FaultyServer) -> Activities:
    await registers.put_partner(engine, Partner(id="cas", name="CAS", contact="cas@example.org"))
    sofie = Supporter(id="sofie", partner="cas", name="Sofie", email="sofie@example.org")
    await registers.put_supporter(engine, sofie)
    person = await people.admit(
        engine, name="Ali Ben", birth_date=date(2006, 1, 1), email="ali@example.org"
    )
    await people.link(engine, person, T)
    return Activities(engine, SmtpPost("127.0.0.1", server.port, timeout=5), NOBODY)


async def order(activities: Activities, given: LetterOrder = ORDER, **seen: Any) -> None:
    await activities.record_turn(turn("refer", letters=[given], overview=seen))


async def statuses(engine: AsyncEngine, key: str = ORDER.key) -> tuple[str, dict[str, str]]:
    stored = await post.get_letter(engine, T, key)
    assert stored is not None
    return stored.status, {copy.role.value: copy.status for copy in stored.copies}
