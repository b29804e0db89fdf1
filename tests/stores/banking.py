"""Two residents, three statements that follow each other, and what tests ask of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bank.reading import read_file
from models.communication import digits_of
from models.paying import Fate
from stores import bank_queue, bank_telling
from stores.bank_files import Arrived, Taken
from stores.bank_import import take_in
from stores.bank_queue import Payment
from stores.outcomes import record_turn
from tests.bank.making import Block, Line
from tests.stores.turns import charge, turn

AT = datetime(2027, 3, 9, 8, tzinfo=UTC)
AN, BO = "t-an", "t-bo"
RENT = Line("327.00", digits=digits_of(AN))
MONDAY = Block([RENT, Line("12.00", text="rente", name="", iban=""), Line("-90.00")], number=47)
TUESDAY = Block(
    [Line("213.50", digits=digits_of(BO))],
    number=48,
    opening="1249.00",
    opens_on="2027-03-08",
    closes_on="2027-03-09",
)
WEDNESDAY = Block(
    [Line("5.00")], number=49, opening="1462.50", opens_on="2027-03-09", closes_on="2027-03-10"
)


@pytest.fixture
async def known(engine: AsyncEngine) -> AsyncEngine:
    """Two residents, each with a charge of this month."""
    for who, amount in ((AN, "327.00"), (BO, "213.50")):
        one = turn("refer", trajectory=who, overview={"stage": "wonen"})
        await record_turn(engine, one.model_copy(update={"postings": [charge(amount=amount)]}))
    return engine


async def load(
    engine: AsyncEngine,
    content: bytes,
    *,
    ours: Sequence[str] = (),
    copies: bool = False,
    name: str = "b.cod",
) -> Taken:
    read = read_file(content)
    arrived = Arrived(name, content, read.kind, read.statements, read.fault)
    return await take_in(engine, arrived, ours=ours, copies=copies, at=AT, by="bea")


async def payment(engine: AsyncEngine, amount: str) -> Payment:
    found = await bank_queue.list_payments(engine, list(Fate))
    (one,) = [payment for payment in found if Decimal(amount) == payment.amount]
    return one


async def heard(engine: AsyncEngine) -> list[tuple[str, str, str]]:
    """What is still to be told: to whom, what, how much."""
    untold = await bank_telling.untold(engine)
    return [(one.trajectory, one.heard.name, one.heard.data["amount"]) for one in untold]
