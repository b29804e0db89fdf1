"""Signing what the gateway sends, and telling a worker whose signature to believe."""

from datetime import timedelta

from pydantic_core import to_jsonable_python

from gateway.lists import Clock
from gateway.settings import Settings
from models.facts import Json
from models.signing import Sign, sign
from privacy import signing_key
from workflows.trust import Trust


def signer(settings: Settings, clock: Clock) -> Sign:
    """Return what signs; without a key requests go as they are.

    Raises:
        SigningKeyError: the key that is given is no key.
    """
    keys = keys_of(settings)

    def signed(trajectory: str, step: str, request: Json) -> Json:
        if not keys:
            return request
        # What is signed is what arrives: a date travels as text.
        return sign(keys[0], trajectory, step, to_jsonable_python(request), clock())

    return signed


def trust_of(settings: Settings) -> Trust | None:
    """Return whom the validators of a worker believe; None where people are invented.

    Raises:
        SigningKeyError: real people, and no key.
    """
    keys = keys_of(settings)
    if not keys:
        if settings.sealed and not settings.unsigned_steps:
            raise signing_key.missing(settings.signing_file)
        return None
    within = timedelta(seconds=settings.signed_within)
    return Trust(keys, within, settings.unsigned_steps)


def keys_of(settings: Settings) -> tuple[bytes, ...]:
    """Return the signing keys, the one that signs first; none where there is no key.

    Raises:
        SigningKeyError: the key that is given is no key.
    """
    given = settings.signing_key
    return signing_key.read(
        given.get_secret_value() if given else None,
        settings.signing_file,
        named=settings.signing_key_file is not None,
    )
