"""The codec service: opens and seals payloads for the Temporal Web UI and program.

Loopback only, a token per role: an auditor may open, staff may also seal, a supporter may neither.
`/r/<id>/…` seals under the key of that trajectory, `/t/<token>/…` carries the token where a browser
cannot send a header. After any status but 200 the `temporal` program asks again until it gives up,
without saying why: so what may not or cannot be opened is a sentence in the place of the value, and
what may not be sealed becomes a payload that the validator refuses.
"""

import asyncio
import base64
import hmac
import json
import logging
import re
import threading
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import urlsplit

from google.protobuf.json_format import MessageToDict, Parse, ParseError
from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.common.v1 import Payload, Payloads

from models.errors import OpstapError
from models.unreadable import Why, unreadable
from models.vocabulary import Role
from privacy.codec import ENCODING, KEY, NOT_SEALED, ResidentCodec
from privacy.master import Masters
from privacy.sealing import derived
from stores.vault import FORGOTTEN, PROGRAMME, resident

LOOPBACK = "127.0.0.1"
LONGEST = 16 * 1024 * 1024
ANSWERED_WITHIN = 20.0
OPENS = frozenset({Role.AUDITOR, Role.MANAGER, Role.COORDINATOR})
SEALS = frozenset({Role.MANAGER, Role.COORDINATOR})
PLACEHOLDERS = {
    Why.ERASED: FORGOTTEN,
    Why.DAMAGED: "[beschadigd]",
    Why.OTHER_KEY: "[sleutel niet gekend]",
    Why.NO_KEYS: "[sleutel nu niet te lezen]",
}
_PATH = re.compile(r"(?:/t/([\w=-]{1,100}))?(?:/r/([\w.-]{1,70}))?/(encode|decode)")
_HOST = re.compile(r"(?:127\.0\.0\.1|localhost)(?::\d+)?")
log = logging.getLogger("opstap.codec")


class Answer(NamedTuple):
    """What the service says: payloads, or a sentence about a request that is none."""

    status: HTTPStatus
    payloads: list[Payload]
    sentence: str = ""


def token_of(masters: Masters, role: Role) -> str:
    """Return the token of a role; it changes with the master key."""
    secret = derived(masters.current.secret, f"codec/{role.value}", 24)
    return base64.urlsafe_b64encode(secret).decode()


def role_of(masters: Masters, token: str) -> Role | None:
    """Return whose token this is, or None."""
    given = token.encode()
    found = [one for one in Role if hmac.compare_digest(token_of(masters, one).encode(), given)]
    return found[0] if found else None


async def answered(
    codec: ResidentCodec, role: Role | None, verb: str, trajectory: str | None, sent: Payloads
) -> list[Payload]:
    """Open or seal payloads, for who may; who may not gets as many that say so."""
    log.info("%s: %d by %s", verb, len(sent.payloads), role or "nobody")
    if verb == "decode":
        if role in OPENS:
            return [await _opened(codec, one) for one in sent.payloads]
        who = "wie geen geldig sleutelwoord geeft" if role is None else f"een {role.label.lower()}"
        return [_shown(f"[geweigerd: {who} mag dit niet lezen]")] * len(sent.payloads)
    owner = PROGRAMME if trajectory is None else resident(trajectory)
    try:
        if role in SEALS and await codec.knows(owner):
            return await codec.of(owner).encode(sent.payloads)
    except (OpstapError, SQLAlchemyError, OSError):
        log.warning("not sealed for %s", owner)
    # Nothing of what was asked travels; whoever decodes this says why it is refused.
    return [Payload(metadata={"encoding": ENCODING, KEY: NOT_SEALED})] * len(sent.payloads)


def _shown(sentence: str) -> Payload:
    """Return a sentence in the place of a value."""
    data = json.dumps(sentence, ensure_ascii=False).encode()
    return Payload(metadata={"encoding": b"json/plain"}, data=data)


