"""How a command of the audit works: opened, run to the end, and 1 when something differs."""

import asyncio
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import click
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.connect import open_database
from gateway.running import settings as running_settings
from gateway.settings import Settings
from models.errors import OpstapError
from proof.words import ProofError


def run(work: Coroutine[Any, Any, bool]) -> None:
    """Run to the end; exit 1 when something differs.

    Raises:
        OpstapError: what could not be proven, as a sentence for people.
    """
    try:
        good = asyncio.run(work)
    except ProofError as error:
        raise OpstapError(str(error)) from None
    if not good:
        sys.exit(1)


@asynccontextmanager
async def database() -> AsyncIterator[tuple[Settings, AsyncEngine]]:
    """Open the database that is meant."""
    settings = running_settings()
    engine = open_database(settings)
    try:
        yield settings, engine
    finally:
        await engine.dispose()


def bar(length: int, label: str) -> Any:
    """Return a progress bar, on a terminal alone."""
    return click.progressbar(
        length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()
    )
