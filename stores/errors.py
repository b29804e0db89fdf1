"""Why a store refuses to write.

OpstapError
└── StoreError
    ├── StaleTurn      a later decision already stands there: whoever wrote this is behind
    ├── BrokenChain    the row before is missing or another one: rewrite it from history first
    └── UnlinkedTurn   the turn's own hashes do not follow: a mistake of ours
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
