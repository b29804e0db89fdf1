"""Making the files of a letter that may leave: PDF and HTML, kept under their hashes.

Typst works in a few threads of its own, off the event loop. A letter that cannot be drawn (an
address that does not fit) is a reason, not an exception: a person hears of it.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.ext.asyncio import AsyncEngine

from letters.errors import LetterError
from letters.html import as_html
from letters.pdf import RENDERER, as_pdf
from letters.render import Letters
from models.vocabulary import Channel
from stores import files
from stores.files import Made
from stores.post import Copy, StoredLetter

# One compiler a thread (letters/pdf.py); more threads than cores only cost memory.
_drawing = ThreadPoolExecutor(2, "opstap-letters")


async def filed(engine: AsyncEngine, letters: Letters, letter: StoredLetter) -> str | None:
    """See that a letter has its files and its proof; return why it cannot have them, or None."""
    if letter.proof is not None:
        return None
    loop = asyncio.get_running_loop()
    try:
        made = await loop.run_in_executor(_drawing, _made, letters, letter)
    except LetterError as error:
        return str(error)
    letter.proof = await files.keep(engine, letter, made, RENDERER)
    return None


def _made(letters: Letters, letter: StoredLetter) -> list[Made]:
    drawn: dict[tuple[str, ...], bytes] = {}
    for copy in letter.copies:
        whom = tuple(copy.addressee or ())
        if whom not in drawn:
            drawn[whom] = _pdf(letters, letter, whom)
    return [_of_copy(letter, copy, drawn[tuple(copy.addressee or ())]) for copy in letter.copies]


def _pdf(letters: Letters, letter: StoredLetter, whom: tuple[str, ...]) -> bytes:
    sheet = letters.sheet(
        whom,
        window=letter.channel is not Channel.MAIL,
        registered=letter.channel is Channel.REGISTERED,
    )
    return as_pdf(letter.tree or {}, sheet)


def _of_copy(letter: StoredLetter, copy: Copy, pdf: bytes) -> Made:
    if letter.channel is not Channel.MAIL:
        return Made(copy, pdf, None)
    return Made(copy, pdf, as_html(letter.tree or {}, copy.care_of or "").encode())
