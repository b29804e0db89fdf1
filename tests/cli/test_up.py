"""`opstap up --demo` as a person starts it: one process in a terminal."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.ports import free_port
from models.vocabulary import Stage

pytestmark = [pytest.mark.dev_server, pytest.mark.slow, pytest.mark.timeout(300)]
ANY_PORT = [
    word for name in ("temporal", "ui", "smtp", "mails") for word in (f"--{name}-port", "0")
]


class Terminal:
    """Types `opstap …` with a state folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.environment = {**os.environ, "OPSTAP_STATE_DIR": str(folder)}
        for name in ("OPSTAP_TEMPORAL_ADDRESS", "OPSTAP_DATABASE_URL"):
            self.environment.pop(name, None)
        self.running: subprocess.Popen[str] | None = None

    def opstap(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            capture_output=True,
            text=True,
            check=False,
            env=self.environment,
            timeout=60,
        )

    def up(self, until: str) -> list[str]:
        """Start everything; return what it says up to a sentence."""
        self.running = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up", "--demo", *ANY_PORT],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self.environment,
        )
        assert self.running.stdout is not None
        lines = []
        for line in self.running.stdout:
            lines.append(line.rstrip())
            if until in line:
                return lines
        self.running.communicate(timeout=20)
        pytest.fail("\n".join(lines))

    def stop(self) -> list[str]:
        assert self.running is not None
        self.running.send_signal(signal.SIGINT)
        said, _ = self.running.communicate(timeout=20)
        assert 0 == self.running.returncode
        return said.splitlines()


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path / "var")
    yield terminal
    if terminal.running is not None and terminal.running.poll() is None:
        terminal.running.send_signal(signal.SIGINT)
        terminal.running.communicate(timeout=20)


def test_the_demo_has_forty_residents_on_every_stage_and_keeps_them(terminal: Terminal) -> None:
    terminal.up("De demo is klaar.")
    first = json.loads(terminal.opstap("list", "--json").stdout)

    assert 40 == len(first)
    assert {stage.value for stage in Stage} == {row["stage"] for row in first}
    (notice,) = json.loads(terminal.opstap("post", "list", "--json").stdout)
    assert ("notice_registered", "to_print") == (notice["kind"], notice["status"])
    assert ["Opstap stopt …", "Opstap is gestopt. Alles is bewaard."] == terminal.stop()[-2:]

    gone = terminal.opstap("list")
    assert 1 == gone.returncode
    assert gone.stderr.startswith("Er is hier nog geen Opstap ")

    terminal.up("De verzonnen bewoners van de demo staan er al.")
    again = json.loads(terminal.opstap("list", "--json").stdout)
    assert [(row["trajectory"], row["stage"]) for row in first] == [
        (row["trajectory"], row["stage"]) for row in again
    ]


def test_a_demo_that_broke_off_is_finished_the_next_time(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.up("  20 van 40")
    terminal.stop()

    terminal.up("De demo is klaar.")

    rows = json.loads(terminal.opstap("list", "--json").stdout)
    assert 40 == len(rows)
    assert {stage.value for stage in Stage} == {row["stage"] for row in rows}
    assert (tmp_path / "var" / "demo" / "demo.loaded").exists()


def test_a_port_in_use_is_one_sentence_and_the_flag_that_helps(terminal: Terminal) -> None:
    port = free_port()
    said = terminal.opstap("up", "--temporal-port", str(port), "--ui-port", str(port))

    assert (1, "") == (said.returncode, said.stdout)
    assert f"Poort {port} is twee keer gekozen: kies een andere met --ui-port.\n" == said.stderr
