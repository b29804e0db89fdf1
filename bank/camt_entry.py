"""One entry of a CAMT.053 statement, with the transactions below it, as a movement of ours."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element

from bank.errors import Unreadable
from models.iban import plain
from models.statements import Movement

_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,5})?", re.ASCII)
_COUNT = re.compile(r"\d{1,12}", re.ASCII)
# What is not booked yet stands outside the balances.
NOT_BOOKED = {"PDNG", "INFO", "FUTR"}
SIGNS = {"CRDT": 1, "DBIT": -1}


def entry_of(entry: Element, space: str) -> Movement | None:
    """Return the movement of an entry; None for one that is not booked.

    Raises:
        Unreadable: an amount, a day or the mark of credit or debit is missing or wrong.
    """
    status = text_of(entry, space, "Sts", "Cd") or text_of(entry, space, "Sts")
    if status in NOT_BOOKED:
        return None
    amount, currency = amount_of(entry, space)
    sign = _sign(entry, space, amount)
    booked = day_of(entry, space, "BookgDt") or day_of(entry, space, "ValDt")
    if booked is None:
        raise Unreadable(
            "structure",
            f"Een beweging van {amount} {currency} heeft geen boekingsdatum. Haal het bestand "
            "opnieuw af bij de bank.",
        )
    reversal = text_of(entry, space, "RvslInd").lower() in {"true", "1"}
    value = day_of(entry, space, "ValDt") or booked
    reference = text_of(entry, space, "AcctSvcrRef") or text_of(entry, space, "NtryRef")
    base = Movement(
        amount=sign * amount,
        booked_on=booked,
        value_on=value,
        currency=currency,
        reference=reference,
        reversal=reversal,
    )
    return _with_transactions(entry, space, base)


def _with_transactions(entry: Element, space: str, base: Movement) -> Movement:
    below = [
        transaction
        for details in entry.iterfind(f"{space}NtryDtls")
        for transaction in details.iterfind(f"{space}TxDtls")
    ]
    promised = _promised(entry, space)
    extra = text_of(entry, space, "AddtlNtryInf")
    if len(below) == 1 and promised in {None, 1}:
        return _transaction(below[0], space, base, base.amount, base.currency, extra)
    if not below and (promised is None or promised == 1):
        return replace(base, text=extra)
    details: list[Movement] = []
    for transaction in below:
        amount, currency = _own_amount(transaction, space)
        if amount is None:
            details = []
            break
        mark = text_of(transaction, space, "CdtDbtInd")
        sign = SIGNS.get(mark, 1 if base.amount >= 0 else -1)
        details.append(_transaction(transaction, space, base, sign * amount, currency, ""))
    return replace(base, text=extra, grouped=True, promised=promised, details=tuple(details))


def _transaction(
    element: Element, space: str, base: Movement, amount: Decimal, currency: str, extra: str
) -> Movement:
    side = "Dbtr" if amount >= 0 else "Cdtr"
    if base.reversal:  # the parties keep the places that they had in the payment itself
        side = "Cdtr" if amount >= 0 else "Dbtr"
    parties = element.find(f"{space}RltdPties")
    name = iban = ""
    if parties is not None:
        name = text_of(parties, space, side, "Pty", "Nm") or text_of(parties, space, side, "Nm")
        iban = text_of(parties, space, f"{side}Acct", "Id", "IBAN") or text_of(
            parties, space, f"{side}Acct", "Id", "Othr", "Id"
        )
    structured, text = _remittance(element, space)
    reference = (
        base.reference
        or text_of(element, space, "Refs", "AcctSvcrRef")
        or text_of(element, space, "Refs", "TxId")
    )
    own = text_of(element, space, "Refs", "EndToEndId")
    return Movement(
        amount=amount,
        booked_on=base.booked_on,
        value_on=base.value_on,
        currency=currency,
        reference=f"{reference} {own}".strip(),
        name=" ".join(name.split()),
        iban=plain(iban),
        structured=structured,
        text=" ".join(f"{text} {extra}".split()),
        reversal=base.reversal or element.find(f"{space}RtrInf") is not None,
    )


def _remittance(element: Element, space: str) -> tuple[str | None, str]:
    """Return the Belgian structured communication, or free text."""
    structured, texts = None, []
    for information in element.iterfind(f"{space}RmtInf"):
        for reference in information.iterfind(f"{space}Strd/{space}CdtrRefInf"):
            said = "".join(text_of(reference, space, "Ref").split())
            if text_of(reference, space, "Tp", "Issr").upper() == "BBA":
                structured = structured or said.strip("+*").replace("/", "")
            else:
                texts.append(said)
        texts += [free.text or "" for free in information.iterfind(f"{space}Ustrd")]
    texts.append(text_of(element, space, "AddtlTxInf"))
    return structured, " ".join(" ".join(texts).split())


def _own_amount(transaction: Element, space: str) -> tuple[Decimal | None, str]:
    for place in ((), ("AmtDtls", "TxAmt")):
        found = _walk(transaction, space, place)
        if found is not None and found.find(f"{space}Amt") is not None:
            return amount_of(found, space)
    return None, ""


def _promised(entry: Element, space: str) -> int | None:
    """How many transactions the bank says are below an entry; None when it does not say."""
    counts = [
        text_of(details, space, "Btch", "NbOfTxs")
        for details in entry.iterfind(f"{space}NtryDtls")
        if details.find(f"{space}Btch") is not None
    ]
    if not counts:
        return None
    wrong = next((count for count in counts if count and not _COUNT.fullmatch(count)), None)
    if wrong is not None:
        raise Unreadable("count", f"'{wrong[:20]}' is geen aantal verrichtingen in een beweging.")
    said = [int(count) for count in counts if count]
    return sum(said) if said else None


def _sign(element: Element, space: str, amount: Decimal) -> int:
    mark = text_of(element, space, "CdtDbtInd")
    if mark not in SIGNS:
        raise Unreadable(
            "mark",
            f"Bij een beweging van {amount} ontbreekt of het credit (CRDT) of debet (DBIT) is. Dat "
            "wordt niet geraden: haal het bestand opnieuw af bij de bank.",
        )
    return SIGNS[mark]


# ---- small readers ------------------------------------------------------------------------------
def text_of(element: Element, space: str, *path: str) -> str:
    """Return the text at the end of a path of names, or nothing."""
    found = _walk(element, space, path)
    return "" if found is None else (found.text or "").strip()


def amount_of(element: Element, space: str) -> tuple[Decimal, str]:
    """Return the amount of an element and its currency.

    Raises:
        Unreadable: it is not an amount, or below zero.
    """
    found = element.find(f"{space}Amt")
    text = "" if found is None else (found.text or "").strip()
    if found is None or not _AMOUNT.fullmatch(text):
        below = text.startswith("-") and _AMOUNT.fullmatch(text[1:])
        what = "is een bedrag onder nul" if below else "is geen bedrag"
        raise Unreadable(
            "amount",
            f"'{text[:40]}' {what}. In CAMT staat een bedrag zonder teken, met een punt. Haal het "
            "bestand opnieuw af bij de bank.",
        )
    return Decimal(text), found.get("Ccy", "")


def day_of(element: Element, space: str, *path: str) -> date | None:
    """Return the day of a date or a moment, or None when there is none.

    Raises:
        Unreadable: there is something that is no date.
    """
    found = _walk(element, space, path)
    if found is None:
        return None
    text = next((one for one in _days(found, space) if one), "")
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise Unreadable("structure", f"'{text[:40]}' is geen datum in dit CAMT-bestand.") from None


def _days(found: Element, space: str) -> Iterator[str]:
    yield (found.text or "").strip()
    for name in ("Dt", "DtTm"):
        yield text_of(found, space, name)


def _walk(element: Element, space: str, path: tuple[str, ...]) -> Element | None:
    found: Element | None = element
    for name in path:
        found = found.find(space + name) if found is not None else None
    return found
