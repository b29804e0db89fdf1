"""The updates of the trajectory workflow, generated from the step table.

One named update per row, each with a Dutch description and a JSON example that the Temporal Web UI
shows. The validator refuses in a Dutch sentence and leaves no event; the handler is synchronous.
"""

import json
from typing import Any, Protocol

from pydantic import ValidationError
from temporalio import workflow
from temporalio.exceptions import ApplicationError

from models.errors import Refusal
from models.facts import Heard, StepAnswer
from models.fields import dutch
from models.projection import example
from models.table import Step
from models.unreadable import unreadable

STEP_REFUSED = "StepRefused"


class TakesSteps(Protocol):
    """What a workflow must know for its generated updates."""

    def check(self, name: str, request: Any) -> None:
        """Refuse a step that is not allowed now."""

    def take(self, name: str, request: Any) -> StepAnswer:
        """Take a step that was let through."""


def refused(refusal: Refusal) -> ApplicationError:
    """Return the error by which a caller hears why."""
    return ApplicationError(
        refusal.sentence(),
        {"code": refusal.code, "rule": refusal.rule, "about": refusal.about},
        type=STEP_REFUSED,
        non_retryable=True,
    )


def describe(step: Step) -> str:
    """Return the description of a step's update: its label, who takes it, and an example."""
    who = ", ".join(role.label.lower() for role in step.who)
    return f"{step.label} (door: {who}). Voorbeeld: {json.dumps(example(step), ensure_ascii=False)}"


def update_for(step: Step) -> Any:
    """Return the update handler of one row of the table."""

    # Whatever number of arguments comes in must reach the validator: the decoder has no sentence.
    def handler(self: TakesSteps, *given: Any) -> StepAnswer:
        return self.take(step.name, _request(given))

    def validate(self: TakesSteps, *given: Any) -> None:
        request = _request(given)
        refuse_unreadable(request)
        self.check(step.name, request)

    handler.__name__ = validate.__name__ = step.name
    handler.__doc__ = step.label
    update = workflow.update(name=step.name, description=describe(step))(handler)
    update.validator(validate)
    return update


def _request(given: tuple[Any, ...]) -> Any:
    return given[0] if len(given) == 1 else None


def refuse_unreadable(given: Any) -> None:
    """Refuse in a sentence what could not be opened."""
    refusal = unreadable(given)
    if refusal is not None:
        raise refused(refusal)


def read_heard(heard: Any) -> Heard:
    """Read what another trajectory tells, or refuse it in a sentence."""
    refuse_unreadable(heard)
    try:
        return Heard.model_validate(heard)
    except ValidationError as error:
        text = " ".join(dutch(one, Heard) for one in error.errors(include_url=False)[:3])
        raise refused(Refusal("bad_request", text)) from None
