"""What a play leaves in its folder: the script, outcomes, refusals and tasks, one object a line.

Every line is written once, straight to its file. `sha256` of letters and chain hashes stay out:
they bind texts and request ids, which only the real engine has.
"""

from collections.abc import Iterable
from pathlib import Path

from pydantic_core import to_json

from models.calendar import stamp
from models.errors import OpstapError
from models.facts import Json, Outcome, Task
from simulation.figures import figures_of
from simulation.played import Played
from simulation.script import script_lines, wall
from simulation.timeline import timeline_of

FILES = (
    "script.jsonl",
    "outcomes.jsonl",
    "refusals.jsonl",
    "tasks.jsonl",
    "timeline.txt",
    "figures.json",
)
_LETTER = ("kind", "recipients", "channel", "ordered_at", "sent_at")


class FolderNotEmpty(OpstapError):  # noqa: N818 (named for what is there)
    """A folder that already holds something."""


def prepare(folder: Path, *, force: bool = False) -> None:
    """Make the folder.

    Raises:
        FolderNotEmpty: there is something in it that is not ours to overwrite.
    """
    if folder.exists() and not folder.is_dir():
        raise FolderNotEmpty(f"'{folder}' is een bestand; geef een map op met --out.")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise FolderNotEmpty(
            f"De map '{folder}' is niet leeg. Kies een andere map, of overschrijf met --force."
        )
    folder.mkdir(parents=True, exist_ok=True)


def write(folder: Path, played: Played, script: bytes | None = None) -> None:
    """Write everything that a play came to; a script that was given is kept as it was."""
    if script is None:
        _lines(folder / "script.jsonl", script_lines(played.script))
    else:
        (folder / "script.jsonl").write_bytes(script)
    _lines(
        folder / "outcomes.jsonl",
        (to_json(outcome_row(one.resident, row)) for one in played.lives for row in one.outcomes),
    )
    _lines(
        folder / "refusals.jsonl",
        (
            to_json(
                {
                    "line": no.line,
                    "at": wall(no.at),
                    "resident": no.resident,
                    "step": no.step,
                    "sentence": no.text,
                }
            )
            for no in played.refusals
        ),
    )
    _lines(
        folder / "tasks.jsonl",
        (
            to_json(_task(one.resident, task))
            for one in played.lives
            for task in _by_time(one.tasks)
        ),
    )
    _lines(folder / "timeline.txt", timeline_of(played))
    (folder / "figures.json").write_bytes(to_json(figures_of(played), indent=2) + b"\n")


def outcome_row(resident: str, row: Outcome) -> Json:
    """Return one line of outcomes.jsonl."""
    line: Json = {
        "resident": resident,
        "seq": row.seq,
        "recorded_at": row.recorded_at,
        "valid_from": row.valid_from,
        "kind": row.kind,
        "stage": row.stage,
        "by": row.by,
        "source": row.source,
    }
    detail = row.detail
    if (letter := detail.get("letter")) is not None:
        line["letter"] = {name: letter.get(name) for name in _LETTER}
    if (flags := detail.get("flags")) is not None:
        line["flags"] = flags
    return line


def _task(resident: str, task: Task) -> Json:
    return {
        "resident": resident,
        "kind": task.kind,
        "for": task.whom.value,
        "due": task.due.isoformat() if task.due else None,
        "opened": stamp(task.opened_at),
        "done": stamp(task.done_at) if task.done_at else None,
        "text": task.text,
    }


def _by_time(tasks: list[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: (task.opened_at, task.key))


def _lines(path: Path, lines: Iterable[bytes]) -> None:
    with path.open("wb", buffering=1 << 20) as file:
        for line in lines:
            file.write(line + b"\n")
