"""Small bank files of our own: a CODA block and a CAMT.053 document, made line by line."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

IBAN = "BE68539007547034"
OTHER = "BE71096123456769"
PAYER = "BE43068999999501"


@dataclass
class Line:
    """One movement, or one detail of a grouped one."""

    amount: str
    digits: str = ""
    text: str = ""
    name: str = "JANSSENS"
    iban: str = PAYER
    details: list["Line"] = field(default_factory=list)
    grouped: bool = False
    reference: str = ""
    reason: str = ""
    code: str = "0150000"
    inner: bool = False


@dataclass
class Block:
    """One account between two balances, as a CODA block or a CAMT statement."""

    lines: list[Line]
    account: str = IBAN
    opening: str = "1000.00"
    closing: str | None = None
    number: int = 47
    opens_on: str = "2027-03-07"
    closes_on: str = "2027-03-08"
    currency: str = "EUR"
    copy: bool = False

    @property
    def end(self) -> Decimal:
        if self.closing is not None:
            return Decimal(self.closing)
        return Decimal(self.opening) + sum(Decimal(one.amount) for one in self.lines)


def coda(*blocks: Block, end: str = "\r\n") -> bytes:
    """Write a CODA file."""
    lines = [line for block in blocks for line in _block(block)]
    return (end.join(lines) + end).encode("cp1252")


def _block(block: Block) -> Iterable[str]:
    day = _short(block.closes_on)
    copy = "D" if block.copy else " "
    yield _row(
        (0, "0000"), (5, day), (11, "72505"), (16, copy), (24, "00099449"), (60, "KREDBEBB"),
        (71, "00630366277"), (127, "2"),
    )  # fmt: skip
    account = f"{block.account:<34}{block.currency}"
    yield _row(
        (0, f"12{block.number:03}"), (5, account), (42, _amount(block.opening)),
        (58, _short(block.opens_on)), (64, "OPSTAP"), (125, f"{block.number:03}"),
    )  # fmt: skip
    records = 2
    for number, line in enumerate(block.lines, 1):
        kind = ("2" if line.grouped else "0") + line.code
        yield from (rows := list(_movement(number, 0, line, kind, block)))
        records += len(rows)
        for place, detail in enumerate(line.details, 1):
            type_ = "9" if detail.inner else "6"
            yield from (rows := list(_movement(number, place, detail, type_ + line.code, block)))
            records += len(rows)
    yield _row(
        (0, f"8{block.number:03}"), (4, account), (41, _amount(str(block.end))), (57, day),
        (127, "0"),
    )  # fmt: skip
    debit = sum(-Decimal(one.amount) for one in block.lines if Decimal(one.amount) < 0)
    credit = sum(Decimal(one.amount) for one in block.lines if Decimal(one.amount) > 0)
    yield _row(
        (0, "9"), (16, f"{records:06}"), (22, _thousandths(debit)), (37, _thousandths(credit)),
        (127, "2"),
    )  # fmt: skip


def _movement(number: int, place: int, line: Line, code: str, block: Block) -> Iterable[str]:
    key = f"{number:04}{place:04}"
    day = _short(block.closes_on)
    said = f"1101{line.digits}" if line.digits else f"0{line.text}"
    said = said.ljust(150)
    yield _row(
        (0, f"21{key}"), (10, (line.reference or f"REF{number:05}{place:04}").ljust(21)[:21]),
        (31, _amount(line.amount)), (47, day), (53, code), (61, said[:54]), (115, day),
        (121, f"{block.number:03}01 0"),
    )  # fmt: skip
    yield _row((0, f"22{key}"), (10, said[54:107]), (113, line.reason), (125, "1 0"))
    yield _row((0, f"23{key}"), (10, f"{line.iban:<34}EUR"), (47, line.name[:35]), (125, "0 0"))


def _row(*parts: tuple[int, str]) -> str:
    row = " " * 128
    for at, text in parts:
        row = row[:at] + text + row[at + len(text) :]
    assert len(row) == 128, row
    return row


def _amount(text: str) -> str:
    amount = Decimal(text)
    return f"{int(amount < 0)}{_thousandths(abs(amount))}"


def _thousandths(amount: Decimal | int) -> str:
    return f"{int(Decimal(amount) * 1000):015}"


def _short(day: str) -> str:
    year, month, of_month = day.split("-")
    return f"{of_month}{month}{year[2:]}"


# ---- CAMT ---------------------------------------------------------------------------------------
def camt(*blocks: Block, version: str = "08", extra: str = "") -> bytes:
    """Write a CAMT.053 file; from version 08 on parties and statuses are wrapped."""
    space = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    body = "".join(_statement(block, version, extra) for block in blocks)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{space}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>1</MsgId><CreDtTm>2027-03-08T18:00:00</CreDtTm></GrpHdr>{body}"
        "</BkToCstmrStmt></Document>"
    ).encode()


def _statement(block: Block, version: str, extra: str) -> str:
    copy = "<CpyDplctInd>DUPL</CpyDplctInd>" if block.copy else ""
    entries = "".join(_entry(line, block, version) for line in block.lines)
    return (
        f"<Stmt><Id>S</Id><ElctrncSeqNb>1</ElctrncSeqNb><LglSeqNb>{block.number}</LglSeqNb>"
        f"<CreDtTm>2027-03-08T18:00:00</CreDtTm>{copy}"
        f"<Acct><Id><IBAN>{block.account}</IBAN></Id><Ccy>{block.currency}</Ccy></Acct>"
        f"{_balance('OPBD', block.opening, block.opens_on, block)}"
        f"{_balance('CLBD', str(block.end), block.closes_on, block)}{extra}{entries}</Stmt>"
    )


def _balance(kind: str, amount: str, day: str, block: Block) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_money(amount, block.currency)}"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _money(amount: str, currency: str) -> str:
    value = Decimal(amount)
    mark = "CRDT" if value >= 0 else "DBIT"
    return f'<Amt Ccy="{currency}">{abs(value)}</Amt><CdtDbtInd>{mark}</CdtDbtInd>'


def _entry(line: Line, block: Block, version: str) -> str:
    booked = f"<Sts>{'<Cd>BOOK</Cd>' if version >= '08' else 'BOOK'}</Sts>"
    back = "<RvslInd>true</RvslInd>" if line.reason else ""
    days = f"<BookgDt><Dt>{block.closes_on}</Dt></BookgDt><ValDt><Dt>{block.closes_on}</Dt></ValDt>"
    reference = f"<AcctSvcrRef>{line.reference}</AcctSvcrRef>" if line.reference else ""
    batch = f"<Btch><NbOfTxs>{len(line.details) or 3}</NbOfTxs></Btch>" if line.grouped else ""
    below = line.details if line.grouped else [line]
    inside = "".join(_transaction(one, block, version, own=line.grouped) for one in below)
    return (
        f"<Ntry>{_money(line.amount, block.currency)}{back}{booked}{days}{reference}"
        f"<NtryDtls>{batch}{inside}</NtryDtls></Ntry>"
    )


def _transaction(line: Line, block: Block, version: str, *, own: bool) -> str:
    name = f"<Nm>{line.name}</Nm>"
    party = f"<Pty>{name}</Pty>" if version >= "08" else name
    # In a payment that is taken back the parties keep their places.
    side = "Dbtr" if (Decimal(line.amount) >= 0) != bool(line.reason) else "Cdtr"
    said = f"<Ustrd>{line.text}</Ustrd>"
    if line.digits:
        kind = "<Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry><Issr>BBA</Issr></Tp>"
        said = f"<Strd><CdtrRefInf>{kind}<Ref>{line.digits}</Ref></CdtrRefInf></Strd>"
    amount = f'<Amt Ccy="{block.currency}">{abs(Decimal(line.amount))}</Amt>' if own else ""
    return (
        f"<TxDtls><Refs><EndToEndId>E2E</EndToEndId></Refs>{amount}<RltdPties>"
        f"<{side}>{party}</{side}><{side}Acct><Id><IBAN>{line.iban}</IBAN></Id></{side}Acct>"
        f"</RltdPties><RmtInf>{said}</RmtInf></TxDtls>"
    )
