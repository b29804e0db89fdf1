"""`opstap bank unmatched` and `assign`: the payments that a person must look at."""

import sys

import click

from cli.doing import with_gateway, with_lists
from cli.dutch import command
from cli.printing import by_option, day, json_option, print_json, print_table
from gateway import bank as office
from gateway import bank_queue
from gateway.connect import NoServer
from gateway.errors import NoAnswer
from gateway.lists import Lists
from gateway.steps import Gateway
from models.communication import printed
from models.euro import euro
from models.facts import Json
from models.iban import spaced
from models.paying import Fate
from stores.bank_queue import Payment

WIDEST = 40
LATER = "Opstap draait niet: meld het later met `opstap bank tell`."


@command("unmatched", examples=("opstap bank unmatched", "opstap bank unmatched --proposed"))
@click.option("--proposed", is_flag=True, help="Alleen de voorstellen.")
@click.option("--cleared", is_flag=True, help="Wat iemand als 'geen huur' afhandelde.")
@click.option("--outgoing", is_flag=True, help="Wat van de rekening ging: soms een terugbetaling.")
@by_option(required=False, help_text="Wie kijkt: boekhouder, coördinator of leidinggevende.")
@json_option
def unmatched(
    proposed: bool, cleared: bool, outgoing: bool, by: str | None, *, as_json: bool
) -> None:
    """Toon de betalingen die op een mens wachten.

    Dat zijn voorstellen (een gekende betaler, een mededeling in de tekst, een naam) en wat niemand
    herkende; bij elke staat waarom.
    """
    if proposed + cleared + outgoing > 1:
        raise click.UsageError("Kies één van de drie: --proposed, --cleared of --outgoing.")
    fates = (Fate.CLEARED,) if cleared else (Fate.PROPOSED,) if proposed else bank_queue.QUEUE
    fates = (Fate.OTHER,) if outgoing else fates

    async def read(lists: Lists) -> list[Payment]:
        person = await lists.person(by) if by else None
        return await bank_queue.queue(lists, person, fates)

    found = with_lists(read)
    if as_json:
        print_json([_as_json(one) for one in found])
        return
    if not found:
        print("Er is niets na te kijken: elke betaling is toegewezen.")
        return
    amounts = [euro(one.left) for one in found]
    width = max(map(len, amounts))
    print_table(
        ("BETALING", "GEBOEKT", "BEDRAG", "VAN", "MEDEDELING", "VOORSTEL", "WAAROM"),
        [
            (
                one.id[:10],
                day(one.booked_on),
                amount.rjust(width),
                _short(one.name or spaced(one.iban)),
                _short(_said(one)),
                one.trajectory or "",
                one.why or (one.way.label if one.way else ""),
            )
            for one, amount in zip(found, amounts, strict=True)
        ],
    )
    print(f"\nTotaal: {len(found)}.")
    if not cleared:
        print("Voorstel aanvaarden: opstap bank assign BETALING --by WIE")
        print("Toewijzen of verdelen: opstap bank assign BETALING ID=BEDRAG … --by WIE")
        print("Geen huur: opstap bank assign BETALING --none REDEN --by WIE")


@command(
    "assign",
    examples=(
        "opstap bank assign m-4c1f09 --by bea",
        "opstap bank assign m-4c1f09 3fa9=327,00 81bc=213,50:huur --by bea",
        'opstap bank assign m-4c1f09 --none "subsidie" --by bea',
    ),
)
@click.argument("payment", metavar="BETALING")
@click.argument("targets", metavar="[ID[=BEDRAG][:SCHULD]]…", nargs=-1)
@click.option("--none", "nobody", metavar="REDEN", help="Het is geen huur van een bewoner.")
@click.option("--undo", is_flag=True, help="Zet terug wat fout toegewezen of afgehandeld werd.")
@by_option(required=True, help_text="Wie beslist: boekhouder, coördinator of leidinggevende.")
@json_option
def assign(
    payment: str,
    targets: tuple[str, ...],
    nobody: str | None,
    undo: bool,
    by: str,
    *,
    as_json: bool,
) -> None:
    """Wijs een betaling toe aan een of meer bewoners.

    Zonder bewoner geldt het voorstel. Bij één van de delen mag het bedrag weg: dat krijgt de rest.
    SCHULD is huur, schade of energie; zonder gaat het geld naar wat het eerst verviel.
    """
    if sum((bool(targets), nobody is not None, undo)) > 1:
        raise click.UsageError("Kies één van de drie: bewoners noemen, --none of --undo.")

    async def decide(lists: Lists) -> Json:
        person = await lists.person(by)
        if undo:
            found = await bank_queue.take_back(lists, payment, person)
            return {"payment": found.id, "text": f"{found.id} staat terug in de rij."}
        if nobody is not None:
            found = await bank_queue.clear(lists, payment, nobody, person)
            return {"payment": found.id, "text": f"{found.id} is afgehandeld: {nobody}."}
        named = [bank_queue.read_target(one) for one in targets]
        shares = await bank_queue.assign(lists, payment, named, person)
        lines = [f"{euro(share.amount)} voor {share.trajectory}" for share in shares]
        return {
            "payment": payment,
            "text": f"Geboekt: {'; '.join(lines)}.",
            "shares": [
                {"trajectory": s.trajectory, "amount": f"{s.amount:.2f}", "debt": s.debt}
                for s in shares
            ],
        }

    answer = with_lists(decide)
    # What is nobody's is told too: who waits for the bank's data may have waited for this.
    answer["told"] = _told() or nobody is not None
    if as_json:
        print_json(answer)
        return
    print(answer["text"])
    if not answer["told"]:
        print(LATER, file=sys.stderr)


def _told() -> bool:
    """Let the trajectories hear of it now; when they cannot, it waits safely."""

    async def deliver(gateway: Gateway) -> bool:
        await office.deliver(gateway)
        return True

    try:
        return with_gateway(deliver)
    except (NoServer, NoAnswer):
        return False


def _said(one: Payment) -> str:
    if one.structured:
        return printed(one.structured) if len(one.structured) == 12 else one.structured
    return one.text


def _short(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1].rstrip() + "…"


def _as_json(one: Payment) -> Json:
    return {
        **one._asdict(),
        "amount": f"{one.amount:.2f}",
        "left": f"{one.left:.2f}",
        "fate": one.fate.value,
        "way": one.way and one.way.value,
    }
