"""`opstap bank`: files of the bank in, and what nobody recognised cleared by a person.

Taking in needs the database alone; residents' trajectories hear of it as soon as Temporal answers.
"""

import sys
from pathlib import Path

import click

from cli.bank_printing import (
    as_json_file,
    print_aside,
    print_file,
    print_statements,
    print_tried,
    tried_json,
)
from cli.bank_queue import assign, unmatched
from cli.doing import with_gateway, with_lists
from cli.dutch import CONTEXT, DutchGroup
from cli.printing import by_option, day, json_option, print_json
from cli.progress import Bar
from gateway import bank as office
from gateway.bank import Delivered
from gateway.connect import NoServer
from gateway.errors import NoAnswer
from gateway.lists import Lists
from gateway.running import settings
from gateway.steps import Gateway
from models.facts import Json
from stores import bank as store
from stores import bank_files
from stores.bank_files import QUARANTINED, Taken

NO_ACCOUNTS = (
    "Er zijn nog geen eigen rekeningen ingesteld (`accounts` in organisation.toml): elke rekening "
    "telt nu mee."
)
SHOWN = 30
LATER = "Zodra Opstap draait: opstap bank tell."


@click.group("bank", cls=DutchGroup, context_settings=CONTEXT)
def bank() -> None:
    """Bankbestanden inlezen, betalingen toewijzen, en zien tot wanneer de gegevens gaan."""


bank.add_command(unmatched)
bank.add_command(assign)


@bank.command(
    "import",
    examples=("opstap bank import kbc_maart.cod ing_maart.xml", "opstap bank import *.cod --json"),
)
@click.argument(
    "paths",
    metavar="BESTAND…",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "--accept-copy", is_flag=True, help="Neem ook wat de bank als duplicaat stuurde en nog ontbrak."
)
@click.option(
    "--any-account",
    is_flag=True,
    help="Alleen proberen, van eender welke rekening: er wordt niets bewaard en niets geboekt.",
)
@by_option(required=False, help_text="Wie inleest: boekhouder, coördinator of leidinggevende.")
@json_option
def import_(
    paths: tuple[Path, ...],
    accept_copy: bool,
    any_account: bool,
    by: str | None,
    *,
    as_json: bool,
) -> None:
    """Lees bankbestanden in: CODA, of CAMT.053 (02 tot 14).

    Alles wordt nagerekend. Wat beschadigd is gaat in zijn geheel in quarantaine, en een afschrift
    dat niet past (een andere rekening, een duplicaat, een gat) wordt apart gehouden: daarvan wordt
    niets geboekt. Hetzelfde bestand nog eens kan geen kwaad.
    """
    if any_account:
        _try(paths, as_json=as_json)
        return

    async def work(lists: Lists) -> list[Taken]:
        person = await lists.person(by) if by else None
        found: list[Taken] = []
        for path in paths:
            with Bar(path.name) as bar:
                found += await office.import_file(
                    lists, path, person, copies=accept_copy, progress=bar.show
                )
        return found

    if not office.own_accounts(settings()):
        print(NO_ACCOUNTS, file=sys.stderr)
    results = with_lists(work)
    delivered = _told() if any(one.booked for one in results) or _untold() else None
    if as_json:
        waiting = 0 if delivered else _untold()
        files = [as_json_file(one) for one in results]
        print_json({"files": files, "told": _counts(delivered), "untold": waiting})
    else:
        for one in results:
            print_file(one)
        _print_told(delivered)
    if any(one.status == QUARANTINED for one in results):
        click.get_current_context().exit(1)


@bank.command("tell", examples=("opstap bank tell",))
@json_option
def tell(*, as_json: bool) -> None:
    """Meld aan de trajecten wat al geboekt is en zij nog niet hoorden.

    Inlezen en toewijzen doen dat vanzelf; dit is voor als Opstap toen niet draaide.
    """
    delivered = with_gateway(_deliver)
    if as_json:
        print_json(_counts(delivered))
        return
    _print_told(delivered)
    if not (delivered.told or delivered.refused or delivered.waiting):
        print("Er was niets te melden.")


@bank.command("statements", examples=("opstap bank statements", "opstap bank statements --all"))
@click.option("--all", "show_all", is_flag=True, help="Alle afschriften, ook de oude.")
@json_option
def statements(show_all: bool, *, as_json: bool) -> None:
    """Toon de afschriften, tot welke dag ze gaan, en de quarantaine."""

    async def read(lists: Lists) -> tuple[list[Json], list[Taken], Json]:
        found = await store.list_statements(lists.engine)
        files = [one for one, _ in await bank_files.list_files(lists.engine)]
        aside = [one for one in files if one.set_aside or one.status == QUARANTINED]
        ours = office.own_accounts(lists.settings) or None
        closes = await store.newest_closing(lists.engine, ours)
        return found, aside, {"known_until": closes}

    rows, aside, until = with_lists(read)
    if as_json:
        quarantine = [as_json_file(one) for one in aside]
        print_json({**until, "statements": rows, "quarantine": quarantine})
        return
    if not rows and not aside:
        print("Er is nog geen bankbestand ingelezen. Begin met: opstap bank import BESTAND")
        return
    if rows:
        shown = rows if show_all else rows[-SHOWN:]
        print_statements(shown)
        if len(shown) < len(rows):
            print(f"\n… en {len(rows) - len(shown)} oudere (--all toont alles).")
        closes = day(until["known_until"])
        told = (
            f"gaan tot {closes}" if closes else "zijn niet volledig: een eigen rekening ontbreekt"
        )
        print(f"\nDe bankgegevens {told}.")
    if aside:
        print("\nIn quarantaine of apart gehouden:")
        for one in aside:
            print_aside(one)


# ---- trying -------------------------------------------------------------------------------------
def _try(paths: tuple[Path, ...], *, as_json: bool) -> None:
    found = [(path, office.look(path)) for path in paths]
    if as_json:
        print_json({"files": [tried_json(path, read) for path, read in found]})
    else:
        for path, read in found:
            print_tried(path, read)
        print("Alleen geprobeerd: er is niets bewaard en niets geboekt.")
    if any(read.fault is not None for _, read in found):
        click.get_current_context().exit(1)


# ---- telling ------------------------------------------------------------------------------------
async def _deliver(gateway: Gateway) -> Delivered:
    with Bar("melden") as bar:
        return await office.deliver(gateway, progress=bar.show)


def _told() -> Delivered | None:
    try:
        return with_gateway(_deliver)
    except (NoServer, NoAnswer):
        return None


def _untold() -> int:
    async def count(lists: Lists) -> int:
        return await office.count_untold(lists)

    return with_lists(count)


def _counts(delivered: Delivered | None) -> Json | None:
    return None if delivered is None else dict(vars(delivered))


def _print_told(delivered: Delivered | None) -> None:
    if delivered is None:
        if _untold():
            print(f"De betalingen staan klaar, maar zijn nog niet gemeld. {LATER}")
        return
    if delivered.told:
        print(f"Gemeld aan de trajecten: {delivered.told}.")
    if delivered.refused:
        print(f"Niet aanvaard en in de rij gezet: {delivered.refused}. Zie opstap bank unmatched.")
    if delivered.waiting:
        print(f"{delivered.waiting} trajecten wachtten op dit afschrift.")
