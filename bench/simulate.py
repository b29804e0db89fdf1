"""How many resident-years a second the core engine plays, outcomes written to file included.

A resident-year is counted from a resident's referral to the last day of the play, or to the last
thing that happened where a file was shut before. The fixed loop says how fast this machine is now.
"""

import tempfile
from datetime import date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from bench.report import Report
from gateway.settings import Settings
from models.facts import Json
from models.vocabulary import ENDED
from simulation import output
from simulation.generator import Plan, generate
from simulation.played import Lived, Played
from simulation.programme import rules_on
from simulation.rarely import collected_rarely

RUNS, RESIDENTS, MONTHS = 5, 200, 24
LOOPS = 3_000_000
YEAR = 365.25 * 86_400


async def measure(*, quick: bool = False) -> Report:
    """Play the same lives as `opstap simulate` does, in turn with rent and without."""
    runs, without = [], []
    for _ in range(1 if quick else RUNS):
        runs.append(_run(60 if quick else RESIDENTS))
        without.append(_run(60 if quick else RESIDENTS, rent_due_day=0))
    report = Report("simulate")
    report.add("resident-years a second", median(run[0] for run in runs), at_least=200)
    report.add("the same without rent and its ladder", median(run[0] for run in without))
    report.add("resident-years a second of processor time", median(run[1] for run in runs))
    loop = median(run[2] for run in runs)
    report.add("the fixed loop of three million additions, processor time", loop, "s")
    report.add("resident-years in the time of one fixed loop", median(r[1] * r[2] for r in runs))
    years = f"{runs[0][3]:.0f} resident-years each, {without[0][3]:.0f} without rent"
    report.remarks.append(f"{len(runs)} runs; {years}.")
    return report


@collected_rarely()
def _run(residents: int, **instead: int) -> tuple[float, float, float, float]:
    rules: Json = {"programme": Settings().programme, **instead}
    plan = Plan(residents, 1, date(2027, 1, 4), MONTHS, rules)
    calibration = _loop()
    with tempfile.TemporaryDirectory(prefix="opstap-bench-") as folder:
        out = Path(folder) / "out"
        wall, processor = perf_counter(), process_time()
        output.prepare(out)
        played = generate(plan, rules_on(Settings(), rules))
        output.write(out, played)
        wall, processor = perf_counter() - wall, process_time() - processor
    years = sum(_years(life, played) for life in played.lives)
    return years / wall, years / processor, calibration, years


def _years(life: Lived, played: Played) -> float:
    first, last = life.outcomes[0], life.outcomes[-1]
    until = played.script.until
    if last.stage in ENDED:
        until = datetime.fromisoformat(last.recorded_at)
    return (until - datetime.fromisoformat(first.recorded_at)).total_seconds() / YEAR


def _loop() -> float:
    began = process_time()
    total = 0
    for number in range(LOOPS):
        total += number
    return process_time() - began
