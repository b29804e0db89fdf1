"""What people see of a trajectory: the overview row, the view, the steps, the future, Markdown.

Projections only read; they hold no names and can always be made again from the facts.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from models import calendar
from models.facts import Json, Overview, Task
from models.movein import household_of, shares
from models.table import Step
from models.trajectory import STEPS
from models.vocabulary import LetterStatus, Role, Stage

if TYPE_CHECKING:
    from models.core import Trajectory


def overview_of(t: "Trajectory") -> Overview:
    """Return the row that lists and searches show."""
    state, referral, lease, offer = t.state, t.state.referral, t.state.lease, t.state.offer
    deadline = t.next_deadline()
    return Overview.trusted(
        trajectory=t.id,
        programme=t.rules.programme,
        stage=state.stage.value if state.stage else "",
        contract=state.contract.value,
        reviews=state.reviews.value,
        partner=referral.partner if referral else None,
        supporter=referral.supporter if referral else None,
        priority=referral.priority if referral else False,
        living=referral.living.value if referral else None,
        referred_on=referral.referred_on if referral else None,
        eligible_from=referral.eligible_from if referral else None,
        place=offer.place if offer else None,
        lease_start=lease.start_on if lease else None,
        lease_end=lease.end if lease else None,
        next_at=deadline.at if deadline else None,
        next_text=deadline.text if deadline else None,
        seq=t.seq,
        head=t.head,
    )


def view(t: "Trajectory") -> Json:
    """Return the whole of a trajectory as JSON, for screens and for settling a simulation."""
    moment = t.next_moment()
    return {
        "trajectory": t.id,
        "overview": overview_of(t).model_dump(mode="json"),
        "state": t.state.dump(),
        "facts": len(t.facts),
        "busy": bool(t.state.asks or t.asks or t.tells or t.unwritten),
        "affordable_rent": str(
            t.rules.affordable_rent(shared=shares(t.state), household=household_of(t.state))
        ),
        "next_moment": calendar.stamp(moment) if moment else None,
        "rules": {"programme": t.rules.programme, "version": t.rules.version.isoformat()},
    }


def steps_now(t: "Trajectory", role: Role | None = None) -> list[Json]:
    """Return the steps that belong to this stage (and role), in the order of the table."""
    return [
        describe(step)
        for step in STEPS.values()
        if t.state.stage in step.sources
        and (role is None or role in step.who)
        and (t.state.restricted is None or step.when_restricted)
    ]


def describe(step: Step) -> Json:
    """Return a step as a person needs it: label, who, fields, and an example."""
    return {
        "step": step.name,
        "label": step.label,
        "who": [role.value for role in step.who],
        "second": [role.value for role in step.second],
        "region": step.region.value,
        "rules": list(step.rules),
        "letters": [letter.value for letter in step.letters],
        "fields": [
            {
                "name": name,
                "label": info.title or name,
                "hint": info.description or "",
                "required": info.is_required(),
            }
            for name, info in step.fields.model_fields.items()
        ],
        "example": example(step),
    }


def example(step: Step) -> Json:
    """Return a request that shows how the step is asked."""
    request: Json = {"who": "an", "role": step.who[0].value, "data": step.example}
    if step.second and step.name != "correct":
        other = Role.MANAGER if Role.MANAGER in step.second else step.second[0]
        request["second"] = {"who": "bo", "role": other.value}
    return request


def future(t: "Trajectory") -> list[Json]:
    """Return everything dated that is still to come, letters that wait included."""
    rows = [
        {
            "at": calendar.stamp(deadline.at),
            "name": deadline.name,
            "key": deadline.key,
            "text": deadline.text,
            "region": deadline.region.value,
            "hard": deadline.hard,
            "runs_on": deadline.runs_on,
            "letter": deadline.letter,
            "paused_until": deadline.paused_until.isoformat() if deadline.paused_until else None,
        }
        for deadline in t.future()
    ]
    rows += [
        {
            "at": calendar.stamp(letter.order.send_at),
            "name": "letter",
            "key": key,
            "text": "Deze brief vertrekt.",
            "region": "traject",
            "hard": False,
            "runs_on": False,
            "letter": letter.order.kind,
            "paused_until": None,
        }
        for key, letter in t.state.letters.items()
        if letter.status is LetterStatus.HELD
    ]
    return sorted(rows, key=lambda row: (str(row["at"]), str(row["key"])))


def markdown(t: "Trajectory") -> str:
    """Return the current details that the Temporal Web UI shows."""
    state = t.state
    deadline = t.next_deadline()
    until = f" (einde {calendar.dutch_date(state.lease.end)})" if state.lease is not None else ""
    facts = [
        f"**Fase:** {state.stage.label if state.stage else '-'}",
        f"**Contract:** {state.contract.label.lower()}{until}",
        f"**Gesprekken:** {state.reviews.label.lower()}",
    ]
    if state.rent is not None:
        facts.append(f"**Huur:** {state.arrears.stage.label.lower()}")
    facts += [
        f"**Pauze:** {region.label.lower()} tot {calendar.dutch_date(h.until)}"
        for region, h in state.holds.items()
    ]
    if deadline is not None:
        facts.append(f"**Volgende termijn:** {calendar.dutch_moment(deadline.at)}: {deadline.text}")
    blocks = ["\n".join(facts)]
    if state.open_tasks:
        blocks.append("**Te doen:**\n" + "\n".join(_line(task) for task in state.open_tasks))
    blocks.append(_steps_table(state.stage))
    return "\n\n".join(blocks)


def _line(task: Task) -> str:
    due = f", tegen {calendar.dutch_date(task.due)}" if task.due else ""
    return f"- {task.text} ({task.whom.label.lower()}{due}; taak `{task.key}`)"


@lru_cache(maxsize=64)
def _steps_table(stage: Stage | None) -> str:
    """Return the steps of a stage by the names that the Web UI's dialog lists.

    Without their examples: the Web UI sends all this Markdown in one address.
    """
    rows = [f"| {step.label} | `{step.name}` |" for step in STEPS.values() if stage in step.sources]
    head = ["| Stap van deze fase | Naam |", "| :--- | :--- |"]
    return "\n".join([*head, *rows, "", "Voorbeelden om te kopiëren: tabblad Queries, `steps`."])
