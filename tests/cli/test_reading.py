import json
from datetime import date
from pathlib import Path

import pytest

from gateway.lists import initials
from tests.cli.conftest import Opstap

pytestmark = pytest.mark.dev_server


@pytest.fixture
def trajectory(opstap: Opstap, tmp_path: Path) -> str:
    path = tmp_path / "rij.csv"
    path.write_text(
        "naam;geboortedatum;geslacht;begeleider;woonwens\nLees Mij Voor;27/3/2007;x;jade;delen\n"
    )
    (row,) = json.loads(opstap("refer", path, "--json").out)
    return str(row["trajectory"])


def line_of(out: str, trajectory: str) -> str:
    (line,) = [line for line in out.splitlines() if trajectory in line]
    return line


def test_a_list_shows_initials_and_never_a_name(opstap: Opstap, trajectory: str) -> None:
    out = opstap("list", "--partner", "veerpont").out

    assert line_of(out, trajectory).startswith(f"{trajectory}  L.M.V.  Wachtlijst  veerpont")
    assert "TRAJECT" == out.split()[0]
    assert "Lees" not in out
    assert "L.M.V." not in opstap("list", "--by", "aud").out
    assert "Er is niemand.\n" == opstap("list", "--partner", "zot").out


def test_what_comes_is_told_with_its_letter(opstap: Opstap, trajectory: str) -> None:
    opstap("step", trajectory, "report_support_ended", "--data", '{"since": "1/1/2026", '
           '"reason": "ziek"}', "--by", "an")  # fmt: skip
    words = ["--field", "region=traject", "--field", "reason=ziekte_crisis", "--field", "owner=an"]
    until = date.fromordinal(date.today().toordinal() + 30)  # noqa: DTZ011 (any near day will do)
    opstap(
        "step", trajectory, "hold", *words, "--field", f"until={until.isoformat()}", "--by", "an"
    )

    future = opstap("future", trajectory).out
    shown = opstap("show", trajectory, "--by", "an").out

    assert "Deze brief vertrekt.  " in future
    assert "Bevestiging van de aanmelding" in future
    assert "pauze tot en met " in future
    assert f"{trajectory}  Lees Mij Voor\n" in shown
    assert "  Pauze traject     tot en met " in shown
    assert "  - [supporter_gone] Zoek een nieuwe begeleider: de begeleiding viel weg." in shown
    assert "Klaar, wacht op verzending" in shown
    assert "Begeleiding valt weg" in shown


def test_the_waitlist_and_the_tasks_are_tables(opstap: Opstap, trajectory: str) -> None:
    opstap(
        "step", trajectory, "report_support_ended", "--field", "since=1/1/2026", "--field",
        "reason=ziek", "--by", "an",
    )  # fmt: skip

    assert "begeleiding onbekend  plaats " in line_of(opstap("waitlist").out, trajectory)
    tasks = opstap("tasks", "--role", "coordinator").out
    assert f"Coördinator  {trajectory}  supporter_gone" in tasks
    assert tasks.splitlines()[-1].startswith("Afvinken: opstap step TRAJECT close_task")
    assert "Er zijn geen open taken.\n" == opstap("tasks", "--role", "volunteer").out


def test_who_needs_no_birth_date_sees_that_it_is_masked(opstap: Opstap, trajectory: str) -> None:
    shown = [opstap("show", trajectory, "--by", who) for who in ("tom", "an")]
    assert [0, 0] == [said.code for said in shown]
    assert [True, False] == ["[afgeschermd]" in said.out for said in shown]


def test_the_audit_knows_a_trajectory_by_the_beginning_of_its_id(
    opstap: Opstap, trajectory: str, tmp_path: Path
) -> None:
    short = trajectory.removeprefix("trajectory-")[:9]
    said = opstap("audit", "replay", short)
    assert (0, "") == (said.code, said.err)
    assert said.out.startswith("1 geschiedenissen nagespeeld (")
    assert said.out.endswith(" gebeurtenissen): 1 gelijk, 0 anders.\n")

    out = tmp_path / "dossier.zip"
    unknown = opstap("audit", "export", "zot", "--out", out)
    assert (1, "Er is geen traject 'zot'. Zoek het op met `opstap list`.\n") == (
        unknown.code,
        unknown.err,
    )


def test_who_was_forgotten_has_no_initials() -> None:
    assert ("L.M.V.", "[gewist]") == (initials("Lees Mij Voor"), initials("[gewist]"))
