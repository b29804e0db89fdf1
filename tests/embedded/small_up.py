"""`opstap up` with the tiny worker: STATE_DIR TEMPORAL UI SMTP MAILS.."""

import asyncio
import sys
from pathlib import Path

from embedded.errors import StackError
from embedded.ports import Ports
from embedded.stack import StackSettings, up

WORKER = str(Path(__file__).with_name("small_worker.py"))


async def ready() -> None:
    print("READY", flush=True)


if __name__ == "__main__":
    temporal, ui, smtp, mails = map(int, sys.argv[2:6])
    settings = StackSettings(
        state_dir=Path(sys.argv[1]),
        ports=Ports(temporal=temporal, temporal_ui=ui, smtp=smtp, mails=mails),
        worker_command=(sys.executable, WORKER),
    )
    try:
        asyncio.run(up(settings, after_ready=ready, say=lambda line: print(line, flush=True)))
    except StackError as error:
        print(error.message, file=sys.stderr)
        sys.exit(1)
