"""CODA: the library's records as statements of ours, after every line was weighed.

Account numbers lose the currency behind them, a communication is the twelve digits or free text,
and the free text of information records is kept with its movement: banks hide a name there.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import coda

from bank.coda_lines import Block, blocks_of, for_the_library
from bank.errors import Unreadable
from models.iban import plain
from models.statements import Movement, Statement

# Types of a structured communication that hold the twelve Belgian digits.
TWELVE_DIGITS = {"101", "102"}
# A total by the customer (1) or by the bank (2): who paid stands in the details.
GROUPED = "12"
# Families: transfers, and direct debits.
TRANSFERS, CORRECTIONS = {"01", "05"}, {"49", "99"}
ACCOUNT = 34
_TROUBLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    InvalidOperation,
    LookupError,
    TypeError,
    ValueError,
)


def read_coda(content: bytes) -> list[Statement]:
    """Return the statements of a CODA file.

    Raises:
        Unreadable: it is damaged; the sentence says where.
    """
    return [_statement(block) for block in blocks_of(content)]


def _statement(block: Block) -> Statement:
    try:
        read = coda.CODA(for_the_library(block)).statements[0]
        return Statement(
            account=plain(read.account),
            currency=read.account_currency,
            number=int(read.coda_sequence) or None,
            opens_on=read.old_balance_date,
            closes_on=read.new_balance_date or read.old_balance_date,
            opening=read.old_balance,
            # A statement without movements may leave out its new balance.
            closing=read.old_balance if read.new_balance is None else read.new_balance,
            movements=tuple(_movements(read)),
            copy=read.duplicate,
        )
    except _TROUBLE:
        raise Unreadable(
            "structure",
            f"Het CODA-bestand volgt de regels van CODA niet, in het blok vanaf regel "
            f"{block.first}. Haal het opnieuw af bij de bank.",
        ) from None


def _movements(read: Any) -> Iterator[Movement]:
    notes: dict[str, list[str]] = {}
    for records in read.informations.values():
        for record in records:
            text = _note(record)
            if text:
                notes.setdefault(record.sequence, []).append(text)
    currency = read.account_currency
    for move in read.moves:
        grouped = move.transaction_code[0] in GROUPED
        more = " ".join(notes.get(move.sequence, ())) if not grouped else ""
        details = tuple(_movement(detail, currency, "") for detail in move.moves)
        yield _movement(move, currency, more, grouped=grouped, details=details)


def _movement(
    move: Any,
    currency: str,
    more: str,
    *,
    grouped: bool = False,
    details: tuple[Movement, ...] = (),
) -> Movement:
    structured, text = _communication(move._communication)  # noqa: SLF001 (the whole field)
    amount: Decimal = move.amount
    return Movement(
        amount=amount,
        booked_on=move.entry_date,
        value_on=move.value_date,
        currency=currency,
        reference=move.bank_reference.strip(),
        name=(move.counterparty_name or "").strip(),
        iban=plain((move.counterparty_account or "")[:ACCOUNT]),
        structured=structured,
        text=f"{text} {more}".strip(),
        reversal=_is_reversal(move),
        grouped=grouped,
        details=details,
    )


def _is_reversal(move: Any) -> bool:
    """A correction (49, 99) of a transfer, or an R-transaction with its reason, as MS03.

    Older files have other things where an R-transaction stands now: without a reason it is none.
    """
    reason = move.r_reason or ""
    r_transaction = len(reason) == 4 and reason[:2].isalpha() and reason[2:].isdigit()
    code = move.transaction_code
    return r_transaction or (code[1:3] in TRANSFERS and code[3:5] in CORRECTIONS)


def _communication(field: str) -> tuple[str | None, str]:
    """Return the twelve digits, or free text."""
    if field[:1] != "1":
        return None, " ".join(field[1:].split())
    if field[1:4] in TWELVE_DIGITS:
        return field[4:16].strip(), ""
    return None, " ".join(field[4:].split())


def _note(record: Any) -> str:
    field = record._communication  # noqa: SLF001
    # 001 is the address of the other side, 002 a communication; the rest is the bank's own.
    if field[:1] == "0":
        return " ".join(field[1:].split())
    return " ".join(field[4:].split()) if field[1:4] == "002" else ""
