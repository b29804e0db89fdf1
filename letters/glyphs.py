"""Which characters our fonts can draw, read from the fonts themselves.

A character that no font has would stop the PDF at its sending moment; asked here, the letter is
refused when it is ordered, and the sentence names the character.
"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).parent / "layout" / "fonts"
# Controls of direction could make a text read otherwise than it is stored; the private use area
# is where the renderer keeps its own marks.
FORBIDDEN = frozenset({"Cc", "Co", "Cs", "Cn"})
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LAST_BMP_FORMAT, FULL_FORMAT = 4, 12


def unusable(text: str) -> str | None:
    """Return the first character that a letter cannot hold, or None."""
    if text.isascii() and text.isprintable():
        return None
    return next((char for char in text if _refused(char)), None)


def described(char: str) -> str:
    """Write a character so that a person can find it."""
    shown = f"'{char}' " if char.isprintable() else ""
    name = unicodedata.name(char, "")
    return f"{shown}(U+{ord(char):04X}{' ' + name if name else ''})"


@lru_cache(maxsize=4096)
def _refused(char: str) -> bool:
    if char == "\n":
        return False
    if unicodedata.category(char) in FORBIDDEN or char in OVERRIDES:
        return True
    return ord(char) not in _drawn()


@lru_cache(maxsize=1)
def _drawn() -> frozenset[int]:
    found: set[int] = set()
    for path in sorted(FONTS.glob("*.ttf")):
        found.update(_characters(path.read_bytes()))
    return frozenset(found)


def _characters(font: bytes) -> Iterator[int]:
    """Yield the characters of a font: the `cmap` table of the OpenType specification."""
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * n) for n in range(tables))
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    for number in range(count):
        (offset,) = struct.unpack_from(">I", font, start + 4 + 8 * number + 4)
        at = start + offset
        (form,) = struct.unpack_from(">H", font, at)
        if form == LAST_BMP_FORMAT:
            yield from _segments(font, at)
        elif form == FULL_FORMAT:
            yield from _groups(font, at)


def _segments(font: bytes, at: int) -> Iterator[int]:
    (doubled,) = struct.unpack_from(">H", font, at + 6)
    ends = struct.unpack_from(f">{doubled // 2}H", font, at + 14)
    starts = struct.unpack_from(f">{doubled // 2}H", font, at + 16 + doubled)
    for first, last in zip(starts, ends, strict=True):
        yield from range(first, min(last, 0xFFFE) + 1)


def _groups(font: bytes, at: int) -> Iterator[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    for number in range(count):
        first, last, _ = struct.unpack_from(">III", font, at + 16 + 12 * number)
        yield from range(first, last + 1)
