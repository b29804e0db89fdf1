"""What somebody hears who types something wrong, or types it where nothing runs."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli import main
from cli.main import COMMANDS
from embedded.ports import free_port
from tests.cli.conftest import Opstap


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in ("OPSTAP_TEMPORAL_ADDRESS", "OPSTAP_TEMPORAL_PROFILE", "OPSTAP_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPSTAP_STATE_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


def test_help_lists_every_command_and_imports_none_of_them() -> None:
    program = "import sys; from cli.main import run; run(['--help']); "
    program += "print(sorted(name for name in sys.modules if name in {'temporalio', 'pydantic'}))"

    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert said.stdout.endswith("[]\n")
    for name, (_, line) in COMMANDS.items():
        assert f"  {name} " in said.stdout
        assert line.split(";")[0][:30] in said.stdout


@pytest.mark.parametrize(("word", "code"), [("--version", 0), ("nonsense", 2)])
def test_a_command_ends_at_once_with_all_it_said_and_its_exit_code(word: str, code: int) -> None:
    program = f"import atexit, sys; from cli import main; sys.argv[1:] = ['{word}']; "
    program += "atexit.register(print, 'Python ended in its own way'); main.main()"

    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )

    assert code == said.returncode
    assert (code == 0, code == 2) == (said.stdout.startswith("opstap "), "Zie `" in said.stderr)
    assert 1 == len((said.stdout + said.stderr).splitlines())


@pytest.mark.parametrize("words", [(), ("registers",)])
def test_who_types_no_command_sees_the_help(away: Opstap, words: tuple[str, ...]) -> None:
    said = away(*words)

    assert (2, "") == (said.code, said.out)
    assert said.err == away(*words, "--help").out


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_dutch_help(away: Opstap, name: str) -> None:
    said = away(name, "--help")

    assert (0, "") == (said.code, said.err)
    assert said.out.startswith(f"Gebruik: opstap {name}")
    assert "Toon deze uitleg." in said.out
    assert "Usage" not in said.out


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (("audit", "erase"), ["Voorbeelden:", "  opstap audit erase 3fa9 --by bo:manager "]),
        (("audit", "verify"), ["  opstap audit verify", "  opstap audit verify dossier.zip "]),
        (("audit", "replay"), ["Voorbeelden:", "  opstap audit replay --all"]),
        (("audit", "list"), ["  overrides    regels die ", "  holds        pauzes, "]),
        (("codec",), ["Gebruik: opstap codec [opties] [OPDRACHT …]"]),
    ],
)
def test_examples_and_lists_stand_on_lines_of_their_own(
    away: Opstap, words: tuple[str, ...], lines: list[str]
) -> None:
    out = away(*words, "--help").out
    assert [] == [line for line in lines if not any(s.startswith(line) for s in out.splitlines())]
    assert "\\b" not in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["zot"], "De opdracht 'zot' bestaat niet. Zie `opstap --help`."),
        (["show"], "Er ontbreekt iets: ID. Zie `opstap show --help`."),
        (["show", "a", "b"], "Dit is te veel: b. Zie `opstap show --help`."),
        (["step", "a", "b"], "Er ontbreekt iets: --by. Zie `opstap step --help`."),
        (["list", "--zot"], "De optie '--zot' bestaat niet. Zie `opstap list --help`."),
        (
            ["tasks", "--role", "zot"],
            (
                "--role: 'zot' kan niet; kies uit 'coordinator', 'group_worker', 'supporter', "
                "'resident', 'bookkeeper', 'technical', 'manager', 'volunteer', 'auditor', 'ocmw', "
                "'bewindvoerder', 'neighbours', 'system'. Zie `opstap tasks --help`."
            ),
        ),
        (
            ["up", "--ui-port", "zes"],
            "--ui-port: 'zes' is geen geheel getal. Zie `opstap up --help`.",
        ),
        (
            ["step", "a", "b", "--data", "{zot", "--by", "an"],
            "--data is geen geldige JSON: fout bij teken 2 van de tekst. Zie `opstap step --help`.",
        ),
        (
            ["step", "a", "b", "--data", "[1]", "--by", "an"],
            (
                '--data moet een JSON-object zijn, bv. \'{"reason": "ziek"}\'. '
                "Zie `opstap step --help`."
            ),
        ),
        (
            ["step", "a", "b", "--field", "zot", "--by", "an"],
            "--field 'zot': schrijf NAAM=WAARDE. Zie `opstap step --help`.",
        ),
    ],
)
def test_wrong_usage_is_one_dutch_sentence(away: Opstap, words: list[str], sentence: str) -> None:
    said = away(*words)

    assert (2, "", f"{sentence}\n") == (said.code, said.out, said.err)


def test_a_server_that_does_not_run_is_one_sentence(
    away: Opstap, nothing_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del nothing_runs
    where = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("OPSTAP_TEMPORAL_ADDRESS", where)

    for words in (("show", "trajectory-x"), ("worker",)):
        said = away(*words)

        assert (1, "") == (said.code, said.out)
        assert (
            f"Temporal antwoordt niet op {where}. Start alles met `opstap up`, of geef een ander "
            "adres op met OPSTAP_TEMPORAL_ADDRESS.\n" == said.err
        )


def test_where_nothing_was_ever_started_no_file_is_made(away: Opstap, nothing_runs: Path) -> None:
    said = away("list")

    assert (1, "") == (said.code, said.out)
    assert f"Er is hier nog geen Opstap ({nothing_runs / 'opstap.db'} bestaat niet)." in said.err
    assert not nothing_runs.exists()


def test_what_nobody_expected_is_one_sentence_and_a_log_file(
    away: Opstap, nothing_runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nothing_runs / "logs").mkdir(parents=True)
    monkeypatch.setitem(main.COMMANDS, "list", ("tests.cli.test_usage:broken", ""))

    said = away("list")

    log = nothing_runs / "logs" / "opstap.log"
    assert (1, "") == (said.code, said.out)
    assert f"Er ging iets mis dat niet mocht gebeuren. Wat er misging staat in {log}.\n" == said.err
    assert "ZeroDivisionError" in log.read_text()


class Broken:
    """A command that a colleague got wrong."""

    def __getattr__(self, name: str) -> object:
        return 1 / 0


broken = Broken()


def test_a_part_that_is_not_installed_says_so(
    away: Opstap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(main.COMMANDS, "bench", ("nergens.commands:bench", ""))

    said = away("bench")

    assert (1, "", "'opstap bench' zit niet in deze installatie.\n") == (
        said.code,
        said.out,
        said.err,
    )


def test_help_answers_before_a_person_notices() -> None:
    ours = [sys.executable, "-m", "cli.main", "--help"]
    bare = [sys.executable, "-c", "import click"]
    took: dict[str, list[float]] = {"ours": [], "bare": []}
    # Against importing click alone, in turns: a busy machine is slow at both. The first compiles.
    for number in range(6):
        for name, command in (("ours", ours), ("bare", bare)):
            before = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            if number:
                took[name].append(time.perf_counter() - before)
    assert min(took["ours"]) < 2.5 * min(took["bare"])
