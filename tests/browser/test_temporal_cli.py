"""The same step with the plain `temporal` program: an answer, or a sentence and no trace."""

import json
from typing import Any

import pytest

from tests.browser.conftest import Newcomer, Temporal, Updates

pytestmark = pytest.mark.dev_server
ONE_OBJECT = 'Geef één JSON-object, bv. {"who": "an", "role": "coordinator", "data": {…}}.'
KEYS: dict[str, Any] = {"on": "2027-06-01", "keys": 2, "first_talk_at": "2027-06-22T10:00"}


def asked(role: str = "coordinator", /, **data: object) -> str:
    return json.dumps({"who": "an", "role": role, "data": data})


async def test_a_right_step_is_accepted_with_a_dutch_answer(
    newcomer: Newcomer, temporal: Temporal, updates: Updates
) -> None:
    trajectory = await newcomer()
    before = await updates(trajectory)

    told = await temporal(
        *("workflow", "update", "execute", "-w", trajectory, "-o", "json"),
        *("--name", "change_wish", "-i", asked(living="delen")),
    )

    assert 0 == told.code, told.text
    result = json.loads(told.text)["result"]
    assert "'Woonwens wijzigen' is vastgelegd. Fase: Wachtlijst." == result["text"]
    assert before + 2 == await updates(trajectory)


@pytest.mark.parametrize(
    ("name", "inputs", "sentence"),
    [
        pytest.param(
            "hand_over_keys",
            [asked(**KEYS)],
            "'Sleutels geven' kan niet in de fase 'Wachtlijst'. "
            "Wat nu wel kan: 'Oproepen', 'Aanmelding intrekken'.",
            id="wrong stage",
        ),
        pytest.param(
            "call_up",
            [asked("supporter", to="intake", at="2027-05-06T11:00", place="kantoor")],
            "'Oproepen' is niet voor een individuele begeleider, "
            "wel voor: coördinator, groepsbegeleider, leidinggevende.",
            id="wrong role",
        ),
        pytest.param(
            "change_wish",
            [asked(living=5)],
            "Alleen wonen of woning delen (living): kies 'alleen' of 'delen'.",
            id="wrong type in the data",
        ),
        pytest.param(
            "change_wish",
            [json.dumps({"who": 5, "role": "coordinator", "data": "delen"})],
            "Wie (who): schrijf hier tekst. "
            "Gegevens (data): geef hier een lijst van namen en waarden.",
            id="wrong types around the data",
        ),
        pytest.param(
            "change_wish",
            ["{}"],
            "Wie (who): vul dit in. Rol (role): vul dit in.",
            id="empty object",
        ),
        pytest.param("change_wish", ['"delen"'], ONE_OBJECT, id="text"),
        pytest.param("change_wish", ["[1, 2]"], ONE_OBJECT, id="list"),
        pytest.param("change_wish", ["null"], ONE_OBJECT, id="null"),
        pytest.param("change_wish", [], ONE_OBJECT, id="no argument"),
        pytest.param("change_wish", [asked(), asked()], ONE_OBJECT, id="two arguments"),
        pytest.param(
            "verhuis",
            [asked()],
            "De stap 'verhuis' bestaat niet. Zie `opstap steps ID`.",
            id="unknown name",
        ),
        pytest.param(
            "verhuis",
            [],
            "De stap 'verhuis' bestaat niet. Zie `opstap steps ID`.",
            id="unknown name without argument",
        ),
    ],
)
async def test_a_wrong_step_is_refused_in_a_dutch_sentence_and_leaves_no_update_event(
    name: str,
    inputs: list[str],
    sentence: str,
    newcomer: Newcomer,
    temporal: Temporal,
    updates: Updates,
) -> None:
    trajectory = await newcomer()
    before = await updates(trajectory)
    given = [word for text in inputs for word in ("-i", text)]

    told = await temporal("workflow", "update", "execute", "-w", trajectory, "--name", name, *given)

    assert 1 == told.code
    refusal = f"{sentence} (type: StepRefused, retryable: false)"
    assert f"Error: unable to update workflow: {refusal}\n" == told.text
    assert before == await updates(trajectory)


async def test_broken_json_does_not_leave_the_program(
    newcomer: Newcomer, temporal: Temporal, updates: Updates
) -> None:
    trajectory = await newcomer()
    before = await updates(trajectory)

    told = await temporal(
        *("workflow", "update", "execute", "-w", trajectory),
        *("--name", "change_wish", "-i", '{"who": "an"'),
    )

    assert (1, "Error: input #1 is not valid JSON\n") == (told.code, told.text)
    assert before == await updates(trajectory)


async def test_an_unknown_trajectory_is_one_line(temporal: Temporal) -> None:
    told = await temporal(
        *("workflow", "update", "execute", "-w", "trajectory-nergens"),
        *("--name", "change_wish", "-i", asked(living="delen")),
    )

    line = "Error: unable to update workflow: workflow not found for ID: trajectory-nergens\n"
    assert (1, line) == (told.code, told.text)


async def test_the_program_shows_the_current_details(
    newcomer: Newcomer, temporal: Temporal
) -> None:
    told = await temporal("workflow", "metadata", "-w", await newcomer())

    assert 0 == told.code, told.text
    for line in ("**Fase:** Wachtlijst", "| Oproepen | `call_up` |"):
        assert line in told.text
