"""veraPDF, the reference validator, on every letter; skipped where it is not at hand.

Set OPSTAP_VERAPDF to a class path with veraPDF's validation model and a JAXB implementation (on
Debian libjaxb-java), and have a JDK: `tests/letters/vera/Verify.java` is run from its source.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from letters.catalogue import wanted_languages
from letters.pdf import as_pdf
from letters.render import Letters
from letters.samples import ADDRESSEE, DAY, PEOPLE
from models.letters import LETTERS
from models.vocabulary import Channel
from tests.letters.test_payment import DUE
from tests.letters.writing import own

CLASSES = os.environ.get("OPSTAP_VERAPDF")
VERIFY = Path(__file__).parent / "vera" / "Verify.java"


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not (CLASSES and shutil.which("java")), reason="OPSTAP_VERAPDF or java missing")
def test_every_letter_passes_pdf_a_2a_and_pdf_ua_1(tmp_path: Path) -> None:
    files = drawn(tmp_path)
    control = tmp_path / "control.pdf"
    control.write_bytes(
        files[0].read_bytes().replace(b"pdfaid:conformance>A<", b"pdfaid:conformance>U<")
    )
    done = subprocess.run(
        ["java", "-cp", CLASSES or "", str(VERIFY), "2a,ua1", *map(str, [*files, control])],
        capture_output=True,
        text=True,
        check=True,
    )
    verdicts = [line for line in done.stdout.splitlines() if line[:4] in {"PASS", "FAIL"}]
    assert 2 * len(files) + 2 == len(verdicts)
    failed = [line for line in verdicts if line.startswith("FAIL")]
    assert [str(control)] == [line.split(" ")[2] for line in failed], failed


def drawn(folder: Path) -> list[Path]:
    """Every letter in every language, and one with a payment and a table."""
    letters = Letters()
    files = []
    for row in LETTERS.values():
        for language in wanted_languages(row):
            facts = letters.library.sample(row.kind.value)
            made = letters.render(row.kind.value, facts, PEOPLE, DAY, language=language)
            sheet = letters.sheet(
                ADDRESSEE,
                window=row.channel is not Channel.MAIL,
                registered=row.channel is Channel.REGISTERED,
            )
            path = folder / f"{row.kind.value}-{language}.pdf"
            path.write_bytes(as_pdf(made.tree, sheet))
            files.append(path)
    body = "| Wat | Bedrag |\n|:--|--:|\n| huur | {{ 5|euro }} |\n\n{{ due|payment }}\n"
    paid = own(folder, body).render("not_started", {"due": DUE}, PEOPLE, DAY)
    path = folder / "payment.pdf"
    path.write_bytes(as_pdf(paid.tree, letters.sheet(ADDRESSEE)))
    return [*files, path]
