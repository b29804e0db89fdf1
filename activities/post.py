"""How a mail leaves: phase by phase, so that it is always known on which side a failure fell.

Before the body nothing has left and a new try is safe. Once the body is on its way only the
server's answer tells; without that answer the mail is uncertain and is never sent again by itself.
"""

import asyncio
import os
import re
import smtplib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from uuid import uuid4

START_BODY, ACCEPTED, FIRST_REFUSAL = 354, 250, 500


@dataclass(frozen=True, slots=True)
class Mail:
    """One message for one receiver, as bytes."""

    sender: str
    to: str
    message_id: str
    content: bytes


class PostError(Exception):
    """Something went wrong with a mail; `code` is the server's, when it gave one."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        """Keep the reason, which may hold an address: it goes to SQL, never to a history."""
        super().__init__(reason)
        self.code = code


class TryLater(PostError):  # noqa: N818 (named for what the caller does)
    """Nothing has left, or the same may go once more; a new try is safe, `after` a while."""

    def __init__(
        self, reason: str, code: int | None = None, after: timedelta | None = None
    ) -> None:
        """Keep how long a new try waits, where it is not for the retry policy to say."""
        super().__init__(reason, code)
        self.after = after


class Refused(PostError):  # noqa: N818 (named for what the caller hears)
    """The server does not want this mail; a new try is useless."""


class Uncertain(PostError):  # noqa: N818 (named for what the caller hears)
    """The body went out and no answer came."""


class Handover(Protocol):
    """A mail that the server is ready to take."""

    async def finish(self) -> None:
        """Hand over the body and wait for the answer; raises `PostError`."""

    async def abandon(self) -> None:
        """Close without a body: nothing has left."""


class Post(Protocol):
    """A way out of the house."""

    def line(self) -> AbstractAsyncContextManager[None]:
        """Hold one of the lines while a mail leaves; raises `TryLater` when all stay busy."""

    async def offer(self, mail: Mail) -> Handover:
        """Bring a mail up to, but not including, its body; raises `TryLater` or `Refused`."""


class SmtpPost:
    """A mail server; one connection and one transaction per mail.

    At most `lines` mails are under way at once: mail servers refuse more (Microsoft 365 takes three
    from one account), and a worker that is killed leaves no more than that many uncertain.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        starttls: bool = False,
        login: tuple[str, str] | None = None,
        timeout: float = 20,
        lines: int = 3,
    ) -> None:
        """Keep where the server is; nothing is opened until a mail is offered."""
        self._host = host
        self._port = port
        self._starttls = starttls
        self._login = login
        self._timeout = timeout
        self._lines = asyncio.Semaphore(lines)

    @asynccontextmanager
    async def line(self) -> AsyncIterator[None]:
        """See `Post`."""
        try:
            async with asyncio.timeout(self._timeout):
                await self._lines.acquire()
        except TimeoutError:
            raise TryLater("alle lijnen naar de mailserver zijn bezet") from None
        try:
            yield
        finally:
            self._lines.release()

    async def offer(self, mail: Mail) -> Handover:
        """See `Post`."""
        return _SmtpHandover(await asyncio.to_thread(self._until_body, mail), mail.content)

    def _until_body(self, mail: Mail) -> smtplib.SMTP:
        connection = smtplib.SMTP(timeout=self._timeout)
        try:
            _expect(connection.connect(self._host, self._port), 220)
            connection.ehlo_or_helo_if_needed()
            if self._starttls:
                connection.starttls()
                connection.ehlo()
            if self._login is not None:
                connection.login(*self._login)
            _expect(connection.mail(mail.sender), ACCEPTED)
            _expect(connection.rcpt(mail.to), ACCEPTED, 251)
            _expect(connection.docmd("DATA"), START_BODY)
        except smtplib.SMTPAuthenticationError as error:
            connection.close()
            raise TryLater("aanmelden bij de mailserver lukt niet", error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            connection.close()
            raise TryLater(str(error) or type(error).__name__) from None
        except PostError:
            _leave(connection)
            raise
        return connection


class _SmtpHandover:
    def __init__(self, connection: smtplib.SMTP, content: bytes) -> None:
        self._connection = connection
        self._content = content

    async def finish(self) -> None:
        await asyncio.to_thread(self._body)

    async def abandon(self) -> None:
        await asyncio.to_thread(self._connection.close)

    def _body(self) -> None:
        try:
            self._connection.send(_dotted(self._content) + b"\r\n.\r\n")
            answer = self._connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._connection.close()
            raise Uncertain(str(error) or type(error).__name__) from None
        try:
            _expect(answer, ACCEPTED)
        finally:
            _leave(self._connection)


class FolderPost:
    """A folder that keeps every mail as an .eml file: for simulations, nothing goes anywhere."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder, made when it is not there."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def line(self) -> AbstractAsyncContextManager[None]:
        """See `Post`; a folder takes any number."""
        return nullcontext()

    async def offer(self, mail: Mail) -> Handover:
        """See `Post`; a folder always accepts."""
        name = re.sub(r"[^A-Za-z0-9.-]", "_", mail.message_id.strip("<>").partition("@")[0])
        return _FolderHandover(self._folder / f"{name}.eml", mail.content)


class _FolderHandover:
    def __init__(self, target: Path, content: bytes) -> None:
        self._target = target
        self._content = content

    async def finish(self) -> None:
        await asyncio.to_thread(self._write)

    async def abandon(self) -> None:
        """Nothing was opened."""

    def _write(self) -> None:
        draft = self._target.with_suffix(f".{uuid4().hex}.part")
        draft.write_bytes(self._content)
        os.replace(draft, self._target)  # noqa: PTH105 (atomic, on every system)


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    code, text = answer
    if code in wanted:
        return
    reason = f"{code} {text.decode(errors='replace')}"
    if code >= FIRST_REFUSAL:
        raise Refused(reason, code)
    raise TryLater(reason, code)


def _leave(connection: smtplib.SMTP) -> None:
    # Trouble with a goodbye changes nothing: the answer about the mail is in.
    with suppress(OSError, smtplib.SMTPException):
        connection.quit()
    connection.close()


def _dotted(content: bytes) -> bytes:
    """Double a dot that begins a line: a line with one dot ends the body."""
    return re.sub(rb"(?m)^\.", b"..", content.removesuffix(b"\r\n"))
