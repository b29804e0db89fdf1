"""Commands as a person types them, in this process, against the stack of `tests.running`."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cli.main import run
from tests.running import Stack, gateway, stack

__all__ = ["gateway", "stack"]


@dataclass(frozen=True)
class Said:
    """How a command ended."""

    code: int
    out: str
    err: str


Opstap = Callable[..., Said]


@pytest.fixture
def away(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Opstap:
    """`opstap …` where nothing runs."""
    for name in ("ADDRESS", "PROFILE", "NAMESPACE"):
        monkeypatch.delenv(f"OPSTAP_TEMPORAL_{name}", raising=False)

    def opstap(*words: str) -> Said:
        code = run([str(word) for word in words])
        said = capsys.readouterr()
        assert "Traceback" not in said.err + said.out
        return Said(code, said.out, said.err)

    return opstap


@pytest.fixture
def opstap(stack: Stack, away: Opstap, monkeypatch: pytest.MonkeyPatch) -> Opstap:
    """`opstap …` against the stack."""
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    return away
