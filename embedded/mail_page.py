"""A small loopback web page that lists the caught mails and shows each one safely.

A mail is a stranger's text: its HTML is shown in a sandboxed frame whose content policy allows no
script, no form and no address outside. Reads only; answers only to loopback names, so that a web
page elsewhere cannot read along through a name that points here.
"""

import re
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from embedded import mails
from embedded.ports import LOOPBACK

PAGE_LENGTH = 100
_PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'"
_MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'none'; base-uri 'none'"
)
_PATH = re.compile(r"/mail/([^/]+)(?:/(html|\d+))?")
_HOST = re.compile(r"(?:127\.0\.0\.1|localhost)(?::\d+)?")
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).with_name("templates")),
    autoescape=True,
    undefined=StrictUndefined,
)


class MailPage:
    """The running page, in a thread of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        folder = self.folder

        class Handler(_Handler):
            mails_folder = folder

        self._server = ThreadingHTTPServer((LOOPBACK, self.port), Handler)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        ).start()

    def stop(self) -> None:
        """Stop listening; waits a tenth of a second at most."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Handler(BaseHTTPRequestHandler):
    mails_folder: Path
    timeout = 10

    def do_GET(self) -> None:
        if not _HOST.fullmatch(self.headers.get("Host", "")):
            self._page(HTTPStatus.MISDIRECTED_REQUEST, "Dit adres hoort hier niet.")
            return
        url = urlsplit(self.path)
        if url.path == "/":
            self._list(url.query)
        elif found := _PATH.fullmatch(url.path):
            self._show(found[1], found[2])
        else:
            self._page(HTTPStatus.NOT_FOUND, "Deze pagina bestaat niet.")

    def _list(self, query: str) -> None:
        asked = re.fullmatch(r"pagina=(\d{1,6})", query)
        keys = mails.keys(self.mails_folder)
        pages = max(1, -(-len(keys) // PAGE_LENGTH))
        page = min(max(int(asked[1]) if asked else 1, 1), pages)
        shown = keys[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
        found = [mail for key in shown if (mail := mails.read(self.mails_folder, key))]
        html = _TEMPLATES.get_template("list.html").render(
            mails=found, total=len(keys), page=page, pages=pages
        )
        self._answer(html.encode(), "text/html; charset=utf-8", policy=_PAGE_POLICY)

    def _show(self, key: str, part: str | None) -> None:
        mail = mails.read(self.mails_folder, key)
        if mail is None:
            self._page(HTTPStatus.NOT_FOUND, "Deze mail is er niet (meer).")
        elif part is None:
            html = _TEMPLATES.get_template("mail.html").render(mail=mail)
            self._answer(html.encode(), "text/html; charset=utf-8", policy=_PAGE_POLICY)
        elif part == "html":
            self._answer(mail.html.encode(), "text/html; charset=utf-8", policy=_MAIL_POLICY)
        elif int(part) < len(mail.attachments):
            self._attachment(mail.attachments[int(part)])
        else:
            self._page(HTTPStatus.NOT_FOUND, "Deze bijlage is er niet.")

    def _attachment(self, attachment: mails.Attachment) -> None:
        # Only a PDF opens in the browser; anything else could be a page that acts as if it were us.
        pdf = attachment.media_type == "application/pdf"
        name = quote(attachment.name, safe="")
        self._answer(
            attachment.content,
            "application/pdf" if pdf else "application/octet-stream",
            policy="default-src 'none'" if not pdf else "default-src 'self'; object-src 'self'",
            disposition=f"{'inline' if pdf else 'attachment'}; filename*=UTF-8''{name}",
        )

    def _page(self, status: HTTPStatus, sentence: str) -> None:
        self._answer(sentence.encode(), "text/plain; charset=utf-8", status=status)

    def _answer(
        self,
        content: bytes,
        media_type: str,
        *,
        policy: str = "default-src 'none'",
        disposition: str | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", policy)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-store")
        if disposition is not None:
            self.send_header("Content-Disposition", disposition)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (inherited name)
        """Keep quiet: the terminal belongs to the person, and a subject line may hold a name."""
