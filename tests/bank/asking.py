"""What tests ask of a bank file: its statements, or what is wrong with it."""

from collections.abc import Callable

import pytest

from bank.reading import read_file
from models.statements import Statement, faults_of
from tests.bank.making import Line, camt, coda

DIGITS = "090933755493"
RENT = Line("327.00", digits=DIGITS)
GROUP = [Line("327.00", digits=DIGITS), Line("213.50", digits="000000000101", name="PEETERS")]
GROUPED = Line("540.50", grouped=True, details=GROUP)
Made = Callable[..., bytes]
BOTH = pytest.mark.parametrize("made", [coda, camt], ids=["CODA", "CAMT.053"])


def good(content: bytes) -> list[Statement]:
    read = read_file(content)
    assert read.fault is None, read.fault
    return read.statements


def told(content: bytes) -> tuple[str, str]:
    """The fault of a file, or of its first statement that has one."""
    read = read_file(content)
    if read.fault is not None:
        return read.fault.code, read.fault.text
    fault = next(fault for one in read.statements for fault in faults_of(one))
    assert not fault.whole_file
    return fault.code, fault.text
