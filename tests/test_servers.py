"""The private servers of conftest.py do what their docstrings promise."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from temporalio.testing import WorkflowEnvironment


@pytest.mark.postgres
async def test_the_private_postgres_answers_on_loopback_only(postgres_url: str) -> None:
    connection = await asyncpg.connect(postgres_url.replace("+asyncpg", ""))
    try:
        assert "127.0.0.1" == await connection.fetchval("show listen_addresses")
        assert "opstap" == await connection.fetchval("select current_database()")
        assert "UTF8" == await connection.fetchval("show server_encoding")
    finally:
        await connection.close()


async def test_the_time_skipping_clock_jumps(time_skipping: WorkflowEnvironment) -> None:
    before = await time_skipping.get_current_time()
    async with asyncio.timeout(5):
        await time_skipping.sleep(timedelta(days=400))
    assert (await time_skipping.get_current_time()) - before >= timedelta(days=400)
