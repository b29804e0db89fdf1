"""The rulebook: every number that is cited exists, and every rule lives somewhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import choices, registers, vocabulary
from models.choices import Paper
from models.deadlines import DEADLINES
from models.letters import LetterKind
from models.observations import OBSERVATIONS
from models.programme import Rules
from models.rulebook import RULES, cite
from models.trajectory import STEPS

MODELS = Path(choices.__file__).parent
OURS = {*range(1, 49), 71, 72, *range(88, 100), 119, 120, 121, 124, 125}


def cited() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = [(row.name, row.rules) for row in STEPS.values()]
    rows += [(row.name, row.rules) for row in DEADLINES]
    rows += [(row.name, row.rules) for row in OBSERVATIONS.values()]
    for name, numbers in rows:
        for number in numbers:
            found.setdefault(number, set()).add(name)
    return found


def refused() -> Iterator[tuple[str, int]]:
    """The numbers that refusals and decisions of the registers give, read from the source."""
    for path in sorted(MODELS.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
                "Refusal",
                "Decision",
            }:
                given = node.args[2:3] + [k.value for k in node.keywords if k.arg == "rule"]
                for value in given:
                    yield from ((path.name, n) for n in _numbers(value))
            if isinstance(node, ast.Assign) and path.name == "registers.py":
                target, value = node.targets[0], node.value
                names = [getattr(e, "id", "") for e in getattr(target, "elts", [])]
                if "rule" in names and isinstance(value, ast.Tuple):
                    yield from ((path.name, n) for n in _numbers(value.elts[names.index("rule")]))


def _numbers(node: ast.expr) -> list[int]:
    return [
        n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, int)
    ]


def test_every_number_that_is_cited_is_in_the_rulebook() -> None:
    assert set() == set(cited()) - set(RULES)
    from_refusals = {n for _, n in refused()} - {0}
    assert {1, 31, 88, 116} <= from_refusals
    assert set() == from_refusals - set(RULES)


def test_every_rule_of_this_part_is_in_the_rulebook() -> None:
    assert set() == OURS - set(RULES)


@pytest.mark.parametrize("number", sorted(RULES))
def test_every_rule_lives_in_a_place_that_exists(number: int) -> None:
    rule = RULES[number]
    assert rule.where, number
    for where in rule.where:
        kind, _, name = where.partition(":")
        assert _exists(kind, name), f"#{number}: {where}"


def _exists(kind: str, name: str) -> bool:
    if kind == "field":
        step, _, field = name.partition(".")
        return step in STEPS and field in STEPS[step].fields.model_fields
    places: dict[str, object] = {
        "rule": name in Rules.model_fields,
        "letter": name in set(LetterKind),
        "paper": name in set(Paper),
        "register": callable(getattr(registers, name, None)),
        "choice": hasattr(choices, name) or hasattr(vocabulary, name),
    }
    return bool(places[kind])


def test_every_rule_is_cited_by_a_step_a_deadline_or_an_observation_or_is_a_place_alone() -> None:
    # Looked at where it lives: no step draws a consequence from it.
    alone = {25, 50, 51, 53, 54, 55, 56, 117, 118, 123}
    assert alone == set(RULES) - set(cited())


def test_every_step_and_deadline_cites_a_rule() -> None:
    assert [] == [step.name for step in STEPS.values() if not step.rules]
    assert [] == [row.name for row in DEADLINES if not row.rules]


def test_a_rule_is_cited_with_its_lines() -> None:
    assert ("#7 (L580, L1094)", "") == (cite(7), cite(None))
