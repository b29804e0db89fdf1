"""How a program of ours ends that used Temporal's SDK."""

import os
import sys
from contextlib import suppress
from typing import NoReturn


def end(code: int | str) -> NoReturn:
    """End at once with an exit code, or 1 and a sentence, once everything that was said is out.

    Python's own way to end is passed by: a thread of the SDK that still lets go of Python then
    aborts the process now and then, with a message of its own and the exit code of a crash.
    """
    with suppress(OSError, ValueError):
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(1 if isinstance(code, str) else code)
