"""Why a store refuses to write.

OpstapError
└── StoreError
    ├── StaleTurn      a later decision already stands there: whoever wrote this is behind
    ├── BrokenChain    the row before is missing or another one: rewrite it from history first
    ├── UnlinkedTurn   the turn's own hashes do not follow: a mistake of ours
    ├── Erased         the key was destroyed: this person was forgotten
    └── Sealed         it is sealed, and there is no key at hand
"""

from models.errors import OpstapError


class StoreError(OpstapError):
    """A store refuses to write; nothing was changed."""


class StaleTurn(StoreError):  # noqa: N818 (named for what the workflow hears)
    """A tail that was decided later already stands in the log."""


class BrokenChain(StoreError):  # noqa: N818 (named for what the workflow hears)
    """The row before the turn is missing or has another hash."""


class UnlinkedTurn(StoreError):  # noqa: N818 (named for what the workflow hears)
    """The hashes or the numbers of the turn do not follow each other."""


class Erased(StoreError):  # noqa: N818 (named for what the caller hears)
    """The person was forgotten: nothing can be read or written about them any more."""

    def __init__(self) -> None:
        """Say so; whose it was is not said."""
        super().__init__("Dit dossier is gewist. Er kan niets meer gelezen of geschreven worden.")


class Sealed(StoreError):  # noqa: N818 (named for what the caller hears)
    """A value that cannot be opened here: no key, another key, or the value was changed."""
