"""`opstap rent run DATE --dry-run`: who would get what at a look at the payments, and why."""

from datetime import date

import click

from cli.doing import with_gateway
from cli.dutch import command
from cli.printing import by_option, json_option, print_json, print_table
from cli.typed import DAY
from gateway.rent_run import Run, foreseen
from gateway.steps import Gateway
from models.calendar import dutch_date
from models.euro import euro
from models.foresight import Would

WHO = "Wie kijkt: de boekhouding, een coördinator, een leidinggevende of een auditor."


@command(
    "run", examples=["opstap rent run 15/3/2027 --dry-run", "opstap rent run 20/3/2027 --dry-run"]
)
@click.argument("day", type=DAY, metavar="DATUM")
@click.option("--dry-run", is_flag=True, help="Kijk alleen. De echte controle loopt vanzelf.")
@click.option("--all", "everybody", is_flag=True, help="Toon ook bij wie er niets gebeurt.")
@by_option(required=False, help_text=WHO)
@json_option
def run_command(
    day: date, by: str | None, *, dry_run: bool, everybody: bool, as_json: bool
) -> None:
    """Toon wie op een controledag een bericht of herinnering zou krijgen, en waarom."""
    if not dry_run:
        raise click.UsageError(
            "De controle van de betalingen loopt vanzelf op haar dag. Kijk vooraf met --dry-run."
        )

    async def look(gateway: Gateway) -> tuple[Run, dict[str, str]]:
        person = await gateway.person(by) if by else None
        run = await foreseen(gateway, day, person)
        return run, await gateway.initials([who for who, _ in run.rows], person)

    run, initials = with_gateway(look)
    rows = [(who, one) for who, one in run.rows if everybody or one.would is not Would.NOTHING]
    if as_json:
        print_json(
            {
                "day": run.day,
                "second": run.second,
                "bank": run.closes,
                "rows": [
                    {"trajectory": who, "would": x.would, "amount": x.amount, "why": x.why}
                    for who, x in rows
                ],
            }
        )
        return
    known = "geen bankgegevens" if run.closes is None else f"tot en met {dutch_date(run.closes)}"
    name = "Tweede" if run.second else "Eerste"
    print(f"{name} controle van {dutch_date(run.day)}; bankgegevens: {known}.\n")
    if not rows:
        print("Niemand zou iets krijgen: iedereen is in orde.")
        return
    table = [
        (who, initials.get(who, ""), one.would.label, euro(one.amount), one.why)
        for who, one in rows
    ]
    print_table(("TRAJECT", "WIE", "WAT", "OPEN", "WAAROM"), table, right={3})
    print(f"\n{len(rows)} van {len(run.rows)} rekeningen.")
