"""Account numbers: one way of writing each, the check of an IBAN, and old Belgian numbers."""

import re

_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", re.ASCII)
_BELGIAN = re.compile(r"\d{12}", re.ASCII)


def plain(account: str) -> str:
    """Write an account number without spaces, in capitals; a Belgian one as its IBAN."""
    written = "".join(account.split()).upper().removeprefix("IBAN")
    if _BELGIAN.fullmatch(written) and int(written[10:]) == (int(written[:10]) % 97 or 97):
        return _checked("BE", written)
    return written


def is_iban(account: str) -> bool:
    """Say whether this is an IBAN whose check adds up."""
    return _IBAN.fullmatch(account) is not None and _remainder(account[4:] + account[:4]) == 1


def spaced(account: str) -> str:
    """Write an account number in groups of four."""
    return " ".join(account[at : at + 4] for at in range(0, len(account), 4))


def _checked(country: str, number: str) -> str:
    return f"{country}{98 - _remainder(f'{number}{country}00'):02}{number}"


def _remainder(text: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in text)) % 97
