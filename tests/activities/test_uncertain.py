"""The table of faults: what a mail server or a kill does, and how many copies arrive.

A mail cannot be exactly once. What can be promised: it is known on which side a failure fell, and
only a mail that may go twice goes again, once, as the same mail.
"""

import asyncio
import email
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.effects import Activities
from activities.post import SmtpPost, TryLater
from activities.sending import Moment, send
from letters.render import Letters
from models.facts import LetterOrder, Turn
from models.vocabulary import Role
from stores import outcomes, post
from tests.activities.delivering import AT
from tests.activities.mail_server import DROP, FaultyServer
from tests.stores.turns import T, after, letter, turn

ROOT = Path(__file__).parents[2]
WAIT = timedelta(minutes=15)
# A person decides about the one ("mens"); the other may go twice ("opnieuw").
LEGAL = letter(1, "extension", to=[Role.SUPPORTER]).model_copy(
    update={"facts": {"new_end": "2028-11-30", "signed_on": "2028-04-03"}}
)
INFO = letter(1, to=[Role.SUPPORTER])


async def ordered(activities: Activities, order: LetterOrder) -> Turn:
    first = turn("refer", letters=[order])
    await activities.record_turn(first)
    return first


async def try_once(
    engine: AsyncEngine, server: FaultyServer, order: LetterOrder, now: datetime
) -> str:
    """One try of the activity at a moment; return what became of the letter."""
    letter = await post.release(engine, T, order.key, AT)
    assert letter is not None
    smtp = SmtpPost("127.0.0.1", server.port, timeout=5)
    return (await send(engine, smtp, Letters(), letter, Moment(AT, now, WAIT))).status


async def tries(
    engine: AsyncEngine, server: FaultyServer, order: LetterOrder, now: datetime = AT
) -> tuple[str, timedelta]:
    """Try as Temporal does, after the wait that was asked; return the end and the time."""
    began = now
    for _ in range(6):
        try:
            return await try_once(engine, server, order, now), now - began
        except TryLater as error:
            now += error.after or timedelta(seconds=1)
    raise AssertionError("it never ends")


def message_ids(server: FaultyServer) -> list[str]:
    return [email.message_from_bytes(body)["Message-ID"] for body in server.bodies]


SECOND = timedelta(seconds=1)
NOTHING = timedelta(0)
TABLE = [
    # fault, what becomes of a legal letter, of an invitation: end, copies received, time
    ({}, ("sent", 1, NOTHING), ("sent", 1, NOTHING)),
    ({"connect": ["421 busy"]}, ("sent", 1, SECOND), ("sent", 1, SECOND)),
    ({"mail": ["451 busy"]}, ("sent", 1, SECOND), ("sent", 1, SECOND)),
    ({"rcpt": ["451 busy"] * 3}, ("sent", 1, 3 * SECOND), ("sent", 1, 3 * SECOND)),
    ({"data": ["451 busy"]}, ("sent", 1, SECOND), ("sent", 1, SECOND)),
    ({"body": ["451 busy"]}, ("sent", 1, SECOND), ("sent", 1, SECOND)),
    ({"rcpt": ["550 nobody"]}, ("refused", 0, NOTHING), ("refused", 0, NOTHING)),
    ({"body": ["554 no"]}, ("refused", 0, NOTHING), ("refused", 0, NOTHING)),
    ({"connect": [DROP]}, ("sent", 1, SECOND), ("sent", 1, SECOND)),
    ({"rcpt": [DROP]}, ("sent", 1, SECOND), ("sent", 1, SECOND)),
    ({"data": [DROP]}, ("sent", 1, SECOND), ("sent", 1, SECOND)),
    # Only here nobody knows: the body is out, and no answer came.
    ({"body": [DROP]}, ("uncertain", 0, NOTHING), ("sent", 1, WAIT)),
    ({"accepted": [DROP]}, ("uncertain", 1, NOTHING), ("sent", 2, WAIT)),
    ({"accepted": [DROP] * 2}, ("uncertain", 1, NOTHING), ("uncertain", 2, WAIT)),
    # The second time is like the first in everything but that there is no third.
    (
        {"accepted": [DROP], "rcpt": ["250 ok", "451 busy"]},
        ("uncertain", 1, NOTHING),
        ("sent", 2, WAIT + SECOND),
    ),
]


