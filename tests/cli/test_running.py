from datetime import date
from pathlib import Path

import pytest

from cli.demo import Dates, resident_id
from embedded.state_dir import StateDir, locked
from gateway import running
from gateway.settings import Settings

HERE = {"OPSTAP_TEMPORAL_ADDRESS": "127.0.0.1:1", "OPSTAP_DATABASE_URL": "sqlite:///x.db"}


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OPSTAP_TEMPORAL_ADDRESS", "OPSTAP_TEMPORAL_PROFILE", "OPSTAP_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPSTAP_STATE_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("folder", [".", running.DEMO])
def test_the_stack_that_runs_is_found_by_its_folder(base: Path, folder: str) -> None:
    state = StateDir.at(base / folder)
    with locked(state):
        running.leave(state.path, HERE)
        found = running.settings()
    stopped = running.settings()

    assert ("127.0.0.1:1", "sqlite:///x.db") == (found.temporal_address, found.database_url)
    assert Settings() == stopped


def test_what_the_environment_says_wins(base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = StateDir.at(base)
    monkeypatch.setenv("OPSTAP_TEMPORAL_ADDRESS", "127.0.0.1:2")
    with locked(state):
        running.leave(state.path, HERE)

        assert "127.0.0.1:2" == running.settings().temporal_address


def test_addresses_are_for_the_owner_only(base: Path) -> None:
    running.leave(base, HERE)

    assert 0o600 == (base / running.ADDRESSES).stat().st_mode & 0o777


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@", "2027-05-13"),
        ("@-1d", "2027-05-12"),
        ("@-3m+1y-1d", "2028-02-12"),
        ("@+3d 10:00", "2027-05-17T10:00"),  # a Sunday becomes Monday
        ("#r1", resident_id("r1")),
        ("gewoon @ woord", "gewoon @ woord"),
    ],
)
def test_a_demo_date_is_relative_to_today(text: str, meant: str) -> None:
    dates = Dates(date(2027, 5, 13), frozenset())

    assert {"a": [meant, 3]} == dates.read({"a": [text, 3]})
