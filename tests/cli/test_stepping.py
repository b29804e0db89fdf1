import json
from hashlib import sha256
from pathlib import Path

import pytest

from cli.stepping import read_fields
from tests.cli.conftest import Opstap

pytestmark = pytest.mark.dev_server


@pytest.fixture
def trajectory(opstap: Opstap, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    path = tmp_path / "rij.json"
    person = {
        # A name of at most 120 characters, another for every test.
        "name": f"Stap {sha256(request.node.name.encode()).hexdigest()[:16]}",
        "birth_date": "2007-03-27",
        "sex": "v",
        "supporter": "lien",
        "living": "alleen",
    }
    path.write_text(json.dumps([person]))
    (row,) = json.loads(opstap("refer", path, "--json").out)
    return str(row["trajectory"])


def test_a_step_is_taken_and_says_where_it_leads(opstap: Opstap, trajectory: str) -> None:
    said = opstap("step", trajectory, "change_wish", "--field", "living=delen", "--by", "an")

    assert (0, "'Woonwens wijzigen' is vastgelegd. Fase: Wachtlijst.\n", "") == (
        said.code,
        said.out,
        said.err,
    )


def test_a_refused_step_says_why(opstap: Opstap, trajectory: str) -> None:
    said = opstap(
        "step",
        trajectory,
        "call_up",
        "--field",
        "to=intake",
        "--field",
        "at=6/5/2030 11:00",
        "--field",
        "place=hier",
        "--by",
        "an",
    )

    assert (1, "") == (said.code, said.out)
    assert (
        "Vul eerst in sinds wanneer er begeleiding is ('Aanmelding aanvullen'). Een leidinggevende "
        "kan met een reden een uitzondering maken.\n" == said.err
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["change_wish", "--field", "living=soms", "--by", "an"],
            "Alleen wonen of woning delen (living): kies 'alleen' of 'delen'.",
        ),
        (
            ["change_wish", "--data", '{"living": 3, "zot": 1}', "--by", "an"],
            (
                "Alleen wonen of woning delen (living): kies 'alleen' of 'delen'. "
                "zot (zot): dit veld bestaat niet."
            ),
        ),
        (
            ["change_whish", "--by", "an"],
            "De stap 'change_whish' bestaat niet. Bedoelt u 'change_wish'?",
        ),
        (["xyz", "--by", "an"], "De stap 'xyz' bestaat niet. Zie `opstap steps ID`."),
        (
            ["change_wish", "--field", "living=delen", "--by", "zot"],
            (
                "'zot' staat niet in het register van medewerkers of begeleiders. Laad het met "
                "`opstap registers load BESTAND`."
            ),
        ),
        (
            ["change_wish", "--field", "living=delen", "--by", "an:manager"],
            "'an' staat in het register als coördinator (coordinator), niet als 'manager'.",
        ),
        (
            ["change_wish", "--field", "living=delen", "--by", "tom"],
            (
                "'Woonwens wijzigen' is niet voor een technisch beheerder, wel voor: coördinator, "
                "groepsbegeleider, leidinggevende, individuele begeleider."
            ),
        ),
    ],
)
def test_every_refusal_is_one_sentence_and_exit_code_one(
    opstap: Opstap, trajectory: str, words: list[str], sentence: str
) -> None:
    said = opstap("step", trajectory, *words)

    assert (1, "", f"{sentence}\n") == (said.code, said.out, said.err)


def test_a_resident_who_does_not_exist_is_one_sentence(opstap: Opstap) -> None:
    for words in (["show", "zzz"], ["future", "zzz"], ["steps", "trajectory-zzz"]):
        said = opstap(*words)
        assert (1, "") == (said.code, said.out)
        assert said.err == f"Er is geen traject '{words[1]}'. Zoek het op met `opstap list`.\n"


def test_a_beginning_that_several_share_asks_for_more(
    opstap: Opstap, trajectory: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    del trajectory
    path = tmp_path / "nog.csv"
    path.write_text(
        "name,birth_date,sex,supporter,living\nNog Iemand,2007-03-27,v,lien,alleen\n"
        f"Nog {request.node.name},2007-03-27,v,lien,alleen\n"
    )
    opstap("refer", path)

    said = opstap("show", "trajectory-")

    assert (1, "") == (said.code, said.out)
    assert said.err.startswith("'trajectory-' past op ")
    assert said.err.endswith(". Typ er meer van.\n")


def test_what_can_be_done_comes_with_a_line_to_copy(opstap: Opstap, trajectory: str) -> None:
    said = opstap("steps", trajectory, "--by", "lien")

    assert (0, "") == (said.code, said.err)
    assert f"  opstap step {trajectory} change_wish --field living=alleen --by lien\n" in said.out
    assert "call_up" not in said.out
    assert "vult Opstap in" not in opstap("steps", trajectory).out


def test_a_supporter_lists_the_own_residents_only(opstap: Opstap, trajectory: str) -> None:
    own = json.loads(opstap("list", "--by", "lien", "--json").out)
    other = json.loads(opstap("list", "--by", "sam", "--json").out)

    assert {"lien"} == {row["supporter"] for row in own}
    assert trajectory in {row["trajectory"] for row in own}
    assert trajectory not in {row["trajectory"] for row in other}
    assert 1 == opstap("show", trajectory, "--by", "sam").code


def test_a_task_is_listed_and_ticked_off(opstap: Opstap, trajectory: str) -> None:
    gone = ["--field", "since=1/1/2026", "--field", "reason=andere job"]
    opstap("step", trajectory, "report_support_ended", *gone, "--by", "an")

    (task,) = [
        one
        for one in json.loads(opstap("tasks", "--who", "an", "--json").out)
        if one["trajectory"] == trajectory and one["key"] == "supporter_gone"
    ]
    assert "Zoek een nieuwe begeleider: de begeleiding viel weg." == task["text"]
    opstap("step", trajectory, "close_task", "--field", "task=supporter_gone", "--by", "an")
    left = json.loads(opstap("tasks", "--role", "coordinator", "--json").out)
    assert (trajectory, "supporter_gone") not in {(one["trajectory"], one["key"]) for one in left}


def test_the_waitlist_says_why_somebody_stands_there(opstap: Opstap, trajectory: str) -> None:
    rows = json.loads(opstap("waitlist", "--json").out)
    (mine,) = [row for row in rows if row["trajectory"] == trajectory]

    assert list(range(1, len(rows) + 1)) == [row["position"] for row in rows]
    assert mine["reason"].startswith(f"plaats {mine['position']} op de wachtlijst: aangemeld op ")


@pytest.mark.parametrize(
    ("step", "fields", "data"),
    [
        (
            "record_talk",
            ("present=bewoner, begeleider", "weekly_support=ja", "counts=neen"),
            {"present": ["bewoner", "begeleider"], "weekly_support": True, "counts": False},
        ),
        ("recommend", ("consent=ja",), {"consent": True}),
        (
            "fill_checklist",
            ("items.a=groen", "items.b=rood"),
            {"items": {"a": "groen", "b": "rood"}},
        ),
        ("fill_checklist", ('items={"a": "groen"}',), {"items": {"a": "groen"}}),
        ("call_up", ("place=a=b, c",), {"place": "a=b, c"}),
        ("hand_over_keys", ("keys=2",), {"keys": "2"}),
        ("zot", ("a=1,2",), {"a": "1,2"}),
    ],
)
def test_a_field_is_read_as_its_step_needs_it(
    step: str, fields: tuple[str, ...], data: dict[str, object]
) -> None:
    assert data == read_fields(step, fields)
