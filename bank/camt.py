"""CAMT.053, versions 02 to 14: a reader of our own, whatever the namespace is called.

One entry at a time is built, then let go. A document type or an entity is refused before anything
is expanded. No sign is guessed: where a balance has none, it is taken only when the sums leave one
possibility.
"""

import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from bank.camt_entry import amount_of, day_of, entry_of, text_of
from bank.errors import Unreadable
from models.iban import plain
from models.statements import Movement, Statement

VERSIONS = range(2, 15)
KIND = re.compile(r"(camt\.\d{3}|pain\.\d{3}|pacs\.\d{3})\.\d{3}(?:\.(\d{2}))?")
MESSAGE, STATEMENT, ENTRY = "BkToCstmrStmt", "Stmt", "Ntry"
# The booked balances; the others (available, expected) say nothing about what was booked.
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
COPIES = {"DUPL", "CODU"}
KNOWN = {MESSAGE, STATEMENT, ENTRY}
# Some thirty thousand entries.
MOST_TAGS = 5_000_000


def read_camt(content: bytes) -> list[Statement]:
    """Return the statements of a CAMT.053 file.

    Raises:
        Unreadable: it is damaged, unsafe or another message; the sentence says what.
    """
    if content.count(b"<") > MOST_TAGS:
        raise Unreadable(
            "unsafe", "Dit XML-bestand is groter dan een afschrift is. Vraag er een per maand."
        )
    try:
        found = list(_statements(content))
    except DefusedXmlException:
        raise Unreadable(
            "unsafe",
            "Dit XML-bestand heeft een DOCTYPE of entiteiten. Een bank stuurt dat niet, en het kan "
            "gevaarlijk zijn: het wordt niet gelezen.",
        ) from None
    except ParseError as error:
        raise Unreadable("structure", _broken(error)) from None
    except (LookupError, ValueError):  # an encoding that nobody knows
        raise Unreadable(
            "structure", "Dit XML-bestand is niet te lezen: de codering klopt niet."
        ) from None
    if not found:
        raise Unreadable(
            "empty", "In dit CAMT-bestand staat geen enkel afschrift. Haal het opnieuw af."
        )
    return found


def _broken(error: ParseError) -> str:
    line = error.position[0]
    if "no element found" in str(error) or "unclosed token" in str(error):
        return (
            f"Het XML-bestand stopt op regel {line}, midden in de tekst: het is afgebroken. "
            "Haal het opnieuw af bij de bank."
        )
    return (
        f"Dit is geen geldige XML (fout op regel {line}). Haal het bestand opnieuw af bij de bank."
    )


