"""`opstap list`, `tasks` and `waitlist`: what SQL knows, also while Temporal is away."""

import click

from cli.doing import with_lists
from cli.dutch import command
from cli.printing import by_option, day, json_option, next_deadline, print_json, print_table
from gateway.lists import Lists
from models.facts import Json
from models.vocabulary import Role, Stage

_STAGES = [stage.value for stage in Stage]
AS_WHOM = "Wie kijkt: een begeleider ziet alleen de eigen bewoners."


@command(
    "list",
    examples=[
        "opstap list",
        "opstap list --stage wachtlijst",
        "opstap list --partner kamino --json",
    ],
)
@click.option("--stage", type=click.Choice(_STAGES), help="Deze fase.")
@click.option("--partner", metavar="CODE", help="Deze partner.")
@by_option(required=False, help_text=AS_WHOM)
@json_option
def list_(stage: str | None, partner: str | None, by: str | None, as_json: bool) -> None:
    """Toon wie waar staat, en wat er komt."""

    async def read(lists: Lists) -> tuple[list[Json], dict[str, str]]:
        person = await lists.person(by) if by else None
        stages = [stage] if stage else None
        found = await lists.overview(stages=stages, partner=partner, by=person)
        found.sort(key=lambda row: (_STAGES.index(row.stage), row.trajectory))
        initials = await lists.initials([row.trajectory for row in found], person)
        return [row.model_dump(mode="json") for row in found], initials

    rows, initials = with_lists(read)
    if as_json:
        print_json([{**row, "initials": initials.get(row["trajectory"])} for row in rows])
        return
    if not rows:
        print("Er is niemand.")
        return
    print_table(
        ("TRAJECT", "WIE", "FASE", "PARTNER", "CONTRACT TOT", "VOLGENDE TERMIJN"),
        [
            (
                row["trajectory"],
                initials.get(row["trajectory"], ""),
                Stage(row["stage"]).label,
                row["partner"] or "",
                day(row["lease_end"]),
                next_deadline(row),
            )
            for row in rows
        ],
    )
    print(f"\nTotaal: {len(rows)}.")


@command(
    "tasks", examples=["opstap tasks", "opstap tasks --role coordinator", "opstap tasks --who an"]
)
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Van deze rol.")
@click.option("--who", metavar="WIE", help="Van deze medewerker of begeleider.")
@json_option
def tasks(role: str | None, who: str | None, as_json: bool) -> None:
    """Toon wat mensen nog moeten doen, wat eerst moet vooraan."""

    async def read(lists: Lists) -> list[Json]:
        person = await lists.person(who) if who else None
        whom = Role(role) if role else (person.role if person else None)
        return [
            {"trajectory": one.trajectory, **one.task.model_dump(mode="json")}
            for one in await lists.tasks(whom=whom, by=person)
        ]

    rows = with_lists(read)
    if as_json:
        print_json(rows)
        return
    if not rows:
        print("Er zijn geen open taken.")
        return
    print_table(
        ("TEGEN", "VOOR", "TRAJECT", "CODE", "TAAK"),
        [
            (
                ("! " if row["hard"] else "") + day(row["due"]),
                Role(row["whom"]).label,
                row["trajectory"],
                row["key"],
                row["text"],
            )
            for row in rows
        ],
    )
    print(f"\nTotaal: {len(rows)}.")
    print("Afvinken: opstap step TRAJECT close_task --field task=CODE --by WIE")


@command("waitlist", examples=["opstap waitlist"])
@by_option(required=False, help_text=AS_WHOM)
@json_option
def waitlist(by: str | None, as_json: bool) -> None:
    """Toon de wachtlijst in volgorde, met de reden van elke plaats."""

    async def read(lists: Lists) -> list[Json]:
        person = await lists.person(by) if by else None
        return [
            {
                "position": one.position,
                "trajectory": one.candidate.trajectory,
                "eligible_from": one.candidate.eligible_from,
                "priority": one.candidate.priority,
                "reason": one.reason,
            }
            for one in await lists.waitlist(person)
        ]

    rows = with_lists(read)
    if as_json:
        print_json(rows)
        return
    if not rows:
        print("Er wacht niemand.")
        return
    print_table(
        ("NR", "TRAJECT", "OPROEPEN VANAF", "WAAROM DEZE PLAATS"),
        [
            (
                str(row["position"]),
                row["trajectory"],
                day(row["eligible_from"]) or "begeleiding onbekend",
                row["reason"],
            )
            for row in rows
        ],
    )
