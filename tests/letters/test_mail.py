"""A mail: three forms of one letter for one receiver, the same bytes every time."""

import email
import email.policy
from datetime import UTC, datetime

import pytest

from letters.mail import Envelope, mail_bytes

TO_ALI = Envelope(
    sender="wij@opstap.example",
    to="ali@example.org",
    subject="Één dag",
    at=datetime(2027, 5, 7, 7, 0, tzinfo=UTC),
    message_id="<1@opstap.example>",
)
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 50


def made(envelope: Envelope = TO_ALI) -> bytes:
    return mail_bytes(envelope, "Dag é\n.\nx\n", "<p>Dag é</p>\n", PDF, "brief.pdf")


def test_a_mail_is_text_and_html_and_a_pdf() -> None:
    message = email.message_from_bytes(made(), policy=email.policy.default)
    kinds = [part.get_content_type() for part in message.walk()]
    assert [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ] == kinds
    assert "Één dag" == message["Subject"]
    assert ("auto-generated", "All") == (
        message["Auto-Submitted"],
        message["X-Auto-Response-Suppress"],
    )
    (attachment,) = message.iter_attachments()
    assert PDF == attachment.get_content()


def test_the_same_mail_has_the_same_bytes_and_another_receiver_other_bytes() -> None:
    assert made() == made()
    other = TO_ALI.model_copy(update={"message_id": "<2@opstap.example>"})
    assert made() != made(other)
    assert max(map(len, made().split(b"\r\n"))) <= 998


@pytest.mark.parametrize("field", ["to", "subject", "sender"])
def test_a_line_break_cannot_add_a_header(field: str) -> None:
    wrong = TO_ALI.model_copy(update={field: "x@example.org\nBcc: all@example.org"})
    with pytest.raises(ValueError, match="linefeed or carriage return"):
        made(wrong)
