"""`opstap rent`: what a dwelling costs, and somebody's account; the office's part is beside it."""

from datetime import date
from decimal import Decimal

import click

from cli.doing import with_lists
from cli.dutch import CONTEXT, DutchGroup
from cli.printing import by_option, day, json_option, print_json, print_table
from cli.rent_office import balances, export_command, index_command, payable_command, pot_command
from cli.rent_run import run_command
from cli.typed import DAY, EURO
from gateway import rent as office
from gateway.errors import Refused
from gateway.lists import Lists, wall_clock
from gateway.programmes import rules_on
from gateway.rent import Account
from gateway.running import settings
from models.calendar import day_of, dutch_date
from models.errors import Refusal
from models.euro import euro
from models.facts import Json
from models.money import first_month, last_month, quote
from models.programme import Rules
from models.rent import Lines, Proration, Quote
from models.vocabulary import Debt

AS_WHOM = "Wie kijkt: een begeleider ziet alleen de eigen bewoners."


@click.group("rent", cls=DutchGroup, context_settings=CONTEXT)
def rent() -> None:
    """De huur: berekenen, rekeningen bekijken, doorbetalen en uitvoeren."""


for _command in (
    run_command,
    balances,
    payable_command,
    pot_command,
    export_command,
    index_command,
):
    rent.add_command(_command)


@rent.command(
    "quote",
    examples=[
        "opstap rent quote --bedrooms 1 --flat-rate 65 --move-in 15/3/2027",
        "opstap rent quote --bedrooms 3 --shared --flat-rate 150 --energy 80 --json",
    ],
)
@click.option("--bedrooms", type=click.IntRange(1, 6), required=True, help="Slaapkamers.")
@click.option("--shared", is_flag=True, help="Wie er woont deelt de woning.")
@click.option("--flat-rate", type=EURO, help="Forfait van de hele woning, per maand.")
@click.option("--energy", type=EURO, help="Energievoorschot van een gedeelde woning, per maand.")
@click.option("--deduction", type=EURO, help="Aftrek voor werken of toezicht, per maand.")
@click.option("--reason", default="", help="Waarvoor die aftrek is.")
@click.option("--move-in", type=DAY, help="Bereken ook de eerste maand, vanaf deze dag.")
@click.option("--leaves-on", type=DAY, help="Bereken ook de laatste maand, tot en met deze dag.")
@json_option
def quote_command(
    bedrooms: int,
    shared: bool,
    flat_rate: Decimal | None,
    energy: Decimal | None,
    deduction: Decimal | None,
    reason: str,
    move_in: date | None,
    leaves_on: date | None,
    as_json: bool,
) -> None:
    """Bereken de huur van één bewoner, met de formule.

    De bedragen zijn die van het tarief dat geldt op de eerste dag (of vandaag).
    """
    chosen = settings()
    rules = rules_on(chosen, move_in or leaves_on or day_of(wall_clock()))
    made = quote(
        rules,
        bedrooms=bedrooms,
        shared=shared,
        flat_rate=flat_rate,
        energy=energy,
        deduction=deduction,
        deduction_reason=reason,
    )
    if isinstance(made, Refusal):
        if made.about == "flat_rate":
            raise click.UsageError("Geef het forfait van de woning op: --flat-rate EUR.")
        raise Refused.by(made)
    affordable = rules.affordable_rent(shared=shared)
    parts = _parts(rules, made, move_in, leaves_on)
    if as_json:
        told = {"affordable": affordable, "warnings": list(made.warnings), **_told(parts)}
        print_json({**_lines(made), **told})
        return
    _print_quote(made)
    print(f"Betaalbaar met een leefloon: tot {euro(affordable)}.")
    for name, part in parts.items():
        print(f"\n{'Eerste' if name == 'first_month' else 'Laatste'} maand: {part.formula}")
        _print_lines(part)
    for warning in made.warnings:
        print(f"\nLet op: {warning}.")


