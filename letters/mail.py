"""A letter as a mail: text, HTML and the PDF, for one receiver; the same bytes every time.

Nothing here is chance: the boundaries come from the Message-ID, the date from the step.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from uuid import NAMESPACE_URL, uuid5

from pydantic import BaseModel, ConfigDict

NAMESPACE = uuid5(NAMESPACE_URL, "https://opstap.example/mime")


class Envelope(BaseModel):
    """From whom, to whom, about what and when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sender: str
    to: str
    subject: str
    at: datetime
    message_id: str


def mail_bytes(envelope: Envelope, text: str, html: str, pdf: bytes, pdf_name: str) -> bytes:
    """Return the message.

    Raises:
        ValueError: an address or a header that mail does not allow.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = envelope.sender
    message["To"] = envelope.to
    message["Subject"] = envelope.subject
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = envelope.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=pdf_name)
    parts = (part for part in message.walk() if part.is_multipart())
    for number, part in enumerate(parts):
        # `=_` occurs in no quoted-printable and no base64 text, so a boundary never does either.
        part.set_boundary(f"=_{uuid5(NAMESPACE, f'{envelope.message_id}/{number}').hex}")
    return message.as_bytes()
