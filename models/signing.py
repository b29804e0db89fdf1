"""The signature under what a trajectory is sent: it came from a program of ours, just now.

A step comes through the gateway; what trajectories and registers tell each other (`HEAR`) comes from
an activity or the gateway, and is signed in the same way.

An HMAC over everything that is asked, for one trajectory, one step and one moment. Whoever can
reach Temporal without the key can neither write a request nor change one that was caught; sending
a caught one again is the same request, which counts once.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from models.errors import Refusal
from models.facts import Heard, Json, canonical
from models.vocabulary import Source

# Says what is signed: the same key can never be led to sign something else.
_PURPOSE = "opstap/step/1"
_NEEDED = ("at", "mac")
# The update by which a trajectory hears something that is no step.
HEAR = "hear"

# Trajectory, step and request → the request as it is sent.
Sign = Callable[[str, str, Json], Json]

UNSIGNED = Refusal(
    "unsigned",
    "Deze stap is niet ondertekend: zet ze op het scherm of met `opstap step`. Mist dat programma "
    "de ondertekensleutel, wijs ze dan aan met OPSTAP_SIGNING_KEY_FILE.",
)
WRONG = Refusal(
    "wrong_signature",
    "De handtekening onder deze stap klopt niet: er is iets veranderd, of ze is met een andere "
    "sleutel gezet. Zet de stap opnieuw op het scherm of met `opstap step`.",
)
STALE = Refusal(
    "stale_signature",
    "Deze stap werd te lang geleden ondertekend, of een klok loopt verkeerd. Zet ze opnieuw; "
    "helpt dat niet, laat dan de klok van de computers nakijken.",
)

NOT_BELIEVED = frozenset({UNSIGNED.code, WRONG.code, STALE.code})


def sign(key: bytes, trajectory: str, step: str, request: Json, at: datetime) -> Json:
    """Return the request with its signature."""
    bare = _bare(request)
    moment = at.isoformat(timespec="seconds")
    return {**bare, "signed": {"at": moment, "mac": _mac(key, trajectory, step, bare, moment)}}


def spoken(signed: Sign, trajectory: str, heard: Heard) -> Json:
    """Return what a trajectory is told, as it is sent."""
    return signed(trajectory, HEAR, heard.model_dump(mode="json", exclude={"signed"}))


def as_it_is(_trajectory: str, _step: str, request: Json) -> Json:
    """Sign nothing: where people are invented nobody asks."""
    return request


def weigh(
    keys: Iterable[bytes],
    trajectory: str,
    step: str,
    request: Any,
    now: datetime,
    *,
    within: timedelta,
    unsigned: bool,
) -> Refusal | None:
    """Say why a request's origin is not believed, or None.

    With `unsigned` a step may come without signature when it does not claim to be from us.
    """
    if not isinstance(request, dict):
        return None  # no request at all: reading it says so
    signed = request.get("signed")
    if signed is None:
        claims = request.get("source", Source.TEMPORAL) != Source.TEMPORAL
        return UNSIGNED if claims or not unsigned else None
    if not isinstance(signed, dict) or not all(isinstance(signed.get(n), str) for n in _NEEDED):
        return WRONG
    at = _moment(signed["at"])
    if at is None or not request.get("id"):
        return WRONG
    if not _is_right(keys, trajectory, step, request, signed):
        return WRONG
    return None if abs(now - at) <= within else STALE


def _moment(text: str) -> datetime | None:
    """Return the moment that a signature names, when it names one and says in which zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _is_right(
    keys: Iterable[bytes], trajectory: str, step: str, request: Json, signed: Json
) -> bool:
    bare, given = _bare(request), signed["mac"].encode(errors="replace")
    try:
        return any(
            hmac.compare_digest(_mac(key, trajectory, step, bare, signed["at"]).encode(), given)
            for key in keys
        )
    except (ValueError, RecursionError):  # half a character, or nested beyond reason
        return False


def _mac(key: bytes, trajectory: str, step: str, bare: Json, at: str) -> str:
    covered = canonical([_PURPOSE, trajectory, step, at, bare])
    return hmac.digest(key, covered, hashlib.sha256).hex()


def _bare(request: Json) -> Json:
    return {name: value for name, value in request.items() if name != "signed"}
