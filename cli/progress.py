"""A bar on the terminal for what takes a while; silent where nobody watches."""

import sys
from types import TracebackType
from typing import Self

WIDTH = 24


class Bar:
    """Shows how far something is, on stderr, and leaves no trace when it is done."""

    def __init__(self, name: str) -> None:
        """Say what it is about; nothing is shown before the first count."""
        self._name = name
        self._live = sys.stderr.isatty()
        self._shown = False

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the bar."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def show(self, done: int, total: int) -> None:
        """Show how much is done."""
        if not self._live or total <= 0:
            return
        filled = min(WIDTH, WIDTH * done // total)
        bar = "█" * filled + "░" * (WIDTH - filled)
        text = f"\r\x1b[K{self._name}  {bar}  {done} van {total}"
        print(text, end="", file=sys.stderr, flush=True)
        self._shown = True
