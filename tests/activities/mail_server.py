"""A mail server that fails on command, at the phase that a test asks for."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

DROP = "drop"


@dataclass
class FaultyServer:
    """Answers SMTP on loopback; `faults` gives, by phase, one answer (or a drop) per mail.

    Phases: connect, mail, rcpt, data (the command), body (an answer instead of 250, or a drop
    after the last byte without keeping anything), and
    accepted (the mail is kept and the line goes dead before the answer). `most` is how many talked
    to it at once.
    """

    faults: dict[str, list[str]] = field(default_factory=dict)
    accepted: list[tuple[str, bytes]] = field(default_factory=list)
    port: int = 0
    most: int = 0
    _talking: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    @property
    def bodies(self) -> list[bytes]:
        return [body for _, body in self.accepted]

    def _fault(self, phase: str) -> str | None:
        planned = self.faults.get(phase)
        return planned.pop(0) if planned else None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._talking += 1
        self.most = max(self.most, self._talking)
        try:
            await self._mail(reader, writer)
        except ConnectionError:
            pass
        finally:
            self._talking -= 1
            writer.close()

    async def _mail(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n")

        def answer(phase: str, otherwise: str) -> bool:
            fault = self._fault(phase)
            if fault == DROP:
                raise ConnectionError
            say(fault or otherwise)
            return fault is None

        answer("connect", "220 ready")
        receiver = ""
        while line := await reader.readline():
            word = line.split()[0].upper()
            if word in {b"EHLO", b"HELO", b"RSET"}:
                say("250 hello")
            elif word == b"MAIL":
                answer("mail", "250 ok")
            elif word == b"RCPT":
                receiver = line.decode().partition("<")[2].partition(">")[0]
                answer("rcpt", "250 ok")
            elif word == b"DATA":
                if not answer("data", "354 go ahead"):
                    continue
                body = await reader.readuntil(b"\r\n.\r\n")
                fault = self._fault("body")
                if fault == DROP:
                    raise ConnectionError
                if fault is not None:
                    say(fault)
                    continue
                self.accepted.append((receiver, body.removesuffix(b".\r\n")))
                answer("accepted", "250 kept")
            elif word == b"QUIT":
                say("221 bye")
                return
