"""One child process: started tied to its parent, stopped by its own process id, output to a file.

Never signals by name, and never leaves a child behind: SIGTERM first, SIGKILL when time is up.
"""

import asyncio
import contextlib
import os
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

TETHER = Path(__file__).with_name("tether.py")
LOG_LIMIT_BYTES = 5_000_000


def program(module: str) -> tuple[str, ...]:
    """Return the command that runs one of our modules with this Python.

    Never from the folder where somebody happens to stand (`-P`): a `models.py` there is not ours.
    """
    return (sys.executable, "-P", "-m", module)


class Child:
    """A running program. Start it from the main thread: it dies when the starting thread ends."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self._process = process
        self.log = log
        self.started_at = datetime.now(UTC)

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> "Child":
        """Start `command` (an absolute path and its arguments); its output is appended to `log`."""
        _rotate(log)
        with log.open("ab") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-S",
                str(TETHER),
                str(os.getpid()),
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
                # A group of its own, so that Ctrl-C reaches us alone and we choose the order.
                start_new_session=True,
            )
        return cls(process, log)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        return await self._process.wait()

    async def stop(self, *, within: float) -> None:
        """End it: SIGTERM, and SIGKILL after `within` seconds."""
        if self.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self.wait(), within)
        except TimeoutError:
            self.kill()
            await self.wait()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    def last_line(self) -> str:
        """The last line that it wrote, for a message to a person; empty when there is none."""
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            said = deque((line.strip() for line in lines if line.strip()), maxlen=1)
        return said[0] if said else ""


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT_BYTES:
        log.replace(log.with_suffix(log.suffix + ".1"))
