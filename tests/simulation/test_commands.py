import gc
import json
from pathlib import Path

import pytest

from cli.main import run
from tests.simulation.conftest import EXAMPLES


def test_play_writes_six_files_and_keeps_the_script_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script, out = EXAMPLES / "prison.jsonl", tmp_path / "uit"

    assert 0 == run(["play", str(script), "--out", str(out)])

    assert {
        "script.jsonl", "outcomes.jsonl", "refusals.jsonl", "tasks.jsonl", "timeline.txt",
        "figures.json",
    } == {path.name for path in out.iterdir()}  # fmt: skip
    assert script.read_bytes() == (out / "script.jsonl").read_bytes()
    assert (
        f"1 trajecten, 30 uitkomsten, 0 weigeringen. Lees {out / 'timeline.txt'}.\n"
        == capsys.readouterr().out
    )


def test_a_folder_with_something_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("keep me")

    assert 1 == run(["simulate", "--residents", "2", "--months", "2", "--out", str(tmp_path)])

    assert (
        f"De map '{tmp_path}' is niet leeg. Kies een andere map, of overschrijf met --force.\n"
        == capsys.readouterr().err
    )
    assert ["mine.txt"] == [path.name for path in tmp_path.iterdir()]


def test_a_script_that_cannot_be_read_makes_no_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "kapot.jsonl"
    script.write_text('{"until": "morgen"}\n')

    assert 1 == run(["play", str(script), "--out", str(tmp_path / "uit")])

    assert (
        "kapot.jsonl, regel 1: 'until': schrijf een datum met uur als 6/5/2027 11:00.\n"
        == capsys.readouterr().err
    )
    assert not (tmp_path / "uit").exists()


def test_a_rule_that_does_not_exist_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "regels.jsonl"
    script.write_text('{"rules": {"priority_cup": 5}}\n{"until": "2027-02-01"}\n')

    assert 1 == run(["play", str(script), "--out", str(tmp_path / "uit")])

    assert "priority_cup" in capsys.readouterr().err


def test_simulate_writes_a_script_with_as_many_lives_as_asked(tmp_path: Path) -> None:
    out = tmp_path / "jaar"

    assert 0 == run(
        ["simulate", "--residents", "5", "--seed", "2", "--months", "6", "--out", str(out)]
    )

    figures = json.loads((out / "figures.json").read_text(encoding="utf-8"))
    assert figures["residents"] <= 5
    assert figures["outcomes"] == (out / "outcomes.jsonl").read_bytes().count(b"\n")


def test_an_impossible_number_of_residents_is_wrong_usage(tmp_path: Path) -> None:
    assert 2 == run(["simulate", "--residents", "0", "--out", str(tmp_path / "x")])


def test_after_a_play_garbage_is_collected_as_often_as_before(tmp_path: Path) -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()

    assert 0 == run(["simulate", "--residents", "1", "--months", "1", "--out", str(tmp_path / "x")])

    assert (before, frozen) == (gc.get_threshold(), gc.get_freeze_count())
