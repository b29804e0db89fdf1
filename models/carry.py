"""Carrying out one fact on a state: the only place where a move meets the chart.

Used live, by replay, and by the fold after a correction; it has no memory of its own.
"""

from models.chart import fire
from models.context import Context
from models.deadlines import BY_NAME
from models.errors import Refusal
from models.facts import By, Fact
from models.fields import Fields, parse
from models.observations import OBSERVATIONS, question
from models.programme import Rules
from models.rights import keep_here
from models.state import TrajectoryState
from models.table import Step
from models.trajectory import STEPS
from models.vocabulary import Role, Source


def context_of(trajectory: str, state: TrajectoryState, rules: Rules, fact: Fact) -> Context:
    """Return the context in which a fact is weighed or carried out."""
    return Context(
        trajectory=trajectory,
        state=state,
        rules=rules,
        at=fact.at,
        by=fact.by,
        second=fact.second,
        override=fact.override,
        fact=fact,
    )


def guarded(c: Context, step: Step, fields: Fields) -> Refusal | None:
    """Ask the guards of a step in their order; an override is a manager's, with a reason."""
    for guard in step.guards:
        refusal = guard(c, fields)
        if refusal is None:
            continue
        if guard in step.may_override:
            if c.override is not None and _is_manager(c.by, c.second):
                continue
            return Refusal(
                refusal.code,
                refusal.text + " Een leidinggevende kan met een reden een uitzondering maken.",
                refusal.rule,
                refusal.about,
            )
        return refusal
    return None


def _is_manager(by: By, second: By | None) -> bool:
    return by.role is Role.MANAGER or (second is not None and second.role is Role.MANAGER)


def take_step(c: Context, step: Step, fields: Fields) -> None:
    """Carry out a step that was let through."""
    for guard in step.may_override:
        refusal = guard(c, fields) if c.override is not None else None
        if refusal is not None:
            c.flag(f"uitzondering ({c.override}): {refusal.text}")
    dest = step.move(c, fields)
    if dest is not None:
        fire(c.state, step.name, dest)


def meet_deadline(c: Context) -> None:
    """Carry out a deadline; its key stays met."""
    fact = c.fact
    assert fact is not None, "a deadline is met as a fact"
    assert fact.key is not None, "a deadline has its key"
    c.state.meet(fact.key, fact.seq)
    row = BY_NAME[fact.name]
    row.then(c, fact.data)
    if not row.hard:
        keep_here(c)


def observe(c: Context) -> None:
    """Carry out an observation; the question it answers is closed."""
    fact = c.fact
    assert fact is not None, "an observation is a fact"
    row = OBSERVATIONS[fact.name]
    ask = None
    if fact.key is not None:
        first = c.state.asks.pop(question(fact.key), None)
        ask = c.state.asks.pop(fact.key, first)
    # What was asked counts as it is asked now: a correction may have changed a date in it.
    data = {**fact.data, **ask.data} if ask is not None else fact.data
    for key in fact.data.get("keys", ()) if fact.name == "catch_up" else ():
        c.state.meet(key, fact.seq)
    dest = row.move(c, data)
    keep_here(c)
    if dest is not None and dest is not c.state.stage:
        assert row.edge is not None, "an observation that moves the stage names its edge"
        fire(c.state, row.edge, dest)


def carry(c: Context, fields: Fields | Refusal | None = None) -> None:
    """Carry out a fact of any kind; `fields` are the data of a step that was just read."""
    fact = c.fact
    assert fact is not None, "carry needs a fact"
    if fact.source is Source.DEADLINE:
        meet_deadline(c)
    elif fact.source is Source.OBSERVATION:
        observe(c)
    else:
        step = STEPS[fact.name]
        fields = fields or parse(step.fields, fact.data)
        assert isinstance(fields, Fields), "a recorded step was read before"
        take_step(c, step, fields)


def remember(state: TrajectoryState, fact: Fact) -> None:
    """Remember what was asked or heard: the same once more is not done once more."""
    if fact.source is Source.DEADLINE:
        return
    request = fact.data.get("heard") if fact.source is Source.OBSERVATION else fact.key
    if request is not None:
        state.remember(request, fact.seq)
