"""The kept mails as a person reads them: parsed from .eml files, without a network or a template.

A damaged mail never raises: what cannot be read is shown as far as it goes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")
_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-[0-9a-f]{8}")


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """One mail; `key` is its file name without the ending, `seen_by` the envelope recipients."""

    key: str
    caught_at: datetime
    sender: str
    recipients: str
    seen_by: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def keys(folder: Path) -> list[str]:
    """The keys of all mails, newest first."""
    return sorted((p.stem for p in folder.glob("*.eml") if _NAME.fullmatch(p.stem)), reverse=True)


def read(folder: Path, key: str) -> Mail | None:
    """One mail, or None when the key is not one of ours or the file is gone."""
    named = _NAME.fullmatch(key)
    path = folder / f"{key}.eml"
    if named is None or not path.is_file():
        return None
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(path.read_bytes())
    caught_at = datetime.strptime(named[1], "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC)
    return Mail(
        key=key,
        caught_at=caught_at.astimezone(BRUSSELS),
        sender=str(message["From"] or message["X-Envelope-From"] or ""),
        recipients=str(message["To"] or ""),
        seen_by=str(message["X-Envelope-To"] or ""),
        subject=str(message["Subject"] or "(zonder onderwerp)"),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attachments(message)),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return _text(part) if isinstance(part, EmailMessage) else ""


def _text(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except LookupError:  # a character set that does not exist
        return content.decode("utf-8", errors="replace")


def _attachments(message: EmailMessage) -> Iterator[Attachment]:
    for number, part in enumerate(message.iter_attachments(), start=1):
        content = part.get_payload(decode=True)
        yield Attachment(
            name=part.get_filename() or f"bijlage-{number}",
            media_type=part.get_content_type(),
            content=content if isinstance(content, bytes) else bytes(part),
        )
