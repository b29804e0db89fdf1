"""The real worker, except that it can be told to die right after a turn was committed to SQL.

For the endurance run alone, as `python -m bench.killed_worker`. When the file named by
BENCH_DIE_AFTER_COMMIT exists and names a request of the turn just committed, the server that it
names is killed first and then this process: the workflow task never completes.
"""

import json
import os
import runpy
import signal
from contextlib import suppress
from functools import wraps
from pathlib import Path

from activities.effects import Activities
from models.facts import Turn

ORDER = "BENCH_DIE_AFTER_COMMIT"
record_turn = Activities.record_turn


@wraps(record_turn)
async def record_turn_and_die(self: Activities, turn: Turn) -> str:
    """Write the turn; die before anybody hears of it, when that was ordered."""
    head = await record_turn(self, turn)
    order = Path(os.environ[ORDER])
    with suppress(FileNotFoundError):
        told = json.loads(order.read_text(encoding="utf-8"))
        if any(row.detail.get("key") == told["request"] for row in turn.outcomes):
            order.unlink()
            if told["server"] is not None:
                os.kill(told["server"], signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
    return head


if __name__ == "__main__":
    Activities.record_turn = record_turn_and_die  # type: ignore[method-assign]
    runpy.run_module("worker", run_name="__main__", alter_sys=True)
