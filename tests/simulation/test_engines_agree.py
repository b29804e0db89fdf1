"""The core engine and the real workflow tell the same story, line by line."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client

from audit.beside import Database
from audit.fetching import histories
from audit.replay import Verdict, replay
from gateway.settings import Settings
from models.calendar import add_months, day_of
from models.contract import safe_day
from models.facts import Json
from simulation import output
from simulation.generator import Plan, generate
from simulation.played import Played, play_on_core
from simulation.programme import rules_on
from simulation.script import Script, read_script, trajectory_id
from simulation.temporal_engine import CannotPlay, play_on_temporal

# The test server's clock only goes forward, and these lives are the same whenever they are played.
LATER = date(2033, 1, 3)


def written(folder: Path, played: Played) -> dict[str, bytes]:
    output.prepare(folder)
    output.write(folder, played)
    return {name: (folder / name).read_bytes() for name in output.FILES}


def both(script: Script, folder: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    on = rules_on(Settings(), script.rules)
    return (
        written(folder / "core", play_on_core(script, on)),
        written(folder / "temporal", play_on_temporal(script, on)),
    )


@pytest.mark.slow
def test_a_hand_written_script_plays_the_same_on_both_engines(
    example: Callable[[str], Script], tmp_path: Path
) -> None:
    core, temporal = both(example("two-refusals.jsonl"), tmp_path)

    assert core == temporal
    assert 2 == core["refusals.jsonl"].count(b"\n")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_twelve_invented_residents_live_the_same_lives_on_both_engines(tmp_path: Path) -> None:
    plan = Plan(12, 3, LATER, 14, {"programme": "wonen-met-kansen"})
    on = rules_on(Settings(), plan.rules)
    script = generate(plan, on).script
    verdicts: list[Verdict] = []

    async def audit(client: Client, engine: AsyncEngine) -> None:
        # One by one: the test server keeps no list of its workflows.
        for resident in script.residents():
            found = histories(client, trajectory_id(resident))
            verdicts.extend([one async for one in replay(found, Database(engine))])

    core = written(tmp_path / "core", play_on_core(script, on))
    temporal = written(tmp_path / "temporal", play_on_temporal(script, on, afterwards=audit))

    assert core == temporal
    assert len(script.residents()) == len(verdicts)
    assert [] == [(one.trajectory, one.difference) for one in verdicts if not one.good]


def last_safe_day(soon: date) -> Script:
    """Two residents whose notice is approved on its last safe day, in the morning and at night."""
    rules = rules_on(Settings(), {"programme": "wonen-met-kansen"})(soon)
    start, end = add_months(soon, -6), add_months(soon, 6) - timedelta(days=1)
    last = safe_day(end, rules)
    agreed = {"agreement_on": f"{add_months(start, -24)}"}
    lines: list[Json] = [
        {"rules": "wonen-met-kansen"},
        {"partner": {"id": "joba", "name": "Joba", **agreed, "supporters": ["lien"]}},
    ]
    for number, at in ((1, "10:00"), (2, "23:45")):
        told = {"who": "an", "role": "coordinator", "resident": f"r{number}"}
        good = {"epc_until": "2090-01-01", "conformity_until": "2090-01-01"}
        dwelling = {"id": f"d{number}", "bedrooms": 1, "destination": "afbraak", **good}
        lines.append({"dwelling": {**dwelling, "flat_rate": "95.00"}})
        lived = {
            "stage": "wonen",
            "referred_on": f"{add_months(start, -2)}",
            "birth_date": f"{add_months(start, -240)}",
            "sex": "v",
            "supporter": "lien",
            "living": "alleen",
            "place": f"d{number}-1",
            "keys_on": f"{start}",
            "lease_start": f"{start}",
            "lease_end": f"{end}",
            "last_talk_on": f"{add_months(soon, -1)}",
        }
        lines.append({"at": f"{soon}T09:0{number}", "step": "adopt", "data": lived, **told})
        data = {"lease_end": f"{end}"}
        lines.append({"at": f"{last}T{at}", "step": "approve_notice", "data": data, **told})
    lines.sort(key=lambda line: str(line.get("at", "")))
    lines.append({"until": f"{last + timedelta(days=2)}"})
    return read_script([json.dumps(line) for line in lines], "last-safe-day.jsonl")


@pytest.mark.slow
def test_a_notice_of_the_last_safe_day_is_printed_that_day_on_both_engines(tmp_path: Path) -> None:
    script = last_safe_day(LATER)
    core, temporal = both(script, tmp_path)

    assert core == temporal
    last = day_of(script.facts[-1].at)
    rows = [json.loads(line) for line in core["outcomes.jsonl"].splitlines()]
    assert [("r1", f"{last}T10:30"), ("r2", f"{last}T23:45")] == [
        (row["resident"], row["recorded_at"][:16])
        for row in rows
        if row["kind"] == "letter_to_print" and row["letter"]["kind"] == "notice_registered"
    ]


def test_a_script_in_the_past_is_for_the_core_alone(example: Callable[[str], Script]) -> None:
    script = example("two-refusals.jsonl")
    script.facts = script.facts[:1]
    script.facts[0].at = datetime(2020, 1, 6, 10, tzinfo=UTC)

    with pytest.raises(CannotPlay) as error:
        play_on_temporal(script, rules_on(Settings(), script.rules))

    assert (
        "De eerste stap ligt in het verleden en de klok van de testserver gaat alleen vooruit: "
        "speel dit script met --engine core."
    ) == str(error.value)
