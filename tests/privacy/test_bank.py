from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bank.reading import read_file
from models.communication import digits_of, printed
from models.paying import Fate
from privacy.erasing import erase
from stores import bank_files, bank_queue, bank_telling
from stores.bank_files import Arrived
from stores.bank_import import take_in
from stores.engine import read
from stores.outcomes import record_turn
from stores.schema import metadata
from stores.vault import SEALED
from tests.bank.making import PAYER, Block, Line, coda
from tests.stores.turns import turn

AT = datetime(2027, 3, 9, 8, tzinfo=UTC)
SECRETS = ("GEHEIMENAAM", PAYER, "vrije woorden", "geheim.cod", digits_of("t-weg"))
LINES = [
    Line("327.00", digits=digits_of("t-1"), name="GEHEIMENAAM"),
    Line("12.00", text="vrije woorden", name="GEHEIMENAAM"),
    Line("13.00", digits=digits_of("t-weg"), name="GEHEIMENAAM"),
]


async def load(engine: AsyncEngine, content: bytes) -> None:
    found = read_file(content)
    arrived = Arrived("geheim.cod", content, found.kind, found.statements, found.fault)
    await take_in(engine, arrived, ours=[], copies=False, at=AT, by="bea")


@pytest.fixture
async def loaded(sealed: AsyncEngine) -> AsyncEngine:
    """A file that is in, one in quarantine, and a payment that its file refused."""
    await record_turn(sealed, turn("refer", overview={"stage": "wonen"}))
    await load(sealed, coda(Block(LINES)))
    await load(sealed, coda(Block(LINES, closing="1.00")))
    (one,) = await bank_telling.untold(sealed)
    await bank_telling.refused(sealed, one, "GEHEIMENAAM huurt hier niet.")
    return sealed


async def test_who_paid_and_what_they_wrote_stands_nowhere_in_plain_text(
    loaded: AsyncEngine,
) -> None:
    def everything(connection: Connection) -> str:
        tables = [table for table in metadata.sorted_tables if table.name.startswith("bank_")]
        assert 5 == len(tables)
        rows = [repr(row) for table in tables for row in connection.execute(select(table))]
        return "\n".join(rows)

    told = await read(loaded, everything)
    assert [] == [secret for secret in SECRETS if secret in told]


async def test_the_file_of_the_database_holds_no_payer(loaded: AsyncEngine, tmp_path: Path) -> None:
    if loaded.dialect.name != "sqlite":
        pytest.skip("the files of a server are not ours to read")
    assert [] == [secret for secret in SECRETS if secret.encode() in _bytes(tmp_path)]


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("opstap.db*"))


async def test_with_the_keys_a_person_reads_the_queue_and_the_file_as_it_came(
    loaded: AsyncEngine,
) -> None:
    names = {one.name for one in await bank_queue.list_payments(loaded, list(Fate))}
    assert {"GEHEIMENAAM"} == names
    files = [taken for taken, _ in await bank_files.list_files(loaded)]
    assert ["geheim.cod", "geheim.cod"] == [taken.file for taken in files]


async def test_of_who_was_forgotten_only_the_amounts_stay(loaded: AsyncEngine) -> None:
    await erase(loaded, "t-1", AT)
    payments = await bank_queue.list_payments(loaded, list(Fate))
    assert [
        (Decimal("327.00"), "", None, None),
        (Decimal("12.00"), "GEHEIMENAAM", None, "Niets wijst naar een bewoner."),
        (
            Decimal("13.00"),
            "GEHEIMENAAM",
            digits_of("t-weg"),
            f"De mededeling {printed(digits_of('t-weg'))} is van niemand.",
        ),
    ] == [(one.amount, one.name, one.structured, one.why) for one in payments]


def test_the_sealed_columns_of_the_bank_are_named() -> None:
    named = {table: columns for table, columns in SEALED.items() if table.startswith("bank_")}
    for table, columns in named.items():
        assert set(columns) <= set(metadata.tables[table].columns.keys())
