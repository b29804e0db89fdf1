"""The one error of this package.

Its message is a Dutch sentence for the person at the terminal, ready to be printed as it is.
"""


class StackError(Exception):
    """The stack cannot start or go on; `message` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
