"""The generated part of docs/scripts.md: an example line for every step of the table.

`python -m simulation.guide` writes it anew; a test says when that was forgotten.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from pydantic_core import to_json

from models.facts import Json
from models.projection import example
from models.table import Step
from models.trajectory import STEPS
from models.vocabulary import Role
from simulation.desk import FILLED

BEGIN = "<!-- steps:begin, written by `python -m simulation.guide` -->"
END = "<!-- steps:end -->"
_OTHERS = {"other": "r2", "previous": "r0"}


def renewed(page: str) -> str:
    """Return the page with its steps as the table has them now."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = "\n".join(_lines())
    return f"{before}{BEGIN}\n\n{lines}\n{END}{after}"


def example_line(step: Step) -> str:
    """Return an example of a step as a script writes it, without what the registers fill in."""
    asked = example(step)
    row: Json = {"at": "2027-05-06T11:00", "who": asked["who"], "role": asked["role"]}
    if asked["role"] == Role.SUPPORTER.value:
        row["who"] = step.example.get("supporter", "lien")
    if "second" in asked:
        row["second"] = f"{asked['second']['who']}:{asked['second']['role']}"
    row |= {"resident": "r1", "step": step.name}
    filled = FILLED.get(step.name, ())
    row["data"] = {
        name: _OTHERS.get(name, value)
        for name, value in asked["data"].items()
        if name not in filled
    }
    return to_json(row).decode()


def _lines() -> Iterable[str]:
    for step in STEPS.values():
        who = ", ".join(role.label.lower() for role in step.who)
        yield f"### `{step.name}`: {step.label}"
        yield ""
        second = "; een tweede persoon is verplicht of mogelijk" if step.second else ""
        yield f"Door: {who}{second}."
        yield ""
        yield "```json"
        yield example_line(step)
        yield "```"
        yield ""


def main() -> None:
    """Write the page anew."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/scripts.md")
    path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
