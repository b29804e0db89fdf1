"""A step as it is asked, and facts as they are made: from a raw request to a fact and its answer.

Nothing here weighs or changes anything; it only reads, and gives a fact its number and its minute.
"""

from datetime import datetime
from difflib import get_close_matches
from typing import Any

from models.calendar import to_minute
from models.errors import Refusal
from models.facts import SYSTEM, By, Deadline, Fact, Json, StepAnswer
from models.fields import Fields, dump, parse
from models.requests import Request, read_request
from models.table import Step
from models.trajectory import STEPS
from models.vocabulary import Source, Stage

Asked = tuple[Request, Step, Fields]


def read_step(name: str, request: Any) -> Asked | Refusal:
    """Read a step and its data, or say in Dutch what is wrong with it."""
    step = STEPS.get(name)
    if step is None:
        return unknown_step(name)
    asked = read_request(step, request)
    if isinstance(asked, Refusal):
        return asked
    fields = parse(step.fields, asked.data)
    return fields if isinstance(fields, Refusal) else (asked, step, fields)


def unknown_step(name: str) -> Refusal:
    """Return the refusal of a step that is not in the table, with the nearest that is."""
    near = get_close_matches(name, STEPS, n=1)
    hint = f" Bedoelt u '{near[0]}'?" if near else " Zie `opstap steps ID`."
    return Refusal("unknown_step", f"De stap '{name}' bestaat niet.{hint}")


def answer(
    trajectory: str,
    seq: int,
    stage: Stage | None,
    step: Step,
    letters: list[str],
    *,
    pending: bool = False,
    repeated: bool = False,
) -> StepAnswer:
    """Return what whoever took the step hears."""
    done = "was al" if repeated else "is"
    return StepAnswer.trusted(
        trajectory=trajectory,
        seq=seq,
        stage=stage.value if stage else "",
        text=f"'{step.label}' {done} vastgelegd. Fase: {stage.label if stage else ''}.",
        letters=letters,
        pending=pending,
    )


def step_fact(number: int, read: Asked, now: datetime) -> Fact:
    """Return the fact that a step is, at the minute it was taken."""
    asked, step, fields = read
    return Fact.trusted(
        seq=number,
        name=step.name,
        source=asked.source,
        at=to_minute(now),
        by=By.trusted(who=asked.who, role=asked.role),
        second=asked.second,
        data=dump(fields),
        key=asked.id,
        override=asked.override,
    )


def deadline_fact(number: int, deadline: Deadline, at: datetime) -> Fact:
    """Return the fact that a deadline was met."""
    return _by_itself(number, deadline.name, Source.DEADLINE, at, deadline.data, deadline.key)


def observation_fact(
    number: int, name: str, data: Json, at: datetime, key: str | None = None
) -> Fact:
    """Return the fact that something came back; `key` is the question that it answers."""
    return _by_itself(number, name, Source.OBSERVATION, at, data, key)


def _by_itself(
    number: int, name: str, source: Source, at: datetime, data: Json, key: str | None
) -> Fact:
    return Fact.trusted(
        seq=number,
        name=name,
        source=source,
        at=to_minute(at),
        by=SYSTEM,
        second=None,
        data=data,
        key=key,
        override=None,
    )
