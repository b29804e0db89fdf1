"""The gate: histories of earlier builds replay on this one, and a breaking change is named."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit import gate
from audit.commands import audit
from tests.workflows.test_trajectory_workflow import ChangedWorkflow


@pytest.mark.slow
async def test_the_histories_that_were_kept_replay_on_this_build() -> None:
    verdicts = [verdict async for verdict in gate.gate(gate.KEPT, offline=True)]
    assert [] == [verdict for verdict in verdicts if not verdict.good]
    assert 26 == len(verdicts)
    assert sum(verdict.events for verdict in verdicts) > 12_000


async def test_a_workflow_changed_on_purpose_is_stopped_with_the_reason(tmp_path: Path) -> None:
    kept = next(gate.KEPT.rglob("*-trajectory-r2.json.gz"))
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    (verdict,) = [
        verdict async for verdict in gate.gate(tmp_path, (ChangedWorkflow,), offline=True)
    ]
    assert "trajectory-r2" == verdict.trajectory
    assert verdict.difference is not None
    assert verdict.difference.startswith("de code van nu doet iets anders dan de geschiedenis: ")


def test_the_gate_says_so_on_the_command_line(tmp_path: Path) -> None:
    kept = next(gate.KEPT.rglob("*-trajectory-r2.json.gz"))
    (tmp_path / kept.name).write_bytes(kept.read_bytes())
    arguments = ["replay", "--gate", "--offline", "--histories", str(tmp_path)]
    done = CliRunner().invoke(audit, arguments)
    assert (0, True) == (done.exit_code, "deze versie breekt er 0, 1 spelen na" in done.output)
    told = json.loads(CliRunner().invoke(audit, [*arguments, "--json"]).output)
    assert ("trajectory-r2", True) == (told["trajectory"], told["good"])


def test_what_the_command_says_of_a_broken_history_is_all_that_is_on_its_output(
    tmp_path: Path,
) -> None:
    kept = next(gate.KEPT.rglob("*-trajectory-r2.json.gz"))
    told = json.loads(gzip.decompress(kept.read_bytes()))
    for event in told["events"]:
        event.get("activityTaskScheduledEventAttributes", {})["activityType"] = {"name": "other"}
    (tmp_path / kept.name).write_bytes(gzip.compress(json.dumps(told).encode()))
    command = [sys.executable, "-m", "cli.main", "audit", "replay", "--gate", "--offline"]
    done = subprocess.run(
        [*command, "--histories", str(tmp_path), "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (1, "") == (done.returncode, done.stderr)
    (line,) = done.stdout.splitlines()
    assert ("trajectory-r2", False) == ((said := json.loads(line))["trajectory"], said["good"])
