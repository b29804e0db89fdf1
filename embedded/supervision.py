"""Keep one child alive: start it again when it dies, ever more slowly when it keeps dying.

Says one line per death on the terminal. Never gives up by itself and never restarts a child that
was asked to stop.
"""

import asyncio
from collections.abc import Awaitable, Callable

from embedded.child import Child
from embedded.errors import StackError

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A child that lived this long was healthy: its next death starts with a short pause again.
HEALTHY_AFTER = 60.0


class Supervised:
    """A child under supervision, named as a person would name it."""

    def __init__(
        self, name: str, start: Callable[[], Awaitable[Child]], say: Callable[[str], None]
    ) -> None:
        self._name = name
        self._start = start
        self._say = say
        self._watch: asyncio.Task[None] | None = None
        self.child: Child | None = None

    async def start(self) -> None:
        """The first start; its failure is the caller's to hear."""
        self.child = await self._start()
        self._watch = asyncio.create_task(self._keep_alive(self.child))

    async def stop(self, *, within: float) -> None:
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self.child is not None:
            await self.child.stop(within=within)

    async def _keep_alive(self, child: Child) -> None:
        pause = FIRST_PAUSE
        clock = asyncio.get_running_loop().time
        while True:
            born = clock()
            code = await child.wait()
            pause = FIRST_PAUSE if clock() - born > HEALTHY_AFTER else pause
            self._say(f"{self._name} is gestopt ({_why(code)}) en start opnieuw. Zie {child.log}.")
            child, pause = await self._start_again(pause)
            self.child = child

    async def _start_again(self, pause: float) -> tuple[Child, float]:
        while True:
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            try:
                child = await self._start()
            except StackError as error:
                self._say(error.message)
            else:
                self._say(f"{self._name} draait weer.")
                return child, pause


def _why(code: int) -> str:
    return f"signaal {-code}" if code < 0 else f"code {code}"
