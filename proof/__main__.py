"""`python -m proof FILE… --public-key KEY`: check exports with nothing but this package."""

import argparse
import sys
from pathlib import Path

from proof.export import Checked, check
from proof.keys import read_public
from proof.words import ProofError


def main(arguments: list[str] | None = None) -> int:
    """Check the files; 0 when all is well, 1 when something is not, 2 for wrong usage."""
    parser = argparse.ArgumentParser("python -m proof", description="Kijk uitvoeren van Opstap na.")
    parser.add_argument("files", nargs="+", type=Path, metavar="BESTAND")
    parser.add_argument("--public-key", required=True, type=Path, metavar="SLEUTEL")
    given = parser.parse_args(arguments)
    try:
        trusted = read_public(given.public_key)
    except ProofError as error:
        print(error, file=sys.stderr)
        return 1
    good = True
    for path in exports_in(given.files):
        try:
            checked = check(path.read_bytes(), trusted)
        except OSError as error:
            checked = Checked("", 0, 0, "", [f"niet te lezen: {error.strerror}"])
        good = good and not checked.problems
        for line in told(path, checked):
            print(line, file=sys.stderr if checked.problems else sys.stdout)
    return 0 if good else 1


def exports_in(paths: list[Path]) -> list[Path]:
    """Return the files, with those of a folder by name."""
    return [
        one for path in paths for one in (sorted(path.glob("*.zip")) if path.is_dir() else [path])
    ]


def told(path: Path, checked: Checked) -> list[str]:
    """Return what was found out, in sentences."""
    if checked.problems:
        return [f"{path}: {problem}." for problem in checked.problems]
    text = (
        f"{path}: ongeschonden. {checked.trajectory}, {checked.rows} rijen, "
        f"{checked.letters} brieven en bijlagen, controlepunt {checked.checkpoint}."
    )
    return [text]


if __name__ == "__main__":
    sys.exit(main())
