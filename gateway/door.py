"""What a worker must have before it may reach real people; it refuses at the door, in one sentence.

A mail server of one's own with the example's account would ask residents to pay to nobody.
"""

from ipaddress import ip_address

from gateway.settings import Settings
from letters.sources import OURS, Library
from models.errors import OpstapError


class NotReadyError(OpstapError):
    """The worker may not start like this; says what, where, and what to do."""


def sends_for_real(settings: Settings) -> bool:
    """Whether mail leaves this machine: not into a folder, nor to the catcher on loopback."""
    host = settings.smtp_host
    return settings.post_folder is None and host is not None and not _is_loopback(host)


def check_account(settings: Settings) -> None:
    """See that who really sends letters has an account of its own to be paid on.

    Raises:
        NotReadyError: `pay_to` is still the account of the example, which is nobody's.
        LetterError: the organisation's file cannot be read.
    """
    if not sends_for_real(settings):
        return
    path = Library(settings.letters_dir).example_account()
    if path is None:
        return
    own = "" if path.parent != OURS else "zet een kopie in uw eigen map (OPSTAP_LETTERS_DIR), "
    raise NotReadyError(
        f"De worker start niet, want over {settings.smtp_host} vertrekken echte mails en in {path} "
        f"is `pay_to` nog de rekening van het voorbeeld, van niemand: {own}vul daar de rekening in "
        "waarop bewoners betalen en start opnieuw."
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() in {"", "localhost"}
