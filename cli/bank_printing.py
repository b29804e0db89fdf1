"""How `opstap bank` shows a file: what became of it, its figures, and the statements there are."""

from decimal import Decimal
from pathlib import Path

from bank.reading import Read
from cli.printing import day, print_table, print_wrapped
from models.euro import euro
from models.facts import Json
from models.iban import spaced
from models.statements import faults_of
from stores.bank_files import QUARANTINED, Taken


def print_statements(rows: list[Json]) -> None:
    """Show statements as a table, with amounts that end under each other."""
    print_table(
        ("REKENING", "NR", "VAN", "TOT", "BEGINSALDO", "IN", "UIT", "EINDSALDO", "BEWEGINGEN"),
        _right(
            [
                (
                    spaced(row["account"]),
                    str(row["number"] or ""),
                    day(row["opens_on"]),
                    day(row["closes_on"]),
                    euro(row["opening"]),
                    euro(row["credit"]),
                    euro(row["debit"]),
                    euro(row["closing"]),
                    str(row["movements"]),
                )
                for row in rows
            ],
            columns=(1, 4, 5, 6, 7),
        ),
    )


def _right(rows: list[tuple[str, ...]], columns: tuple[int, ...]) -> list[tuple[str, ...]]:
    """Let amounts end under each other."""
    widths = {at: max(len(row[at]) for row in rows) for at in columns}
    return [
        tuple(cell.rjust(widths[at]) if at in widths else cell for at, cell in enumerate(row))
        for row in rows
    ]


# ---- what became of a file ----------------------------------------------------------------------
def print_file(one: Taken) -> None:
    """Show what became of a file."""
    if one.status == QUARANTINED:
        print(f"{one.file}: in quarantaine, niets geboekt.")
        print_wrapped(one.reason or "")
        if one.statements:
            print(f"  Wat er in staat: {_figures(one)}.")
        return
    already = " (was al ingelezen: niets nieuws)" if one.already else ""
    print(f"{one.file}: ingelezen{already}. {_sentence(one)}.")
    if not one.already:
        fates = f"geboekt {one.booked}, voorstel {one.proposed}, onbekend {one.unmatched}"
        print(f"  Betalingen: {fates}, uitgaand {one.other}.")
    print_aside(one, head=False)


def print_aside(one: Taken, *, head: bool = True) -> None:
    """Show why something of a file was not booked."""
    if head:
        print(f"  {one.file}")
    reasons = dict.fromkeys([one.reason] if one.reason and head else [])
    reasons |= dict.fromkeys(aside["reason"] for aside in one.set_aside)
    for reason in reasons:
        if reason:
            print_wrapped(f"Apart gehouden: {reason}" if not head else reason, "    ")


def _sentence(one: Taken) -> str:
    figures = _figures(one)
    return figures[:1].upper() + figures[1:]


def _figures(one: Taken) -> str:
    count = f"{one.statements} afschrift{'en' if one.statements != 1 else ''}"
    moves = f"{one.movements} beweging{'en' if one.movements != 1 else ''}"
    details = f"{one.details} detail{'s' if one.details != 1 else ''}"
    return f"{count}, {moves}, {details}; in {euro(one.credit)}, uit {euro(one.debit)}"


def as_json_file(one: Taken) -> Json:
    """Return what became of a file as JSON."""
    told: Json = one.model_dump(mode="json")
    amounts = {name: f"{getattr(one, name):.2f}" for name in ("credit", "debit")}
    return {**told, **amounts, "quarantined": one.status == QUARANTINED}


# ---- trying -------------------------------------------------------------------------------------
def print_tried(path: Path, read: Read) -> None:
    """Show what a file holds that was only tried."""
    told = _tried_as(path, read)
    if read.fault is not None:
        print(f"{path.name}: dit zou in quarantaine gaan.")
        print_wrapped(read.fault.text)
        return
    print(f"{path.name}: klopt. {_sentence(told)}.")
    for statement in read.statements:
        for fault in faults_of(statement):
            print_wrapped(f"Zou apart gehouden worden: {fault.text}", "    ")


def _tried_as(path: Path, read: Read) -> Taken:
    statements = read.statements
    return Taken(
        file=path.name,
        sha256="",
        kind=read.kind,
        status="geprobeerd",
        code=None if read.fault is None else read.fault.code,
        reason=None if read.fault is None else read.fault.text,
        statements=len(statements),
        movements=sum(len(one.movements) for one in statements),
        details=sum(one.details for one in statements),
        credit=sum((one.credit for one in statements), Decimal(0)),
        debit=sum((one.debit for one in statements), Decimal(0)),
    )


def tried_json(path: Path, read: Read) -> Json:
    """Return what a file holds that was only tried, as JSON."""
    told = as_json_file(_tried_as(path, read))
    return {**told, "quarantined": read.fault is not None}
