"""Ten kinds of tampering, each found and named: in the database, and in an export on its own."""

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from audit import live
from audit.exporting import Exporter
from audit.gate import from_exports
from audit.proving import copies_of, make_checkpoint, trusted_keys
from gateway.settings import Settings
from proof import sealed
from proof.chain import link
from proof.export import CHECKPOINT, LETTERS, OUTCOMES, Checked, check
from proof.keys import make_private, read_private
from proof.words import canonical, sha256
from stores.engine import make_engine
from stores.looks import Look, log_look
from stores.refusals import Refused, log_refusal
from tests.audit.conftest import Lived

AT = datetime(2027, 5, 6, 9, tzinfo=UTC)
Files = dict[str, bytes]


@dataclass
class Proven:
    """A trajectory in a database that is signed, with an export of it."""

    lived: Lived
    settings: Settings
    content: bytes

    @property
    def files(self) -> Files:
        return dict(sealed.unpack(self.content).files)

    def checked(self, content: bytes) -> Checked:
        return check(content, trusted_keys(self.settings, None))

    def repacked(self, files: Files) -> Checked:
        """An export that was opened, changed and zipped again, without the key."""
        content = sealed.pack(files, read_private(other_key(self.settings)))
        return self.checked(content[: -sealed.LENGTH] + self.content[-sealed.LENGTH :])

    async def verified(self, *statements: str) -> list[str]:
        async with self.lived.engine.begin() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        trusted = trusted_keys(self.settings, None)
        found = await live.verify(self.lived.engine, trusted, copies_of(self.settings))
        return found.problems


def other_key(settings: Settings) -> Path:
    path = settings.state_dir / "other.key"
    make_private(path)
    return path


@pytest.fixture(scope="module")
async def proven_once(lived_once: Lived, tmp_path_factory: pytest.TempPathFactory) -> Proven:
    """Signed twice and exported, to read and to copy."""
    lived, home = lived_once, tmp_path_factory.mktemp("proven")
    make_private(home / "checkpoint.key")
    settings = Settings(state_dir=home, checkpoint_key_file=home / "checkpoint.key")
    asked = {"who": "an", "role": "coordinator"}
    for step in ("withdraw", "refer"):
        refused = Refused(
            at=AT, trajectory="", step=step, code="x", text="Nee.", source="gateway", **asked
        )
        await log_refusal(lived.engine, refused)
    await log_look(lived.engine, Look(at=AT, trajectory=lived.trajectory, what="view", **asked))
    await make_checkpoint(lived.engine, settings, "first", AT)
    await make_checkpoint(lived.engine, settings, "second", AT)
    exporter = Exporter(lived.handle._client, lived.engine, settings, AT)
    return Proven(lived, settings, await exporter.export(lived.trajectory))


@pytest.fixture
async def proven(proven_once: Proven, tmp_path: Path) -> AsyncIterator[Proven]:
    """A copy of its own for every test."""
    shutil.copytree(proven_once.settings.state_dir, tmp_path, dirs_exist_ok=True)
    database = tmp_path / "opstap.db"
    with (
        closing(sqlite3.connect(str(proven_once.lived.engine.url.database))) as here,
        closing(sqlite3.connect(database)) as there,
    ):
        here.backup(there)
    engine = make_engine(f"sqlite:///{database}")
    settings = Settings(state_dir=tmp_path, checkpoint_key_file=tmp_path / "checkpoint.key")
    yield Proven(replace(proven_once.lived, engine=engine), settings, proven_once.content)
    await engine.dispose()


# ---- untouched ----------------------------------------------------------------------------------
async def test_what_was_not_touched_is_whole(proven: Proven) -> None:
    assert [] == await proven.verified()
    checked = proven.checked(proven.content)
    assert [] == checked.problems
    assert (proven.lived.trajectory, 6) == (checked.trajectory, checked.rows)
    assert checked.letters > 0
    assert "2 (2027-05-06T11:00+02:00)" == checked.checkpoint


