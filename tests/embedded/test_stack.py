"""The stack as a person has it: one process in a terminal, asked to stop, or killed."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.client import Client

from embedded.errors import StackError
from embedded.ports import LOOPBACK, Ports, claim, free_port
from embedded.stack import StackSettings, _make_keys, running_stack
from embedded.state_dir import StateDir, locked
from embedded.temporal_server import FAST_FORWARD

HERE = Path(__file__).parent
SMALL_WORKER = (sys.executable, str(HERE / "small_worker.py"))


class Terminal:
    """`small_up.py` as a subprocess, on ports that stay the same over a restart."""

    def __init__(self, state_dir: Path) -> None:
        self.ports = [free_port() for _ in range(4)]
        self._state_dir = state_dir
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None
        return self._process

    def up(self) -> list[str]:
        """Start it and return the lines up to the moment that it is ready."""
        self._process = subprocess.Popen(
            [sys.executable, HERE / "small_up.py", self._state_dir, *map(str, self.ports)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        lines: list[str] = []
        for line in self._process.stdout:
            if line.strip() == "READY":
                return lines
            lines.append(line.rstrip())
        pytest.fail("\n".join(lines))

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(word) for word in path.read_text().split()]

    def end(self) -> str:
        output, _ = self.process.communicate(timeout=15)
        return output

    async def client(self) -> Client:
        return await Client.connect(f"{LOOPBACK}:{self.ports[0]}", namespace="opstap")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal(tmp_path / "var")
    yield terminal
    if terminal._process is not None:
        terminal._process.kill()
        terminal._process.communicate()


def gone(pids: list[int], within: float = 3.0) -> bool:
    """Whether none of these processes runs any more (one that is not yet reaped does not run)."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not any(_runs(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


async def test_ctrl_c_stops_everything_within_ten_seconds(terminal: Terminal) -> None:
    lines = await asyncio.to_thread(terminal.up)
    assert "Opstap draait. Stoppen kan met Ctrl-C." == lines[0]
    children = terminal.children()
    assert 2 == len(children)

    asked_at = time.monotonic()
    terminal.process.send_signal(signal.SIGINT)
    output = await asyncio.to_thread(terminal.end)

    assert time.monotonic() - asked_at < 10
    assert "Opstap stopt …\nOpstap is gestopt. Alles is bewaard.\n" == output
    assert 0 == terminal.process.returncode
    assert gone(children)


async def test_after_kill_9_of_the_whole_stack_a_workflow_goes_on(terminal: Terminal) -> None:
    await asyncio.to_thread(terminal.up)
    counter = await (await terminal.client()).start_workflow(
        "Counter", id="counter", task_queue="opstap"
    )
    assert 2 == await counter.execute_update("add", 2)
    children = terminal.children()

    terminal.process.kill()
    await asyncio.to_thread(terminal.end)
    assert gone(children), "a child outlived its parent"

    await asyncio.to_thread(terminal.up)
    counter = (await terminal.client()).get_workflow_handle("counter")
    assert 5 == await counter.execute_update("add", 3)


@pytest.mark.parametrize("part", ["server", "worker"])
async def test_a_part_that_is_killed_starts_again_and_says_so(part: str, tmp_path: Path) -> None:
    said: list[str] = []
    settings = StackSettings(
        state_dir=tmp_path,
        ports=Ports(temporal=0, temporal_ui=0, smtp=0, mails=0),
        worker_command=SMALL_WORKER,
        server_arguments=FAST_FORWARD,
    )
    async with running_stack(settings, say=said.append) as stack:
        name = {"server": "De Temporal-server", "worker": "De worker"}[part]
        supervised = {"server": stack.server, "worker": stack.worker}[part]
        client = await Client.connect(stack.temporal.address, namespace="opstap")
        counter = await client.start_workflow("Counter", id="counter", task_queue="opstap")
        assert 1 == await counter.execute_update("add", 1)

        assert supervised.child is not None
        os.kill(supervised.child.pid, signal.SIGKILL)
        async with asyncio.timeout(30):
            while f"{name} draait weer." not in said:
                await asyncio.sleep(0.05)

        assert said[0].startswith(f"{name} is gestopt (signaal 9) en start opnieuw.")
        assert 3 == await counter.execute_update("add", 2)


