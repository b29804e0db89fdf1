"""The structured communication: twelve digits by which a transfer finds its resident (L1320).

Ten digits that follow from the trajectory's id, and two that check them (modulo 97). The id says
nothing about a person, and neither do the digits. Which of them are somebody's own is a fact of the
store, under a constraint: where two ids come to the same digits, the second takes the next ones.
"""

import hashlib
import re

_TWELVE = re.compile(r"\d{12}", re.ASCII)


def digits_of(trajectory: str, attempt: int = 0) -> str:
    """Return the twelve digits of a trajectory: the first ones, or the next after a collision."""
    name = trajectory if attempt == 0 else f"{trajectory}/{attempt}"
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:16]) % (10**10 - 1) + 1
    return f"{number:010}{number % 97 or 97:02}"


def is_valid(digits: str) -> bool:
    """Say whether these are twelve digits whose check adds up."""
    if _TWELVE.fullmatch(digits) is None:
        return False
    return int(digits[10:]) == (int(digits[:10]) % 97 or 97)


def printed(digits: str) -> str:
    """Write the digits as on a transfer form: +++000/0000/00000+++."""
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
