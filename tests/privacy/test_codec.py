from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import (
    DataConverter,
    DefaultPayloadConverter,
    WorkflowSerializationContext,
)
from temporalio.exceptions import ApplicationError

from gateway.connect import data_converter
from models.unreadable import Why, marker
from privacy import master
from privacy.codec import ENCODING, KEY, NOT_SEALED, ResidentCodec
from privacy.erasing import erase
from privacy.errors import Erased
from privacy.keys import KeyRing
from stores.engine import make_engine

NOW = datetime(2027, 5, 6, tzinfo=UTC)
FREE = "vond een kamer bij haar tante"


def of(engine: AsyncEngine, workflow: str) -> DataConverter:
    context = WorkflowSerializationContext(namespace="opstap", workflow_id=workflow)
    return data_converter(engine).with_context(context)


async def test_what_is_sent_is_ciphertext_under_the_residents_own_key(sealed: AsyncEngine) -> None:
    (payload,) = await of(sealed, "trajectory-a").encode([{"text": FREE}])

    assert FREE.encode() not in payload.SerializeToString()
    assert {"encoding": ENCODING, KEY: b"resident/a"} == dict(payload.metadata)
    assert [{"text": FREE}] == await of(sealed, "trajectory-a").decode([payload])


async def test_what_belongs_to_nobody_is_under_the_programmes_key(sealed: AsyncEngine) -> None:
    for converter in (of(sealed, "programme-digest"), data_converter(sealed)):
        (payload,) = await converter.encode(["x"])
        assert b"programme" == payload.metadata[KEY]


async def test_what_is_sealed_already_stays_as_it_is(sealed: AsyncEngine) -> None:
    converter = of(sealed, "trajectory-a")
    (payload,) = await converter.encode([FREE])
    codec = converter.payload_codec
    assert codec is not None
    assert [payload] == await codec.encode([payload])


async def marked(engine: AsyncEngine, workflow: str, payload: Payload) -> object:
    (value,) = await of(engine, workflow).decode([payload])
    return value


async def test_what_cannot_be_opened_becomes_a_marker_and_never_an_error(
    sealed: AsyncEngine, ring: KeyRing, tmp_path: Path
) -> None:
    (good,) = await of(sealed, "trajectory-a").encode([FREE])
    plain = DefaultPayloadConverter().to_payloads([FREE])[0]
    damaged = Payload(metadata=good.metadata, data=good.data[:-1])
    refused = Payload(metadata={"encoding": ENCODING, KEY: NOT_SEALED})

    assert marker(Why.PLAIN) == await marked(sealed, "trajectory-a", plain)
    assert marker(Why.PLAIN) == await marked(sealed, "trajectory-a", Payload())
    assert marker(Why.OTHER_KEY) == await marked(sealed, "trajectory-b", good)
    assert marker(Why.DAMAGED) == await marked(sealed, "trajectory-a", damaged)
    assert marker(Why.NOT_ALLOWED) == await marked(sealed, "trajectory-a", refused)
    lost = make_engine(
        f"sqlite:///{tmp_path}/lost.db", KeyRing(master.loader(None, tmp_path / "x"))
    )
    assert marker(Why.NO_KEYS) == await marked(lost, "trajectory-a", good)
    await lost.dispose()
    await erase(sealed, "trajectory-a", NOW)
    assert marker(Why.ERASED) == await marked(sealed, "trajectory-a", good)
    with pytest.raises(Erased, match="Dit dossier is gewist"):
        await of(sealed, "trajectory-a").encode([FREE])
    del ring


async def test_a_failure_is_sealed_and_a_refusal_stays_a_sentence(sealed: AsyncEngine) -> None:
    converter = of(sealed, "trajectory-a")
    for error, readable in (
        (ApplicationError("Dat kan niet.", {"code": FREE}, type="StepRefused"), True),
        (ApplicationError("Dat kan niet.", {"code": FREE}, type="Other"), False),
        (RuntimeError("Dat kan niet."), False),
    ):
        failure = Failure()
        await converter.encode_failure(error, failure)
        seen = failure.SerializeToString()
        assert readable is (b"Dat kan niet." in seen)
        assert FREE.encode() not in seen
        assert not failure.stack_trace
        assert "Dat kan niet." in str(await converter.decode_failure(failure))


async def test_without_keys_values_travel_as_they_are(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/plain.db")
    (payload,) = await of(engine, "trajectory-a").encode([FREE])

    assert FREE.encode() in payload.data
    await engine.dispose()


async def test_a_mistyped_trajectory_gets_no_key(sealed: AsyncEngine, ring: KeyRing) -> None:
    codec = ResidentCodec(ring, sealed)

    assert not await codec.knows("resident/nobody")
    await of(sealed, "trajectory-a").encode([FREE])
    assert await codec.knows("resident/a")
