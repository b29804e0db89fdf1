"""The login of the mail server: the password comes from the environment or from a file."""

from pathlib import Path

from pydantic import SecretStr

from models.errors import OpstapError


class MailLoginError(OpstapError):
    """A user without a password, or a password that cannot be read."""


def mail_login(
    user: str | None, password: SecretStr | None, file: Path | None
) -> tuple[str, str] | None:
    """Return user and password; None where no user is given.

    Raises:
        MailLoginError: with a Dutch sentence.
    """
    if not user:
        return None
    given = password.get_secret_value() if password is not None else ""
    found = given or (_read(file) if file is not None else "")
    if not found:
        raise MailLoginError(
            "OPSTAP_SMTP_USER is gezet, maar er is geen wachtwoord: zet het in een bestand en wijs "
            "dat aan met OPSTAP_SMTP_PASSWORD_FILE."
        )
    return user, found


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "geen tekst"
        raise MailLoginError(
            f"Het wachtwoord van de mailserver in {file} kan niet gelezen worden: {why}."
        ) from None
