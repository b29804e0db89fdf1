"""The lines of a CODA file: how they are cut and decoded, and whether each can be what it says.

The library checks with bare asserts, which `python -O` leaves out, reads a sign that is missing as
a plus, and stumbles over details of details. So every line is weighed here first.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from bank.errors import Unreadable
from models.euro import euro

WIDTH = 128
# Article codes in the order in which one block may hold them.
_FOLLOWS = {
    "0": "1",
    "1": "23489",
    "2": "23489",
    "3": "23489",
    "8": "49",
    "4": "49",
    "9": "0",
}
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_AMOUNT = re.compile(r"[01]\d{15}", re.ASCII)
_DATE = re.compile(r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])\d\d", re.ASCII)
_NUMBER = re.compile(r"\d+", re.ASCII)
# Letters of Western Europe as DOS wrote them; Windows has punctuation there.
_DOS = re.compile(rb"[A-Za-z][\x81-\x8d\x90\x93-\x98\xa0-\xa3]")
_WINDOWS = re.compile(rb"[\xc0-\xff]")
TOTALS, DETAILS, DETAILS_OF_DETAILS = "0123", "5678", "9"


class Block(NamedTuple):
    """The lines of one account, from its header to its trailer, with the number of the first."""

    first: int
    lines: list[str]


def blocks_of(content: bytes) -> list[Block]:
    """Cut a file into the blocks of its accounts and weigh every line.

    Raises:
        Unreadable: with the line and what is wrong there.
    """
    lines = _cut(_decoded(content))
    blocks: list[Block] = []
    expected = "0"
    for number, line in enumerate(lines, 1):
        if len(line) != WIDTH:
            raise _damaged(number, f"de regel is {len(line)} tekens lang in plaats van {WIDTH}")
        if line[0] not in expected:
            raise _damaged(number, f"een record '{line[0]}' kan hier niet staan")
        if line[0] == "0":
            blocks.append(Block(number, []))
        blocks[-1].lines.append(line)
        expected = _FOLLOWS[line[0]]
    if expected != "0" or not blocks:
        raise Unreadable(
            "truncated",
            f"Het CODA-bestand stopt na regel {len(lines)}, zonder slotrecord: het is afgebroken. "
            "Haal het opnieuw af bij de bank.",
        )
    for block in blocks:
        _weigh(block)
    return blocks


def _decoded(content: bytes) -> str:
    """Decode as the banks write: Windows or Latin-1, sometimes UTF-8 or DOS."""
    if content.isascii():
        return content.decode("ascii")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    if _DOS.search(content) and not _WINDOWS.search(content):
        return content.decode("cp850")
    return content.decode("cp1252", errors="replace")


def _cut(text: str) -> list[str]:
    lines = _LINE_ENDS.split(text.rstrip("\x1a\r\n\t "))
    # The last record may have lost its spaces; and some banks send no line ends at all.
    if len(lines) == 1 and len(lines[0]) > WIDTH:
        whole = lines[0]
        lines = [whole[at : at + WIDTH] for at in range(0, len(whole), WIDTH)]
    if len(lines[-1]) == WIDTH - 1 and lines[-1].startswith("9"):
        lines[-1] = lines[-1].ljust(WIDTH)
    return lines


def _damaged(number: int, what: str) -> Unreadable:
    text = (
        f"Het CODA-bestand is beschadigd op regel {number}: {what}. "
        "Haal het opnieuw af bij de bank."
    )
    return Unreadable("structure", text)


def _weigh(block: Block) -> None:
    """Do the sums that the library leaves to asserts: marks, dates, counts and totals."""
    credit = debit = Decimal(0)
    last = ""
    for number, line in enumerate(block.lines, block.first):
        kind = line[:2]
        if kind == "21":
            _mark(number, line, 31, "het bedrag")
            _date(number, line, 47, "de valutadatum")
            _date(number, line, 115, "de boekingsdatum")
            type_, sequence = line[53], line[2:6]
            if type_ in TOTALS:
                last = sequence
                if line[31] == "0":
                    credit += Decimal(line[32:47])
                else:
                    debit += Decimal(line[32:47])
            elif type_ not in DETAILS + DETAILS_OF_DETAILS:
                raise _damaged(number, f"transactietype '{type_}' bestaat niet")
            elif sequence != last:
                raise _damaged(number, f"detail {sequence} hoort bij geen totaal")
        elif kind in {"22", "23"} and line[2:10] != block.lines[number - block.first - 1][2:10]:
            raise _damaged(number, "dit vervolg hoort niet bij de regel ervoor")
        elif line[0] == "1":
            _mark(number, line, 42, "het beginsaldo")
            _date(number, line, 58, "de datum van het beginsaldo")
        elif line[0] == "8":
            _mark(number, line, 41, "het eindsaldo")
            _date(number, line, 57, "de datum van het eindsaldo")
            _same_account(number, line, block.lines[1])
        elif line[0] == "0":
            _header(number, line)
    _trailer(block, credit, debit)


def _header(number: int, line: str) -> None:
    _date(number, line, 5, "de datum van het bestand")
    if line[127] != "2":
        raise _damaged(number, f"CODA-versie '{line[127]}' is niet gekend (wel versie 2)")


def _mark(number: int, line: str, at: int, what: str) -> None:
    if _AMOUNT.fullmatch(line, at, at + 16):
        return
    if line[at] not in "01":
        raise Unreadable(
            "mark",
            f"Op regel {number} van het CODA-bestand ontbreekt bij {what} of het credit of debet "
            "is. Dat wordt niet geraden: haal het bestand opnieuw af bij de bank.",
        )
    raise _damaged(number, f"{what} '{line[at + 1 : at + 16]}' is geen bedrag")


def _date(number: int, line: str, at: int, what: str) -> None:
    if not _DATE.fullmatch(line, at, at + 6):
        raise _damaged(number, f"{what} '{line[at : at + 6]}' is geen datum")


def _same_account(number: int, line: str, opening: str) -> None:
    if line[4:41].rstrip() != opening[5:42].rstrip():
        raise Unreadable(
            "accounts",
            f"Het beginsaldo en het eindsaldo (regel {number}) gaan over een andere rekening. "
            "Haal het CODA-bestand opnieuw af bij de bank.",
        )


def _trailer(block: Block, credit: Decimal, debit: Decimal) -> None:
    number, line = block.first + len(block.lines) - 1, block.lines[-1]
    counted = sum(1 for one in block.lines if one[0] in "1238")
    for at, end, what in ((16, 22, "aantal"), (22, 37, "debet"), (37, 52, "credit")):
        if not _NUMBER.fullmatch(line, at, end):
            raise _damaged(number, f"'{line[at:end]}' in het slotrecord is geen getal ({what})")
    if int(line[16:22]) != counted:
        raise Unreadable(
            "count",
            f"Het slotrecord op regel {number} zegt dat er {int(line[16:22])} records zijn, en er "
            f"staan er {counted}: er ontbreekt iets. Haal het CODA-bestand opnieuw af bij de bank.",
        )
    for said, found, what in (
        (Decimal(line[22:37]), debit, "debet"),
        (Decimal(line[37:52]), credit, "credit"),
    ):
        if said != found:
            raise Unreadable(
                "totals",
                f"Volgens het slotrecord op regel {number} is het totaal {what} "
                f"{_euro(said)}, en de bewegingen tellen op tot {_euro(found)}. "
                "Haal het CODA-bestand opnieuw af bij de bank.",
            )


def _euro(thousandths: Decimal) -> str:
    return euro(thousandths / 1000)


def for_the_library(block: Block) -> Iterator[str]:
    """Leave out what was weighed here, and what the library cannot take.

    That is the trailer, whose asserts would hide our sentences, and the details of details, on
    which nothing hangs.
    """
    inner = ""
    for line in block.lines[:-1]:
        if line[:2] == "21":
            inner = line[2:10] if line[53] in DETAILS_OF_DETAILS else ""
        if not (line[0] in "23" and inner and line[2:10] == inner):
            yield line
