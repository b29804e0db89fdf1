"""`opstap up` and `opstap worker`: starting things on this machine."""

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import click

from cli.dutch import command
from embedded.child import program
from embedded.ports import Ports, claim
from embedded.stack import StackSettings, worker_environment
from embedded.stack import up as run_stack
from embedded.temporal_server import FAST_FORWARD
from gateway import running
from gateway.connect import connect, prepare_database
from gateway.door import check_account
from gateway.settings import Settings
from gateway.signing import trust_of

_PORTS = Ports()
# Who runs ahead of us hears everything "long ago": signatures count for years where nobody exists.
INVENTED = {"OPSTAP_SIGNED_WITHIN": str(10 * 366 * 24 * 3600)}
# These reach the worker as they reached us: in the environment, never written out again.
SECRETS = {"master_key", "signing_key", "smtp_password"}
_MOST = click.IntRange(0, 65535)


@command(
    "up",
    examples=["opstap up", "opstap up --demo", "opstap up --state-dir /srv/opstap --ui-port 8300"],
)
@click.option("--demo", is_flag=True, help="Met 40 verzonnen bewoners, in een eigen map.")
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Waar alles bewaard wordt (gewoonlijk var, bij --demo var/demo).",
)
@click.option("--temporal-port", type=_MOST, default=_PORTS.temporal, help="Temporal.")
@click.option("--ui-port", type=_MOST, default=_PORTS.temporal_ui, help="Webpagina van Temporal.")
@click.option("--smtp-port", type=_MOST, default=_PORTS.smtp, help="Opgevangen mails (SMTP).")
@click.option("--mails-port", type=_MOST, default=_PORTS.mails, help="Webpagina met mails.")
def up(
    demo: bool,
    state_dir: Path | None,
    temporal_port: int,
    ui_port: int,
    smtp_port: int,
    mails_port: int,
) -> None:
    """Start alles op deze computer: Temporal, de worker en een brievenbus die mails opvangt.

    Niets verlaat de computer. Stoppen kan met Ctrl-C; alles blijft bewaard. Poort 0 is een vrije.
    """
    base = Path(os.environ.get("OPSTAP_STATE_DIR", "var"))
    folder = (state_dir or (base / running.DEMO if demo else base)).resolve()
    ports = Ports(temporal=temporal_port, temporal_ui=ui_port, smtp=smtp_port, mails=mails_port)
    stack = StackSettings(
        state_dir=folder,
        ports=ports,
        server_arguments=FAST_FORWARD if demo else (),
        environment=INVENTED if demo else {},
    )
    # Claimed here too, so that a port of 0 has its number before the worker and we both need it.
    stack = replace(stack, ports=claim(stack.ports))
    environment = worker_environment(stack)

    async def ready() -> None:
        running.leave(folder, environment)
        if demo:
            from cli.demo import load  # noqa: PLC0415 (only the demo needs it)

            await load(_settings(environment), folder, say=_say)

    asyncio.run(run_stack(stack, after_ready=ready, say=_say))


@command(
    "worker",
    examples=["OPSTAP_TEMPORAL_PROFILE=productie OPSTAP_DATABASE_URL=postgresql://… opstap worker"],
)
def worker() -> None:
    """Start alleen de worker, tegen de Temporal van de instellingen (OPSTAP_…)."""
    chosen = running.settings()
    asyncio.run(_ready(chosen))
    given = chosen.model_dump(
        mode="json", exclude=SECRETS, exclude_none=True, exclude_defaults=True
    )
    told = {f"OPSTAP_{name.upper()}": str(value) for name, value in given.items()}
    command = program("worker")
    os.execve(command[0], command, {**os.environ, **told})  # noqa: S606


async def _ready(chosen: Settings) -> None:
    """Hear in a sentence what would end the worker at once: no account, no Temporal, no key."""
    check_account(chosen)
    await connect(chosen)
    engine = await prepare_database(chosen)
    await engine.dispose()
    trust_of(chosen)


def _settings(environment: dict[str, str]) -> Settings:
    given = {name.removeprefix("OPSTAP_").lower(): value for name, value in environment.items()}
    return Settings.model_validate(given)


def _say(line: str) -> None:
    print(line, flush=True)
