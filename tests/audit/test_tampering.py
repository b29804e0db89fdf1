"""A database in which somebody tampers: each kind is found and named."""

import json
from pathlib import Path

import pytest

from audit import live
from audit.gate import from_exports
from audit.proving import copies_of, make_checkpoint, trusted_keys
from proof.chain import link
from proof.export import LETTERS, OUTCOMES
from proof.words import canonical, sha256
from tests.audit.proving import AT, Proven, other_key, proven, proven_once

__all__ = ["proven", "proven_once"]


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
        "UPDATE outcomes SET hash = :forged WHERE seq = 6",
        forged=forged,
    )
    named = "rij 6, getekend in controlepunt 1 (2027-05-06T11:00+02:00), is een andere"
    assert [f"{proven.lived.trajectory}: {named}"] == problems


async def test_a_clock_set_back_is_named(proven: Proven) -> None:
    rows = [json.loads(line) for line in proven.files[OUTCOMES].splitlines()]
    moment = rows[5]["recorded_at"]
    forged = link(
        rows[4]["hash"], rows[5]["content"].replace(moment, "2020-01-01T09:00", 1).encode()
    )
    problems = await proven.verified(
        "UPDATE outcomes SET recorded_at = '2020-01-01T09:00', hash = :forged WHERE seq = 6",
        forged=forged,
    )
    assert (
        f"{proven.lived.trajectory}: rij 6 is genoteerd op 2020-01-01T09:00, vroeger dan rij 5 "
        f"({rows[4]['recorded_at']}): de klok is teruggezet"
    ) == problems[0]


async def test_a_letter_replaced_is_named(proven: Proven) -> None:
    problems = await proven.verified("UPDATE post_copies SET text = text || 'Betaal nu.'")
    named = "brief 1-waitlist_confirmation is vervangen: de tekst past niet bij de hash"
    assert [f"{proven.lived.trajectory}: {named}"] == problems


async def test_a_letter_replaced_with_its_hash_is_named_by_the_log(proven: Proven) -> None:
    items = [json.loads(line) for line in proven.files[LETTERS].splitlines()]
    told = json.loads(items[0]["content"])
    tree = canonical({"blocks": []})
    proof = sha256(canonical({**told, "tree": sha256(tree)}))
    problems = await proven.verified(
        "UPDATE post SET tree = :tree, sha256 = :words, proof = :proof",
        tree=tree.decode(),
        words=sha256(tree),
        proof=proof,
    )
    named = "brief 1-waitlist_confirmation is vervangen: rij"
    (problem,) = problems
    assert f"{proven.lived.trajectory}: {named} {items[0]['row']} van" in problem
    assert problem.endswith("het logboek noemt een andere hash")


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
    named = f"({next(iter(theirs))}) dan de vertrouwde ({next(iter(ours))})"
    assert [f"controlepunt 3: getekend met een andere sleutel {named}"] == found.problems


@pytest.mark.parametrize("value", ["{}", "[]", "geen json", '{"number":"x"}', "1"])
async def test_a_checkpoint_that_cannot_be_read_is_named(proven: Proven, value: str) -> None:
    problems = await proven.verified("UPDATE checkpoints SET signed = :value", value=value)
    assert "controlepunt is niet te lezen" in problems[0]


@pytest.mark.parametrize("value", ["{", "[1]", '"x"'])
async def test_a_row_that_cannot_be_read_is_named(proven: Proven, value: str) -> None:
    problems = await proven.verified(
        "UPDATE outcomes SET detail = :value WHERE seq = 2", value=value
    )
    assert f"{proven.lived.trajectory}: rij 2 {ROW}" == problems[0]
