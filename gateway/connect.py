"""Connecting to Temporal: one data converter for everybody, one clear sentence when it fails."""

import asyncio
from dataclasses import replace
from typing import Any

from temporalio.api.failure.v1 import Failure
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DefaultFailureConverter, PayloadConverter
from temporalio.envconfig import ClientConfig
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from gateway.settings import Settings
from models.errors import OpstapError
from workflows.updates import STEP_REFUSED

PATIENCE = 10.0


class SentenceFailureConverter(DefaultFailureConverter):
    """Sends a refusal as its sentence alone: the Web UI would print our stack trace below it."""

    def to_failure(
        self, exception: BaseException, payload_converter: PayloadConverter, failure: Failure
    ) -> None:
        """Convert as usual; the trace of anything but a refusal stays."""
        super().to_failure(exception, payload_converter, failure)
        if isinstance(exception, ApplicationError) and exception.type == STEP_REFUSED:
            failure.ClearField("stack_trace")


DATA_CONVERTER = replace(pydantic_data_converter, failure_converter_class=SentenceFailureConverter)


class NoServer(OpstapError):  # noqa: N818 (named for what the caller hears)
    """Temporal cannot be reached."""


async def connect(
    settings: Settings, *, patience: float = PATIENCE, identity: str | None = None
) -> Client:
    """Return a client, by address or by a profile of `temporal.toml`.

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
            Client.connect(**options, data_converter=DATA_CONVERTER), patience
        )
    except (RuntimeError, RPCError, TimeoutError, OSError):
        where = options.get("target_host", settings.temporal_address)
        raise NoServer(
            f"Temporal antwoordt niet op {where}. Start alles met `opstap up`, of geef een ander "
            "adres op met OPSTAP_TEMPORAL_ADDRESS."
        ) from None
