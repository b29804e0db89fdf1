"""The deployment files that can be tried without containers: profiles, ports, backup, health."""

import asyncio
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.worker import Worker

from embedded.temporal_server import SEARCH_ATTRIBUTES, TemporalServerSettings
from gateway.settings import Settings
from tests.embedded.small_worker import Counter

DEPLOY = Path(__file__).parents[2] / "deploy"
SCRIPTS = sysconfig.get_path("scripts")


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        list(map(str, command)),
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{SCRIPTS}:{os.environ['PATH']}", **environment},
        timeout=60,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("profile", "address", "encrypted"),
    [
        ("default", "127.0.0.1:7233", False),
        ("cluster", "temporal.example.org:7233", True),
        ("cloud", "europe-west1.gcp.api.temporal.io:7233", True),
    ],
)
def test_each_profile_leads_to_its_server(
    profile: str, address: str, encrypted: bool, tmp_path: Path
) -> None:
    for name in ("ca.pem", "client.pem", "client.key"):
        (tmp_path / name).write_text("invented")
    text = (DEPLOY / "temporal.toml").read_text().replace("/etc/opstap/tls", str(tmp_path))
    (tmp_path / "temporal.toml").write_text(text)
    settings = ClientConfig.load_client_connect_config(
        profile=profile,
        config_file=str(tmp_path / "temporal.toml"),
        override_env_vars={"TEMPORAL_API_KEY": "invented"} if profile == "cloud" else {},
    )
    assert address == settings["target_host"]
    assert encrypted == bool(settings.get("tls"))


def test_the_compose_file_publishes_on_loopback_only_and_has_no_default_secret() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    published = re.findall(r"ports:\n(?:\s+#.*\n)*\s+- (\S+)", text)
    assert ["127.0.0.1:7233:7233", "127.0.0.1:8233:8080"] == published
    assert not re.findall(r"\$\{[^}:?]*(?::-[^}]*)?\}", text), "a value without a refusal"
    example = (DEPLOY / "example.env").read_text()
    wanted = set(re.findall(r"\$\{(\w+):?\?", text))
    assert wanted == set(re.findall(r"^(\w+)=$", example, re.MULTILINE))
    may_be_empty = {"OPSTAP_SMTP_USER"}  # a mail server that asks for no login
    assert may_be_empty == set(re.findall(r"\$\{(\w+)\?", text))


def test_the_compose_file_hides_the_buttons_that_end_a_trajectory() -> None:
    page = (DEPLOY / "compose.yaml").read_text().partition("\n  temporal-ui:\n")[2]
    page = page.partition("\n  worker:\n")[0]
    hidden = re.findall(r"^ {6}TEMPORAL_(\w+)_DISABLED: \"true\"$", page, re.MULTILINE)
    assert {"WORKFLOW_TERMINATE", "WORKFLOW_CANCEL", "WORKFLOW_RESET"} < set(hidden)
    assert "WORKFLOW_UPDATE" not in hidden, "steps stay"


def test_the_compose_file_passes_every_setting_of_the_mail_server() -> None:
    worker = (DEPLOY / "compose.yaml").read_text().partition("\n  worker:\n")[2]
    passed = {name.lower() for name in re.findall(r"^ {6}OPSTAP_(\w+): ", worker, re.MULTILINE)}
    assert passed <= set(Settings.model_fields), "a setting that nobody reads"
    asked = {name for name in Settings.model_fields if name.startswith("smtp_")}
    assert asked - {"smtp_password"} == {name for name in passed if name.startswith("smtp_")}
    (secret,) = re.findall(r"^    secrets: \[(\w+)\]$", worker, re.MULTILINE)
    assert f"OPSTAP_SMTP_PASSWORD_FILE: /run/secrets/{secret}\n" in worker
    file = "${OPSTAP_SMTP_PASSWORD_FILE:?fill in deploy/.env}"
    assert f"\nsecrets:\n  {secret}:\n    file: {file}\n" in worker


