import asyncio
import json
import stat
from pathlib import Path

import pytest

from gateway.steps import open_gateway
from privacy import master
from tests.cli.conftest import Opstap
from tests.cli.test_stepping import trajectory
from tests.running import Stack

__all__ = ["trajectory"]
MISSING = "Er is geen ondertekensleutel: "


async def straight(stack: Stack, trajectory: str) -> None:
    """Take a step as Temporal's own page does."""
    request = {"who": "an", "role": "coordinator", "data": {"living": "delen"}}
    async with open_gateway(stack.settings) as gateway:
        handle = gateway.client.get_workflow_handle(trajectory)
        await handle.execute_update("change_wish", request)


@pytest.mark.dev_server
def test_a_step_straight_from_temporal_is_shown_and_listed_as_unconfirmed(
    opstap: Opstap, stack: Stack, trajectory: str
) -> None:
    opstap("step", trajectory, "change_wish", "--field", "living=alleen", "--by", "an")
    asyncio.run(straight(stack, trajectory))

    shown = opstap("show", trajectory).out
    assert 1 == shown.count("Woonwens wijzigen (bron niet bevestigd)")
    assert 2 == shown.count("Woonwens wijzigen")
    listed = json.loads(opstap("audit", "list", "unconfirmed", "--json").out)
    mine = [one for one in listed if one["trajectory"] == trajectory]
    assert [("an (coördinator)", "Woonwens wijzigen (bron niet bevestigd)")] == [
        (one["who"], one["what"]) for one in mine
    ]


def test_a_signing_key_is_made_once_and_for_its_owner_alone(away: Opstap, tmp_path: Path) -> None:
    file = tmp_path / "signing.key"
    said = away("codec", "signing", file)
    assert (0, 0o600) == (said.code, stat.S_IMODE(file.stat().st_mode))
    again = away("codec", "signing", file)
    assert (1, f"{file} bestaat al en is niet veranderd.\n") == (again.code, again.err)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a folder of its own, as on a server for real people."""
    monkeypatch.setenv("OPSTAP_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("OPSTAP_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'opstap.db'}")
    return tmp_path


@pytest.mark.dev_server
def test_a_worker_without_the_signing_key_says_so(
    opstap: Opstap, alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPSTAP_UNSIGNED_STEPS")
    master.make_once(alone / "master.key")
    said = opstap("worker")
    assert (1, "") == (said.code, said.out)
    assert said.err.startswith(f"{MISSING}{alone}/signing.key bestaat niet. ")


def test_without_the_master_key_one_sentence_says_what_to_do(away: Opstap, alone: Path) -> None:
    said = away("codec", "token", "auditor")
    assert (1, "") == (said.code, said.out)
    assert said.err.startswith(f"Er is geen hoofdsleutel: {alone}/master.key bestaat niet. ")
    assert not (alone / "master.key").exists(), "nothing makes a key by itself"


def test_a_master_key_of_another_database_is_named(away: Opstap, alone: Path) -> None:
    for name in ("right.key", "master.key"):
        master.make_once(alone / name)
    right, wrong = (master.read(alone / name).current.id for name in ("right.key", "master.key"))
    key = (alone / "right.key").read_text()
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patched:
        patched.setenv("OPSTAP_MASTER_KEY", key)
        assert 0 == away("codec", "rotate").code
    said = away("codec", "rotate")
    assert 1 == said.code
    assert (
        f"De hoofdsleutel past niet bij deze databank: die vraagt sleutel {right}, en gegeven is "
        f"{wrong}. Zet de juiste sleutel terug.\n"
    ) == said.err
