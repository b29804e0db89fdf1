"""The commands of the audit as a person types them: one sentence, and the right exit code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from audit import commands
from audit.restored import Compared, Difference
from cli.main import run
from proof.keys import make_private

KEY = "OPSTAP_CHECKPOINT_KEY_FILE"


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing runs here."""
    for name in (KEY, "OPSTAP_TEMPORAL_ADDRESS", "OPSTAP_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPSTAP_STATE_DIR", str(tmp_path))


def test_without_a_key_the_sentence_says_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert 1 == run(["audit", "public-key"])
    assert capsys.readouterr().err == (
        "Er is geen sleutel om controlepunten te tekenen. Geef het bestand op met "
        "OPSTAP_CHECKPOINT_KEY_FILE.\n"
    )


def test_a_key_that_others_can_read_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "key"
    make_private(path)
    assert 0o600 == path.stat().st_mode & 0o777
    path.chmod(0o640)
    monkeypatch.setenv(KEY, str(path))
    assert 1 == run(["audit", "verify"])
    assert f"De sleutel {path} is ook voor anderen leesbaar" in capsys.readouterr().err


def test_a_key_is_made_once_and_its_public_half_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(KEY, str(tmp_path / "key"))
    assert 0 == run(["audit", "public-key", "--make"])
    first = capsys.readouterr()
    assert first.out.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert "Nieuwe sleutel in" in first.err
    assert 0 == run(["audit", "public-key", "--make"])
    again = capsys.readouterr()
    assert (first.out, False) == (again.out, "Nieuwe sleutel" in again.err)


@pytest.mark.parametrize("content", [b"", b"geen zip", b"PK\x05\x06" + b"\0" * 18])
def test_any_file_can_be_verified_and_none_crashes(
    content: bytes,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    make_private(tmp_path / "key")
    monkeypatch.setenv(KEY, str(tmp_path / "key"))
    path = tmp_path / "dossier.zip"
    path.write_bytes(content)
    assert 1 == run(["audit", "verify", str(path)])
    said = capsys.readouterr().err
    assert said.startswith(f"{path}: het ")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit", "replay"],
        ["audit", "replay", "x", "--all"],
        ["audit", "replay", "x", "--jobs", "2"],
        ["audit", "export", "--out", "x"],
        ["audit", "as-of", "gisteren", "x"],
        ["audit", "list", "iets"],
        ["report", "year", "2027", "--explain", "iets"],
        ["audit", "verify", "bestaat-niet.zip"],
    ],
)
def test_wrong_usage_is_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == run(arguments)
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("equal", "said"), [(1, "1 traject"), (12, "12 trajecten")], ids=["one", "more"]
)
def test_what_differs_is_listed_and_what_is_equal_is_counted(
    equal: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @asynccontextmanager
    async def database() -> AsyncIterator[tuple[None, None]]:
        yield None, None

    async def connect(*_: object) -> None:
        return None

    async def compare(*_: object) -> Compared:
        return Compared([Difference("trajectory-r1", "is anders")], equal)

    for name, ours in (("database", database), ("connect", connect), ("compare", compare)):
        monkeypatch.setattr(commands, name, ours)
    assert 1 == run(["audit", "compare"])
    told = capsys.readouterr()
    assert (
        "trajectory-r1: is anders.\n",
        f"De database en Temporal weten van {said} hetzelfde.\n",
    ) == (
        told.err,
        told.out,
    )
