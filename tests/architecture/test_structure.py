"""The shape of the code: directions, sizes, and a core without clock or hands."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "activities",
    "audit",
    "bank",
    "bench",
    "cli",
    "documentation",
    "embedded",
    "gateway",
    "letters",
    "models",
    "privacy",
    "proof",
    "simulation",
    "stores",
    "tests",
    "workflows",
)
LONGEST = 300
# A table reads as one story, row after row: to cut it up would hide it.
LONGER: set[str] = set()
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "monotonic"),
    ("uuid", "uuid4"),
}
HANDS = {"open", "print", "input", "exec", "eval"}
OUTSIDE = {"os", "random", "secrets", "socket", "subprocess", "time", "uuid", "asyncio", "logging"}


def sources(*rooms: str) -> list[Path]:
    found = [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]
    return [*found, ROOT / "worker.py"] if rooms == ROOMS else found


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_go_one_way() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout


def test_a_file_tells_one_story_in_three_hundred_lines() -> None:
    long = {
        shown(path): lines
        for path in sources(*ROOMS)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert LONGER & set(long) == set(long), long
    assert LONGER == set(long), "an exception that is not needed any more"


def test_every_module_says_what_it_promises() -> None:
    silent = [
        shown(path)
        for path in sources(*(room for room in ROOMS if room != "tests"))
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert [] == silent


@pytest.mark.parametrize("room", ["models", "workflows"])
def test_the_core_and_the_workflows_read_no_clock_and_touch_nothing(room: str) -> None:
    """They are passed through the workflow sandbox, which would have watched over it."""
    # In a workflow asyncio is Temporal's own loop.
    outside = OUTSIDE - {"asyncio"} if room == "workflows" else OUTSIDE
    assert [] == [f"{where}: {what}" for where, what in _impure(room, outside)]


def _impure(room: str, outside: set[str]) -> Iterator[tuple[str, str]]:
    for path in sources(room):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{shown(path)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Import):
                yield from ((where, n.name) for n in node.names if n.name.split(".")[0] in outside)
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in outside:
                yield where, node.module or ""
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                if (node.value.id, node.attr) in CLOCKS:
                    yield where, f"{node.value.id}.{node.attr}"
                if node.attr in {"read_text", "write_text", "read_bytes"} and _not_the_profile(
                    path
                ):
                    yield where, node.attr
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in HANDS
            ):
                yield where, node.func.id


def _not_the_profile(path: Path) -> bool:
    """`load_programme` alone reads a file, for its callers; no rule does."""
    return path.name != "programme.py"


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_no_room_is_a_drawer(word: str) -> None:
    named = [path for room in ROOMS for path in (ROOT / room).rglob(f"{word}*")]
    assert [] == [shown(path) for path in named if "__pycache__" not in path.parts]


def test_a_database_of_people_is_opened_with_its_keys() -> None:
    may = {"gateway/connect.py", "stores/engine.py", "bench/bare_worker.py"}
    # Plays on invented people, whose database is gone afterwards.
    may |= {"simulation/temporal_engine.py", "bench/audit.py"}
    opens = {
        shown(path)
        for path in sources(*(room for room in ROOMS if room != "tests"))
        if "make_engine(" in path.read_text(encoding="utf-8")
    }
    assert may == opens
