"""docs/trajectory.md: the chart, every step by region, the deadlines and the letters."""

import inspect
from collections.abc import Iterable

from documentation.markdown import code, codes, page, table
from models.chart import mermaid
from models.context import Guard
from models.deadlines import DEADLINES
from models.letters import LETTERS, LetterRow
from models.observations import OBSERVATIONS, ObservationRow
from models.rulebook import RULES
from models.table import Step
from models.timed import DeadlineRow
from models.trajectory import STEPS
from models.vocabulary import OPEN, STAFF, Region, Role, Stage

STEP_HEAD = (
    "Step",
    "From → to",
    "Who",
    "Asks",
    "Checked first",
    "Letters",
    "Can become due",
    "Rules",
)
DEADLINE_HEAD = ("Deadline", "Dutch text", "Region", "In stages", "Kind", "Letter", "Rules")
LETTER_HEAD = ("Letter", "Dutch name", "To", "Channel", "Ordered by", "Sent alone", "Lines")
OBSERVATION_HEAD = ("Observation", "Dutch text", "Comes from", "Rules")
LEGEND = (
    "Staff are coordinator, group worker and manager. An asterisk is a field that must be given. "
    "*(manager)* behind a check: a manager can set it aside "
    "with a reason. *Can become due*: deadlines that first exist in a stage the step leads to."
)

RESTRICTED = (
    "After `restrict` a file may only be kept (GDPR 18). These steps are still taken: they protect "
    "the person or a legal term, hold back what would leave, or note what happened, as proof."
)


def chart() -> str:
    """Return the chart as a fenced Mermaid diagram."""
    return f"```mermaid\n{mermaid()}\n```"


def trajectory_page() -> str:
    """Return the page of steps, deadlines, letters and observations."""
    return page(
        "The trajectory",
        f"{len(STEPS)} steps, {len(DEADLINES)} deadlines, {len(LETTERS)} letters. "
        "Rule numbers are those of [the rulebook](rules.md).",
        "## The chart",
        chart(),
        "## Steps",
        LEGEND,
        *(part for region in Region for part in _region(region)),
        "### While a file is restricted",
        RESTRICTED,
        codes(step.name for step in STEPS.values() if step.when_restricted),
        "## Deadlines",
        "`hard` has legal consequences, `runs on` has none, and neither obeys a pause; `always` is "
        "carried out however late it is; what else is very late becomes one proposal.",
        table(DEADLINE_HEAD, (_deadline(row) for row in DEADLINES)),
        "## Letters",
        table(LETTER_HEAD, (_letter(row) for row in LETTERS.values())),
        "## Observations",
        "What comes back from registers, the post and other trajectories.",
        table(OBSERVATION_HEAD, (_observation(row) for row in OBSERVATIONS.values())),
    )


def _region(region: Region) -> list[str]:
    steps = [step for step in STEPS.values() if step.region is region]
    if not steps:
        return []
    return [f"### {region.label}", table(STEP_HEAD, (_step(step) for step in steps))]


def _step(step: Step) -> tuple[str, ...]:
    return (
        f"{code(step.name)}<br>{step.label}",
        _from_to(step),
        _who(step),
        "<br>".join(_asks(step)),
        "<br>".join(_checks(step)),
        codes(letter.value for letter in step.letters),
        codes(_armed(step)),
        cited(step.rules),
    )


def _from_to(step: Step) -> str:
    named: dict[tuple[Stage | None, ...], str] = {tuple(Stage): "any stage", OPEN: "any open stage"}
    sources = named.get(step.sources) or ", ".join(_stage(s) for s in step.sources)
    if not step.dest or len(step.dest) == len(Stage):
        return sources
    dest = " or ".join(_stage(stage) for stage in step.dest)
    stays = f" (in {', '.join(_stage(s) for s in step.stays)}: stays)" if step.stays else ""
    return f"{sources} → {dest}{stays}"


def _stage(stage: Stage | None) -> str:
    return stage.value if stage is not None else "begin"


def _who(step: Step) -> str:
    who = _roles(step.who)
    return f"{who}<br>with: {_roles(step.second)}" if step.second else who


def _roles(roles: Iterable[Role]) -> str:
    given = list(roles)
    if set(STAFF) <= set(given):
        return ", ".join(["staff", *(role.value for role in given if role not in STAFF)])
    return ", ".join(role.value for role in given)


def _asks(step: Step) -> list[str]:
    return [
        code(name) + ("*" if info.is_required() else "")
        for name, info in step.fields.model_fields.items()
        if name != "note"
    ]


def _checks(step: Step) -> list[str]:
    return [
        guard_text(guard) + (" *(manager)*" if guard in step.may_override else "")
        for guard in step.guards
    ]


def guard_text(guard: Guard) -> str:
    """Return what a guard sees to: its own sentence, or its name with what it was made for."""
    if guard.__doc__:
        return guard.__doc__.splitlines()[0].rstrip(".")
    made_for = inspect.getclosurevars(guard).nonlocals
    about = [_made_for(value) for name, value in sorted(made_for.items()) if name != "rule"]
    text = guard.__name__.replace("_", " ")
    return f"{code(about[0])}: {text}" if about else text


def _made_for(value: object) -> str:
    inner = inspect.getclosurevars(value).nonlocals if inspect.isfunction(value) else {}
    if inner:
        return str(next(iter(inner.values())))
    return str(getattr(value, "__name__", value))


def _armed(step: Step) -> list[str]:
    if not step.dest or len(step.dest) == len(Stage):
        return []
    before, after = set(step.sources), set(step.dest)
    return [d.name for d in DEADLINES if after & set(d.stages) and not before & set(d.stages)]


def _deadline(row: DeadlineRow) -> tuple[str, ...]:
    words = (("hard", row.hard), ("runs on", row.runs_on), ("always", row.always))
    kind = [word for word, given in words if given]
    return (
        code(row.name),
        row.text,
        row.region.value,
        ", ".join(stage.value for stage in row.stages),
        ", ".join(kind),
        code(row.letter.value) if row.letter else "",
        cited(row.rules),
    )


def _letter(row: LetterRow) -> tuple[str, ...]:
    ordered = [s.name for s in STEPS.values() if row.kind in s.letters]
    ordered += [d.name for d in DEADLINES if d.letter is row.kind]
    return (
        code(row.kind.value),
        row.label,
        _roles(row.to),
        row.channel.value,
        codes(ordered),
        "yes" if row.alone else "",
        row.lines,
    )


def _observation(row: ObservationRow) -> tuple[str, ...]:
    return (
        code(row.name),
        row.text,
        "outside" if row.from_outside else "an answer",
        cited(row.rules),
    )


def cited(numbers: Iterable[int]) -> str:
    """Return rule numbers as links to the rulebook, the lines as their hover text."""
    return " ".join(f'[#{n}](rules.md#rule-{n} "{RULES[n].lines}")' for n in numbers)
