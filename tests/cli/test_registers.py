import json
from pathlib import Path

import pytest

from tests.cli.conftest import Opstap

pytestmark = pytest.mark.dev_server


def test_a_register_is_loaded_again_and_listed(opstap: Opstap, tmp_path: Path) -> None:
    path = tmp_path / "registers.jsonl"
    path.write_text(
        '{"partner": {"id": "proef", "name": "Proefhuis", "agreement_on": "2026-01-01", '
        '"supporters": ["eva"]}}\n\n{"staff": {"id": "ida", "role": "group_worker"}}\n'
        '{"dwelling": {"id": "p1", "bedrooms": 2, "places": 2}}\n'
    )

    first = opstap("registers", "load", path)
    opstap("registers", "load", path)
    listed = json.loads(opstap("registers", "list", "--json").out)

    assert (0, "Geladen: 1 partners, 0 begeleiders, 1 woningen, 1 medewerkers.\n") == (
        first.code,
        first.out,
    )
    (partner,) = [one for one in listed["partners"] if one["id"] == "proef"]
    assert ["eva"] == partner["supporters"]
    assert "p1-2  " in opstap("registers", "list").out


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{zot", "regel 2: dit is geen geldige JSON."),
        ('{"pand": {}}', 'regel 2: verwacht wordt één van {"partner": …}, '),
        ('{"dwelling": {"id": "x"}}', "regel 2: bedrooms (bedrooms): vul dit in."),
        (
            '{"supporter": {"id": "x", "partner": "y"}}',
            "De begeleider 'x' hoort bij de partner 'y', en die is niet gekend.",
        ),
    ],
)
def test_one_wrong_line_and_nothing_changes(
    opstap: Opstap, tmp_path: Path, line: str, sentence: str
) -> None:
    path = tmp_path / "registers.jsonl"
    path.write_text(f'{{"staff": {{"id": "nieuw", "role": "manager"}}}}\n{line}\n')

    said = opstap("registers", "load", path)

    assert (1, "") == (said.code, said.out)
    assert sentence in said.err
    assert "nieuw" not in opstap("registers", "list").out
