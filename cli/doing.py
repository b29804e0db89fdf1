"""How a command works with the gateway: opened for one piece of work, closed after it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import make_url

from gateway.errors import NoAnswer
from gateway.lists import Lists
from gateway.running import settings
from gateway.settings import Settings
from gateway.steps import Gateway, open_gateway, open_lists

T = TypeVar("T")


def with_gateway(work: Callable[[Gateway], Awaitable[T]]) -> T:
    """Do something that needs Temporal."""

    async def do() -> T:
        chosen = settings()
        async with open_gateway(chosen) as gateway:
            _database_is_there(chosen)
            return await work(gateway)

    return asyncio.run(do())


def with_lists(work: Callable[[Lists], Awaitable[T]]) -> T:
    """Do something that needs the database alone."""

    async def do() -> T:
        chosen = settings()
        _database_is_there(chosen)
        async with open_lists(chosen) as lists:
            return await work(lists)

    return asyncio.run(do())


def _database_is_there(chosen: Settings) -> None:
    """Say so when nothing was ever started here, instead of making an empty file."""
    url = make_url(chosen.database)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        raise NoAnswer(
            f"Er is hier nog geen Opstap ({url.database} bestaat niet). Start alles met "
            "`opstap up`, of kies een andere map met OPSTAP_STATE_DIR."
        )
