import json
import re
from pathlib import Path

import pytest

from models.errors import ScriptError
from models.trajectory import STEPS
from simulation.guide import example_line, renewed
from simulation.script import read_script, script_lines

PAGE = Path(__file__).parents[2] / "docs" / "scripts.md"
END = '{"until": "2027-03-01"}'
PARTNER = '{"partner": {"id": "joba", "name": "Joba", "supporters": ["lien"]}}'
STEP = (
    '{"at": "%s", "who": "an", "role": "coordinator", "resident": "r1", "step": "undo", "data": {}}'
)


def refused(*lines: str) -> str:
    with pytest.raises(ScriptError) as error:
        read_script(lines, "proef.jsonl")
    return str(error.value)


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (("{",), "regel 1: dit is geen JSON, kijk bij teken 2."),
        (("[]",), 'regel 1: elke regel is één JSON-object, bv. {"until": "2028-05-04"}.'),
        (
            (END, PARTNER),
            "regel 2: na de regel met 'until' komt niets meer.",
        ),
        ((), 'regel 1: het script heeft geen einde: zet als laatste {"until": "2028-05-04"}.'),
        (
            ('{"flat": 1}', END),
            (
                "regel 1: 'flat' is niet gekend; een regel is een stap (met 'at' en 'step'), "
                "'until', of één van: partner, dwelling, staff, rules."
            ),
        ),
        (
            ('{"observe": "bank.coda"}', END),
            'regel 1: een waarneming is {"at": …, "observe": {"statement": {"closes": …, …}}}.',
        ),
        ((PARTNER, PARTNER, END), "regel 2: 'joba' staat er twee keer."),
        (
            (STEP % "2027-01-04T10:00", PARTNER, END),
            "regel 2: 'partner' hoort voor de eerste stap te staan.",
        ),
        (
            (STEP % "2027-01-04T10:00", STEP % "2027-01-04T09:59", END),
            "regel 2: deze regel ligt voor de vorige; zet de stappen in volgorde van tijd.",
        ),
        (
            (STEP % "2027-02-30T10:00", END),
            "regel 1: 'at': 2027-02-30 bestaat niet in de kalender.",
        ),
        (
            (STEP % "2027-03-28T02:30", END),
            "regel 1: 'at': dit uur bestaat niet, de klok gaat dan een uur vooruit.",
        ),
        (
            ('{"at": "2027-01-04T10:00", "step": "undo"}', END),
            (
                "regel 1: hier ontbreekt who, role, resident; een stap heeft at, who, role, "
                "resident, step, data, second, override."
            ),
        ),
    ],
)
def test_a_line_that_cannot_be_read_says_where_and_why(
    lines: tuple[str, ...], sentence: str
) -> None:
    assert f"proef.jsonl, {sentence}" == refused(*lines)


def test_moments_are_belgian_in_winter_and_in_summer() -> None:
    lines = [STEP % "2027-01-04T10:00", STEP % "2027-07-05T10:00", '{"until": "2027-08-01"}']

    script = read_script(lines)

    assert ["2027-01-04T09:00:00+00:00", "2027-07-05T08:00:00+00:00"] == [
        fact.at.isoformat() for fact in script.facts
    ]
    assert "2027-07-31T22:00:00+00:00" == script.until.isoformat()


def test_a_script_that_is_written_reads_back_the_same() -> None:
    lines = ['{"rules": "wonen-met-kansen"}', PARTNER, STEP % "2027-01-04T10:00", END]

    first = list(script_lines(read_script(lines)))
    second = list(script_lines(read_script(line.decode() for line in first)))

    assert first == second


def test_the_page_about_scripts_has_every_step_as_the_table_has_it_now() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert renewed(page) == page, "run: python -m simulation.guide"
    for step in STEPS.values():
        assert example_line(step) in page


def test_every_line_in_the_page_about_scripts_can_be_read() -> None:
    page = PAGE.read_text(encoding="utf-8")
    lines = [
        line
        for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)
        for line in block.splitlines()
    ]

    for line in lines:
        read_script([line] if "until" in json.loads(line) else [line, '{"until": "2099-01-01"}'])
    assert len(lines) >= len(STEPS)
