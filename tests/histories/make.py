"""`python -m tests.histories.make NAME`: keep histories of this build, for the builds to come.

Plays invented residents and the example scripts on the real workflow, and writes every history that
went another way than those before it. Run it once for each released build, and when something came
that old histories do not have (`0.1.0-rent`: rent, the bank, the ladder). What is kept is never
made again. No script has a mail that hangs: `0.1.0-again` was fetched from the tests in
`tests/workflows/test_going_again.py` (edition 3, and edition 2 that takes over edition 3).
"""

import asyncio
import gzip
import json
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from temporalio.client import WorkflowHistory

from gateway.settings import Settings
from models.calendar import day_of
from simulation import temporal_engine
from simulation.driver import Driver
from simulation.generator import Plan, generate
from simulation.played import Played
from simulation.programme import rules_on
from simulation.script import Script, read_script

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "docs" / "examples"
RESIDENTS, MONTHS = 14, 26
LARGEST = 12


async def histories(script: Script, settings: Settings) -> list[WorkflowHistory]:
    """Play a script on the real workflow; return the history of everybody in it."""
    on = rules_on(settings, script.rules)
    played = Played(script, on(day_of(script.until)))
    with TemporaryDirectory(prefix="opstap-histories-") as folder:
        async with temporal_engine._opened(Path(folder)) as (environment, chosen, engine):
            await temporal_engine._fill_registers(engine, script)
            driver = Driver(environment, chosen, engine, on)
            await temporal_engine._drive(driver, played, lambda _: None)
            client = environment.client
            return [
                await client.get_workflow_handle(name).fetch_history() for name in driver.started
            ]


def kinds(history: WorkflowHistory) -> frozenset[str]:
    """The updates and activities of a history: what way it went."""
    found = set()
    for event in history.events:
        accepted = event.workflow_execution_update_accepted_event_attributes
        found.add(accepted.accepted_request.input.name)
        found.add(event.activity_task_scheduled_event_attributes.activity_type.name)
    return frozenset(found - {""})


def write(folder: Path, found: list[WorkflowHistory]) -> None:
    """Write the histories that add something, the longest first."""
    folder.mkdir(parents=True)
    seen: set[str] = set()
    written = 0
    for history in sorted(found, key=lambda one: -len(one.events)):
        if written == LARGEST or kinds(history) <= seen:
            continue
        seen |= kinds(history)
        written += 1
        path = folder / f"{written:02}-{history.workflow_id}.json.gz"
        told = json.dumps(history.to_json_dict(), separators=(",", ":"), sort_keys=True)
        path.write_bytes(gzip.compress(told.encode(), mtime=0))
        print(f"{path.name}: {len(history.events)} events")


def main(name: str) -> None:
    """Play, and write what is new."""
    settings = Settings()
    rules = {"programme": settings.programme}
    plan = Plan(RESIDENTS, 7, date(2027, 1, 4), MONTHS, rules)
    scripts = [generate(plan, rules_on(settings, rules), lambda _: None).script]
    scripts += [
        read_script(path.read_text(encoding="utf-8").splitlines(), path.name)
        for path in sorted(EXAMPLES.glob("*.jsonl"))
    ]
    found = [one for script in scripts for one in asyncio.run(histories(script, settings))]
    write(HERE / name, found)


if __name__ == "__main__":
    main(sys.argv[1])
