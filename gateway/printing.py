"""The print queue: what waits for paper, a batch of it as one PDF, and the proof that came back.

A batch is kept before it is there to be printed: a letter that was printed never looks new again.
"""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from gateway.errors import NotFound, Refused
from gateway.lists import Lists
from letters.batch import Sheaf, as_batch
from letters.render import Letters
from models.calendar import BRUSSELS, day_of
from models.facts import By
from models.letters import LETTERS, LetterKind
from models.vocabulary import STAFF, Channel, LetterStatus
from stores import files, post, prints
from stores.post import StoredLetter

# What a scanner or a telephone makes, by how it begins.
SCANS = {b"%PDF-": "application/pdf", b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
LARGEST_SCAN = 10_000_000


class Queued(NamedTuple):
    """A letter in the post, with how often it was printed."""

    letter: StoredLetter
    printed: int

    @property
    def label(self) -> str:
        return LETTERS[LetterKind(self.letter.kind)].label

    @property
    def post_by(self) -> date | None:
        """The last safe day to post a notice; other letters have none."""
        day = self.letter.facts.get("safe_post_by")
        return date.fromisoformat(day) if day else None


class Batch(NamedTuple):
    """What was printed."""

    path: Path
    letters: list[Queued]
    sha256: str


async def queue(
    lists: Lists, status: str | None = LetterStatus.TO_PRINT.value, by: By | None = None
) -> list[Queued]:
    """Return the letters with a status, the one that must be posted first in front."""
    printed = await prints.counts(lists.engine)
    seen = {row.trajectory for row in await lists.overview(by=by)} if by else None
    found = [
        Queued(letter, printed.get((letter.trajectory, letter.key), 0))
        for letter in await post.list_letters(lists.engine, status=status)
        if seen is None or letter.trajectory in seen
    ]
    return sorted(
        found, key=lambda q: (q.post_by or date.max, q.letter.send_at, q.letter.trajectory)
    )


async def letter_of(lists: Lists, trajectory: str, key: str) -> StoredLetter:
    """Return one letter.

    Raises:
        NotFound: no such letter.
    """
    letter = await post.get_letter(lists.engine, trajectory, key)
    if letter is None:
        raise NotFound(
            f"Er is geen brief '{key}' bij {trajectory}. Zie `opstap show {trajectory}`."
        )
    return letter


async def print_batch(
    lists: Lists, letters: Letters, chosen: Sequence[Queued], by: By, folder: Path
) -> Batch:
    """Make one PDF of letters and keep that they were printed.

    Raises:
        Refused: this person may not, a letter does not wait for paper, or a file is damaged.
    """
    _staff(by)
    sheaves = [sheaf for one in chosen for sheaf in await _sheaves(lists, one)]
    now = lists.clock()
    tree = chosen[0].letter.tree or {}
    name = f"post-{now.astimezone(BRUSSELS):%Y-%m-%d-%H%M%S}"
    logo = letters.sheet(()).logo
    made = as_batch(sheaves, tree["letterhead"], logo, name, day_of(now), by.who)
    sha256 = files.digest(made)
    path = folder / f"{name}-{sha256[:8]}.pdf"
    draft = _written(path, made)
    stored = [one.letter for one in chosen]
    await prints.log_prints(lists.engine, stored, name, now, by.who, sha256)
    draft.replace(path)
    for trajectory in sorted({one.trajectory for one in stored}):
        await lists.looked(trajectory, "print", by)
    return Batch(path, list(chosen), sha256)


async def keep_scan(lists: Lists, trajectory: str, key: str, path: Path) -> str:
    """Keep the scan of a receipt of a registered letter; return the name by which it is known.

    Raises:
        Refused: not a registered letter, or not a scan.
    """
    letter = await letter_of(lists, trajectory, key)
    if letter.channel is not Channel.REGISTERED:
        raise Refused(f"De brief '{key}' is niet aangetekend: er hoort geen bewijs bij.", "channel")
    content = _scan(path)
    kind = next((kind for start, kind in SCANS.items() if content.startswith(start)), None)
    if kind is None:
        raise Refused(f"{path}: dit is geen scan. Geef een PDF, PNG of JPEG.", "file")
    if len(content) > LARGEST_SCAN:
        raise Refused(f"{path}: het bestand is groter dan 10 MB. Scan het kleiner.", "file")
    sha256 = await files.keep_scan(lists.engine, trajectory, kind, content)
    return f"{sha256}.{re.sub('.*/', '', kind)}"


def _scan(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: het bestand is niet te lezen ({error.strerror}).", "file") from None


def _written(path: Path, content: bytes) -> Path:
    """Write a file that only its owner reads, under a name of its own; a full disk is told here."""
    draft = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600)
        draft.write_bytes(content)
    except OSError as error:
        text = f"{path.parent}: hier kan niet geschreven worden ({error.strerror})."
        raise Refused(text, "file") from None
    return draft


def _staff(by: By) -> None:
    if by.role not in STAFF:
        raise Refused("Alleen een medewerker drukt brieven af.", "role")


async def _sheaves(lists: Lists, one: Queued) -> list[Sheaf]:
    letter = one.letter
    if letter.channel is Channel.MAIL or letter.status != LetterStatus.TO_PRINT:
        known = letter.status in set(LetterStatus)
        status = LetterStatus(letter.status).label.lower() if known else letter.status
        raise Refused(f"De brief '{letter.key}' wacht niet op papier: hij is '{status}'.", "status")
    kept = await files.contents(lists.engine, letter)
    sheaves = []
    for copy in letter.copies:
        pdf = kept.get(copy.pdf_sha256 or "", b"")
        if files.digest(pdf) != copy.pdf_sha256:
            raise Refused(
                f"De brief '{letter.key}' is niet meer wat hij was: zijn bestand past niet bij de "
                "hash in het logboek. Druk hem niet af en verwittig de beheerder.",
                "damaged",
            )
        whom = ", ".join(copy.addressee or [copy.role.label])
        sheaves.append(
            Sheaf(whom, one.label, letter.key, letter.channel.label, one.post_by, one.printed, pdf)
        )
    return sheaves
