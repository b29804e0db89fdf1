"""What an export holds, and whether it all fits: files, chain, checkpoint, history, letters.

Every check is made even where the seal is broken, so that a person hears what was touched. Nothing
of what a file says is repeated in a sentence, except numbers and the keys of letters.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from proof import chain, checkpoint, sealed
from proof.chain import Row
from proof.keys import Trusted
from proof.words import ProofError, canonical, sha256

FORMAT = "opstap-export-1"
MANIFEST, OUTCOMES, LETTERS, CHECKPOINT, STORY = (
    "manifest.json",
    "outcomes.jsonl",
    "stores.jsonl",
    "checkpoint.json",
    "verhaal.txt",
)
HISTORY = "history/"
# A PDF is a file of its own, to be opened; every other thing is text and stands in its line.
PDFS = "letters/"
_PDF = re.compile(r"letters/\d{1,5}\.pdf")
_KEY = re.compile(r"[\w:.-]{1,80}")


class Item(NamedTuple):
    """Something that the log names by its hash: a letter now, a bank file later."""

    store: str
    key: str
    content: bytes
    sha256: str
    row: int | None = None


class Export(NamedTuple):
    """Everything that goes into an export."""

    trajectory: str
    made_at: str
    rows: list[Row]
    histories: list[str]
    items: list[Item]
    checkpoint: checkpoint.Checkpoint
    head: checkpoint.Head
    path: checkpoint.Path
    story: str

    def files(self) -> dict[str, bytes]:
        """Return the files, the manifest with their hashes among them."""
        files = {
            OUTCOMES: _lines(
                {**row._asdict(), "content": row.content.decode("utf-8")} for row in self.rows
            ),
            LETTERS: _lines(_named(number, item) for number, item in enumerate(self.items, 1)),
            CHECKPOINT: canonical(
                {"checkpoint": self.checkpoint.plain(), "head": self.head, "path": self.path}
            ),
            STORY: self.story.encode(),
        }
        for number, item in enumerate(self.items, 1):
            if _is_pdf(item.content):
                files[f"{PDFS}{number}.pdf"] = item.content
        for number, history in enumerate(self.histories, 1):
            files[f"{HISTORY}{number}.json"] = history.encode()
        told = {
            "format": FORMAT,
            "trajectory": self.trajectory,
            "made_at": self.made_at,
            "rows": len(self.rows),
            "head": self.rows[-1].hash if self.rows else chain.GENESIS,
            "checkpoint": self.checkpoint.statement.number,
            "files": {name: sha256(content) for name, content in sorted(files.items())},
        }
        return {MANIFEST: canonical(told), **files}


class Checked(NamedTuple):
    """What was found out about one export."""

    trajectory: str
    rows: int
    letters: int
    checkpoint: str
    problems: list[str]


def _is_pdf(content: bytes) -> bool:
    return content.startswith(b"%PDF-")


def _named(number: int, item: Item) -> dict[str, Any]:
    told = f"{PDFS}{number}.pdf" if _is_pdf(item.content) else item.content.decode("utf-8")
    return {**item._asdict(), "content": told}


def check(content: bytes, trusted: Trusted) -> Checked:
    """Check an export; whatever it holds, this returns and never raises."""
    try:
        opened = sealed.unpack(content, trusted)
    except ProofError as error:
        return Checked("", 0, 0, "", [str(error)])
    problems = [] if opened.problem is None else [opened.problem]
    try:
        return _checked(opened.files, trusted, problems)
    except ProofError as error:
        return Checked("", 0, 0, "", [*problems, str(error)])


def whose(files: Mapping[str, bytes]) -> str:
    """Return the trajectory of an export's files.

    Raises:
        ProofError: the manifest is not that of an export.
    """
    manifest = _read(files, MANIFEST)
    trajectory = manifest.get("trajectory")
    if manifest.get("format") != FORMAT or not isinstance(trajectory, str):
        raise ProofError("het manifest is niet dat van een uitvoer van Opstap")
    return trajectory


def rows_of(files: Mapping[str, bytes]) -> list[Row]:
    """Return the rows of an export's files.

    Raises:
        ProofError: a row cannot be read.
    """
    return list(_rows(files))


def _checked(files: Mapping[str, bytes], trusted: Trusted, problems: list[str]) -> Checked:
    trajectory, manifest = whose(files), _read(files, MANIFEST)
    problems += _differing_files(files, manifest.get("files"))
    rows = rows_of(files)
    if (broken := chain.broken(rows)) is not None:
        problems.append(f"logboek: {broken}")
    if len(rows) != manifest.get("rows") or (rows and rows[-1].hash != manifest.get("head")):
        problems.append(
            f"logboek: er zijn {len(rows)} rijen, en het manifest noemt er andere of meer"
        )
    problems += _histories(files, trajectory)
    items = list(_items(files))
    problems += _letters(items, rows)
    at, wrong = _checkpoint(files, trajectory, rows, trusted)
    problems += wrong
    return Checked(trajectory, len(rows), len(items), at, problems)


def _differing_files(files: Mapping[str, bytes], named: Any) -> Iterator[str]:
    if not isinstance(named, dict):
        yield "het manifest noemt geen bestanden"
        return
    for name in (MANIFEST, OUTCOMES, LETTERS, CHECKPOINT, STORY, f"{HISTORY}1.json"):
        if name not in files:
            yield f"{name} ontbreekt"
    for name, content in files.items():
        if name != MANIFEST and named.get(name) != sha256(content):
            yield f"{_file(name)} is veranderd of hoort niet bij deze uitvoer"


def _rows(files: Mapping[str, bytes]) -> Iterator[Row]:
    for number, told in _read_lines(files, OUTCOMES):
        try:
            yield Row(
                int(told["seq"]),
                str(told["recorded_at"]),
                str(told["content"]).encode("utf-8"),
                str(told["hash"]),
            )
        except (KeyError, TypeError, ValueError):
            raise ProofError(f"{OUTCOMES}, regel {number} is niet te lezen") from None


def _items(files: Mapping[str, bytes]) -> Iterator[Item]:
    for number, told in _read_lines(files, LETTERS):
        try:
            yield Item(
                str(told["store"]),
                str(told["key"]),
                _content(files, str(told["content"])),
                str(told["sha256"]),
                None if told["row"] is None else int(told["row"]),
            )
        except (KeyError, TypeError, ValueError):
            raise ProofError(f"{LETTERS}, regel {number} is niet te lezen") from None


def _content(files: Mapping[str, bytes], told: str) -> bytes:
    return files[told] if _PDF.fullmatch(told) else told.encode("utf-8")


def _letters(items: list[Item], rows: list[Row]) -> Iterator[str]:
    by_number = {row.seq: row for row in rows}
    for item in items:
        what = f"{_shown(item.store)} {_shown(item.key)}"
        if sha256(item.content) != item.sha256:
            yield f"{what} is vervangen: de tekst past niet bij de hash"
        if item.row is not None:
            row = by_number.get(item.row)
            if row is None or item.sha256.encode() not in row.content:
                yield f"{what} is vervangen: rij {item.row} van het logboek noemt een andere hash"


def _histories(files: Mapping[str, bytes], trajectory: str) -> Iterator[str]:
    for name, content in files.items():
        if not name.startswith(HISTORY):
            continue
        try:
            text = content.decode("utf-8")
            # The first event alone: a whole history is long, and its hash was looked at already.
            event, _ = json.JSONDecoder().raw_decode(text, text.index("{", text.index("[")))
            # Older servers leave the id out; then the replay tells.
            told = event["workflowExecutionStartedEventAttributes"].get("workflowId")
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            yield f"{_file(name)} is geen geschiedenis"
            continue
        if told not in {None, trajectory}:
            yield f"{_file(name)} is de geschiedenis van een andere bewoner"


def _checkpoint(
    files: Mapping[str, bytes], trajectory: str, rows: list[Row], trusted: Trusted
) -> tuple[str, list[str]]:
    told = _read(files, CHECKPOINT)
    signed = checkpoint.read(told.get("checkpoint"))
    number = signed.statement.number
    try:
        head = checkpoint.Head(*told["head"])
        came_to = checkpoint.climb(head, [(bool(left), str(hash_)) for left, hash_ in told["path"]])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ProofError(f"de weg naar controlepunt {number} is niet te lezen") from None
    untrue = checkpoint.untrue(signed, trusted)
    problems = [] if untrue is None else [untrue]
    if came_to != signed.statement.root:
        problems.append(f"controlepunt {number} bevat de kop van deze keten niet")
    if head.chain != trajectory:
        problems.append(f"controlepunt {number} gaat over een andere bewoner")
    elif not any((row.seq, row.hash) == (head.seq, head.hash) for row in rows):
        problems.append(
            f"controlepunt {number} kent een andere rij {head.seq} dan het logboek: "
            "het logboek is ingekort of herschreven"
        )
    return f"{number} ({signed.statement.at})", problems


# ---- reading ------------------------------------------------------------------------------------
def _read(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    found = _json(files.get(name, b""), name)
    if not isinstance(found, dict):
        raise ProofError(f"{name} ontbreekt of is niet te lezen")
    return found


def _read_lines(files: Mapping[str, bytes], name: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(files.get(name, b"").splitlines(), 1):
        yield number, _json(line, f"{name}, regel {number}")


def _json(content: bytes, where: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ProofError(f"{where} ontbreekt of is niet te lezen") from None


def _lines(rows: Iterator[dict[str, Any]]) -> bytes:
    return b"".join(canonical(row) + b"\n" for row in rows)


def _file(name: str) -> str:
    known = (OUTCOMES, LETTERS, CHECKPOINT, STORY, MANIFEST)
    ours = re.fullmatch(r"history/\d{1,4}\.json", name) or _PDF.fullmatch(name)
    return name if name in known or ours else "een bestand"


def _shown(text: str) -> str:
    return text if _KEY.fullmatch(text) else "(onleesbaar)"
