"""`opstap`: the table of commands, and how every command ends.

Exit codes: 0 done, 1 refused or not found (the reason on stderr), 2 wrong usage. A person never
sees a stack trace: what nobody expected goes to a log file, and one sentence says which.
"""

import os
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

import click
from click.exceptions import NoArgsIsHelpError

from cli.dutch import CONTEXT, LazyGroup, sentence
from gateway.runtime import end

COMMANDS = {
    "up": ("cli.stack:up", "Alles starten op deze computer; met --demo ook verzonnen bewoners."),
    "worker": ("cli.stack:worker", "Alleen de worker, tegen een Temporal die al draait."),
    "refer": ("cli.referrals:refer", "Aanmeldingen uit een bestand (CSV of JSON)."),
    "adopt": ("cli.referrals:adopt", "Lopende trajecten overnemen uit een bestand."),
    "list": ("cli.reading:list_", "Wie staat waar, en wat komt er."),
    "show": ("cli.showing:show", "Alles van één traject."),
    "future": ("cli.showing:future", "Alles met een datum dat nog komt, met de brief erbij."),
    "steps": ("cli.showing:steps", "Wat er nu kan, en wat elke stap vraagt."),
    "step": ("cli.stepping:step", "Een stap zetten."),
    "forward": ("cli.forwarding:forward", "Demo: de klok van één bewoner vooruitzetten."),
    "tasks": ("cli.reading:tasks", "Wat mensen nog moeten doen."),
    "waitlist": ("cli.reading:waitlist", "De wachtlijst, met de reden van elke plaats."),
    "registers": ("cli.registers:registers", "Partners, begeleiders, woningen en medewerkers."),
    "letters": ("cli.letters:letters", "De brieven: bekijken, proberen, nakijken, beginnen."),
    "post": ("cli.post:post", "De post: afdrukken, posten, tegenhouden, en onzekere mails."),
    "rent": ("cli.rent:rent", "De huur: berekenen, rekeningen, doorbetalen, uitvoeren."),
    "plan": ("cli.plan:plan", "Afbetalingsplannen bekijken en afspreken."),
    "bank": ("cli.bank:bank", "Bankbestanden inlezen en betalingen toewijzen."),
    "play": ("simulation.commands:play", "Een script van gedateerde feiten naspelen."),
    "simulate": ("simulation.commands:simulate", "Hele trajecten op een virtuele klok."),
    "audit": ("audit.commands:audit", "Naspelen, bewijzen en terugkijken."),
    "person": ("audit.rights_commands:person", "Alles meegeven wat we van iemand weten."),
    "report": ("audit.report_commands:report", "Cijfers van een jaar, tot op de rij te volgen."),
    "codec": ("cli.codec:codec", "Wat in Temporal verzegeld staat leesbaar maken, voor wie mag."),
    "bench": ("bench.commands:bench", "Meten, naast een kale workflow op dezelfde server."),
    "docs": ("documentation.commands:docs", "De gegenereerde documentatie maken of nakijken."),
}
HELP = """Opstap begeleidt bewoners van tijdelijke sociale woningen, van aanmelding tot nazorg.

Begin met `opstap up --demo`, en kijk in een tweede venster met `opstap list`.
"""
DONE, REFUSED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


@click.command("opstap", cls=LazyGroup, lazy=COMMANDS, help=HELP, context_settings=CONTEXT)
@click.version_option(package_name="opstap", message="opstap %(version)s", help="Toon de versie.")
def cli() -> None:
    """Only the table."""


def main() -> None:
    """Run a command and end with the right exit code."""
    end(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a command; return its exit code. Every error is one sentence on stderr."""
    try:
        code = cli.main(arguments, prog_name="opstap", standalone_mode=False)
    except NoArgsIsHelpError as error:
        _say(error.format_message())
        return WRONG_USAGE
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "opstap"
        _say(f"{sentence(error)} Zie `{where} --help`.")
        return WRONG_USAGE
    except click.ClickException as error:
        _say(error.message)
        return REFUSED
    except SystemExit as asked:
        return asked.code if isinstance(asked.code, int) else REFUSED
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`opstap list | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # noqa: BLE001 (the last stop: a person never sees a stack trace)
        _say(told(error) or _unexpected())
        return REFUSED
    return code if isinstance(code, int) else DONE


def told(error: Exception) -> str | None:
    """Return the sentence of an error that Opstap raised for people, else None."""
    # Imported here: `opstap --help` must not wait for what it does not use.
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    from embedded.errors import StackError  # noqa: PLC0415
    from models.errors import OpstapError  # noqa: PLC0415

    if isinstance(error, StackError | OpstapError):
        return str(error)
    if isinstance(error, SQLAlchemyError):
        _write_log()
        return f"De database antwoordt niet zoals verwacht. Bijzonderheden staan in {log_file()}."
    return None


def log_file() -> Path:
    """Return where unexpected errors are written."""
    folder = Path(os.environ.get("OPSTAP_STATE_DIR", "var")) / "logs"
    if folder.is_dir() and os.access(folder, os.W_OK):
        return folder.resolve() / "opstap.log"
    return Path(tempfile.gettempdir()) / f"opstap-{os.getuid()}.log"


def _write_log() -> Path | None:
    path = log_file()
    try:
        with path.open("a", encoding="utf-8") as log:
            path.chmod(0o600)
            log.write(f"{datetime.now(UTC).isoformat()}\n{traceback.format_exc()}\n")
    except OSError:
        return None
    return path


def _unexpected() -> str:
    path = _write_log()
    where = f" Wat er misging staat in {path}." if path else ""
    return f"Er ging iets mis dat niet mocht gebeuren.{where}"


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
