"""Who was forgotten stands outside the database too, and stays forgotten in a restored one."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from privacy.erasing import erase
from privacy.errors import MasterError
from privacy.keys import is_forgotten
from privacy.tombstones import add, read, reapply
from proof import chain
from stores import chains
from stores.erasures import Erasure, is_restricted, list_erasures
from stores.outcomes import record_turn
from stores.people import admit, link
from tests.privacy.test_erasing import OTHER, lived
from tests.stores.turns import turn

NOW = datetime(2027, 5, 3, 8, 0, tzinfo=UTC)
T = "trajectory-a"
TOLD = Erasure(
    at=NOW,
    trajectory=T,
    who="mia",
    role="manager",
    second="an",
    second_role="coordinator",
    reason="bewaartermijn",
)


def test_a_tombstone_is_written_once_for_its_owners_eyes(tmp_path: Path) -> None:
    path = tmp_path / "proof" / "erased.jsonl"
    assert [] == read(path)
    add(path, TOLD)
    add(path, TOLD.model_copy(update={"reason": "onterecht"}))
    assert ([TOLD], 0o600) == (read(path), path.stat().st_mode & 0o777)


def test_a_damaged_list_is_named(tmp_path: Path) -> None:
    path = tmp_path / "erased.jsonl"
    path.write_text('{"at": \n')
    with pytest.raises(MasterError, match="is beschadigd: daarin staat wie gewist is"):
        read(path)


async def test_who_stands_in_the_list_and_has_a_key_again_is_forgotten_again(
    sealed: AsyncEngine, tmp_path: Path
) -> None:
    await lived(sealed, T, "Mira Zonnewijzer")
    await lived(sealed, OTHER, "Jef Papierboot")
    path = tmp_path / "erased.jsonl"
    add(path, TOLD)

    assert [T] == await reapply(sealed, path)
    assert [] == await reapply(sealed, path)

    assert (True, False) == (await is_forgotten(sealed, T), await is_forgotten(sealed, OTHER))
    assert [TOLD] == await list_erasures(sealed)


async def test_an_erasure_is_kept_once_for_each_trajectory_in_a_chain(sealed: AsyncEngine) -> None:
    person = await admit(sealed, name="Mira Zonnewijzer", birth_date=NOW.date())
    for one in (T, "trajectory-b"):
        await link(sealed, person, one)
    for _ in range(2):
        await erase(sealed, T, NOW, TOLD)
    assert [T, "trajectory-b"] == [one.trajectory for one in await list_erasures(sealed)]
    rows = (await chains.each(sealed, list))["erasures"]
    assert (2, None) == (len(rows), chain.broken(rows))


async def test_a_restriction_is_known_by_the_newest_row_about_it(sealed: AsyncEngine) -> None:
    await record_turn(sealed, turn("refer", "restrict", trajectory=T))
    await record_turn(sealed, turn("refer", "restrict", "lift_restriction", trajectory=OTHER))
    assert [True, False, False] == [
        await is_restricted(sealed, one) for one in (T, OTHER, "trajectory-none")
    ]