async def test_an_export_replays_without_server_or_database(proven: Proven, tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(proven.content)
    (verdict,) = [verdict async for verdict in from_exports([path])]
    assert (proven.lived.trajectory, None) == (verdict.trajectory, verdict.difference)


async def test_the_story_in_an_export_is_dutch_and_tells_no_field(proven: Proven) -> None:
    story = proven.files["verhaal.txt"].decode()
    assert story.startswith(f"Wat er gebeurde in {proven.lived.trajectory}\n")
    assert "== Wachtlijst ==" in story
    assert "2006-03-27" not in story


async def test_the_same_checkpoint_twice_is_one(proven: Proven) -> None:
    once = await make_checkpoint(proven.lived.engine, proven.settings, "third", AT)
    twice = await make_checkpoint(proven.lived.engine, proven.settings, "third", AT)
    assert 3 == once.statement.number == twice.statement.number
    assert 3 == len(copies_of(proven.settings).read_text().splitlines())


# ---- the database -------------------------------------------------------------------------------
ROW = "past niet bij haar hash: ze is veranderd, of van plaats verwisseld"


async def test_a_row_deleted_is_named(proven: Proven) -> None:
    assert [
        f"{proven.lived.trajectory}: rij 3 ontbreekt, of de rijen staan niet in volgorde"
    ] == await proven.verified("DELETE FROM outcomes WHERE seq = 3")


async def test_the_last_row_deleted_is_named_by_the_checkpoint(proven: Proven) -> None:
    named = "rij 6, getekend in controlepunt 1 (2027-05-06T11:00+02:00), ontbreekt"
    assert f"{proven.lived.trajectory}: {named}" in await proven.verified(
        "DELETE FROM outcomes WHERE seq = 6"
    )


async def test_two_rows_swapped_are_named(proven: Proven) -> None:
    problems = await proven.verified(
        "UPDATE outcomes SET seq = 99 WHERE seq = 2",
        "UPDATE outcomes SET seq = 2 WHERE seq = 3",
        "UPDATE outcomes SET seq = 3 WHERE seq = 99",
    )
    assert [f"{proven.lived.trajectory}: rij 2 {ROW}"] == problems


async def test_a_row_changed_is_named(proven: Proven) -> None:
    problems = await proven.verified("UPDATE outcomes SET valid_from = '2020-01-01' WHERE seq = 4")
    assert [f"{proven.lived.trajectory}: rij 4 {ROW}"] == problems


async def test_a_history_rewritten_with_good_hashes_is_named_by_the_checkpoint(
    proven: Proven,
) -> None:
    rows = [json.loads(line) for line in proven.files[OUTCOMES].splitlines()]
    content = rows[5]["content"].replace("change_wish", "withdraw")
    forged = link(rows[4]["hash"], content.encode())
    assert rows[5]["hash"] != forged
    problems = await proven.verified(
        "UPDATE outcomes SET kind = 'withdraw' WHERE seq = 6",
        f"UPDATE outcomes SET hash = '{forged}' WHERE seq = 6",
    )
    assert [
        f"{proven.lived.trajectory}: rij 6, getekend in controlepunt 1 "
        "(2027-05-06T11:00+02:00), is een andere"
    ] == problems


async def test_a_clock_set_back_is_named(proven: Proven) -> None:
    rows = [json.loads(line) for line in proven.files[OUTCOMES].splitlines()]
    moment = rows[5]["recorded_at"]
    forged = link(
        rows[4]["hash"], rows[5]["content"].replace(moment, "2020-01-01T09:00", 1).encode()
    )
    problems = await proven.verified(
        f"UPDATE outcomes SET recorded_at = '2020-01-01T09:00', hash = '{forged}' WHERE seq = 6"
    )
    assert (
        f"{proven.lived.trajectory}: rij 6 is genoteerd op 2020-01-01T09:00, vroeger dan rij 5 "
        f"({rows[4]['recorded_at']}): de klok is teruggezet"
    ) == problems[0]


async def test_a_letter_replaced_is_named(proven: Proven) -> None:
    problems = await proven.verified("UPDATE post_copies SET text = text || 'Betaal nu.'")
    assert [
        f"{proven.lived.trajectory}: brief 1-waitlist_confirmation is vervangen: de tekst past niet bij de hash"
    ] == problems


async def test_a_letter_replaced_with_its_hash_is_named_by_the_log(proven: Proven) -> None:
    items = [json.loads(line) for line in proven.files[LETTERS].splitlines()]
    told = json.loads(items[0]["content"])
    forged = sha256(canonical({**told, "subject": "Anders"}))
    problems = await proven.verified(f"UPDATE post SET subject = 'Anders', sha256 = '{forged}'")
    assert [
        f"{proven.lived.trajectory}: brief 1-waitlist_confirmation is vervangen: rij {items[0]['row']} van het "
        "logboek noemt een andere hash"
    ] == problems


async def test_a_refusal_deleted_and_a_look_changed_are_named(proven: Proven) -> None:
    assert [
        "weigeringen: rij 1 ontbreekt, of de rijen staan niet in volgorde",
        f"inzages: rij 1 {ROW}",
    ] == await proven.verified(
        "DELETE FROM refusals WHERE id = 1", "UPDATE looks SET who = 'iemand anders'"
    )


async def test_a_checkpoint_removed_is_named(proven: Proven) -> None:
    assert [
        "controlepunt 1 ontbreekt",
        "controlepunt 2: de bewaarde koppen zijn niet die van het zegel",
        "controlepunt 1 staat in de kopie buiten de database, en niet erin",
    ] == await proven.verified("DELETE FROM checkpoints WHERE number = 1")


async def test_the_newest_checkpoint_removed_is_named_by_its_copy(proven: Proven) -> None:
    assert [
        "controlepunt 2 staat in de kopie buiten de database, en niet erin"
    ] == await proven.verified("DELETE FROM checkpoints WHERE number = 2")


async def test_a_checkpoint_of_another_key_is_named(proven: Proven) -> None:
    ours = trusted_keys(proven.settings, None)
    proven.settings.checkpoint_key_file = other_key(proven.settings)
    theirs = trusted_keys(proven.settings, None)
    await make_checkpoint(proven.lived.engine, proven.settings, "third", AT)
    found = await live.verify(proven.lived.engine, ours, copies_of(proven.settings))
    assert [
        f"controlepunt 3: getekend met een andere sleutel ({next(iter(theirs))}) dan de "
        f"vertrouwde ({next(iter(ours))})"
    ] == found.problems


@pytest.mark.parametrize("value", ["{}", "[]", "geen json", '{"number":"x"}', "1"])
async def test_a_checkpoint_that_cannot_be_read_is_named(proven: Proven, value: str) -> None:
    problems = await proven.verified(f"UPDATE checkpoints SET signed = '{value}'")
    assert "controlepunt is niet te lezen" in problems[0]


@pytest.mark.parametrize("value", ["{", "[1]", '"x"'])
async def test_a_row_that_cannot_be_read_is_named(proven: Proven, value: str) -> None:
    problems = await proven.verified(f"UPDATE outcomes SET detail = '{value}' WHERE seq = 2")
    assert f"{proven.lived.trajectory}: rij 2 {ROW}" == problems[0]


# ---- an export on its own -----------------------------------------------------------------------
SEAL = "het zegel klopt niet: het bestand is veranderd nadat het gemaakt werd"


async def test_any_bit_changed_is_found_and_nothing_leaks(proven: Proven) -> None:
    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(place=st.integers(0, len(proven.content) * 8 - 1))
    def changed(place: int) -> None:
        content = bytearray(proven.content)
        content[place // 8] ^= 1 << (place % 8)
        problems = proven.checked(bytes(content)).problems
        assert problems
        assert not [one for one in problems if "2006-03-27" in one or "lien" in one]

    changed()


async def test_any_part_cut_off_is_found(proven: Proven) -> None:
    @settings(max_examples=100, deadline=None)
    @given(length=st.integers(0, len(proven.content) - 1))
    def cut(length: int) -> None:
        assert proven.checked(proven.content[:length]).problems

    cut()


def without_row(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], *lines[3:]]


def swapped(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (without_row, "logboek: rij 3 ontbreekt, of de rijen staan niet in volgorde"),
        (swapped, "logboek: rij 2 ontbreekt, of de rijen staan niet in volgorde"),
        (
            lambda lines: lines[:-1],
            "controlepunt 2 kent een andere rij 6 dan het logboek: "
            "het logboek is ingekort of herschreven",
        ),
    ],
)
async def test_rows_of_an_export_that_were_touched_are_named(
    proven: Proven, change: Callable[[list[bytes]], list[bytes]], named: str
) -> None:
    lines = proven.files[OUTCOMES].splitlines(keepends=True)
    problems = proven.repacked({**proven.files, OUTCOMES: b"".join(change(lines))}).problems
    assert SEAL == problems[0]
    assert named in problems
    assert f"{OUTCOMES} is veranderd of hoort niet bij deze uitvoer" in problems


