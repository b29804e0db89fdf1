"""`opstap step`: taking a step, with its data as JSON or field by field."""

import json
from typing import Any, get_args, get_origin

import click

from cli.doing import with_gateway
from cli.dutch import command
from cli.printing import by_option, json_option, print_json
from gateway.steps import Gateway
from models.facts import Json, StepAnswer
from models.trajectory import STEPS

_YES_NO = {"ja": True, "true": True, "neen": False, "nee": False, "false": False}


@command(
    "step",
    examples=[
        "opstap step 3fa9 change_wish --field living=delen --by an",
        'opstap step 3fa9 call_up --field to=intake --field "at=6/5/2027 11:00" … --by an',
        "opstap step 3fa9 fill_checklist --field items.motivatie=groen … --second bo --by an",
        """opstap step 3fa9 reject --data '{"reason": "rood", "text": "…"}' --second bo --by an""",
    ],
)
@click.argument("trajectory", metavar="ID")
@click.argument("name", metavar="STAP")
@click.option("--data", metavar="JSON", help="De gegevens van de stap, als JSON-object.")
@click.option("--field", "fields", multiple=True, metavar="NAAM=WAARDE", help="Eén gegeven.")
@click.option("--second", metavar="WIE", help="De tweede medewerker, bv. bo of bo:manager.")
@click.option("--override", metavar="REDEN", help="Waarom een leidinggevende afwijkt.")
@click.option("--request-id", metavar="KENMERK", help="Zelfde kenmerk is zelfde stap.")
@by_option(required=True, help_text="Wie de stap zet; de rol staat in het register.")
@json_option
def step(
    trajectory: str,
    name: str,
    data: str | None,
    fields: tuple[str, ...],
    second: str | None,
    override: str | None,
    request_id: str | None,
    by: str,
    as_json: bool,
) -> None:
    """Zet een stap. Wat er kan, en wat elke stap vraagt, toont `opstap steps ID`.

    Een lijst schrijft u met komma's, een punt in de naam gaat naar binnen.
    """
    given = {**read_data(data), **read_fields(name, fields)}

    async def take(gateway: Gateway) -> StepAnswer:
        person = await gateway.person(by)
        other = await gateway.person(second) if second else None
        found = await gateway.find(trajectory, person)
        return await gateway.step(
            found, name, given, person, second=other, override=override, request_id=request_id
        )

    answer = with_gateway(take)
    if as_json:
        print_json(answer.model_dump(mode="json"))
        return
    print(answer.text)
    for letter in answer.letters:
        print(f"  Brief klaargezet: {letter}")


def read_data(text: str | None) -> Json:
    """Read `--data`, or say where the JSON breaks off."""
    if text is None:
        return {}
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise click.UsageError(
            f"--data is geen geldige JSON: fout bij teken {error.pos + 1} van de tekst."
        ) from None
    if not isinstance(data, dict):
        raise click.UsageError('--data moet een JSON-object zijn, bv. \'{"reason": "ziek"}\'.')
    return data


def read_fields(step_name: str, fields: tuple[str, ...]) -> Json:
    """Read `--field name=value …`; `items.motivatie=groen` goes inside `items`."""
    data: Json = {}
    for field in fields:
        name, equals, text = field.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--field '{field}': schrijf NAAM=WAARDE.")
        outer, dot, inner = name.partition(".")
        if dot:
            inside = data.setdefault(outer, {})
            if not isinstance(inside, dict):
                raise click.UsageError(f"--field '{field}': '{outer}' heeft al een waarde.")
            inside[inner] = text
        else:
            data[name] = _value(_type_of(step_name, name), text)
    return data


def _type_of(step_name: str, name: str) -> Any:
    row = STEPS.get(step_name)
    info = row.fields.model_fields.get(name) if row else None
    return None if info is None else info.annotation


def _value(kind: Any, text: str) -> Any:
    """Read a word as the field needs it; what does not fit is left for the step to refuse."""
    kinds = {kind, *get_args(kind)}
    if text[:1] in {"[", "{"}:
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    if any(get_origin(one) is list for one in kinds) or kind is list:
        return [word.strip() for word in text.split(",") if word.strip()]
    if bool in kinds or any(True in get_args(one) for one in kinds):
        return _YES_NO.get(text.strip().casefold(), text)
    return text
