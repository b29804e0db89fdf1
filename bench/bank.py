"""The bank: reading beside a plain parse by the library, taking in on one core, and the 15th.

Both sides read the same files, in alternation. Taking in is the whole of `opstap bank import` but
starting Python: reading, checks, matching against residents with sealed names, and a sealed row a
payment, in a database of its own.
"""

import asyncio
import io
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from time import monotonic, process_time

import coda
from defusedxml.ElementTree import fromstring
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from bank.reading import read_file
from bench import look
from bench.bank_file import Payer, camt_file, coda_file
from bench.report import Report
from gateway.bank import import_file
from gateway.connect import prepare_database
from gateway.lists import Lists
from gateway.settings import Settings
from models.communication import digits_of
from models.facts import GENESIS, Overview
from models.vocabulary import Stage
from privacy import master
from stores import overview, people
from stores.engine import write
from stores.money_tables import communications

PAGES = Path("/proc/self/statm")
ROUNDS = 5
LATE, QUICK = 1_000, 50
Reads = Callable[[], object]


async def measure(*, quick: bool) -> Report:
    """Measure reading first, then taking in, then the look at who has not paid."""
    movements, residents = (2_000, 200) if quick else (10_000, 1_000)
    payers = [Payer(f"trajectory-{number:06}", _name(number)) for number in range(residents)]
    report = Report(f"bank: {movements} movements, {residents} residents")
    await asyncio.to_thread(_reading, report, payers, movements)
    with tempfile.TemporaryDirectory() as folder:
        await _taking_in(report, payers, movements, Path(folder))
    await look.measure(report, QUICK if quick else LATE, at_most=None if quick else 60)
    return report


def _reading(report: Report, payers: list[Payer], movements: int) -> None:
    coda_bytes = coda_file(payers, movements)
    text = coda_bytes.decode("ascii")
    camt_bytes = camt_file(payers, movements)
    sides: list[tuple[str, Reads, Reads]] = [
        ("CODA", lambda: coda.CODA(io.StringIO(text)), lambda: read_file(coda_bytes)),
        ("CAMT.053", lambda: fromstring(camt_bytes), lambda: read_file(camt_bytes)),
    ]
    for name, plain, ours in sides:
        alone, checked = _cpu(plain, ours)
        report.add(f"{name}: a plain parse by the library", alone, "s cpu")
        report.add(f"{name}: reading and checks, ours", checked, "s cpu")
        report.add(f"{name}: ours against the library", checked / alone, "x", at_most=3)


def _cpu(plain: Reads, ours: Reads) -> tuple[float, float]:
    """Return the best of each: the machine has other work too."""
    best = [float("inf"), float("inf")]
    for turn in range(ROUNDS):
        for side in (0, 1) if turn % 2 else (1, 0):
            began = process_time()
            (plain, ours)[side]()
            best[side] = min(best[side], process_time() - began)
    return best[0], best[1]


async def _taking_in(report: Report, payers: list[Payer], movements: int, folder: Path) -> None:
    settings = Settings(state_dir=folder, database_url=f"sqlite+aiosqlite:///{folder}/opstap.db")
    master.make_once(settings.master_file)
    engine = await prepare_database(settings)
    try:
        await _residents(engine, payers)
        lists = Lists(engine, settings)
        days = movements // 500
        files = [_written(folder, payers, movements, at * days) for at in range(3)]
        spent, grown, took = [], [], []
        for file in files:
            began = monotonic(), process_time()
            took += await import_file(lists, file)
            spent.append((monotonic() - began[0], process_time() - began[1]))
            grown.append(_resident_mb())
        report.add("taking in, by the clock", spent[0][0], "s", at_most=10)
        report.add("taking in, processor time", spent[0][1], "s cpu", at_most=10)
        report.add("memory after the first file", grown[0], "MB")
        report.add("memory after two more", grown[2], "MB")
        report.add("growth", grown[2] / grown[0], "x", at_most=1.1)
        began = monotonic(), process_time()
        (again,) = await import_file(lists, files[-1])
        report.add("the same file again", monotonic() - began[0], "s", at_most=2)
        report.remarks.append(
            f"each file: booked {took[-1].booked}, proposed {took[-1].proposed}, "
            f"unmatched {took[-1].unmatched}; again: {'nothing new' if again.already else 'NEWS'}"
        )
    finally:
        await engine.dispose()


def _written(folder: Path, payers: list[Payer], movements: int, first_day: int) -> Path:
    path = folder / f"{first_day}.cod"
    path.write_bytes(coda_file(payers, movements, first_day))
    return path


async def _residents(engine: AsyncEngine, payers: Sequence[Payer]) -> None:
    rows = [
        Overview(
            trajectory=one.trajectory,
            programme="wonen-met-kansen",
            stage=Stage.LIVING.value,
            contract="loopt",
            reviews="gepland",
            head=GENESIS,
        )
        for one in payers
    ]
    await overview.replace_all(engine, rows)
    digits = [{"trajectory": p.trajectory, "digits": digits_of(p.trajectory)} for p in payers]
    await write(engine, lambda connection: connection.execute(insert(communications), digits))
    key = await people.people_key(engine)
    for number, payer in enumerate(payers):
        born = date(2000, 1, 1).replace(day=number % 28 + 1)
        person = await people.admit(engine, name=payer.name, birth_date=born, key=key)
        await people.link(engine, person, payer.trajectory)


def _name(number: int) -> str:
    return f"Voornaam{number:04} Achternaam{number:04}"


def _resident_mb() -> float:
    return int(PAGES.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
