"""Letters: how many archival PDFs a second, what ours cost beside Typst alone, and memory.

Both sides draw the same letters, in alternation: ours from a kind and its facts (Jinja, Markdown,
tree, hashes, PDF), Typst alone from the finished JSON.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, process_time
from typing import NamedTuple

from bench.report import Report
from letters.pdf import STANDARDS, Sheet, as_pdf, new_compiler, page_json
from letters.render import Letters, Rendered
from letters.samples import ADDRESSEE, DAY, PEOPLE
from letters.sources import LANGUAGES

THREADS = 2
AT = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC)
KIND = "notice_registered"
PAGES = Path("/proc/self/statm")


class Sizes(NamedTuple):
    """How many letters each part draws."""

    rounds: int
    a_round: int
    a_second: int
    memory: int


FULL, QUICK = Sizes(10, 40, 600, 3000), Sizes(5, 20, 100, 300)


async def measure(*, quick: bool) -> Report:
    """Measure in a thread of its own: nothing here waits for anything."""
    return await asyncio.to_thread(_measure, QUICK if quick else FULL)


def _measure(sizes: Sizes) -> Report:
    report = Report("letters: PDF/A-2a and PDF/UA-1, one page")
    ours, alone = _cpu(sizes)
    report.add("processor time a letter, Typst alone", alone * 1000, "ms")
    report.add("processor time a letter, ours", ours * 1000, "ms")
    report.add("ours against Typst alone", ours / alone, "x", at_most=1.25)
    report.add(f"letters a second, {THREADS} threads", _a_second(sizes), "/s", at_least=60)
    before, after = _memory(sizes)
    report.add(f"memory after {sizes.memory // 10} letters", before, "MB")
    report.add(f"memory after {sizes.memory} letters", after, "MB")
    report.add("growth", after / before, "x", at_most=1.1)
    return report


def _cpu(sizes: Sizes) -> tuple[float, float]:
    letters, compiler = Letters(), new_compiler()
    drawn = [_input(letters, number) for number in range(sizes.a_round)]

    def alone(number: int) -> None:
        compiler.compile(
            format="pdf",
            sys_inputs={"letter": drawn[number % sizes.a_round]},
            pdf_standards=STANDARDS,
            timestamp=AT,
        )

    spent = [0.0, 0.0]
    sides: list[Callable[[int], object]] = [lambda number: _pdf(letters, number), alone]
    for side in sides:
        side(0)  # the first letter also reads the fonts
    for turn in range(sizes.rounds):
        for place in (0, 1) if turn % 2 else (1, 0):
            began = process_time()
            for number in range(sizes.a_round):
                sides[place](number)
            spent[place] += process_time() - began
    total = sizes.rounds * sizes.a_round
    return spent[0] / total, spent[1] / total


def _a_second(sizes: Sizes) -> float:
    letters = Letters()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda number: _pdf(letters, number), range(THREADS * 2)))
        began = monotonic()
        list(pool.map(lambda number: _pdf(letters, number), range(sizes.a_second)))
        return sizes.a_second / (monotonic() - began)


def _memory(sizes: Sizes) -> tuple[float, float]:
    letters = Letters()
    for number in range(sizes.memory // 10):
        _pdf(letters, number)
    before = _resident_mb()
    for number in range(sizes.memory // 10, sizes.memory):
        _pdf(letters, number)
    return before, _resident_mb()


def _pdf(letters: Letters, number: int) -> bytes:
    made = _letter(letters, number)
    assert made.sha256  # noqa: S101 (the hash is part of what a letter costs)
    return as_pdf(made.tree, _sheet(letters, number))


def _input(letters: Letters, number: int) -> str:
    """Return what Typst reads for the same letter."""
    return page_json(_letter(letters, number).tree, _sheet(letters, number))


def _letter(letters: Letters, number: int) -> Rendered:
    return letters.render(
        KIND,
        {"lease_end": "2028-05-31", "safe_post_by": "2028-02-22"},
        PEOPLE.model_copy(update={"resident": f"Bewoner {number}"}),
        DAY,
        language=LANGUAGES[number % len(LANGUAGES)],
        reference=str(number),
    )


def _sheet(letters: Letters, number: int) -> Sheet:
    whom = (f"Bewoner {number}", *ADDRESSEE[1:])
    return letters.sheet(whom, window=True, registered=True)


def _resident_mb() -> float:
    return int(PAGES.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
