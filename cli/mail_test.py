"""`opstap post test`: one mail through the mail server that was set up, or why there is none."""

import asyncio
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import click

from activities.post import Mail, PostError, SmtpPost
from gateway.errors import Refused
from gateway.programmes import find_programme
from gateway.running import settings
from gateway.settings import Settings

WORDS = "Deze mail komt van Opstap. De mailserver is goed ingesteld.\n"


@click.command("test")
@click.option("--to", "to", required=True, metavar="ADRES", help="Waar de proefmail heen gaat.")
def test(to: str) -> None:
    """Stuur één proefmail over de ingestelde mailserver."""
    chosen = settings()
    if chosen.post_folder is not None or not chosen.smtp_host:
        raise Refused(
            "Er is geen mailserver ingesteld: Opstap verstuurt niets, alles blijft op deze "
            "computer. Zet OPSTAP_SMTP_HOST en OPSTAP_SMTP_PORT, en zo nodig OPSTAP_SMTP_TLS=true, "
            "OPSTAP_SMTP_USER en OPSTAP_SMTP_PASSWORD_FILE.",
            "no_smtp",
        )
    if to.count("@") != 1 or not to.isprintable() or " " in to:
        raise click.UsageError(f"'{to}' is geen mailadres.")
    where = f"{chosen.smtp_host}:{chosen.smtp_port}"
    try:
        asyncio.run(_send(chosen, to))
    except PostError as error:
        raise Refused(f"De proefmail vertrok niet over {where}: {error}.", "smtp") from None
    how = "versleuteld (TLS)" if chosen.smtp_tls else "NIET versleuteld: zet OPSTAP_SMTP_TLS=true"
    click.echo(f"De proefmail aan {to} is aangenomen door {where}, {how}.")


async def _send(chosen: Settings, to: str) -> None:
    sender, at = find_programme(chosen).sender, datetime.now(UTC)
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, to
    message["Subject"] = "Proefmail van Opstap"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<proef-{at:%Y%m%d%H%M%S%f}@{sender.rpartition('@')[2]}>"
    message.set_content(WORDS)
    server = SmtpPost(
        chosen.smtp_host or "",
        chosen.smtp_port,
        starttls=chosen.smtp_tls,
        login=chosen.smtp_login,
    )
    mail = Mail(sender, to, message["Message-ID"], message.as_bytes())
    handover = await server.offer(mail)
    await handover.finish()
