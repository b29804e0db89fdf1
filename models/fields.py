"""What a step asks: the base of every fields model, its Dutch types, and its Dutch error sentences.

A field's title is its label on the form, its description the hint. Dates are read as 2027-05-06 or
6/5/2027, moments as Belgian time, amounts as 312.50 or 312,50.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic import ValidationError as PydanticError
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import ErrorType

from models.calendar import BRUSSELS
from models.errors import Refusal
from models.facts import Json

_SLASHED = re.compile(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2})[:.u](\d{2}))?\s*$")
_ISO = re.compile(r"^\s*(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::00)?)?\s*$")

_HAS_HOUR = re.compile(r"\d[ T]+\d{1,2}[:.u]\d{2}")


def _pieces(text: str) -> tuple[int, int, int, int, int] | None:
    if match := _ISO.match(text):
        year, month, day, hour, minute = (int(piece or 0) for piece in match.groups())
        return year, month, day, hour, minute
    if match := _SLASHED.match(text):
        day, month, year, hour, minute = (int(piece or 0) for piece in match.groups())
        return year, month, day, hour, minute
    return None


def read_day(value: Any) -> Any:
    """Read 2027-05-06 or 6/5/2027; a day that does not exist is refused by name."""
    if not isinstance(value, str):
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        raise PydanticCustomError("dutch_date", "schrijf een datum als 6/5/2027")
    pieces = _pieces(value)
    if pieces is None:
        raise PydanticCustomError("dutch_date", "schrijf een datum als 6/5/2027")
    try:
        return date(*pieces[:3])
    except ValueError:
        raise PydanticCustomError(
            "no_such_day", "{value} bestaat niet in de kalender", {"value": value.strip()}
        ) from None


def read_moment(value: Any) -> Any:
    """Read a Belgian local moment such as 2027-05-06T11:00; an offset is accepted too."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=BRUSSELS)
    hour = _HAS_HOUR.search(value) if isinstance(value, str) else None
    if hour is not None:
        pieces = _pieces(value)
        if pieces is not None:
            # A day that does not exist is refused by name, as where no hour is asked.
            read_day(value[: hour.start() + 1])
        try:
            if pieces is not None:
                return datetime(*pieces, tzinfo=BRUSSELS)
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=BRUSSELS)
        except ValueError:
            pass
    raise PydanticCustomError("dutch_moment", "schrijf een datum met uur als 6/5/2027 11:00")


def read_amount(value: Any) -> Any:
    """Read 312.50, 312,50 or 1.312,50; a float is taken as it is written."""
    if isinstance(value, bool):
        raise PydanticCustomError("dutch_amount", "schrijf een bedrag als 312,50")
    if isinstance(value, float | int):
        return Decimal(str(value))
    if isinstance(value, str):
        text = value.replace("€", "").replace("\u00a0", "").strip()
        if "," in text:
            text = text.replace(".", "").replace(",", ".")
        if re.fullmatch(r"-?\d+(\.\d{1,2})?", text):
            return Decimal(text)
        raise PydanticCustomError("dutch_amount", "schrijf een bedrag als 312,50")
    return value


def _no_control(value: str) -> str:
    if any(ord(c) < 32 and c != "\n" for c in value):
        raise PydanticCustomError("control", "dit bevat een teken dat niet gedrukt kan worden")
    return value


Day = Annotated[date, BeforeValidator(read_day)]
Moment = Annotated[datetime, BeforeValidator(read_moment)]
Amount = Annotated[
    Decimal, BeforeValidator(read_amount), Field(ge=0, decimal_places=2, max_digits=9)
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(_no_control),
]
# A length of its own: a `max_length` on a field of type Text would not be looked at.
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_no_control),
]
Id = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@/-]{0,79}$")
]


class Fields(BaseModel):
    """The base of what a step asks; every step may carry a note."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    note: Text | None = Field(
        default=None, title="Nota", description="zo kort mogelijk, geen diagnoses"
    )


F = TypeVar("F", bound=Fields)


class NoFields(Fields):
    """A step that asks nothing."""


_SENTENCES = {
    "missing": "vul dit in",
    "extra_forbidden": "dit veld bestaat niet",
    "string_too_short": "vul dit in",
    "string_too_long": "dit is te lang (hoogstens {max_length} tekens)",
    "string_pattern_mismatch": "dit is geen geldige code",
    "string_type": "schrijf hier tekst",
    "bool_parsing": "kies ja of neen (true of false)",
    "bool_type": "kies ja of neen (true of false)",
    "int_parsing": "schrijf een geheel getal",
    "int_type": "schrijf een geheel getal",
    "int_from_float": "schrijf een geheel getal",
    "decimal_parsing": "schrijf een bedrag als 312,50",
    "decimal_type": "schrijf een bedrag als 312,50",
    "decimal_max_digits": "dit bedrag is te groot",
    "decimal_whole_digits": "dit bedrag is te groot",
    "finite_number": "schrijf een bedrag als 312,50",
    "int_parsing_size": "dit getal is te groot",
    "decimal_max_places": "een bedrag heeft hoogstens twee cijfers na de komma",
    "greater_than_equal": "dit moet minstens {ge} zijn",
    "less_than_equal": "dit mag hoogstens {le} zijn",
    "list_type": "geef hier een lijst",
    "dict_type": "geef hier een lijst van namen en waarden",
    "too_short": "kies er minstens {min_length}",
    "literal_error": "kies {expected}",
}


# What pydantic says by itself is English; what our own validators say is Dutch.
_PYDANTICS_OWN = frozenset(get_args(ErrorType)) - {"value_error"}


def dutch(error: Any, model: type[BaseModel]) -> str:
    """Return one pydantic error as a Dutch sentence that names the field."""
    loc = [str(part) for part in error["loc"]]
    name = loc[0] if loc else ""
    about = model.model_fields.get(name)
    label = (about.title if about is not None and about.title else name) or "invoer"
    where = f"{label} ({'.'.join(loc)})" if loc else label
    kind, context = error["type"], error.get("ctx", {})
    if kind == "enum":
        expected = str(context.get("expected", "")).replace(" or ", " of ")
        return f"{where}: kies {expected}."
    if kind in _SENTENCES:
        return f"{where}: {_SENTENCES[kind].format(**context)}."
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        return f"{where}: geef een JSON-object met de velden van de stap."
    if kind in _PYDANTICS_OWN:
        return f"{where}: dit is geen geldige waarde."
    return f"{where}: {error['msg'].removeprefix('Value error, ')}."


def parse(model: type[F], data: Any) -> F | Refusal:
    """Read the data of a step, or say in Dutch which fields are wrong."""
    if not isinstance(data, dict):
        return Refusal("bad_fields", "De gegevens moeten een JSON-object zijn, bv. {}.")
    try:
        return model.model_validate(data)
    except PydanticError as error:
        errors = error.errors(include_url=False, include_input=False)
        text = " ".join(dutch(one, model) for one in errors[:5])
        about = ".".join(str(part) for part in errors[0]["loc"]) or None
        return Refusal("bad_fields", text, about=about)


def dump(fields: Fields) -> Json:
    """Return the fields as the JSON that a fact keeps: only what was given."""
    return fields.model_dump(mode="json", exclude_unset=True, exclude_none=True)
