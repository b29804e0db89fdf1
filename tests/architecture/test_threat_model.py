"""The threat model claims nothing that no test shows."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def claims() -> list[str]:
    """Every "Stops", as one paragraph each."""
    bullets = re.split(r"\n(?=- |\n|#)", PAGE.read_text(encoding="utf-8"))
    return [one for one in bullets if one.startswith("- **Stops")]


@cache
def known_in(file: str) -> frozenset[str]:
    path = ROOT / file
    if not path.exists():
        return frozenset()
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, functions))


def test_every_test_that_the_threat_model_names_exists() -> None:
    named = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(named) > 50
    assert [] == [f"{file}::{name}" for file, name in named if name not in known_in(file)]


def test_what_stops_an_attack_names_the_test_that_shows_it() -> None:
    assert len(claims()) > 30
    assert [] == [one for one in claims() if not NAMED.search(one)]


def test_every_attacker_leaves_something() -> None:
    parts = PAGE.read_text(encoding="utf-8").split("\n## ")
    silent = [part.partition("\n")[0] for part in parts if "**Stops" in part]
    assert silent == [part.partition("\n")[0] for part in parts if "**Remains" in part]
