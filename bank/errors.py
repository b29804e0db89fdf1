"""Why a bank file cannot be read.

OpstapError
└── Unreadable   the file as a whole; its fault holds the code and the Dutch sentence
"""

from models.errors import OpstapError
from models.statements import Fault


class Unreadable(OpstapError):  # noqa: N818 (named for what the caller hears)
    """A file that cannot be read as a bank statement; nothing of it is booked."""

    def __init__(self, code: str, text: str) -> None:
        """Keep what is wrong."""
        super().__init__(text)
        self.fault = Fault(code, text)
