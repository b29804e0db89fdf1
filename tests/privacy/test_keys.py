import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete
from sqlalchemy.ext.asyncio import AsyncEngine

from privacy import master
from privacy.errors import Erased, MasterError, Sealed
from privacy.keys import LEAST_ROOM, KeyRing, bury, has_keys, is_forgotten
from stores import outcomes
from stores.engine import make_engine, read, write
from stores.guard_tables import keys
from stores.vault import open_text, seal_text
from tests.stores.turns import turn

WHERE = ("t", "1", "c")
NOW = datetime(2027, 5, 6, tzinfo=UTC)


def another(file: Path) -> KeyRing:
    """A ring of another process."""
    return KeyRing(master.loader(None, file))


async def test_two_processes_at_once_make_one_key(sealed: AsyncEngine, master_file: Path) -> None:
    made = await asyncio.gather(
        *(another(master_file).key(sealed, "resident/a", make=True) for _ in range(8))
    )

    marks = {key.mark("x") for key in made if key is not None}
    assert (8, 1) == (len(made), len(marks))


async def test_no_key_is_made_where_none_is_to_be(sealed: AsyncEngine, ring: KeyRing) -> None:
    assert None is await ring.key(sealed, "resident/a", make=False)
    assert not await has_keys(sealed)


async def test_a_key_of_a_transaction_that_failed_is_forgotten(
    sealed: AsyncEngine, ring: KeyRing
) -> None:
    seen = []

    def half(connection: Connection) -> None:
        seen.append(seal_text(connection, "resident/a", WHERE, "Mira"))
        seen.append(seal_text(connection, "resident/a", WHERE, "Mira"))
        raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        await write(sealed, half)
    assert 1 == len(set(seen))
    assert None is await ring.key(sealed, "resident/a", make=False)


async def test_a_destroyed_key_is_never_made_anew(
    sealed: AsyncEngine, ring: KeyRing, master_file: Path
) -> None:
    await ring.key(sealed, "resident/a", make=True)
    assert [True, False] == [await write(sealed, bury, "resident/a", NOW) for _ in range(2)]

    for one in (another(master_file), ring):
        one.forget()
        with pytest.raises(Erased):
            await one.key(sealed, "resident/a", make=True)
    assert await is_forgotten(sealed, "trajectory-a")


async def test_a_tombstone_also_stands_where_there_was_no_key(
    sealed: AsyncEngine, ring: KeyRing
) -> None:
    await write(sealed, bury, "resident/never", NOW)
    with pytest.raises(Erased):
        await ring.key(sealed, "resident/never", make=True)


async def test_a_process_that_runs_sees_a_tombstone_within_its_memory(
    sealed: AsyncEngine, master_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("privacy.keys.monotonic", lambda: now)
    running = KeyRing(master.loader(None, master_file), remembered_for=3.0)
    await running.key(sealed, "resident/a", make=True)
    await running.key(sealed, "resident/a", make=True)
    await write(sealed, bury, "resident/a", NOW)

    now += 2.9
    assert None is not running.remembered("resident/a")
    now += 0.2
    with pytest.raises(Erased):
        await running.key(sealed, "resident/a", make=True)


async def test_keys_that_were_used_a_while_ago_are_let_go(
    sealed: AsyncEngine, master_file: Path
) -> None:
    running = KeyRing(master.loader(None, master_file), remembered_for=0.0)
    for number in range(3 * LEAST_ROOM):
        await running.key(sealed, f"resident/{number}", make=True)
    assert running.held <= LEAST_ROOM


async def test_a_writer_that_remembers_the_key_still_finds_the_tombstone(
    sealed: AsyncEngine, ring: KeyRing
) -> None:
    first = turn("refer")
    await outcomes.record_turn(sealed, first)
    await read(sealed, lambda c: ring.mark(c, "resident/t-1", "x"))
    assert None is not ring.remembered("resident/t-1")
    other = make_engine(str(sealed.url.render_as_string(hide_password=False)))
    await write(other, bury, "resident/t-1", NOW)
    await other.dispose()

    with pytest.raises(Erased):
        await outcomes.record_turn(sealed, turn("refer", "call_up"))
    assert 1 == len(await outcomes.sealed_rows(sealed, "t-1"))


async def test_another_master_key_is_named(
    sealed: AsyncEngine, ring: KeyRing, tmp_path: Path
) -> None:
    await ring.check(sealed)
    await ring.check(sealed)
    wrong = tmp_path / "wrong.key"
    master.make_once(wrong)
    wanted = (await ring.wrapped_by(sealed)).pop()

    with pytest.raises(MasterError) as caught:
        await another(wrong).check(sealed)
    assert (
        f"De hoofdsleutel past niet bij deze databank: die vraagt sleutel {wanted}, en gegeven is "
        f"{master.read(wrong).current.id}. Zet de juiste sleutel terug."
    ) == str(caught.value)


async def test_a_database_from_before_sealing_is_refused(
    sealed: AsyncEngine, ring: KeyRing
) -> None:
    plain = make_engine(str(sealed.url.render_as_string(hide_password=False)))
    await outcomes.record_turn(plain, turn("refer"))
    await plain.dispose()

    with pytest.raises(MasterError, match="van voor de verzegeling"):
        await ring.check(sealed)


async def test_every_key_is_wrapped_anew_while_others_work_on(
    sealed: AsyncEngine, ring: KeyRing, master_file: Path
) -> None:
    before = await ring.key(sealed, "resident/a", make=True)
    assert before is not None
    running = another(master_file)
    await running.key(sealed, "resident/a", make=False)
    old = master.read(master_file).current
    new = master.add(master_file).current

    assert 2 == await another(master_file).rotate(sealed)
    assert 0 == await another(master_file).rotate(sealed)
    assert {new.id} == await ring.wrapped_by(sealed)
    running.forget()
    after = await running.key(sealed, "resident/a", make=False)
    assert after is not None
    assert before.mark("x") == after.mark("x")
    # What the running one makes now is wrapped by the new key, though it began with the old.
    await running.key(sealed, "resident/b", make=True)
    assert {new.id} == await ring.wrapped_by(sealed)
    master.keep_current(master_file)
    late = await another(master_file).key(sealed, "resident/a", make=False)
    assert late is not None
    assert old.id != new.id


async def test_a_key_that_was_changed_is_named(
    sealed: AsyncEngine, ring: KeyRing, master_file: Path
) -> None:
    await ring.key(sealed, "resident/a", make=True)
    changed = {"owner": "resident/a", "wrapped": b"x" * 60}
    await write(
        sealed, lambda c: c.execute(keys.update().where(keys.c.owner == "resident/a"), changed)
    )

    with pytest.raises(Sealed, match="De sleutel 'resident/a' is beschadigd"):
        await another(master_file).key(sealed, "resident/a", make=False)


async def test_what_is_sealed_needs_a_key(sealed: AsyncEngine, url: str) -> None:
    text = await write(sealed, seal_text, "resident/a", WHERE, "Mira")
    plain = make_engine(url)
    with pytest.raises(Sealed, match="de hoofdsleutel is hier niet gekend"):
        await read(plain, open_text, "resident/a", WHERE, text)
    await plain.dispose()
    with pytest.raises(Sealed, match="dit is veranderd"):
        await read(sealed, open_text, "resident/a", ("t", "2", "c"), text)
    await write(sealed, lambda c: c.execute(delete(keys)))
