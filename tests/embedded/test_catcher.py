"""The mail catcher: what was sent is kept whole, and shown without running any of it."""

import asyncio
import http.client
import smtplib
from collections.abc import AsyncIterator, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from embedded import mails
from embedded.catcher import Catcher
from embedded.mail_page import MailPage
from embedded.ports import LOOPBACK, free_port


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    catcher = Catcher(tmp_path / "mails", free_port())
    await catcher.start()
    yield catcher
    await catcher.stop()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[MailPage]:
    page = MailPage(tmp_path / "mails", free_port())
    page.start()
    yield page
    page.stop()


def invitation() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "wonen@opstap.invalid"
    mail["To"] = "Zoë <zoe@bewoners.invalid>"
    mail["Subject"] = "Uitnodiging voor een gesprek – één uur"
    mail.set_content("Dag Zoë,\n\nKom je langs?\n")
    mail.add_alternative("<p>Dag Zoë</p><script>alert(1)</script>", subtype="html")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="brief é.pdf")
    mail.add_attachment(b"<script>", maintype="text", subtype="html", filename="x.html")
    return mail


def send(port: int, mail: EmailMessage, recipients: list[str]) -> None:
    with smtplib.SMTP(LOOPBACK, port, timeout=10) as smtp:
        smtp.send_message(mail, to_addrs=recipients)


def get(port: int, path: str, host: str | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()


async def test_a_mail_is_kept_whole_with_its_blind_recipients(catcher: Catcher) -> None:
    recipients = ["zoe@bewoners.invalid", "blind@partner.invalid"]
    await asyncio.to_thread(send, catcher.port, invitation(), recipients)

    (key,) = mails.keys(catcher.folder)
    mail = mails.read(catcher.folder, key)
    assert mail is not None
    assert "Uitnodiging voor een gesprek – één uur" == mail.subject
    assert "Zoë <zoe@bewoners.invalid>" == mail.recipients
    assert "zoe@bewoners.invalid, blind@partner.invalid" == mail.seen_by
    assert ["Dag Zoë,", "", "Kom je langs?"] == mail.text.splitlines()
    assert ("brief é.pdf", b"%PDF-1.7") == (mail.attachments[0].name, mail.attachments[0].content)


async def test_the_page_shows_a_mail_but_never_runs_it(catcher: Catcher, page: MailPage) -> None:
    await asyncio.to_thread(send, catcher.port, invitation(), ["zoe@bewoners.invalid"])
    (key,) = mails.keys(catcher.folder)

    status, _, listed = await asyncio.to_thread(get, page.port, "/")
    assert 200 == status
    assert f'href="/mail/{key}"' in listed.decode()
    assert "Uitnodiging voor een gesprek – één uur" in listed.decode()

    _, headers, shown = await asyncio.to_thread(get, page.port, f"/mail/{key}")
    assert f'<iframe sandbox="" src="/mail/{key}/html"' in shown.decode()
    assert "script" not in headers["Content-Security-Policy"]
    assert "<script>" not in shown.decode()

    _, headers, html = await asyncio.to_thread(get, page.port, f"/mail/{key}/html")
    assert "<p>Dag Zoë</p>" in html.decode()
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")

    _, headers, pdf = await asyncio.to_thread(get, page.port, f"/mail/{key}/0")
    assert ("application/pdf", b"%PDF-1.7") == (headers["Content-Type"], pdf)
    _, headers, _ = await asyncio.to_thread(get, page.port, f"/mail/{key}/1")
    assert "application/octet-stream" == headers["Content-Type"]
    assert headers["Content-Disposition"].startswith("attachment;")


def test_an_empty_page_says_that_there_is_nothing_yet(page: MailPage) -> None:
    status, _, body = get(page.port, "/")
    assert (200, True) == (status, "Nog geen mails." in body.decode())


@pytest.mark.parametrize(
    "path", ["/mail/../../etc/passwd", "/mail/%2e%2e%2fsecret", "/mail/geen", "/iets"]
)
def test_a_path_that_is_not_a_mail_is_not_found(path: str, page: MailPage) -> None:
    assert 404 == get(page.port, path)[0]


def test_another_host_name_that_points_here_is_turned_away(page: MailPage) -> None:
    assert 421 == get(page.port, "/", host="kwaad.example")[0]


def test_a_damaged_mail_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    key = "20270101T090000.000000Z-0123abcd"
    (tmp_path / f"{key}.eml").write_bytes(
        b"Subject: =?utf-8?q?half\r\nContent-Type: text/plain; charset=onzin\r\n\r\n\xff\xfe"
    )
    mail = mails.read(tmp_path, key)
    assert mail is not None
    assert "=?utf-8?q?half" == mail.subject
    assert "��" == mail.text
