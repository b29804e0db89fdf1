"""`opstap plan`: repayment plans, as they were agreed and as they are kept."""

from datetime import date
from decimal import Decimal

import click

from cli.doing import with_gateway
from cli.dutch import CONTEXT, DutchGroup
from cli.printing import by_option, day, json_option, print_json, print_table
from cli.typed import DAY, read_plan_line
from gateway.sending import ask
from gateway.steps import Gateway
from models.account import OpenItem, Plan
from models.calendar import dutch_date
from models.euro import euro
from models.facts import Json, StepAnswer
from models.state import TrajectoryState

AS_WHOM = "Wie kijkt: een begeleider ziet alleen de eigen bewoners."
WHO = "Wie het afspreekt: een coördinator, groepsbegeleider of leidinggevende."


@click.group("plan", cls=DutchGroup, context_settings=CONTEXT)
def plan() -> None:
    """Afbetalingsplannen: bekijken en afspreken."""


@plan.command("show", examples=["opstap plan show 3fa9"])
@click.argument("trajectory", metavar="ID")
@by_option(required=False, help_text=AS_WHOM)
@json_option
def show(trajectory: str, by: str | None, *, as_json: bool) -> None:
    """Toon wat open staat, en het plan met wat er al van betaald is."""

    async def read(gateway: Gateway) -> TrajectoryState:
        person = await gateway.person(by) if by else None
        found = await gateway.find(trajectory, person)
        await gateway.may_see(found, person)
        seen = await ask(gateway.client, found, "view")
        return TrajectoryState.model_validate(seen["state"])

    state = with_gateway(read)
    account = state.account
    if as_json:
        print_json(
            {
                "stage": state.arrears.stage,
                "open": [item._asdict() for item in account.open_items()],
                "plan": None if account.plan is None else account.plan.model_dump(mode="json"),
            }
        )
        return
    print(f"De huur staat op '{state.arrears.stage.label.lower()}'.")
    items = account.open_items()
    if not items:
        print("Er staat niets open.")
        return
    print()
    print_table(("BETALEN TEN LAATSTE", "WAARVOOR", "OPEN"), [_row(x) for x in items], right={2})
    total = sum((item.amount for item in items), Decimal(0))
    print(f"\nSamen {euro(total)}. {_of_plan(account.plan)}")


def _row(item: OpenItem) -> tuple[str, str, str]:
    return day(item.due_on), item.text, euro(item.amount)


def _of_plan(agreed: Plan | None) -> str:
    if agreed is None:
        return "Er is geen afbetalingsplan."
    since = dutch_date(agreed.agreed_on)
    if agreed.broken_on is not None:
        return f"Het plan van {since} is sinds {dutch_date(agreed.broken_on)} niet gevolgd."
    return f"Er loopt een plan sinds {since}."


@plan.command(
    "agree",
    examples=[
        "opstap plan agree 3fa9 --line 10/5/2027=179,00 --line 10/6/2027=178,00 --by an",
        "opstap plan agree 3fa9 --line 10/5/2027=60,00:schade --signed 6/4/2027 --by an",
    ],
)
@click.argument("trajectory", metavar="ID")
@click.option(
    "--line",
    "lines",
    multiple=True,
    required=True,
    metavar="DAG=BEDRAG[:SCHULD]",
    help="Eén afbetaling. Samen komen ze op wat open staat: huur (gewoonlijk), schade of energie.",
)
@click.option("--signed", type=DAY, default=None, help="Getekend op; gewoonlijk vandaag.")
@by_option(required=True, help_text=WHO)
@json_option
def agree(
    trajectory: str, lines: tuple[str, ...], signed: date | None, by: str, *, as_json: bool
) -> None:
    """Leg een afbetalingsplan vast; de bewoner en de begeleider krijgen het per brief."""
    told = [read_plan_line(line) for line in lines]

    async def take(gateway: Gateway) -> StepAnswer:
        person = await gateway.person(by)
        found = await gateway.find(trajectory, person)
        on = signed or gateway.clock().date()
        data: Json = {"signed_on": on.isoformat(), "lines": told}
        return await gateway.step(found, "agree_plan", data, person)

    answer = with_gateway(take)
    print_json(answer.model_dump(mode="json")) if as_json else print(answer.text)
