"""Tampering with an export: each kind is found and named, with the public key alone."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.proving import trusted_keys
from proof import sealed
from proof.export import CHECKPOINT, LETTERS, OUTCOMES
from proof.keys import read_private
from proof.words import canonical, sha256
from tests.audit.proving import Proven, other_key, proven, proven_once

__all__ = ["proven", "proven_once"]

# ---- an export on its own -----------------------------------------------------------------------
SEAL = "het zegel klopt niet: het bestand is veranderd nadat het gemaakt werd"


async def test_any_bit_changed_is_found_and_nothing_leaks(proven: Proven) -> None:
    @settings(max_examples=400)
    @given(place=st.integers(0, len(proven.content) * 8 - 1))
    def changed(place: int) -> None:
        content = bytearray(proven.content)
        content[place // 8] ^= 1 << (place % 8)
        problems = proven.checked(bytes(content)).problems
        assert problems
        assert not [one for one in problems if "2006-03-27" in one or "lien" in one]

    changed()


async def test_any_part_cut_off_is_found(proven: Proven) -> None:
    @settings(max_examples=100)
    @given(length=st.integers(0, len(proven.content) - 1))
    def cut(length: int) -> None:
        assert proven.checked(proven.content[:length]).problems

    cut()


CUT = "controlepunt 2 kent een andere rij 6 dan het logboek: het logboek is ingekort of herschreven"


def without_row(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], *lines[3:]]


def swapped(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (without_row, "logboek: rij 3 ontbreekt, of de rijen staan niet in volgorde"),
        (swapped, "logboek: rij 2 ontbreekt, of de rijen staan niet in volgorde"),
        (lambda lines: lines[:-1], CUT),
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
