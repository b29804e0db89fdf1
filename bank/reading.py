"""Reading a bank file, whatever it is: which kind it is, and its statements or what is wrong.

Looks at what a file holds and never at its name. A file is read whole or not at all.
"""

import re
from typing import NamedTuple

from bank.camt import read_camt
from bank.coda_file import read_coda
from bank.errors import Unreadable
from models.statements import Fault, Statement, faults_of

LARGEST = 50_000_000
_CODA = re.compile(rb"0000[0-9 ]{7}", re.ASCII)
_XML = re.compile(rb"\s*<[?!A-Za-z]")
# Other files that people drop here, by how they begin.
_OTHERS = (
    (re.compile(rb"%PDF-"), "een PDF"),
    (re.compile(rb"PK\x03\x04"), "een Excel-bestand of een zip"),
    (re.compile(rb"\xd0\xcf\x11\xe0"), "een oud Excel-bestand"),
    (re.compile(rb"\{1:|:20:"), "een MT940-bestand"),
    (re.compile(rb"\s*[\[{]"), "JSON"),
)


class Read(NamedTuple):
    """What was found in a file; `fault` damns it whole."""

    kind: str
    statements: list[Statement]
    fault: Fault | None


def read_file(content: bytes) -> Read:
    """Return the statements of a bank file and what is wrong with it; never raises."""
    kind = _kind(content)
    if kind is None:
        return Read("", [], Fault("kind", _unknown(content)))
    try:
        statements = (read_camt if kind == "CAMT.053" else read_coda)(_bare(content))
    except Unreadable as error:
        return Read(kind, [], error.fault)
    faults = [fault for statement in statements for fault in faults_of(statement)]
    damning = next((fault for fault in faults if fault.whole_file), None)
    return Read(kind, statements, damning)


def _kind(content: bytes) -> str | None:
    start = _bare(content[:4000])
    if len(content) > LARGEST:
        return None
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or _XML.match(start):
        return "CAMT.053"
    return "CODA" if _CODA.match(start) else None


def _bare(content: bytes) -> bytes:
    return content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")


def _unknown(content: bytes) -> str:
    if not content.strip():
        return "Dit bestand is leeg. Haal het opnieuw af bij de bank."
    if len(content) > LARGEST:
        return "Dit bestand is groter dan 50 MB. Vraag de bank om een bestand per maand."
    for start, what in _OTHERS:
        if start.match(content):
            return f"Dit is {what}, geen bankbestand. Vraag aan de bank CODA of CAMT.053."
    first = _bare(content)[:2000].splitlines()[0] if _bare(content) else b""
    if max(first.count(b";"), first.count(b",")) > 3:
        return (
            "Dit is een CSV-uitvoer. Daar staat geen begin- en eindsaldo in, dus niemand kan "
            "nagaan of er iets ontbreekt. Vraag aan de bank CODA of CAMT.053."
        )
    return "Dit bestand is geen CODA en geen CAMT.053. Vraag aan de bank een van die twee."
