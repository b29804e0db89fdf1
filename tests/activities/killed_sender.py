"""A sender that gets a kill -9 around the body of a mail: python -m … URL PORT KEY PHASE."""

import asyncio
import os
import signal
import sys
from datetime import timedelta

from activities.post import Handover, Mail, SmtpPost
from activities.sending import Moment, send
from letters.render import Letters
from stores import post
from stores.engine import make_engine
from tests.activities.delivering import AT
from tests.stores.turns import T


class Killed:
    """Ends this process before or after the body."""

    def __init__(self, inner: Handover, phase: str) -> None:
        self._inner = inner
        self._phase = phase

    async def finish(self) -> None:
        if self._phase == "after":
            await self._inner.finish()
        os.kill(os.getpid(), signal.SIGKILL)

    async def abandon(self) -> None:
        await self._inner.abandon()


class KilledPost(SmtpPost):
    phase = ""

    async def offer(self, mail: Mail) -> Handover:
        handover = await super().offer(mail)
        if self.phase == "offered":
            os.kill(os.getpid(), signal.SIGKILL)
        return Killed(handover, self.phase)


async def main(url: str, port: str, key: str, phase: str) -> None:
    engine = make_engine(url)
    out = KilledPost("127.0.0.1", int(port))
    out.phase = phase
    letter = await post.release(engine, T, key, AT)
    assert letter is not None
    await send(engine, out, Letters(), letter, Moment(AT, AT, timedelta(minutes=15)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
