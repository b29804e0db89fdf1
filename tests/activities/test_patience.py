"""A server that says "not now" for days: the mail becomes a task, and what left stays left."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.effects import OFTEN, Activities
from activities.post import SmtpPost
from models.facts import Delivered
from tests.activities.delivering import AT, DELIVERY, NOBODY, order, statuses
from tests.activities.mail_server import DROP, FaultyServer

HOURS = timedelta(hours=48)
FULL = "452 too many mails"


@pytest.fixture
def patient(engine: AsyncEngine, server: FaultyServer, activities: Activities) -> Activities:
    del activities  # it made the house and its people
    post = SmtpPost("127.0.0.1", server.port, timeout=5)
    return Activities(engine, post, NOBODY, patience=HOURS)


async def tried(activities: Activities, after: timedelta, attempt: int = OFTEN) -> Delivered:
    """One try of the activity, so long after its moment; the workflow asked again on its day."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, attempt=attempt, started_time=AT + after)
    anew = DELIVERY.model_copy(update={"at": AT + after, "since": AT})
    return await environment.run(activities.deliver, anew)


async def test_a_mail_that_is_put_off_for_days_is_refused_and_says_why(
    patient: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await order(patient)
    server.faults["rcpt"] = [FULL] * 9
    with pytest.raises(ApplicationError, match=r"could not leave \(452\)"):
        await tried(patient, HOURS - timedelta(minutes=1))
    assert {"ready"} == set((await statuses(engine))[1].values())

    for _ in range(2):
        delivered = await tried(patient, HOURS)
        assert "refused" == delivered.status
        assert delivered.reason is not None
        assert delivered.reason.endswith(
            " (na 48 uur proberen nog altijd code 452 van de mailserver)"
        )
    status, copies = await statuses(engine)
    assert ("refused", {"refused"}) == (status, set(copies.values()))
    assert [] == server.accepted


async def test_what_one_receiver_got_is_not_sent_again_when_the_other_is_given_up(
    patient: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await order(patient)
    server.faults["rcpt"] = [FULL]
    delivered = await tried(patient, HOURS)
    assert "refused" == delivered.status
    assert "; wel verzonden aan: " in (delivered.reason or "")
    assert {"refused", "sent"} == set((await statuses(engine))[1].values())
    assert 1 == len(server.accepted)


@pytest.mark.parametrize(
    ("faults", "attempt"),
    [({"connect": [DROP] * 9}, OFTEN), ({"rcpt": [FULL] * 9}, OFTEN - 1)],
    ids=["a server that is away", "a first hour after days without a worker"],
)
async def test_nothing_is_given_up(
    patient: Activities,
    engine: AsyncEngine,
    server: FaultyServer,
    faults: dict[str, list[str]],
    attempt: int,
) -> None:
    await order(patient)
    server.faults.update(faults)
    with pytest.raises(ApplicationError):
        await tried(patient, timedelta(days=9), attempt)
    assert {"ready"} == set((await statuses(engine))[1].values())


async def test_on_another_day_than_the_letters_nothing_leaves(
    patient: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    await order(patient)
    environment = ActivityEnvironment()
    for hours, told in ((17, "later"), (14, "sent")):  # AT is a Friday, nine o'clock in Brussels
        environment.info = replace(environment.info, started_time=AT + timedelta(hours=hours))
        assert told == (await environment.run(patient.deliver, DELIVERY)).status
        assert (told == "sent") is bool(server.accepted)
    assert "sent" == (await statuses(engine))[0]
