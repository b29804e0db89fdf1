"""Whom validators believe: the keys of signed steps and messages, told once by the worker.

Only validators look here, and those do not run on replay: a history comes to the same whatever is
told. Where nothing is told (a simulation, a replay, a measurement) nothing is asked.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from models.errors import Refusal
from models.signing import weigh as weigh_signature


class Trust(NamedTuple):
    """What a signature must be.

    Attributes:
        keys: any of them may have signed, so that a key can be replaced while all runs.
        within: how old a signature may be.
        unsigned: whether a step may come straight from Temporal, as "bron niet bevestigd".
    """

    keys: tuple[bytes, ...]
    within: timedelta
    unsigned: bool


class _Told:
    trust: Trust | None = None


def believe(trust: Trust | None) -> None:
    """Tell every validator of this process whom to believe; None asks nothing."""
    _Told.trust = trust


def weigh(trajectory: str, step: str, request: Any, now: datetime) -> Refusal | None:
    """Say why a request's origin is not believed, or None."""
    trust = _Told.trust
    if trust is None:
        return None
    keys, within, unsigned = trust
    return weigh_signature(keys, trajectory, step, request, now, within=within, unsigned=unsigned)
