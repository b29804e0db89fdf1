"""The key that signs steps: gateway and worker share it, the database and Temporal never see it.

It comes from OPSTAP_SIGNING_KEY (the key itself) or a file (OPSTAP_SIGNING_KEY_FILE, else
`signing.key` in the state folder), made as the master key is (`privacy.master`). Several may stand
there, one a line: the first signs, all of them are believed.
"""

from pathlib import Path

from models.errors import OpstapError
from privacy.master import secrets_of

FILE = "signing.key"


class SigningKeyError(OpstapError):
    """The signing key is missing, unreadable, or something else."""


def read(key: str | None, file: Path, *, named: bool) -> tuple[bytes, ...]:
    """Return the keys; none where no key is given and no file was named or is there.

    Raises:
        SigningKeyError: a key that is no key, or a named file that cannot be read.
    """
    if key is not None:
        return _parsed(key, "OPSTAP_SIGNING_KEY")
    try:
        text = file.read_text(encoding="ascii")
    except FileNotFoundError:
        if named:
            raise missing(file) from None
        return ()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "geen tekst"
        raise SigningKeyError(
            f"De ondertekensleutel {file} kan niet gelezen worden: {why}."
        ) from None
    return _parsed(text, str(file))


def missing(file: Path) -> SigningKeyError:
    """Return the error of a key that is not there."""
    return SigningKeyError(
        f"Er is geen ondertekensleutel: {file} bestaat niet. Wijs ze aan met "
        "OPSTAP_SIGNING_KEY_FILE, of maak er een met `opstap codec signing BESTAND` en geef "
        "dezelfde aan elk programma dat stappen zet."
    )


def _parsed(text: str, where: str) -> tuple[bytes, ...]:
    try:
        found = tuple(secrets_of(text))
    except ValueError:
        found = ()
    if not found:
        raise SigningKeyError(
            f"De ondertekensleutel in {where} is niet goed: verwacht worden 32 bytes als base64, "
            "zoals `opstap codec signing BESTAND` ze maakt."
        )
    return found
