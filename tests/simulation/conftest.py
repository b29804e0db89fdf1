"""What the simulation's tests share: the example scripts, and one simulated year on the core."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gateway.settings import Settings
from simulation.generator import Plan, generate
from simulation.played import Played
from simulation.programme import rules_on
from simulation.script import Script, read_script

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PLAN = Plan(45, 1, date(2027, 1, 4), 16, {"programme": "wonen-met-kansen"})


@pytest.fixture(scope="session")
def example() -> Callable[[str], Script]:
    """Read an example script of the docs."""

    def read(name: str) -> Script:
        return read_script((EXAMPLES / name).read_text(encoding="utf-8").splitlines(), name)

    return read


@pytest.fixture(scope="session")
def year() -> Played:
    """45 residents over 16 months, as the pass that invents them plays them."""
    return generate(PLAN, rules_on(Settings(), PLAN.rules))
