"""What arrives: requests, fields and Dutch sentences; nothing is believed before it is read."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import fields
from models.errors import Refusal
from models.requests import Request, read_request
from models.trajectory import STEPS
from models.vocabulary import Role, Source
from tests.models.story import Story

REPLY = STEPS["record_reply"]


# ---- the request --------------------------------------------------------------------------------
@pytest.mark.parametrize("request_", [None, [], "refer", 7])
def test_a_request_is_one_json_object(request_: Any) -> None:
    refusal = read_request(REPLY, request_)
    assert isinstance(refusal, Refusal)
    assert refusal.text.startswith('Geef één JSON-object, bv. {"who": "an"')


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({}, "Wie (who): vul dit in. Rol (role): vul dit in."),
        ({"who": "an", "role": "baas"}, "Rol (role): kies 'coordinator', "),
        ({"who": " ", "role": "manager"}, "Wie (who): dit is geen geldige code."),
        ({"who": "an", "role": "manager", "wat": 1}, "wat (wat): dit veld bestaat niet."),
        ({"who": "an", "role": "manager", "data": []}, "Gegevens (data): "),
        ({"who": "an", "role": "manager", "source": "deadline"}, "Een stap komt van een mens"),
        ({"who": "an", "role": "manager", "second": 3}, "Tweede persoon (second): "),
    ],
)
def test_a_request_that_is_wrong_gets_a_sentence(request_: dict[str, Any], text: str) -> None:
    refusal = read_request(REPLY, request_)
    assert isinstance(refusal, Refusal)
    assert text in refusal.text
    assert _is_dutch(refusal.text)


def test_a_second_person_may_be_written_short() -> None:
    step = STEPS["relocate"]
    for second, role in (("bo", Role.MANAGER), ("bo:coordinator", Role.COORDINATOR)):
        asked = read_request(step, {"who": "an", "role": "coordinator", "second": second})
        assert isinstance(asked, Request)
        assert asked.second is not None
        assert ("bo", role) == (asked.second.who, asked.second.role)


def test_without_a_source_the_source_is_not_confirmed() -> None:
    asked = read_request(REPLY, {"who": "an", "role": "coordinator"})
    assert isinstance(asked, Request)
    assert Source.TEMPORAL is asked.source


def test_an_unknown_step_gets_a_sentence() -> None:
    refusal = Story().t.check("vlieg", {}, datetime(2027, 1, 4, tzinfo=UTC))
    assert refusal is not None
    assert "De stap 'vlieg' bestaat niet. Zie `opstap steps ID`." == refusal.text
    near = Story().t.check("reffer", {}, datetime(2027, 1, 4, tzinfo=UTC))
    assert near is not None
    assert "De stap 'reffer' bestaat niet. Bedoelt u 'refer'?" == near.text


def test_a_step_is_for_its_own_people() -> None:
    s = Story().at_intake()
    refusal = s.refused("call_up", role="supporter", to="intake", at="2027-02-01T10:00", place="k")
    assert "wrong_stage" == refusal.code
    refusal = s.refused("give_verdict", role="supporter", held_on="2027-01-04", verdict="start")
    assert (
        "'Oordeel na intake' is niet voor een individuele begeleider, wel voor: coördinator, "
        "groepsbegeleider, leidinggevende." == refusal.text
    )
    refusal = s.refused("record_reply", answer="komt", second="bo:coordinator")
    assert "'Antwoord noteren' vraagt geen tweede persoon." == refusal.text


def test_a_step_at_the_wrong_stage_says_what_is_possible() -> None:
    refusal = Story().refused("record_reply", answer="komt")
    assert "Dit traject is nog niet aangemeld." == refusal.sentence()
    refusal = Story().referred().refused("record_reply", answer="komt")
    assert (
        "'Antwoord noteren' kan niet in de fase 'Wachtlijst'. Wat nu wel kan: 'Oproepen', "
        "'Aanmelding intrekken'." == refusal.sentence()
    )


def test_the_same_request_twice_is_one_step() -> None:
    s = Story().referred()
    given_ = {"homelessness": "dakloos", "id": "r1"}
    first = s.do("complete_referral", **given_)
    again = s.do("complete_referral", **given_)
    assert ("'Aanmelding aanvullen' is vastgelegd. Fase: Wachtlijst.", 1) == (
        first.text,
        s.kinds.count("complete_referral"),
    )
    assert "'Aanmelding aanvullen' is was al vastgelegd. Fase: Wachtlijst." != again.text
    assert again.text.endswith("was al vastgelegd. Fase: Wachtlijst.")


# ---- dates, moments, amounts --------------------------------------------------------------------
@pytest.mark.parametrize("text", ["2027-05-06", "6/5/2027", "06.05.2027", " 6-5-2027 "])
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert date(2027, 5, 6) == fields.read_day(text)


@pytest.mark.parametrize(
    "text",
    ["2027-05-06T11:00", "6/5/2027 11:00", "6/5/2027 11u00", "2027-05-06T09:00:00+00:00"],
)
def test_a_moment_is_belgian_time(text: str) -> None:
    moment = fields.read_moment(text)
    assert datetime(2027, 5, 6, 9, 0, tzinfo=UTC) == moment


@pytest.mark.parametrize("text", ["2027-05-06", "6/5/2027", "straks", "2027-05-06T25:00", ""])
def test_a_moment_without_an_hour_is_no_moment(text: str) -> None:
    refusal = fields.parse(STEPS["plan_talk"].fields, {"at": text})
    assert isinstance(refusal, Refusal)
    assert "Wanneer (at): schrijf een datum met uur als 6/5/2027 11:00." == refusal.text


@pytest.mark.parametrize(
    ("given_", "amount"),
    [
        ("312,50", "312.50"),
        ("1.312,50", "1312.50"),
        ("€ 312.5", "312.5"),
        (312.5, "312.5"),
        (7, "7"),
    ],
)
def test_an_amount_is_read_as_people_write_it(given_: Any, amount: str) -> None:
    assert Decimal(amount) == fields.read_amount(given_)


@pytest.mark.parametrize(
    ("step", "data", "text"),
    [
        ("refer", {"birth_date": "31/2/2006"}, "31/2/2006 bestaat niet in de kalender."),
        ("refer", {"birth_date": "27/3/08"}, "schrijf een datum als 6/5/2027."),
        ("refer", {"birth_date": 20060327}, "schrijf een datum als 6/5/2027."),
        ("refer", {"sex": "man"}, "Geslacht (sex): kies 'v', 'm' of 'x'."),
        ("refer", {"supporter": "Lien Peeters"}, "dit is geen geldige code."),
        ("hand_over_keys", {"keys": "twee"}, "schrijf een geheel getal."),
        ("hand_over_keys", {"keys": 0}, "dit moet minstens 1 zijn."),
        ("hand_over_keys", {"keys": 99}, "dit mag hoogstens 20 zijn."),
        ("write_off", {"amount": "veel"}, "schrijf een bedrag als 312,50."),
        ("write_off", {"amount": "1,234"}, "schrijf een bedrag als 312,50."),
        ("write_off", {"amount": -1}, "dit moet minstens 0 zijn."),
        ("record_talk", {"weekly_support": "soms"}, "kies ja of neen (true of false)."),
        ("record_talk", {"present": []}, "kies er minstens 1."),
        ("record_talk", {"goals": "koken"}, "geef hier een lijst."),
        ("withdraw", {"reason": "a\x07b"}, "dit bevat een teken dat niet gedrukt kan worden."),
        ("call_up", {"place": "x" * 121}, "dit is te lang (hoogstens 120 tekens)."),
        ("fill_checklist", {"items": []}, "geef hier een lijst van namen en waarden."),
    ],
)
def test_a_wrong_field_gets_its_sentence(step: str, data: dict[str, Any], text: str) -> None:
    refusal = fields.parse(STEPS[step].fields, data)
    assert isinstance(refusal, Refusal)
    assert text in refusal.text


def test_the_data_is_an_object() -> None:
    refusal = fields.parse(REPLY.fields, ["komt"])
    assert isinstance(refusal, Refusal)
    assert "De gegevens moeten een JSON-object zijn, bv. {}." == refusal.text


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(None, True, -1, 10**30, 1.5, float("nan"), float("inf"), [], [1], {}, {"a": None}),
        *("", "x", "\x00", "9" * 40, "2027-02-30", "2027-05-06T25:61", "1,234", "12345678901,00"),
        ["x", "x"],
    ]
)


@given(st.sampled_from(sorted(STEPS)), st.lists(ODD, min_size=1, max_size=4), st.randoms())
def test_whatever_is_written_the_answer_is_dutch_and_never_an_exception(
    step: str, odd: list[Any], chance: Any
) -> None:
    model = STEPS[step].fields
    names = chance.sample([*model.model_fields, "onzin"], min(len(odd), len(model.model_fields)))
    read = fields.parse(model, dict(zip(names, odd, strict=False)))
    if isinstance(read, Refusal):
        assert _is_dutch(read.text), read.text


def _is_dutch(text: str) -> bool:
    words = {"should", "input", "valid", "field", "required", "must", "unable", "least", "value"}
    found = {word.strip(".,:()").lower() for word in text.split()}
    return not words & found


def test_what_is_a_date_or_an_amount_already_is_taken_as_it_is() -> None:
    assert date(2027, 5, 6) == fields.read_day(date(2027, 5, 6))
    naive = datetime(2027, 5, 6, 11, 0)  # noqa: DTZ001 (without a zone it is Belgian time)
    assert datetime(2027, 5, 6, 9, 0, tzinfo=UTC) == fields.read_moment(naive)
    assert Decimal(5) == fields.read_amount(Decimal(5))
    refusal = fields.parse(STEPS["write_off"].fields, {"amount": True, "reason": "x"})
    assert isinstance(refusal, Refusal)
    assert "Bedrag (amount): schrijf een bedrag als 312,50." == refusal.text


def test_what_has_no_sentence_of_its_own_is_still_said_in_dutch() -> None:
    refusal = fields.parse(STEPS["adopt_rules"].fields, {"rules": {"version": "x"}, "reason": "y"})
    assert isinstance(refusal, Refusal)
    assert "Regels (rules.version): dit is geen geldige waarde." in refusal.text


def test_a_bad_request_is_refused_by_the_core_too() -> None:
    refusal = Story().t.check("refer", {"who": "an"}, datetime(2027, 1, 4, tzinfo=UTC))
    assert refusal is not None
    assert "Rol (role): vul dit in." == refusal.text


def test_an_answer_to_a_question_that_is_gone_changes_nothing() -> None:
    s = Story().referred()
    s.t.observe("place_taken", {"text": "niet vrij"}, s.now, "99-reserve_place")
    assert not s.t.unwritten
