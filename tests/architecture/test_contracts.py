"""Both sides of a door agree: effects and activities, letters and templates, steps and updates."""

import ast
import inspect
import json
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from temporalio import workflow

from activities.effects import Activities
from audit.nightly import Nightly
from models.facts import Answer, Delivered, Delivery, Json, Message, Question, Turn
from models.letters import LetterKind
from models.projection import example
from models.requests import Request, read_request
from models.trajectory import STEPS
from workflows import effects
from workflows.trajectory import TrajectoryWorkflow
from workflows.updates import describe

ROOT = Path(__file__).parents[2]
TYPES: dict[str, tuple[Any, Any]] = {
    effects.RECORD_TURN: (Turn, str),
    effects.REWRITE: (list[Turn], str),
    effects.ANSWER: (Question, Answer),
    effects.CARRY: (Message, type(None)),
    effects.DELIVER: (Delivery, Delivered),
    effects.AUDIT_DAY: (date, Json),
}


def called() -> dict[str, tuple[str, str]]:
    """What `effects.py` calls: name → the type it sends and the type it expects."""
    tree = ast.parse(inspect.getsource(effects))
    names = {
        target.id: str(node.value.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(target := node.targets[0], ast.Name)
    }
    found: dict[str, tuple[str, str]] = {}
    for function in (node for node in tree.body if isinstance(node, ast.AsyncFunctionDef)):
        hints = {arg.arg: arg.annotation for arg in function.args.args}
        for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
            if getattr(call.func, "attr", "") not in {"execute_activity", "execute_local_activity"}:
                continue
            name, sent = call.args[0], call.args[1]
            assert isinstance(name, ast.Name)
            kind = sent.func if isinstance(sent, ast.Call) else hints[getattr(sent, "id", "")]
            given = {k.arg: k.value for k in call.keywords}
            result = given.get("result_type")
            found[names[name.id]] = (
                ast.unparse(kind or sent),
                ast.unparse(result) if result else "None",
            )
    return found


def test_effects_calls_exactly_what_the_activities_offer() -> None:
    offered = {a.__temporal_activity_definition.name for a in _bound()}
    assert set(called()) == offered == set(TYPES)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_both_sides_send_and_expect_the_same_types(name: str) -> None:
    takes, gives = TYPES[name]
    assert (_written(takes), _written(gives)) == called()[name]
    hints = get_type_hints(next(a for a in _bound() if a.__name__ == name))
    result = hints.pop("return")
    assert ([takes], gives) == (list(hints.values()), result)


def _written(kind: Any) -> str:
    if kind is type(None):
        return "None"
    if kind is Json:
        return "Json"
    return str(kind).replace("models.facts.", "") if hasattr(kind, "__origin__") else kind.__name__


def _bound() -> list[Any]:
    return [
        member
        for offers in (Activities, Nightly)
        for _, member in inspect.getmembers(offers, inspect.isfunction)
        if hasattr(member, "__temporal_activity_definition")
    ]


@pytest.mark.parametrize("kind", LetterKind)
def test_every_letter_has_a_template(kind: LetterKind) -> None:
    folder = ROOT / "letters" / "templates" / kind.value
    assert [path for path in folder.glob("nl.*") if path.stat().st_size > 0], folder


def test_every_template_belongs_to_a_letter() -> None:
    names = [path.name for path in (ROOT / "letters" / "templates").iterdir() if path.is_dir()]
    folders = {name for name in names if not name.startswith("_")}  # building blocks
    assert set() == folders - {kind.value for kind in LetterKind}


# ---- steps and updates --------------------------------------------------------------------------
DEFINITION = workflow._Definition.must_from_class(TrajectoryWorkflow)


def test_the_workflow_has_an_update_for_every_step_and_one_to_hear() -> None:
    assert {*STEPS, "hear"} == set(DEFINITION.updates) - {None}


@pytest.mark.parametrize("name", STEPS)
def test_every_update_has_a_description_a_validator_and_an_example_that_reads(name: str) -> None:
    step, update = STEPS[name], DEFINITION.updates[name]
    assert update.validator is not None
    assert update.description == describe(step)
    assert update.description.startswith(f"{step.label} (door: ")
    shown = json.loads(update.description.partition("Voorbeeld: ")[2])
    assert shown == example(step)
    assert isinstance(read_request(step, shown), Request)
