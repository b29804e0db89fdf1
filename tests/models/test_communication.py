from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import ogm_vcs

from models.communication import digits_of, is_valid, printed


@given(st.text(min_size=1, max_size=80), st.integers(0, 3))
def test_every_trajectory_gets_twelve_digits_that_banks_accept(
    trajectory: str, attempt: int
) -> None:
    digits = digits_of(trajectory, attempt)

    assert (12, True) == (len(digits), is_valid(digits))
    assert digits == ogm_vcs.validate(printed(digits))


def test_the_same_trajectory_always_gets_the_same_digits() -> None:
    assert "+++819/1603/02873+++" == printed(digits_of("t-1"))
    assert digits_of("t-1") == digits_of("t-1")
    assert digits_of("t-1") != digits_of("t-1", 1)


def test_a_wrong_check_a_letter_or_too_few_digits_are_no_communication() -> None:
    assert is_valid("000000009797")
    assert [False] * 4 == [
        is_valid(text) for text in ("000000009796", "00000000979", "00000000979x", "")
    ]


def test_a_number_that_97_divides_is_checked_by_97() -> None:
    assert is_valid("000000019497")
    assert not is_valid("000000019400")
