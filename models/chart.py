"""The chart: the only file that knows `transitions`.

One shared machine is built from the table; a state object is never added to it (`add_model` would
keep every trajectory alive), it is only passed through `fire`.
"""

from functools import lru_cache
from typing import Any

from transitions import EventData, Machine
from transitions.extensions.diagrams import GraphMachine

from models.calendar import dutch_date
from models.errors import Refusal
from models.state import TrajectoryState
from models.table import Step
from models.trajectory import STEPS
from models.vocabulary import Stage

START = "begin"


def _goes_to(stage: str) -> Any:
    def goes_to(event: EventData) -> bool:
        return bool(event.kwargs["dest"] == stage)

    goes_to.__name__ = f"naar_{stage}"
    return goes_to


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "trigger": step.name,
            "source": source.value if source else START,
            "dest": dest.value,
            "conditions": [_goes_to(dest.value)] if len(step.dest) > 1 else [],
        }
        for step in STEPS.values()
        if not _over_any_stage(step)
        for source in step.sources
        if source not in step.stays
        for dest in step.dest
        if dest is not source
    ]


def _over_any_stage(step: Step) -> bool:
    return len(step.dest) == len(Stage)


_STATES = [START, *(stage.value for stage in Stage)]
CHART = Machine(
    model=None,
    states=_STATES,
    transitions=_rows(),
    initial=START,
    auto_transitions=False,
    send_event=True,
)


class _Position:
    """What the machine moves: a trajectory's state, under the attribute that it expects."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def fire(state: TrajectoryState, step: str, dest: Stage) -> None:
    """Move the main stage by a step of the table.

    Raises:
        MachineError: the table has no such edge, which is a mistake of a move, never of a person.
    """
    source = state.stage.value if state.stage else START
    if source == dest.value:
        return
    position = _Position(source)
    moved = CHART.events[step].trigger(position, dest=dest.value)
    if not moved:
        raise AssertionError(f"{step} does not lead from {source} to {dest.value}")
    state.stage = Stage(position.state)


def right_stage(state: TrajectoryState, step: Step) -> Refusal | None:
    """Say whether a step belongs to the stage that somebody stands in."""
    if state.stage in step.sources:
        return _restricted(state, step)
    if state.stage is None:
        return Refusal("not_referred", "Dit traject is nog niet aangemeld.")
    return Refusal(
        "wrong_stage",
        f"'{step.label}' kan niet in de fase '{state.stage.label}'.",
        possible=possible_labels(state.stage),
    )


def _restricted(state: TrajectoryState, step: Step) -> Refusal | None:
    if state.restricted is None or step.when_restricted:
        return None
    return Refusal(
        "restricted",
        f"De verwerking van dit dossier is beperkt sinds {dutch_date(state.restricted)}: "
        f"'{step.label}' kan pas als de beperking is opgeheven.",
    )


@lru_cache(maxsize=64)
def possible_labels(stage: Stage | None) -> tuple[str, ...]:
    """Return the labels of the steps that belong to a stage and lead somewhere else."""
    return tuple(
        f"'{step.label}'"
        for step in STEPS.values()
        if stage in step.sources
        and stage not in step.stays
        and step.dest
        and not _over_any_stage(step)
    )


def mermaid() -> str:
    """Return the chart as a Mermaid state diagram."""
    machine = GraphMachine(
        model=None,
        states=_STATES,
        transitions=[{**row, "conditions": []} for row in _rows()],
        initial=START,
        auto_transitions=False,
        graph_engine="mermaid",
    )
    lines = ["stateDiagram-v2", "  direction TB", f"  [*] --> {START}"]
    labels = {stage.value: stage.label for stage in Stage}
    lines += [f'  state "{label}" as {value}' for value, label in labels.items()]
    edges: dict[tuple[str, str | None], list[str]] = {}
    for name, event in machine.events.items():
        for transitions in event.transitions.values():
            for edge in transitions:
                edges.setdefault((edge.source, edge.dest), []).append(STEPS[name].label)
    lines += [f"  {a} --> {b}: {' / '.join(sorted(set(steps)))}" for (a, b), steps in edges.items()]
    return "\n".join(lines)
