"""The payload codec: everything that goes to Temporal is ciphertext, per resident.

The key is that of the workflow that a payload belongs to, named in its metadata. Decoding never
raises: what is plain, under another key, damaged or forgotten becomes the marker of
`models.unreadable`. Encoding for somebody who was forgotten does raise: nothing may be sent.
"""

import json
from collections.abc import Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import Payload
from temporalio.converter import (
    ActivitySerializationContext,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
    WorkflowSerializationContext,
)

from models.errors import OpstapError
from models.unreadable import Why, marker
from privacy.errors import Erased
from privacy.keys import KeyRing
from privacy.sealing import Damaged
from stores.vault import PROGRAMME, TRAJECTORY_PREFIX, resident

ENCODING = b"binary/opstap-sealed"
KEY = "key"
# In the place of a key's owner: the codec service did not want to seal this.
NOT_SEALED = b"not-sealed"


class ResidentCodec(PayloadCodec, WithSerializationContext):
    """Seals payloads under the key of the workflow they belong to, else the programme's."""

    def __init__(self, ring: KeyRing, engine: AsyncEngine, owner: str = PROGRAMME) -> None:
        """Keep the keys and whose payloads these are."""
        self._ring = ring
        self._engine = engine
        self.owner = owner

    def with_context(self, context: SerializationContext) -> "ResidentCodec":
        """Return the codec of one workflow."""
        workflow = None
        if isinstance(context, WorkflowSerializationContext | ActivitySerializationContext):
            workflow = context.workflow_id
        return self.of(owner_of(workflow))

    def of(self, owner: str) -> "ResidentCodec":
        """Return the codec of an owner."""
        return self if owner == self.owner else ResidentCodec(self._ring, self._engine, owner)

    async def knows(self, owner: str) -> bool:
        """Whether there is a key of this owner, so that none is made for a mistyped one.

        Raises:
            Erased: it was destroyed.
        """
        return await self._ring.key(self._engine, owner, make=False) is not None

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal payloads; one that is sealed already stays as it is.

        Raises:
            Erased: the person was forgotten.
        """
        key = self._ring.remembered(self.owner) or await self._ring.key(
            self._engine, self.owner, make=True
        )
        assert key is not None, "a key that may be made is there"  # noqa: S101
        metadata = {"encoding": ENCODING, KEY: self.owner.encode()}
        return [
            payload
            if payload.metadata.get("encoding") == ENCODING
            else Payload(metadata=metadata, data=key.seal(payload.SerializeToString()))
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open payloads; what cannot be opened becomes a marker."""
        return [await self.opened(payload, self.owner) for payload in payloads]

    async def opened(self, payload: Payload, owner: str) -> Payload:
        """Open a payload of an owner, or return the marker with the reason."""
        if payload.metadata.get("encoding") != ENCODING:
            return _told(Why.PLAIN)
        if payload.metadata.get(KEY) == NOT_SEALED:
            return _told(Why.NOT_ALLOWED)
        if payload.metadata.get(KEY) != owner.encode():
            return _told(Why.OTHER_KEY)
        try:
            key = self._ring.remembered(owner) or await self._ring.key(
                self._engine, owner, make=False
            )
            if key is None:
                return _told(Why.OTHER_KEY)
            return Payload.FromString(key.open(payload.data))
        except Erased:
            return _told(Why.ERASED)
        except Damaged:
            return _told(Why.DAMAGED)
        except (OpstapError, SQLAlchemyError, OSError):
            return _told(Why.NO_KEYS)
        except Exception:  # noqa: BLE001 (whatever it is: a codec that raises sticks a trajectory)
            return _told(Why.DAMAGED)


def owner_of(workflow: str | None) -> str:
    """Return under whose key a workflow's payloads are."""
    if workflow is None or not workflow.startswith(TRAJECTORY_PREFIX):
        return PROGRAMME
    return resident(workflow)


def _told(why: Why) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(marker(why)).encode())
