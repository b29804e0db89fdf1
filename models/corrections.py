"""Undo and correction: the facts stay, the state is folded again from what is true now.

An undo drops the last step while nothing left the house. A correction replaces or withdraws one
earlier step; later steps that then no longer fit are dropped and listed. Deadlines met stay met.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from models.agenda import deadlines
from models.carry import carry, context_of, guarded
from models.chart import right_stage
from models.context import Context
from models.errors import Refusal
from models.facts import Ask, Fact, Json
from models.fields import parse
from models.observations import question
from models.overlay import CloseTask, Correct, Undo
from models.posting import RecallLetter
from models.programme import Rules, interned
from models.registers import outlives
from models.rewriting import WriteAgain
from models.state import TrajectoryState
from models.trajectory import STEPS
from models.vocabulary import Source

BY_THE_CORE = ("undo", "correct", "adopt_rules")
# By which field an answer is known to answer a question still.
_ABOUT = {
    "claim_call": "to",
    "reserve_place": "place",
    "invite_match": "other",
    "bank_closes": "day",
}
# What only two people may correct: a red, a date that ends a lease, the judge, money.
TWO_PEOPLE = (
    "fill_checklist",
    "reject",
    "offer_place",
    "extend_lease",
    "complete_exit",
    "ask_conciliation",
    "go_to_court",
    "write_off",
)
# The same, where a trajectory was taken over.
_OF_ADOPTION = frozenset({"lease_start", "lease_end", "notice_posted_on", "debt"})


@dataclass(slots=True)
class Fold:
    """The state that a list of facts comes to, and the steps that no longer fit."""

    state: TrajectoryState
    rules: Rules
    dropped: list[Fact] = field(default_factory=list)
    refusal: Refusal | None = None


def effective(facts: list[Fact]) -> list[Fact]:
    """Return the facts that count: without what was undone, with what was corrected."""
    gone: set[int] = set()
    instead: dict[int, Json] = {}
    for fact in facts:
        if fact.name == "undo":
            gone.add(int(fact.data["fact"]))
        elif fact.name == "correct":
            target = int(fact.data["corrects"])
            if fact.data.get("fields") is None:
                gone.add(target)
            else:
                instead[target] = {**instead.get(target, {}), **fact.data["fields"]}
    return [
        fact.model_copy(update={"data": {**fact.data, **instead[fact.seq]}})
        if fact.seq in instead
        else fact
        for fact in facts
        if fact.seq not in gone and fact.name not in {"undo", "correct"}
    ]


def refold(trajectory: str, rules: Rules, facts: list[Fact]) -> Fold:
    """Fold what counts of all facts; `dropped` has what the last fact, a correction, drops.

    Facts are weighed from the earliest one ever corrected or undone: what an earlier correction
    dropped does not come back with a later one.
    """
    result = _fold(trajectory, rules, facts)
    if sum(fact.name == "correct" for fact in facts) > 1:
        known = {fact.seq for fact in _fold(trajectory, rules, facts[:-1]).dropped}
        result.dropped = [fact for fact in result.dropped if fact.seq not in known]
    return result


def _fold(trajectory: str, rules: Rules, facts: list[Fact]) -> Fold:
    corrected = [int(fact.data["corrects"]) for fact in facts if fact.name == "correct"]
    undone = [int(fact.data["fact"]) for fact in facts if fact.name == "undo"]
    weigh_from = min([*corrected, *undone], default=len(facts) + 1)
    target = corrected[-1] if corrected and facts[-1].name == "correct" else 0
    result = Fold(TrajectoryState(), rules)
    for fact in effective(facts):
        c = context_of(trajectory, result.state, result.rules, fact)
        if fact.seq >= weigh_from:
            refusal = _no_longer_fits(c)
            if refusal is not None:
                if fact.seq == target:
                    result.refusal = refusal
                if fact.source not in {Source.DEADLINE, Source.OBSERVATION}:
                    result.dropped.append(fact)
                if fact.source is Source.DEADLINE and fact.key is not None:
                    result.state.meet(fact.key, fact.seq)
                continue
        if fact.name == "adopt_rules":
            result.rules = interned(Rules.model_validate(fact.data["rules"]))
        else:
            carry(c)
    return result


def _no_longer_fits(c: Context) -> Refusal | None:
    fact = c.fact
    assert fact is not None, "only facts are weighed"
    gone = Refusal("gone", "Dit hoort bij een stap die niet meer geldt.")
    if fact.source is Source.DEADLINE:
        due = {deadline.key for deadline in deadlines(c.state, c.rules)}
        return None if fact.key in due else gone
    if fact.source is Source.OBSERVATION:
        if fact.key is not None:
            ask = c.state.asks.get(question(fact.key))
            return None if ask is not None and _answers(ask, fact) else gone
        letter = fact.data.get("key")
        return None if letter is None or letter in c.state.letters else gone
    step = STEPS[fact.name]
    fields = parse(step.fields, fact.data)
    if isinstance(fields, Refusal):
        return fields
    if isinstance(fields, CloseTask):
        return None
    if isinstance(fields, RecallLetter | WriteAgain):
        # Whether it could be was weighed when it was asked; a correction may order it anew.
        return None if fields.letter in c.state.letters else gone
    return right_stage(c.state, step) or guarded(c, step, fields)


def _answers(ask: Ask, fact: Fact) -> bool:
    """Whether an answer that was given still answers the question as it is asked now."""
    about = _ABOUT[ask.kind]
    return bool(fact.data.get(about, ask.data[about]) == ask.data[about])


def weigh_undo(c: Context, f: Undo, facts: list[Fact]) -> Refusal | None:
    """Say why a step cannot be undone: it is not the last, too long ago, or something left."""
    steps = [
        fact
        for fact in effective(facts)
        if fact.source not in {Source.DEADLINE, Source.OBSERVATION}
    ]
    target = steps[-1] if steps else None
    if target is None or target.seq != f.fact:
        return Refusal(
            "not_last",
            "Alleen de laatste stap kan ongedaan gemaakt worden; gebruik anders 'Corrigeren'.",
            about="fact",
        )
    step = STEPS[target.name]
    if not step.undoable:
        return Refusal(
            "not_undoable", f"'{step.label}' heeft al gevolgen elders: gebruik 'Corrigeren'."
        )
    if c.at - target.at > timedelta(minutes=c.rules.undo_minutes):
        return Refusal(
            "too_late",
            f"Ongedaan maken kan tot {c.rules.undo_minutes} minuten later; gebruik nu 'Corrigeren'.",
        )
    if any(letter.fact == target.seq and letter.left for letter in c.state.letters.values()):
        return Refusal(
            "letter_left", "Er is al een brief van deze stap vertrokken: gebruik 'Corrigeren'."
        )
    return None


def weigh_correction(c: Context, f: Correct, facts: list[Fact], rules: Rules) -> Refusal | None:
    """Say why a fact cannot be corrected so."""
    target = next((fact for fact in effective(facts) if fact.seq == f.corrects), None)
    if target is None or target.source in {Source.DEADLINE, Source.OBSERVATION}:
        return Refusal(
            "no_such_step", f"Er is geen stap met nummer {f.corrects}.", about="corrects"
        )
    if target.name in {"refer", "adopt"} and f.fields is None:
        return Refusal(
            "first_step", "De aanmelding zelf kan niet weg: gebruik 'Aanmelding intrekken'."
        )
    of_two = target.name in TWO_PEOPLE or (
        target.name == "adopt" and not _OF_ADOPTION.isdisjoint(f.fields or ())
    )
    if of_two and (c.second is None or c.second.who == c.by.who):
        return Refusal(
            "second_missing",
            f"'{STEPS[target.name].label}' corrigeert u met twee verschillende medewerkers.",
            19,
        )
    if f.fields is None:
        return None
    trial = Fact(
        seq=facts[-1].seq + 1,
        name="correct",
        source=Source.GATEWAY,
        at=facts[-1].at,
        data={"corrects": f.corrects, "fields": f.fields},
    )
    fold = _fold(c.trajectory, rules, [*facts, trial])
    if fold.refusal is None and target.name == "offer_place":
        return _outlives_dwelling(c.state, fold.state)
    return fold.refusal


def _outlives_dwelling(now: TrajectoryState, then: TrajectoryState) -> Refusal | None:
    """Say what the register says of an offer; its answer to the first one knew another end."""
    before, after = _lease_end(now), _lease_end(then)
    if then.offer is None or after is None or (before is not None and after <= before):
        return None
    text = outlives(then.offer.available_until, after)
    return None if text is None else Refusal("dwelling_ends", text, 46, about="lease_end")


def _lease_end(state: TrajectoryState) -> date | None:
    if state.lease is not None:
        return state.lease.end
    return state.offer.lease_end if state.offer is not None else None
