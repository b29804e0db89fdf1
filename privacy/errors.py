"""Why something sealed cannot be read or written, each with one Dutch sentence.

OpstapError
├── MasterError    the master key is missing, unreadable, or of another database
└── StoreError (stores.errors)
    ├── Erased     the key was destroyed: this person was forgotten
    └── Sealed     sealed, and no key at hand
"""

from models.errors import OpstapError
from stores.errors import Erased, Sealed

__all__ = ["Erased", "MasterError", "Sealed"]


class MasterError(OpstapError):
    """The master key is missing, unreadable, or not the one of this database."""
