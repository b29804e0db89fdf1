"""The generated pages are what the tables say, and leave nothing out."""

import re
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.post import post
from documentation import pages
from documentation.commands import docs
from documentation.steps import guard_text
from documentation.words import unlabelled, word_lists
from models.core import Trajectory
from models.deadlines import DEADLINES
from models.errors import OpstapError
from models.letters import LETTERS
from models.programme import Rules
from models.rulebook import RULES
from models.trajectory import STEPS

ROOT = Path(__file__).parents[2]


def test_what_is_committed_is_what_the_tables_say() -> None:
    assert [] == pages.stale(ROOT), "run `opstap docs`"


def test_every_word_that_people_see_has_a_dutch_label() -> None:
    assert [] == unlabelled()
    assert {"Stage", "Role", "Destination", "Colour"} <= {words.__name__ for words in word_lists()}


@pytest.mark.parametrize("name", STEPS)
def test_no_step_is_forgotten(name: str) -> None:
    assert f"| `{name}`<br>{STEPS[name].label} |" in read("docs/trajectory.md")
    assert f"| `{name}` | {STEPS[name].label} |" in read("docs/glossary.md")


def test_no_deadline_letter_or_rule_is_forgotten() -> None:
    text, rules = read("docs/trajectory.md"), read("docs/rules.md")
    assert [] == [row.name for row in DEADLINES if f"| `{row.name}` | {row.text} |" not in text]
    assert [] == [
        r.kind for r in LETTERS.values() if f"| `{r.kind.value}` | {r.label} |" not in text
    ]
    assert [] == [n for n in RULES if f'<a id="rule-{n}"></a>#{n} ' not in rules]
    settings = set(Rules.model_fields) - {"programme", "version"}
    assert [] == [name for name in sorted(settings) if f"| `{name}` |" not in rules]


def test_the_readme_shows_the_chart() -> None:
    text = read("README.md")
    assert 1 == text.count("```mermaid\nstateDiagram-v2")
    assert "wonen --> opzeg: Aangetekend gepost" in text


def test_every_check_can_be_read() -> None:
    texts = {guard_text(guard) for step in STEPS.values() for guard in step.guards}
    assert "`support_since`: has come" in texts
    assert "`start_on`: age is right" in texts
    assert [] == [text for text in texts if "lambda" in text or "object at" in text]


def test_checking_names_the_stale_file_and_writing_repairs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "README.md").write_text(
        f"a\n{pages.BEGIN}\nold\n{pages.END}\nz\n", encoding="utf-8"
    )
    monkeypatch.setattr("documentation.commands.root", lambda: tmp_path)
    checked = CliRunner().invoke(docs, ["--check"])
    assert 1 == checked.exit_code
    assert (
        "Verouderd: docs/trajectory.md, docs/glossary.md, docs/rules.md, docs/letters.md, "
        "README.md. "
        "Maak ze opnieuw met `opstap docs`." in checked.output
    )
    assert "Geschreven: docs/trajectory.md" in CliRunner().invoke(docs).output
    again = CliRunner().invoke(docs, ["--check"])
    assert (0, "De documentatie klopt met de tabellen.\n") == (again.exit_code, again.output)
    assert "Alles was al bij.\n" == CliRunner().invoke(docs).output
    assert read_in(tmp_path, "README.md").startswith(f"a\n{pages.BEGIN}\n```mermaid")


def test_a_readme_without_markers_is_named() -> None:
    with pytest.raises(OpstapError, match=r"README.md: de regels <!-- chart:begin -->"):
        pages.with_chart("no markers")


def read(name: str) -> str:
    return read_in(ROOT, name)


def read_in(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


# ---- the tour ------------------------------------------------------------------------------------
def test_the_tour_names_only_what_exists() -> None:
    named = set(re.findall(r"`([a-z_]+/[a-z_/.-]*|[a-z_]+\.(?:py|toml))`", read("docs/tour.md")))
    assert {"models/core.py", "workflows/trajectory.py", "worker.py"} <= named
    assert [] == sorted(name for name in named - {"var/"} if not (ROOT / name).exists())
    linked = re.findall(r"\]\(([^)#:]+)\)", read("docs/tour.md"))
    assert [] == [name for name in linked if not (ROOT / "docs" / name).exists()]


def test_the_tour_passes_every_room() -> None:
    packages = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["root_packages"]
    assert [] == [room for room in packages if f"| `{room}/` |" not in read("docs/tour.md")]


def test_the_tour_follows_a_step_and_words_that_exist() -> None:
    text = read("docs/tour.md")
    assert "opstap step ID give_verdict" in text
    assert set(re.findall(r"--field (\w+)=", text)) <= set(
        STEPS["give_verdict"].fields.model_fields
    )
    methods = re.findall(r"`Trajectory\.(\w+)`", text)
    assert [] == [name for name in methods if not hasattr(Trajectory, name)]


def test_every_command_of_the_post_is_on_the_page_of_the_letters() -> None:
    text = read("docs/letters.md")
    assert [] == [name for name in post.commands if f"| `opstap post {name}" not in text]
