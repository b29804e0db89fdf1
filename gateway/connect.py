"""Opening the database and Temporal: one vault and one data converter for everybody.

What goes to Temporal and what is personal in SQL is sealed, with the keys of one database
(`privacy`). Only invented people and measurements do without: OPSTAP_SEALED=false.
"""

import asyncio
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.failure.v1 import Failure
from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadConverter,
)
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from gateway.settings import Settings
from models.errors import OpstapError
from privacy.codec import ResidentCodec
from privacy.errors import MasterError
from privacy.keys import KeyRing, has_keys, ring_of
from privacy.master import Load, loader
from stores.engine import create_or_upgrade, make_engine
from workflows.updates import STEP_REFUSED

PATIENCE = 10.0


class SentenceFailureConverter(DefaultFailureConverter):
    """Sends a refusal as its sentence alone: the Web UI would print our stack trace below it."""

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """Convert as usual; the trace of anything but a refusal stays."""
        super().to_failure(exception, payload_converter, failure)
        if _is_refusal(exception):
            failure.ClearField("stack_trace")


class SealedFailureConverter(DefaultFailureConverterWithEncodedAttributes):
    """Seals what a failure says; a refusal stays a sentence that the plain program can show."""

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """Leave a refusal readable, without trace; hide the words of everything else."""
        if _is_refusal(exception):
            SentenceFailureConverter().to_failure(exception, payload_converter, failure)
        else:
            super().to_failure(exception, payload_converter, failure)


def _is_refusal(exception: BaseException) -> bool:
    return isinstance(exception, ApplicationError) and exception.type == STEP_REFUSED


_JSON = tuple(PydanticPayloadConverter().converters.values())


class SharedPayloadConverter(CompositePayloadConverter):
    """The SDK's converter for pydantic, built once: the SDK makes one for every workflow it holds.

    Each would build and keep the readers of the same few types.
    """

    def __init__(self) -> None:
        """Take what is there."""
        super().__init__(*_JSON)


_PLAIN = DataConverter(
    payload_converter_class=SharedPayloadConverter,
    failure_converter_class=SentenceFailureConverter,
)


def data_converter(engine: AsyncEngine | None = None) -> DataConverter:
    """Return how values travel: sealed with the keys of this database, plain without keys."""
    ring = ring_of(engine) if engine is not None else None
    if engine is None or ring is None:
        return _PLAIN
    return replace(
        _PLAIN,
        payload_codec=ResidentCodec(ring, engine),
        failure_converter_class=SealedFailureConverter,
    )


def open_database(settings: Settings) -> AsyncEngine:
    """Return the database with its keys; nothing is read before the first use."""
    ring = KeyRing(masters_of(settings)) if settings.sealed else None
    return make_engine(settings.database, ring)


def masters_of(settings: Settings) -> Load:
    """Return what reads the master keys."""
    given = settings.master_key
    return loader(given.get_secret_value() if given else None, settings.master_file)


async def prepare_database(settings: Settings) -> AsyncEngine:
    """Make or upgrade the database and see that the master key is the right one; return it open.

    Raises:
        MasterError: no master key, another one, or a sealed database that is to be used unsealed.
    """
    await create_or_upgrade(settings.database)
    engine = open_database(settings)
    try:
        await _check(engine)
    except BaseException:
        await engine.dispose()
        raise
    return engine


async def _check(engine: AsyncEngine) -> None:
    ring = ring_of(engine)
    if ring is not None:
        await ring.check(engine)
    elif await has_keys(engine):
        raise MasterError(
            "Deze databank is verzegeld: OPSTAP_SEALED=false kan hier niet. Haal het weg."
        )


class NoServer(OpstapError):  # noqa: N818 (named for what the caller hears)
    """Temporal cannot be reached."""


async def connect(
    settings: Settings,
    engine: AsyncEngine | None = None,
    *,
    patience: float = PATIENCE,
    identity: str | None = None,
) -> Client:
    """Return a client, by address or by a profile of `temporal.toml`.

    It seals with the keys of the database; without a database it reads and writes plain values.

    Raises:
        NoServer: nobody answers; the sentence says where was knocked and what to do.
    """
    options: dict[str, Any] = {
        "target_host": settings.temporal_address,
        "namespace": settings.temporal_namespace,
    }
    if settings.temporal_profile is not None:
        options = dict(
            ClientConfig.load_client_connect_config(
                profile=settings.temporal_profile,
                config_file=str(settings.temporal_config) if settings.temporal_config else None,
            )
        )
    if identity is not None:
        options["identity"] = identity
    try:
        return await asyncio.wait_for(
            Client.connect(**options, data_converter=data_converter(engine)), patience
        )
    except (RuntimeError, RPCError, TimeoutError, OSError):
        where = options.get("target_host", settings.temporal_address)
        raise NoServer(
            f"Temporal antwoordt niet op {where}. Start alles met `opstap up`, of geef een ander "
            "adres op met OPSTAP_TEMPORAL_ADDRESS."
        ) from None
