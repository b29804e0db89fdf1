import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.sealing import Damaged, DataKey, new_secret, unwrap, wrap

KEY = DataKey("resident/a", b"k" * 32)
OTHER = DataKey("resident/b", b"k" * 32)
WORDS = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3)


@given(st.binary(max_size=300))
def test_a_payload_comes_back_as_it_was_and_never_the_same_twice(plain: bytes) -> None:
    sealed = KEY.seal(plain)

    assert plain == KEY.open(sealed)
    assert sealed != KEY.seal(plain)


@given(st.binary(max_size=300), WORDS)
def test_a_cell_comes_back_and_is_the_same_every_time(plain: bytes, where: list[str]) -> None:
    sealed = KEY.seal_cell(plain, *where)

    assert plain == KEY.open_cell(sealed, *where)
    assert sealed == KEY.seal_cell(plain, *where)
    assert sealed == DataKey("resident/a", b"k" * 32).seal_cell(plain, *where)


@given(st.binary(max_size=60), WORDS, WORDS)
def test_a_cell_opens_in_its_own_place_alone(
    plain: bytes, where: list[str], elsewhere: list[str]
) -> None:
    sealed = KEY.seal_cell(plain, *where)
    for key, place in ((OTHER, where), *(((KEY, elsewhere),) if elsewhere != where else ())):
        with pytest.raises(Damaged):
            key.open_cell(sealed, *place)


@given(st.binary(max_size=60), st.data())
def test_one_changed_bit_anywhere_is_found(plain: bytes, data: st.DataObject) -> None:
    sealed, cell = KEY.seal(plain), KEY.seal_cell(plain, "t")
    for whole, opened in ((sealed, KEY.open), (cell, lambda it: KEY.open_cell(it, "t"))):
        bit = data.draw(st.integers(0, len(whole) * 8 - 1))
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Damaged):
            opened(bytes(changed))


@pytest.mark.parametrize("broken", [b"", b"x", b"x" * 11, b"x" * 28])
def test_what_is_no_seal_at_all_is_found(broken: bytes) -> None:
    for opened in (KEY.open, KEY.open_cell):
        with pytest.raises(Damaged):
            opened(broken)


def test_a_key_is_opened_by_its_own_master_for_its_own_owner() -> None:
    master, secret = new_secret(), new_secret()
    wrapped = wrap(master, "resident/a", secret)

    assert secret == unwrap(master, "resident/a", wrapped)
    for wrong, owner in ((new_secret(), "resident/a"), (master, "resident/b")):
        with pytest.raises(Damaged):
            unwrap(wrong, owner, wrapped)


def test_a_mark_needs_the_key() -> None:
    assert KEY.mark("x") == KEY.mark("x")
    assert 1 == len({KEY.mark("x")} - {KEY.mark("y"), DataKey("a", b"z" * 32).mark("x")})