async def test_a_history_of_another_resident_is_named(proven: Proven) -> None:
    history = proven.files["history/1.json"].replace(
        b'"workflowType"', b'"workflowId": "trajectory-deadbeef", "workflowType"', 1
    )
    problems = proven.repacked({**proven.files, "history/1.json": history}).problems
    assert "history/1.json is de geschiedenis van een andere bewoner" in problems


async def test_a_letter_replaced_in_an_export_is_named(proven: Proven) -> None:
    items = [json.loads(line) for line in proven.files[LETTERS].splitlines()]
    told = canonical({"subject": "Anders", "text": "Anders"}).decode()
    first = {**items[0], "content": told, "sha256": sha256(told.encode())}
    changed = b"\n".join(canonical(one) for one in [first, *items[1:]])
    assert (
        f"brief {items[0]['key']} is vervangen: rij {items[0]['row']} van het logboek noemt een "
        "andere hash"
    ) in proven.repacked({**proven.files, LETTERS: changed}).problems


async def test_a_checkpoint_of_another_key_in_an_export_is_named(proven: Proven) -> None:
    told = json.loads(proven.files[CHECKPOINT])
    told["checkpoint"]["key"] = "0123456789abcdef"
    (ours,) = trusted_keys(proven.settings, None)
    assert (
        f"controlepunt 2: getekend met een andere sleutel (0123456789abcdef) dan de vertrouwde "
        f"({ours})"
    ) in proven.repacked({**proven.files, CHECKPOINT: canonical(told)}).problems


async def test_a_checkpoint_removed_from_an_export_is_named(proven: Proven) -> None:
    files = {name: content for name, content in proven.files.items() if name != CHECKPOINT}
    assert f"{CHECKPOINT} ontbreekt of is niet te lezen" in proven.repacked(files).problems


async def test_an_export_sealed_with_another_key_is_named(proven: Proven) -> None:
    key = read_private(other_key(proven.settings))
    problems = proven.checked(sealed.pack(proven.files, key)).problems
    assert problems[0].startswith("het zegel is getekend met een andere sleutel (")


async def test_whatever_stands_in_a_file_nothing_crashes(proven: Proven) -> None:
    for name in proven.files:
        for content in (b"", b"{", b"[]", b"null", b"1", b"\xff", b'{"a":1}', b"[" * 9999):
            assert proven.repacked({**proven.files, name: content}).problems
