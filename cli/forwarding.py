"""`opstap forward`: the clock of one invented resident runs ahead, to see what time will bring.

For the demo alone: its Temporal server can do it, and nobody there exists. What is due on the way
happens on its own day; the resident stays that far ahead of everybody else.
"""

from datetime import timedelta

import click
from temporalio.service import RPCError
from temporalio.testing import TimeSkipper

from cli.doing import with_gateway
from cli.dutch import command
from gateway.errors import NoAnswer, Refused
from gateway.running import settings
from gateway.steps import Gateway

# The demo leaves this in its folder once its residents are there.
LOADED = "demo.loaded"
LONGEST = 400


@command("forward", examples=["opstap forward 3fa9", "opstap forward 3fa9 --days 30"])
@click.argument("trajectory", metavar="ID")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST),
    default=1,
    show_default=True,
    help="Hoeveel dagen vooruit.",
)
def forward(trajectory: str, days: int) -> None:
    """Zet de klok van één verzonnen bewoner vooruit; enkel bij `opstap up --demo`.

    Wat onderweg aan de beurt is gebeurt, op zijn eigen dag: brieven vertrekken, taken komen. De
    bewoner blijft zoveel dagen voor op de anderen.
    """
    if not (settings().state_dir / LOADED).exists():
        raise Refused(
            "Vooruitzetten kan enkel bij de verzonnen bewoners van `opstap up --demo`.", "no_demo"
        )

    async def skip(gateway: Gateway) -> str:
        found = await gateway.find(trajectory)
        await ahead(gateway, found, timedelta(days=days))
        return found

    count = "1 dag" if days == 1 else f"{days} dagen"
    print(f"De klok van {with_gateway(skip)} staat {count} verder.")


async def ahead(gateway: Gateway, trajectory: str, by: timedelta) -> None:
    """Let the clock of a resident run ahead.

    Raises:
        NoAnswer: this server cannot, or the trajectory has ended.
    """
    handle = gateway.client.get_workflow_handle(trajectory)
    try:
        done = await TimeSkipper(gateway.client).fast_forward(handle, by)
    except RPCError:
        done = False
    if not done:
        raise NoAnswer(
            f"De klok van {trajectory} kan niet vooruit: het traject is ten einde, of deze server "
            "kan het niet (enkel die van `opstap up --demo`)."
        )
