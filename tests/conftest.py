"""The real servers that tests run against, each private to the test run and gone afterwards.

`postgres_url`: a PostgreSQL cluster of our own. `temporal_dev_server`: the real Temporal server.
`time_skipping`: the test server with a clock that jumps. All listen on loopback, keep their
state in a temporary folder, and are stopped by their own process id.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from embedded.ports import LOOPBACK, free_port
from embedded.temporal_server import TemporalServerSettings, add_search_attributes, binary
from tests.running import temporal_server

POSTGRES_READY_WITHIN = 30.0
# Properties say nothing about speed: an example that takes long on a busy machine is no failure.
# (One that never ends is: every test has its timeout.)
settings.register_profile(
    "opstap", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("opstap")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files with slow tests first: `make test` deals files out to several processes.

    A long file dealt out last would be waited for by all the others.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty database `opstap` in a cluster started for this run.

    A test that needs a clean slate makes its own database or schema in it. Skips on a machine
    without PostgreSQL, unless CI is set: there the missing server is a failure.
    """
    programs = _postgres_programs()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("PostgreSQL is missing: no initdb under /usr/lib/postgresql or on PATH")
        pytest.skip("PostgreSQL is not installed")
    account = _postgres_account()
    # Not pytest's folder: that is closed to the account that PostgreSQL must run as.
    home = Path(tempfile.mkdtemp(prefix="opstap-postgres-"))
    if account is not None:
        os.chown(home, account.pw_uid, account.pw_gid)
    port = free_port()
    server = _start_postgres(programs, home, port, account)
    try:
        yield f"postgresql+asyncpg://opstap@{LOOPBACK}:{port}/opstap"
    finally:
        server.send_signal(signal.SIGINT)  # "fast": ends sessions, writes, stops
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()
        server.wait()
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
async def temporal_dev_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[TemporalServerSettings]:
    """The real Temporal server for the whole run, exactly as `opstap up` starts it.

    Use `.address` and `.namespace`, a task queue of the test's own, and ids that no other test
    uses. Its clock is the real one.
    """
    async with temporal_server(tmp_path_factory.mktemp("temporal")) as settings:
        yield settings


@pytest.fixture
async def time_skipping() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server of the test's own (its clock is one for all, so it is not shared).

    It lacks schedules, listing and reset: mark a test that needs those `dev_server`. Awaiting an
    update does not move its clock: `await time_skipping.sleep(...)` does.
    """
    async with await WorkflowEnvironment.start_time_skipping(
        data_converter=pydantic_data_converter,
        test_server_existing_path=binary("temporal-test-server"),
    ) as environment:
        await add_search_attributes(environment.client)
        yield environment


def _postgres_programs() -> Path | None:
    """The folder with initdb: Debian keeps it off PATH, the newest version wins."""
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    found = sorted(debian, key=lambda path: float(path.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    if found:
        return found[0].parent
    return Path(on_path).resolve().parent if on_path else None


def _postgres_account() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as: it refuses root, so root steps down to `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    return None


def _start_postgres(
    programs: Path, home: Path, port: int, account: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    user = account.pw_uid if account else None
    group = account.pw_gid if account else None
    groups: list[int] | None = [] if account else None
    data = str(home / "data")
    initdb = [str(programs / "initdb"), "-D", data, "-U", "opstap", "-A", "trust", "-E", "UTF8"]
    subprocess.run(
        [*initdb, "--locale=C.UTF-8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=home,
        user=user,
        group=group,
        extra_groups=groups,
    )
    settings = {
        "listen_addresses": LOOPBACK,
        "port": str(port),
        "unix_socket_directories": str(home),
        # The data is thrown away after the run: speed over safety.
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
    }
    flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(programs / "postgres"), "-D", data, *flags],
            cwd=home,
            stdout=log,
            stderr=log,
            user=user,
            group=group,
            extra_groups=groups,
            start_new_session=True,
        )
    createdb = [str(programs / "createdb"), "-h", LOOPBACK, "-p", str(port), "-U", "opstap"]
    deadline = time.monotonic() + POSTGRES_READY_WITHIN
    while subprocess.run([*createdb, "opstap"], check=False, capture_output=True).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            server.kill()
            pytest.fail(f"PostgreSQL does not start:\n{(home / 'log').read_text()}")
        time.sleep(0.05)
    return server