async def _opened(codec: ResidentCodec, payload: Payload) -> Payload:
    """Open a payload by the key that it names; what is plain stays as it is."""
    if payload.metadata.get("encoding") != ENCODING:
        return payload
    owner = payload.metadata.get(KEY, b"").decode(errors="replace")
    opened = await codec.opened(payload, owner)
    why = _why(opened)
    if why is None:
        return opened
    return _shown(PLACEHOLDERS.get(why, PLACEHOLDERS[Why.DAMAGED]))


def _why(payload: Payload) -> Why | None:
    try:
        value = json.loads(payload.data)
    except ValueError:
        return None
    return Why(next(iter(value.values()))) if unreadable(value) else None


class CodecService:
    """The running service: HTTP in threads, keys in the loop that started it."""

    def __init__(
        self, codec: ResidentCodec, masters: Masters, port: int, origins: Iterable[str] = ()
    ) -> None:
        """Keep the keys; `origins` are the addresses of Web UIs that may ask from a browser."""
        self.codec = codec
        self.masters = masters
        self.origins = frozenset(origins)
        self._loop = asyncio.get_running_loop()
        self._server = ThreadingHTTPServer((LOOPBACK, port), type("Handler", (_Handler,), {}))
        self._server.daemon_threads = True
        self._server.RequestHandlerClass.service = self  # type: ignore[attr-defined]
        self.port = self._server.server_address[1]

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Answer from now on."""
        serve = self._server.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answer one request, from a thread of its own."""
        found = _PATH.fullmatch(urlsplit(path).path)  # the Web UI adds ?namespace=…
        if found is None:
            return Answer(HTTPStatus.NOT_FOUND, [], "Dit adres bestaat niet.")
        in_path, trajectory, verb = found.groups()
        in_header = headers.get("Authorization", "").removeprefix("Bearer ").strip()
        role = role_of(self.masters, in_path or in_header)
        sent = Payloads()
        try:
            Parse(body, sent, ignore_unknown_fields=True)
            work = answered(self.codec, role, verb, trajectory, sent)
            asked = asyncio.run_coroutine_threadsafe(work, self._loop)
            return Answer(HTTPStatus.OK, asked.result(ANSWERED_WITHIN))
        except (ParseError, UnicodeDecodeError):
            return Answer(HTTPStatus.BAD_REQUEST, [], "Dit zijn geen payloads van Temporal.")
        except Exception:  # any: a 5xx would make the program of Temporal hang
            log.exception("a request was not answered")
            return Answer(HTTPStatus.CONFLICT, [], "Dit lukte nu niet.")


class _Handler(BaseHTTPRequestHandler):
    service: CodecService
    timeout = 10

    def do_OPTIONS(self) -> None:
        self._begin(HTTPStatus.NO_CONTENT)
        self.end_headers()

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not _HOST.fullmatch(self.headers.get("Host", "")):
            answer = Answer(HTTPStatus.MISDIRECTED_REQUEST, [], "Dit adres hoort hier niet.")
        elif not length.isdigit() or int(length) > LONGEST:
            answer = Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, [], "Dit is te groot.")
        else:
            body = self.rfile.read(int(length))
            answer = self.service.answer(self.path, dict(self.headers.items()), body)
        told = MessageToDict(Payloads(payloads=answer.payloads))
        if answer.sentence:
            told = {"message": answer.sentence}
        content = json.dumps(told, ensure_ascii=False).encode()
        self._begin(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _begin(self, status: HTTPStatus) -> None:
        self.send_response(status)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        origin = self.headers.get("Origin", "")
        if origin in self.service.origins:
            self.send_header("Access-Control-Allow-Origin", origin)
            self.send_header("Access-Control-Allow-Methods", "POST, OPTIONS")
            self.send_header(
                "Access-Control-Allow-Headers", "authorization, content-type, x-namespace"
            )
            self.send_header("Vary", "Origin")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (inherited name)
        """Keep quiet: an address may hold a token."""