def test_a_backup_of_the_sqlite_files_is_whole_while_they_are_written(tmp_path: Path) -> None:
    state = tmp_path / "var"
    state.mkdir()
    for name in ("temporal.db", "opstap.db"):
        with closing(sqlite3.connect(state / name)) as database:
            database.execute("pragma journal_mode=wal")
            database.execute("create table t (n integer)")
            database.executemany("insert into t values (?)", [(n,) for n in range(1000)])
            database.commit()
    with closing(sqlite3.connect(state / "opstap.db")) as writer:
        writer.execute("insert into t values (1000)")  # under way, not committed
        made = Path(run(DEPLOY / "backup.sh", tmp_path / "out", OPSTAP_STATE_DIR=str(state)))

    run("sh", "-c", 'cd "$0" && sha256sum --check --quiet --strict SHA256SUMS', made)
    assert {"SHA256SUMS", "opstap.db", "temporal.db"} == {path.name for path in made.iterdir()}
    assert 0o700 == made.stat().st_mode & 0o777
    for name in ("temporal.db", "opstap.db"):
        with closing(sqlite3.connect(made / name)) as copy:
            assert (1000, 499500) == copy.execute("select count(*), sum(n) from t").fetchone()


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no database at"):
        run(DEPLOY / "backup.sh", tmp_path / "out", OPSTAP_STATE_DIR=str(tmp_path / "leeg"))
    assert [] == list((tmp_path / "out").iterdir())


@pytest.mark.postgres
async def test_a_backup_of_postgres_can_be_restored(postgres_url: str, tmp_path: Path) -> None:
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not installed")
    url = urlsplit(postgres_url.replace("+asyncpg", ""))
    reach = {"PGHOST": str(url.hostname), "PGPORT": str(url.port), "PGUSER": str(url.username)}
    server = await asyncpg.connect(url.geturl())
    await server.execute("create database backup_from")
    await server.execute("create database backup_to")
    await server.close()
    source = await asyncpg.connect(url._replace(path="/backup_from").geturl())
    await source.execute("create table t (n integer); insert into t values (1), (2)")
    await source.close()

    made = await asyncio.to_thread(
        run, DEPLOY / "backup.sh", tmp_path, OPSTAP_BACKUP_POSTGRES="backup_from", **reach
    )
    restore = ["pg_restore", "--exit-on-error", "--no-owner", "--dbname=backup_to"]
    await asyncio.to_thread(lambda: run(*restore, f"{made}/backup_from.dump", **reach))

    restored = await asyncpg.connect(url._replace(path="/backup_to").geturl())
    assert 3 == await restored.fetchval("select sum(n) from t")
    await restored.close()


async def test_the_health_check_sees_a_worker_that_polls_and_misses_one_that_does_not(
    temporal_dev_server: TemporalServerSettings,
) -> None:
    def check(queue: str) -> int:
        environment = {
            **os.environ,
            "OPSTAP_TEMPORAL_ADDRESS": temporal_dev_server.address,
            "OPSTAP_TEMPORAL_NAMESPACE": temporal_dev_server.namespace,
            "OPSTAP_TASK_QUEUE": queue,
        }
        return subprocess.call([sys.executable, DEPLOY / "healthcheck.py"], env=environment)

    client = await Client.connect(temporal_dev_server.address, namespace="opstap")
    async with Worker(client, task_queue="healthy", workflows=[Counter]):
        async with asyncio.timeout(30):
            while await asyncio.to_thread(check, "healthy") != 0:
                await asyncio.sleep(0.2)
        assert 1 == await asyncio.to_thread(check, "nobody")


async def test_the_namespace_script_can_be_repeated(
    temporal_dev_server: TemporalServerSettings,
) -> None:
    script = DEPLOY / "temporal" / "namespace.sh"
    for _ in range(2):
        await asyncio.to_thread(run, script, TEMPORAL_ADDRESS=temporal_dev_server.address)
    client = await Client.connect(temporal_dev_server.address, namespace="opstap")
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace="opstap")
    )
    assert set(SEARCH_ATTRIBUTES) <= set(known.custom_attributes)
