"""An SMTP server on loopback that keeps every mail as an .eml file and sends nothing on.

Promises that a mail it accepted is whole on disk, with the recipients it was really addressed to
(also the blind ones). Never opens a connection to anywhere.
"""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from aiosmtpd.smtp import SMTP, Envelope, Session

from embedded.ports import LOOPBACK

LARGEST_MAIL_BYTES = 25_000_000


class Catcher:
    """The running catcher; mails land in `folder`, in order of arrival by name."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(
                _Keep(self.folder),
                hostname="opstap.invalid",
                ident="Opstap",
                enable_SMTPUTF8=True,
                data_size_limit=LARGEST_MAIL_BYTES,
            ),
            host=LOOPBACK,
            port=self.port,
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None


class _Keep:
    """The aiosmtpd handler: one file per accepted mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(  # noqa: N802 (the name that aiosmtpd looks for)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        del server, session
        content = envelope.original_content or b""
        await asyncio.to_thread(
            keep, self._folder, content, envelope.mail_from or "", envelope.rcpt_tos
        )
        return "250 Bewaard"


def keep(folder: Path, content: bytes, sender: str, recipients: list[str]) -> Path:
    """Write one mail; the rename makes it appear whole or not at all."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = folder / f"{moment}-{uuid4().hex[:8]}.eml"
    envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
    half = target.with_suffix(".part")
    with half.open("wb") as file:
        file.write(envelope.encode() + content)
        file.flush()
        os.fsync(file.fileno())
    return half.replace(target)
