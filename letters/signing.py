"""Building block of contracts and forms: where each party writes a name, a day and a signature."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.facts import Json


@dataclass(frozen=True, slots=True)
class Signatures:
    """The places to sign, by the role in which somebody signs; no name is one for a pen."""

    names: Mapping[str, str]

    def who(self) -> list[Json]:
        """Return each party, in order."""
        return [{"role": role, "name": name} for role, name in self.names.items()]
