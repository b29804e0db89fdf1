import asyncio
import base64
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.api.common.v1 import Payload

from models.vocabulary import Role
from privacy import master
from privacy.codec import KEY, NOT_SEALED, ResidentCodec
from privacy.erasing import erase
from privacy.keys import KeyRing
from privacy.service import CodecService, token_of

NOW = datetime(2027, 5, 6, tzinfo=UTC)
ORIGIN = "http://127.0.0.1:8233"
PLAIN = {"metadata": {"encoding": base64.b64encode(b"json/plain").decode()}}
HELLO = {**PLAIN, "data": base64.b64encode(b'"hallo"').decode()}


class Asking:
    """Asks the service as the Temporal program does."""

    def __init__(self, service: CodecService, masters: master.Masters) -> None:
        self.service = service
        self.masters = masters

    async def __call__(
        self, path: str, *payloads: Any, role: Role | None = None, body: bytes | None = None
    ) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "X-Namespace": "opstap"}
        if role is not None:
            headers["Authorization"] = f"Bearer {token_of(self.masters, role)}"
        content = body if body is not None else json.dumps({"payloads": payloads}).encode()
        request = urllib.request.Request(  # noqa: S310
            self.service.address + path, content, headers, method="POST"
        )
        return await asyncio.to_thread(self._open, request)

    @staticmethod
    def _open(request: urllib.request.Request) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture
async def asking(sealed: AsyncEngine, ring: KeyRing, master_file: Any) -> AsyncIterator[Asking]:
    masters = master.read(master_file)
    service = CodecService(ResidentCodec(ring, sealed), masters, 0, [ORIGIN])
    service.start()
    yield Asking(service, masters)
    service.stop()


async def sealed_for(ring: KeyRing, engine: AsyncEngine, owner: str) -> dict[str, Any]:
    plain = Payload(metadata={"encoding": b"json/plain"}, data=b'"geheim"')
    (payload,) = await ResidentCodec(ring, engine, owner).encode([plain])
    return {
        "metadata": {
            name: base64.b64encode(value).decode() for name, value in payload.metadata.items()
        },
        "data": base64.b64encode(payload.data).decode(),
    }


def said(answer: tuple[int, Any]) -> list[str]:
    status, told = answer
    assert 200 == status, told
    return [base64.b64decode(one["data"]).decode() for one in told["payloads"]]


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (Role.AUDITOR, '"geheim"'),
        (Role.COORDINATOR, '"geheim"'),
        (Role.SUPPORTER, '"[geweigerd: een individuele begeleider mag dit niet lezen]"'),
        (Role.VOLUNTEER, '"[geweigerd: een vrijwilliger mag dit niet lezen]"'),
        (None, '"[geweigerd: wie geen geldig sleutelwoord geeft mag dit niet lezen]"'),
    ],
)
async def test_who_may_reads_and_who_may_not_reads_that(
    asking: Asking, ring: KeyRing, sealed: AsyncEngine, role: Role | None, words: str
) -> None:
    secret = await sealed_for(ring, sealed, "resident/a")

    assert [words] == said(await asking("/decode", secret, role=role))


async def test_a_step_is_sealed_for_its_trajectory_by_staff_alone(
    asking: Asking, ring: KeyRing, sealed: AsyncEngine
) -> None:
    await ring.key(sealed, "resident/a", make=True)
    for role, path, key in (
        (Role.COORDINATOR, "/r/a/encode", b"resident/a"),
        (Role.MANAGER, "/r/trajectory-a/encode", b"resident/a"),
        (Role.AUDITOR, "/r/a/encode", NOT_SEALED),
        (Role.SUPPORTER, "/r/a/encode", NOT_SEALED),
        (Role.COORDINATOR, "/r/nobody/encode", NOT_SEALED),
    ):
        status, told = await asking(path, HELLO, role=role)
        (payload,) = told["payloads"]
        assert (200, key) == (status, base64.b64decode(payload["metadata"][KEY]))
        assert "ImhhbGxvIg==" not in json.dumps(payload)


async def test_what_is_plain_stays_as_it_is(asking: Asking) -> None:
    assert ['"hallo"'] == said(await asking("/decode", HELLO, role=Role.AUDITOR))


async def test_a_forgotten_person_and_a_damaged_value_are_placeholders(
    asking: Asking, ring: KeyRing, sealed: AsyncEngine
) -> None:
    gone = await sealed_for(ring, sealed, "resident/a")
    kept = await sealed_for(ring, sealed, "resident/b")
    damaged = {**kept, "data": base64.b64encode(b"x" * 40).decode()}
    strange = {"metadata": {**kept["metadata"], KEY: base64.b64encode(b"resident/c").decode()}}
    await erase(sealed, "trajectory-a", NOW)

    told = said(await asking("/r/a/decode", gone, kept, damaged, strange, role=Role.AUDITOR))
    assert ['"[gewist]"', '"geheim"', '"[beschadigd]"', '"[sleutel niet gekend]"'] == told
    status, sent = await asking("/r/a/encode", HELLO, role=Role.MANAGER)
    assert NOT_SEALED == base64.b64decode(sent["payloads"][0]["metadata"][KEY])
    assert 200 == status


async def test_a_browser_carries_the_token_in_the_address(
    asking: Asking, ring: KeyRing, sealed: AsyncEngine
) -> None:
    secret = await sealed_for(ring, sealed, "programme")
    token = token_of(asking.masters, Role.AUDITOR)

    for path in ("decode", "decode?namespace=opstap"):
        assert ['"geheim"'] == said(await asking(f"/t/{token}/{path}", secret))


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/decode", b"{", 400), ("/decode", b"\xff", 400), ("/", b"{}", 404), ("/x/decode", b"", 404)],
)
async def test_nonsense_is_answered_with_a_sentence(
    asking: Asking, path: str, body: bytes, status: int
) -> None:
    answer, told = await asking(path, body=body, role=Role.AUDITOR)

    assert status == answer
    assert told["message"].endswith(".")


async def test_only_a_known_web_page_may_ask_from_a_browser(asking: Asking) -> None:
    def asked(origin: str) -> str | None:
        request = urllib.request.Request(  # noqa: S310
            asking.service.address + "/decode", headers={"Origin": origin}, method="OPTIONS"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            allowed: str | None = answer.headers.get("Access-Control-Allow-Origin")
            return allowed

    assert ORIGIN == await asyncio.to_thread(asked, ORIGIN)
    assert None is await asyncio.to_thread(asked, "http://evil.example")


async def test_a_name_that_points_here_from_elsewhere_is_refused(asking: Asking) -> None:
    request = urllib.request.Request(  # noqa: S310
        asking.service.address + "/decode", b"{}", {"Host": "evil.example"}, method="POST"
    )
    status, _ = await asyncio.to_thread(Asking._open, request)
    assert 421 == status
