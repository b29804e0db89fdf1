"""Temporal's SDK as a guest in our programs: what it may say, and how a program ends then."""

import os
import sys
from contextlib import suppress
from functools import cache
from typing import NoReturn


@cache
def say_errors_only() -> None:
    """Keep the SDK's warnings from the output: where we replay or measure, we say it ourselves."""
    # Imported here: `opstap --help` must not wait for what it does not use.
    from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig  # noqa: PLC0415

    telemetry = TelemetryConfig(logging=LoggingConfig("ERROR"))
    Runtime.set_default(Runtime(telemetry=telemetry), error_if_already_set=False)


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
