"""Who may read what is sensitive: a table of roles, and a mask over what is shown.

Three kinds of things say more of a person than most work needs: that somebody is a minor, was
detained, or is ill. Whoever does not need them reads `MASK` instead; the free text beside it too,
for it says the same in words. The log keeps everything: only the reading differs.
"""

from collections.abc import Mapping
from typing import Any

from models.choices import DepartureKind, Destination, HoldReason, PostTo, Signer
from models.vocabulary import Role, Word

MASK = "[afgeschermd]"


class Sensitive(Word):
    """What only some may read."""

    MINOR = "minderjarig", "Dat iemand minderjarig is"
    DETENTION = "detentie", "Dat iemand vastzit of zat"
    HEALTH = "gezondheid", "Dat iemand ziek of opgenomen is"


ALL = frozenset(Sensitive)
# Who is not named here sees none of it. Who checks papers and keys must know of a co-signer, not
# why; a group worker meets the residents; an auditor replays everything and knows no names.
VISIBLE: Mapping[Role, frozenset[Sensitive]] = {
    Role.COORDINATOR: ALL,
    Role.MANAGER: ALL,
    Role.SUPPORTER: ALL,
    Role.AUDITOR: ALL,
    Role.GROUP_WORKER: frozenset({Sensitive.MINOR, Sensitive.HEALTH}),
}

# A stored value, under one of the names that carry it, and what it tells.
_TELLS: Mapping[tuple[str, str], Sensitive] = {
    ("reason", HoldReason.PRISON): Sensitive.DETENTION,
    ("reason", HoldReason.CRISIS): Sensitive.HEALTH,
    ("kind", DepartureKind.PRISON): Sensitive.DETENTION,
    ("kind", DepartureKind.HOSPITAL): Sensitive.HEALTH,
    ("post_to", PostTo.PRISON): Sensitive.DETENTION,
    ("destination", Destination.PRISON): Sensitive.DETENTION,
}
# Names whose every value tells.
_NAMES: Mapping[str, Sensitive] = {"birth_date": Sensitive.MINOR}
_ITEMS: Mapping[str, Sensitive] = {Signer.CO_SIGNER: Sensitive.MINOR}
# Free text that explains a value beside it.
_TEXTS = frozenset({"text", "note", "notes", "remark", "reason"})


def hidden_from(role: Role) -> frozenset[Sensitive]:
    """Return what somebody in this role does not read."""
    return ALL - VISIBLE.get(role, frozenset())


def masked(value: Any, role: Role) -> Any:
    """Return something shown as this role may read it; what is given stays as it is."""
    hidden = hidden_from(role)
    return _masked(value, hidden) if hidden else value


def _masked(value: Any, hidden: frozenset[Sensitive]) -> Any:
    if isinstance(value, list):
        return [MASK if _item(one) in hidden else _masked(one, hidden) for one in value]
    if not isinstance(value, Mapping):
        return value
    covered = {name for name, one in value.items() if _tells(name, one) in hidden}
    if covered - _NAMES.keys():
        covered |= {name for name in value if name in _TEXTS}
    return {
        name: MASK if name in covered and one is not None else _masked(one, hidden)
        for name, one in value.items()
    }


def _tells(name: str, value: Any) -> Sensitive | None:
    if name in _NAMES:
        return _NAMES[name]
    return _TELLS.get((name, value)) if isinstance(value, str) else None


def _item(value: Any) -> Sensitive | None:
    return _ITEMS.get(value) if isinstance(value, str) else None