def _statements(content: bytes) -> Iterator[Statement]:
    seen = False
    movements: list[Movement] = []
    for _, element in iterparse(io.BytesIO(content), forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if name not in KNOWN:
            continue
        space = element.tag.removesuffix(name)
        if not seen:
            _version(space)
        seen = True
        if name == ENTRY:
            movement = entry_of(element, space)
            if movement is not None:
                movements.append(movement)
        elif name == STATEMENT:
            yield _statement(element, space, tuple(movements))
            movements = []
        element.clear()
    if not seen:
        raise _another_message(content)


def _version(space: str) -> None:
    kind = KIND.search(space)
    if kind is None:
        return  # no namespace, or one of the bank's own: the content decides
    version = int(kind[2] or 0)
    if kind[1] != "camt.053" or version not in VERSIONS:
        raise Unreadable(
            "kind",
            f"Dit is {kind[0]}. Opstap leest camt.053 in de versies 02 tot 14: vraag dat aan de "
            "bank, of CODA.",
        )


def _another_message(content: bytes) -> Unreadable:
    kind = KIND.search(content[:4000].decode("ascii", "replace"))
    what = f"Dit is {kind[0]}" if kind else "Deze XML is geen rekeningafschrift"
    return Unreadable("kind", f"{what}. Vraag aan de bank CAMT.053 of CODA.")


def _statement(element: Element, space: str, movements: tuple[Movement, ...]) -> Statement:
    account = _account(element, space)
    where = f"het afschrift van {account or 'een onbekende rekening'}"
    opening, closing = _balance(element, space, OPENING), _balance(element, space, CLOSING)
    if opening is None or closing is None:
        which = "beginsaldo" if opening is None else "eindsaldo"
        raise Unreadable(
            "balances",
            f"In {where} staat geen {which} van geboekte bewegingen. Zonder kan niemand nagaan of "
            "er iets ontbreekt: vraag de bank om een volledig afschrift (camt.053).",
        )
    moved = sum((one.amount for one in movements), Decimal(0))
    first, last = _signed(opening, closing, moved, where)
    currency = text_of(element, space, "Acct", "Ccy") or opening["currency"]
    other = {opening["currency"], closing["currency"]} - {currency}
    if other:
        raise Unreadable(
            "balances",
            f"In {where} staat een saldo in {min(other)}, en de rekening is in {currency}. Haal "
            "het bestand opnieuw af bij de bank.",
        )
    _summary(element, space, movements, where)
    # The electronic number counts files at some banks, and is always 1 at others.
    number = text_of(element, space, "LglSeqNb")
    return Statement(
        account=account,
        currency=currency,
        number=int(number) or None if number.isascii() and number.isdigit() else None,
        opens_on=opening["on"] or closing["on"] or _created(element, space, where),
        closes_on=closing["on"] or _created(element, space, where),
        opening=first,
        closing=last,
        movements=movements,
        copy=text_of(element, space, "CpyDplctInd") in COPIES,
    )


def _account(element: Element, space: str) -> str:
    return plain(
        text_of(element, space, "Acct", "Id", "IBAN")
        or text_of(element, space, "Acct", "Id", "Othr", "Id")
    )


def _created(element: Element, space: str, where: str) -> date:
    found = day_of(element, space, "FrToDt", "ToDtTm") or day_of(element, space, "CreDtTm")
    if found is None:
        raise Unreadable(
            "structure", f"Van {where} staat de dag nergens. Haal het bestand opnieuw af."
        )
    return found


def _balance(element: Element, space: str, kinds: tuple[str, ...]) -> dict[str, Any] | None:
    for kind in kinds:
        for balance in element.iterfind(f"{space}Bal"):
            if text_of(balance, space, "Tp", "CdOrPrtry", "Cd") == kind:
                amount, currency = amount_of(balance, space)
                mark = text_of(balance, space, "CdtDbtInd")
                on = day_of(balance, space, "Dt")
                return {"amount": amount, "currency": currency, "mark": mark, "on": on}
    return None


def _signed(
    opening: dict[str, Any], closing: dict[str, Any], moved: Decimal, where: str
) -> tuple[Decimal, Decimal]:
    """Give the balances their sign; one without a mark is proven by the sums or not taken."""
    ways = [
        (first, last)
        for first, last in product(_possible(opening), _possible(closing))
        if first + moved == last
    ]
    if opening["mark"] and closing["mark"]:
        return _possible(opening)[0], _possible(closing)[0]
    if len(set(ways)) == 1:
        return ways[0]
    raise Unreadable(
        "mark",
        f"In {where} ontbreekt bij een saldo of het credit of debet is, en de bewegingen bewijzen "
        "het niet. Haal het bestand opnieuw af bij de bank.",
    )


def _possible(balance: dict[str, Any]) -> list[Decimal]:
    amount: Decimal = balance["amount"]
    signs = {"CRDT": [amount], "DBIT": [-amount], "": [amount, -amount]}
    if balance["mark"] not in signs:
        raise Unreadable(
            "mark",
            f"'{balance['mark']}' is geen credit (CRDT) of debet (DBIT) bij een saldo. Haal het "
            "bestand opnieuw af bij de bank.",
        )
    return signs[balance["mark"]]


def _summary(element: Element, space: str, movements: tuple[Movement, ...], where: str) -> None:
    """What the bank counted itself must be what is there."""
    for name, own in (
        ("TtlNtries", movements),
        ("TtlCdtNtries", [one for one in movements if one.amount > 0]),
        ("TtlDbtNtries", [one for one in movements if one.amount < 0]),
    ):
        count = text_of(element, space, "TxsSummry", name, "NbOfNtries")
        if count and count != str(len(own)) and count.lstrip("0") != str(len(own)):
            raise Unreadable(
                "count",
                f"Volgens de bank staan er in {where} {count[:20]} bewegingen "
                f"({name}), en er staan er {len(own)}. Haal het bestand opnieuw af bij de bank.",
            )