@pytest.mark.parametrize("kind", ["legal", "info"])
@pytest.mark.parametrize(("faults", "legal", "info"), TABLE)
async def test_the_copies_that_arrive_are_those_of_the_table(
    activities: Activities,
    engine: AsyncEngine,
    server: FaultyServer,
    kind: str,
    faults: dict[str, list[str]],
    legal: tuple[str, int, timedelta],
    info: tuple[str, int, timedelta],
) -> None:
    order, expected = (LEGAL, legal) if kind == "legal" else (INFO, info)
    server.faults = {phase: list(answers) for phase, answers in faults.items()}
    await ordered(activities, order)
    end, took = await tries(engine, server, order)
    assert expected == (end, len(server.accepted), took)
    # Once more, hours later, nothing happens any more; and every copy is the same mail.
    again, _ = await tries(engine, server, order, AT + timedelta(hours=5))
    assert (end, expected[1]) == (again, len(server.accepted))
    assert 1 >= len(set(message_ids(server)))
    assert 1 >= len(set(server.bodies))


async def test_an_uncertain_invitation_waits_its_quarter_of_an_hour(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    server.faults["accepted"] = [DROP]
    await ordered(activities, INFO)
    for minutes, left in ((0, 15), (1, 14), (14, 1)):
        with pytest.raises(TryLater) as caught:
            await try_once(engine, server, INFO, AT + timedelta(minutes=minutes))
        assert timedelta(minutes=left) == caught.value.after
    assert 1 == len(server.accepted)
    assert "sent" == await try_once(engine, server, INFO, AT + WAIT)
    assert 2 == len(server.accepted)


@pytest.mark.parametrize(
    ("order", "phase", "end", "copies"),
    [
        (LEGAL, "offered", "sent", 1),
        (LEGAL, "before", "uncertain", 0),
        (LEGAL, "after", "uncertain", 1),
        (INFO, "offered", "sent", 1),
        (INFO, "before", "sent", 1),
        (INFO, "after", "sent", 2),
    ],
)
async def test_a_kill_around_the_body_gives_the_copies_of_the_table(
    activities: Activities,
    engine: AsyncEngine,
    url: str,
    server: FaultyServer,
    order: LetterOrder,
    phase: str,
    end: str,
    copies: int,
) -> None:
    await ordered(activities, order)
    killed = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.activities.killed_sender"),
        *(url, str(server.port), order.key, phase),
        cwd=ROOT,
    )
    assert -9 == await killed.wait()
    became, _ = await tries(engine, server, order)
    assert (end, copies) == (became, len(server.accepted))
    assert 1 == len(set(message_ids(server))) or copies == 0


# ---- a person's word ----------------------------------------------------------------------------
async def test_a_legal_letter_goes_again_only_on_a_persons_word_and_once_for_each(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    server.faults["accepted"] = [DROP, DROP]
    last = await ordered(activities, LEGAL)
    for copies in (1, 2):
        assert ("uncertain", NOTHING) == await tries(engine, server, LEGAL)
        assert ("uncertain", NOTHING) == await tries(engine, server, LEGAL)
        assert copies == len(server.accepted)
        last = after(last, "letter_uncertain", statuses={LEGAL.key: "uncertain"})
        await outcomes.record_turn(engine, last)
        last = after(last, "answer_uncertain", statuses={LEGAL.key: "held"})
        await outcomes.record_turn(engine, last)
    assert ("sent", NOTHING) == await tries(engine, server, LEGAL)
    assert ("sent", NOTHING) == await tries(engine, server, LEGAL)
    assert 3 == len(server.accepted)
    assert 1 == len(set(message_ids(server)))


async def test_a_letter_that_would_go_again_is_still_held_back(
    activities: Activities, engine: AsyncEngine, server: FaultyServer
) -> None:
    server.faults["accepted"] = [DROP]
    first = await ordered(activities, LEGAL)
    await tries(engine, server, LEGAL)
    again = after(first, "answer_uncertain", statuses={LEGAL.key: "held"})
    await outcomes.record_turn(engine, again)
    await outcomes.record_turn(engine, after(again, "extend_lease", recalled=[LEGAL.key]))
    assert "refused" == (await tries(engine, server, LEGAL))[0]
    assert 1 == len(server.accepted)
