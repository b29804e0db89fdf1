"""`opstap rent balances | payable | pot | export | index`: the money of the whole office."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import click

from cli.doing import with_lists
from cli.dutch import command
from cli.printing import by_option, day, json_option, print_json, print_table
from cli.typed import DAY, INDEX, MONTH
from gateway import rent as office
from gateway.errors import Refused
from gateway.lists import Lists
from gateway.rent import Owed
from gateway.spreadsheets import kind_of, table
from models.calendar import day_of, dutch_date, dutch_month
from models.euro import euro
from models.facts import Json
from models.indexation import Proposal
from models.payables import Pot
from models.vocabulary import Debt

ZERO = Decimal(0)
WHO = "Wie kijkt: de boekhouding, een coördinator, een leidinggevende of een auditor."
_until = click.option("--on", type=DAY, help="Zoals het op deze dag stond; gewoonlijk vandaag.")


@command("balances", examples=["opstap rent balances", "opstap rent balances --on 31/3/2027"])
@_until
@by_option(required=False, help_text=WHO)
@json_option
def balances(on: date | None, by: str | None, as_json: bool) -> None:
    """Toon wie moet betalen of te veel betaalde, ook ex-bewoners."""

    async def read(lists: Lists) -> tuple[date, dict[str, dict[Debt, Decimal]], dict[str, str]]:
        person = await lists.person(by) if by else None
        counted = on or office.today(lists)
        found = await office.balances(lists, counted, person)
        return counted, found, await lists.initials(found, person)

    counted, found, initials = with_lists(read)
    if as_json:
        print_json([{"trajectory": who, **_by_debt(sums)} for who, sums in found.items()])
        return
    if not found:
        print(f"Op {dutch_date(counted)} staat iedereen op nul.")
        return
    rows = [
        (
            who,
            initials.get(who, ""),
            *(euro(sums.get(debt, ZERO)) for debt in Debt),
            euro(sum(sums.values(), ZERO)),
        )
        for who, sums in found.items()
    ]
    head = ("TRAJECT", "WIE", *(debt.label.upper() for debt in Debt), "SAMEN")
    print_table(head, rows, right={2, 3, 4, 5})
    total = sum((sum(sums.values(), ZERO) for sums in found.values()), ZERO)
    print(f"\n{len(found)} rekeningen op {dutch_date(counted)}, samen {euro(total)}.")


@command(
    "payable",
    examples=[
        "opstap rent payable 2027-03",
        "opstap rent payable 2027-03 --paid d7 --paid d8 --by bea",
    ],
)
@click.argument("month", type=MONTH, metavar="MAAND")
@click.option("--paid", multiple=True, metavar="WONING", help="Vink af: deze is doorbetaald.")
@click.option("--unpaid", multiple=True, metavar="WONING", help="Neem een verkeerd vinkje terug.")
@by_option(required=False, help_text=WHO)
@json_option
def payable_command(
    month: date, paid: tuple[str, ...], unpaid: tuple[str, ...], by: str | None, as_json: bool
) -> None:
    """Toon wat naar het technisch beheer gaat, en vink het af.

    Per woning: alles wat bewoners die maand aangerekend kregen, behalve de solidaire bijdrage en
    wat bij ons blijft.
    """
    if (paid or unpaid) and by is None:
        raise click.UsageError("Wie iets afvinkt, zegt wie het is: --by WIE.")

    async def read(lists: Lists) -> list[Owed]:
        person = await lists.person(by) if by else None
        if person is not None and paid:
            await office.tick(lists, month, paid, person)
        if person is not None and unpaid:
            await office.untick(lists, month, unpaid, person)
        return await office.owed_for(lists, month, person)

    owed = with_lists(read)
    if as_json:
        print_json([_owed(one) for one in owed])
        return
    if not owed:
        print(f"Voor {dutch_month(month)} is er nog niets aangerekend.")
        return
    rows = [
        (
            one.payable.dwelling or "(zonder woning)",
            str(one.payable.residents),
            euro(one.payable.charged),
            euro(one.payable.amount),
            _tick(one),
        )
        for one in owed
    ]
    print_table(
        ("WONING", "BEWONERS", "AANGEREKEND", "DOOR TE BETALEN", "BETAALD"), rows, right={1, 2, 3}
    )
    total = sum((one.payable.amount for one in owed), ZERO)
    left = sum((one.payable.amount for one in owed if one.paid is None), ZERO)
    print(f"\n{dutch_month(month).capitalize()}: {euro(total)}, nog te betalen {euro(left)}.")


@command("pot", examples=["opstap rent pot", "opstap rent pot --on 31/12/2027"])
@_until
@by_option(required=False, help_text=WHO)
@json_option
def pot_command(on: date | None, by: str | None, as_json: bool) -> None:
    """Toon wat in de solidaire pot kwam, en wat die draagt."""

    async def read(lists: Lists) -> Pot:
        return await office.pot(lists, on, await lists.person(by) if by else None)

    pot = with_lists(read)
    if as_json:
        names = ("charged", "written_off", "open", "left")
        print_json({name: getattr(pot, name) for name in names})
        return
    rows = [
        ("Aangerekende solidaire bijdragen", euro(pot.charged)),
        ("Kwijtgescholden schulden", euro(-pot.written_off)),
        ("Schulden die nog openstaan", euro(-pot.open)),
        ("Wat overblijft als niemand die nog betaalt", euro(pot.left)),
    ]
    print_table(("", "BEDRAG"), rows, right={1})


@command(
    "export",
    examples=["opstap rent export --out grootboek.csv", "opstap rent export --out maart.xlsx"],
)
@click.option("--from", "since", type=DAY, help="Lijnen geboekt vanaf deze dag.")
@click.option("--until", type=DAY, help="Lijnen geboekt tot en met deze dag.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="BESTAND",
    help="Het bestand: .csv of .xlsx.",
)
@by_option(required=False, help_text=WHO)
def export_command(since: date | None, until: date | None, out: Path, by: str | None) -> None:
    """Schrijf het grootboek naar een rekenblad.

    Zonder namen, en geen cel wordt ooit een formule.
    """
    kind = kind_of(out)

    async def read(lists: Lists) -> bytes:
        person = await lists.person(by) if by else None
        rows = await office.exported(lists, since, until, person)
        return table(kind, office.EXPORT_HEAD, rows, "Grootboek")

    made = with_lists(read)
    try:
        out.write_bytes(made)
    except OSError:
        raise Refused(f"In '{out}' kan niet geschreven worden: kies een andere plaats.") from None
    print(f"Geschreven: {out}.")


@command(
    "index",
    examples=[
        "opstap rent index 3fa9",
        "opstap rent index 3fa9 --start-index 135,79 --new-index 138,06",
    ],
)
@click.argument("trajectory", metavar="ID")
@click.option("--on", type=DAY, help="De verjaardag op deze dag of erna; gewoonlijk vandaag.")
@click.option("--start-index", type=INDEX, help="Gezondheidsindex van de maand voor de start.")
@click.option("--new-index", type=INDEX, help="Gezondheidsindex van de maand voor de verjaardag.")
@by_option(required=False, help_text="Wie kijkt.")
@json_option
def index_command(
    trajectory: str,
    on: date | None,
    start_index: Decimal | None,
    new_index: Decimal | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Bereken een voorstel tot indexatie.

    Er verandert niets: een medewerker beslist.
    """

    async def read(lists: Lists) -> Proposal:
        person = await lists.person(by) if by else None
        found = await lists.find(trajectory, person)
        return await office.indexation(lists, found, on, person, (start_index, new_index))

    made = with_lists(read)
    if as_json:
        print_json(_proposal(made))
        return
    print(f"Vanaf {dutch_date(made.since)}:")
    for one in made.raised:
        print(f"  {one.line.label}: {one.formula}")
    print(f"  De huur gaat van {euro(made.old_total)} naar {euro(made.new_total)} per maand.")
    for remark in made.remarks:
        print(remark)


def _by_debt(sums: dict[Debt, Decimal]) -> Json:
    return {debt.value: sums.get(debt, ZERO) for debt in Debt}


def _tick(one: Owed) -> str:
    if one.paid is None:
        return "nog niet"
    shown = f"{day(day_of(one.paid.paid_at))} door {one.paid.paid_by}"
    return f"{shown}: {euro(one.paid.amount)}, nu anders!" if one.changed else shown


def _owed(one: Owed) -> Json:
    return {
        "dwelling": one.payable.dwelling,
        "residents": one.payable.residents,
        "charged": one.payable.charged,
        "amount": one.payable.amount,
        "paid": None if one.paid is None else one.paid._asdict(),
        "changed": one.changed,
    }


def _proposal(made: Proposal) -> Json:
    return {
        "since": made.since,
        "start_index": made.start_index,
        "new_index": made.new_index,
        "raised": [
            {
                "component": one.line.component,
                "amount": one.line.amount,
                "new": one.new,
                "formula": one.formula,
            }
            for one in made.raised
        ],
        "total": made.old_total,
        "new_total": made.new_total,
        "remarks": list(made.remarks),
    }
