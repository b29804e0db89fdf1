"""A bank file for measurements: CODA and CAMT.053 with as many movements as asked.

Four in six carry their structured communication; the others a communication inside free text, a
name, or nothing that anybody knows. Every day is a statement, and the balances go on.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from models.communication import digits_of

ACCOUNT = "BE68539007547034"
FIRST = date(2027, 1, 4)
A_DAY = 500


class Payer(NamedTuple):
    """Somebody who pays."""

    trajectory: str
    name: str


def coda_file(payers: list[Payer], movements: int, first_day: int = 0) -> bytes:
    """Return a CODA file with one statement a day, from a day on."""
    lines: list[str] = []
    for day in range(movements // A_DAY):
        lines += _day(payers, first_day + day)
    return ("\r\n".join(lines) + "\r\n").encode("ascii")


def camt_file(payers: list[Payer], movements: int) -> bytes:
    """Return a CAMT.053 file with one statement."""
    entries = "".join(_entry(payers, number) for number in range(movements))
    total = sum(_cents(number) for number in range(movements))
    opening, closing = _balance("OPBD", 0, FIRST), _balance("CLBD", total, FIRST)
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>EUR</Ccy></Acct>{opening}{closing}{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _day(payers: list[Payer], day: int) -> Iterator[str]:
    on, before = FIRST + timedelta(days=day), FIRST + timedelta(days=day - 1)
    numbers = range(day * A_DAY, (day + 1) * A_DAY)
    opening = sum(_cents(number) for number in range(day * A_DAY))
    total = sum(_cents(number) for number in numbers)
    short = f"{on:%d%m%y}"
    account = f"{ACCOUNT:<34}EUR"
    yield f"0000 {short}72505".ljust(127) + "2"
    yield f"12{day % 365 + 1:03}{account}{_amount(opening)}{before:%d%m%y}".ljust(125) + (
        f"{day % 365 + 1:03}"
    )
    for place, number in enumerate(numbers, 1):
        yield from _movement(payers, number, place, short)
    yield f"8{day % 365 + 1:03}{account}{_amount(opening + total)}{short}".ljust(127) + "0"
    records = 2 + 3 * A_DAY
    counts = f"{records:06}{0:015}{total * 10:015}"
    yield f"9{'':15}{counts}".ljust(127) + "2"


def _movement(payers: list[Payer], number: int, place: int, short: str) -> Iterator[str]:
    digits, text, name = _said(payers, number)
    said = (f"1101{digits}" if digits else f"0{text}").ljust(54)
    key, reference = f"{place:04}0000", f"REF{number:018}"
    yield f"21{key}{reference}{_amount(_cents(number))}{short}00150000{said}{short}00101 0"
    yield f"22{key}".ljust(125) + "1 0"
    yield f"23{key}{_iban(number):<34}EUR{name:<35}".ljust(125) + "0 0"


def _entry(payers: list[Payer], number: int) -> str:
    digits, text, name = _said(payers, number)
    said = f"<Ustrd>{text}</Ustrd>"
    if digits:
        said = (
            "<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>"
            f"<Ref>{digits}</Ref></CdtrRefInf></Strd>"
        )
    return (
        f'<Ntry><Amt Ccy="EUR">{_cents(number) / 100:.2f}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{FIRST}</Dt></BookgDt><ValDt><Dt>{FIRST}</Dt>"
        f"</ValDt><AcctSvcrRef>REF{number:018}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>"
        "RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>"
        f"<EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty>"
        f"</Dbtr><DbtrAcct><Id><IBAN>{_iban(number)}</IBAN></Id></DbtrAcct></RltdPties><RmtInf>"
        f"{said}</RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _said(payers: list[Payer], number: int) -> tuple[str, str, str]:
    """Return the communication, the free text and the name of a payment."""
    payer = payers[number % len(payers)]
    digits = digits_of(payer.trajectory)
    match number % 6:
        case 0:
            return "", f"huur {digits[:3]}/{digits[3:7]}/{digits[7:]}", "OCMW ANTWERPEN"
        case 1 if number % 12 == 1:
            return "", "huur deze maand", payer.name.upper()
        case 1:
            return "", f"factuur {number}", "ONBEKEND BEDRIJF"
        case _:
            return digits, "", payer.name.upper()


def _cents(number: int) -> int:
    return 20_000 + number % 7919


def _iban(number: int) -> str:
    return f"BE71{number % 4001:012}"


def _amount(cents: int) -> str:
    return f"0{cents * 10:015}"


def _balance(kind: str, cents: int, on: date) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{cents / 100:.2f}'
        f"</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{on}</Dt></Dt></Bal>"
    )