async def test_a_worker_that_cannot_start_is_one_sentence(tmp_path: Path) -> None:
    settings = StackSettings(
        state_dir=tmp_path,
        ports=Ports(temporal=0, temporal_ui=0, smtp=0, mails=0),
        worker_command=(sys.executable, "-c", "raise SystemExit('geen instellingen')"),
    )
    with pytest.raises(StackError) as refused:
        async with running_stack(settings):
            pytest.fail("it started")
    assert (
        "De worker stopte meteen (code 1): geen instellingen "
        f"Kijk in {tmp_path / 'logs' / 'worker.log'}."
    ) == refused.value.message


async def test_a_busy_port_is_one_sentence_and_nothing_starts(terminal: Terminal) -> None:
    with socket.create_server((LOOPBACK, terminal.ports[0])), pytest.raises(pytest.fail.Exception):
        await asyncio.to_thread(terminal.up)
    assert 1 == terminal.process.wait(5)
    assert not (terminal._state_dir / "temporal.db").exists()


def test_each_busy_port_names_itself_and_its_flag() -> None:
    with socket.create_server((LOOPBACK, 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StackError) as refused:
            claim(Ports(temporal=0, temporal_ui=0, smtp=port, mails=0))
    assert (
        f"Poort {port} voor de opgevangen mails (SMTP) is al in gebruik: "
        "stop het andere programma of kies een andere poort met --smtp-port."
    ) == refused.value.message


def test_one_port_for_two_things_is_refused() -> None:
    port = free_port()
    with pytest.raises(StackError, match=f"^Poort {port} is twee keer gekozen: .* --mails-port"):
        claim(Ports(temporal=0, temporal_ui=0, smtp=port, mails=port))


def test_a_free_port_is_kept_for_the_server_that_is_told_its_number() -> None:
    port = free_port()
    with socket.socket() as passer_by, pytest.raises(OSError, match="in use"):
        passer_by.bind((LOOPBACK, port))
    for _ in range(2):  # and for the same server when it starts again
        with socket.create_server((LOOPBACK, port)):
            pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((LOOPBACK, port))


def test_two_stacks_never_share_a_state_folder(tmp_path: Path) -> None:
    state = StateDir.at(tmp_path)
    with locked(state), pytest.raises(StackError) as refused, locked(state):
        pytest.fail("it was shared")
    assert (
        f"De map {tmp_path} is al in gebruik door een andere Opstap (proces {os.getpid()}): "
        "stop die eerst, of kies een andere map met --state-dir."
    ) == refused.value.message
    with locked(state):
        assert f"{os.getpid()}\n" == (tmp_path / "lock").read_text()


def test_the_first_start_makes_the_keys_once_and_for_the_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MASTER_KEY", "MASTER_KEY_FILE", "SIGNING_KEY", "SIGNING_KEY_FILE"):
        monkeypatch.delenv(f"OPSTAP_{name}", raising=False)
    state = StateDir.at(tmp_path)
    _make_keys(state)
    made = {path.name: (path.read_bytes(), path.stat().st_mode) for path in tmp_path.iterdir()}
    assert {"master.key", "signing.key"} == made.keys()
    assert {0o600} == {stat.S_IMODE(mode) for _, mode in made.values()}
    assert made["master.key"][0] != made["signing.key"][0]
    _make_keys(state)
    assert made["signing.key"][0] == state.signing_key.read_bytes()


def test_a_key_that_is_given_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSTAP_MASTER_KEY_FILE", "/elsewhere/master.key")
    monkeypatch.setenv("OPSTAP_SIGNING_KEY", "given")
    _make_keys(StateDir.at(tmp_path))
    assert [] == list(tmp_path.iterdir())