def _parts(
    rules: Rules, made: Quote, move_in: date | None, leaves_on: date | None
) -> dict[str, Proration]:
    parts = {}
    if move_in is not None:
        parts["first_month"] = first_month(rules, made, move_in)
    if leaves_on is not None:
        parts["last_month"] = last_month(rules, made, leaves_on)
    return parts


def _print_quote(made: Quote) -> None:
    rows = []
    for line in made.lines:
        split = f"{euro(line.whole)} gedeeld door {line.persons}" if line.whole is not None else ""
        rows.append(
            (
                line.label,
                euro(line.amount),
                line.basis.label,
                split if line.persons > 1 else "",
                line.goes_to.label,
                line.source,
            )
        )
    rows.append(("Samen per maand", euro(made.total), "", "", "", ""))
    print_table(
        ("ONDERDEEL", "PER MAAND", "BASIS", "BEREKENING", "GAAT NAAR", "BRON"), rows, right={1}
    )


def _print_lines(part: Proration) -> None:
    rows = [(f"  {line.label}", euro(line.amount)) for line in part.lines]
    print_table(("  ONDERDEEL", "BEDRAG"), [*rows, ("  Samen", euro(part.total))], right={1})


def _lines(made: Lines) -> Json:
    return {
        "lines": [
            {**line.as_json(), "whole": line.whole, "persons": line.persons} for line in made.lines
        ],
        "total": made.total,
        "payable": made.payable,
        "by_debt": {debt.value: made.part(debt).total for debt in made.debts},
    }


def _told(parts: dict[str, Proration]) -> Json:
    return {
        name: {
            "since": part.since,
            "until": part.until,
            "days": part.days,
            "of_days": part.of_days,
            "formula": part.formula,
            **_lines(part),
        }
        for name, part in parts.items()
    }


@rent.command("show", examples=["opstap rent show 3fa9", "opstap rent show 3fa9 --on 31/3/2027"])
@click.argument("trajectory", metavar="ID")
@click.option("--on", type=DAY, help="Zoals het op deze dag stond; gewoonlijk vandaag.")
@by_option(required=False, help_text=AS_WHOM)
@json_option
def show(trajectory: str, on: date | None, by: str | None, as_json: bool) -> None:
    """Toon de rekening van een bewoner: elke lijn en wat openstaat."""

    async def read(lists: Lists) -> tuple[Account, str]:
        person = await lists.person(by) if by else None
        found = await lists.find(trajectory, person)
        names = await lists.initials([found], person)
        return await office.account(lists, found, on, person), names.get(found, "")

    account, who = with_lists(read)
    if as_json:
        print_json(_account(account))
        return
    print(f"{account.trajectory}  {who}".rstrip())
    print(f"  {'Mededeling':<28} {account.communication or '-'}")
    for debt in Debt:
        booked, value = account.booked[debt], account.value[debt]
        if booked or value or debt is Debt.RENT:
            differs = "" if booked == value else f" (op valutadatum {euro(value)})"
            label = f"Open {debt.label.lower()}"
            print(f"  {label:<28} {euro(booked)}{differs}")
    print(f"  {'Op':<28} {dutch_date(account.day)}\n")
    if account.lines:
        _print_account(account)
    else:
        print("Er is nog niets aangerekend of betaald.")


def _print_account(account: Account) -> None:
    rows, sums = [], Decimal(0)
    for line in account.lines:
        sums += line.amount
        rows.append(
            (
                day(line.booked_on),
                day(line.value_on),
                day(line.due_on),
                line.kind.label,
                line.debt.label,
                euro(line.amount),
                euro(sums),
                line.text,
            )
        )
    head = ("GEBOEKT", "VALUTA", "TEN LAATSTE", "SOORT", "SCHULD", "BEDRAG", "SALDO", "WAT")
    print_table(head, rows, right={5, 6})


def _account(account: Account) -> Json:
    return {
        "trajectory": account.trajectory,
        "communication": account.communication,
        "on": account.day,
        "balance": {debt.value: amount for debt, amount in account.booked.items()},
        "balance_by_value": {debt.value: amount for debt, amount in account.value.items()},
        "lines": [line.model_dump(mode="json") for line in account.lines],
    }
