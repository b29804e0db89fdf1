"""The measurement of the letters draws real letters; how fast is the machine's own affair."""

from bench.letters import Sizes, _input, _measure
from letters.render import Letters


def test_it_measures_both_sides_speed_and_memory() -> None:
    report = _measure(Sizes(rounds=2, a_round=2, a_second=4, memory=20))
    assert [
        "processor time a letter, Typst alone",
        "processor time a letter, ours",
        "ours against Typst alone",
        "letters a second, 2 threads",
        "memory after 2 letters",
        "memory after 20 letters",
        "growth",
    ] == [figure.name for figure in report.figures]
    assert all(figure.value > 0 for figure in report.figures)


def test_no_two_letters_of_it_are_the_same() -> None:
    letters = Letters()
    assert 6 == len({_input(letters, number) for number in range(6)})
