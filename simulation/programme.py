"""The rules of a play: a programme's profile, with what the script sets aside."""

from datetime import date
from functools import cache
from typing import Any

from pydantic import ValidationError

from gateway.programmes import find_programme
from gateway.settings import Settings
from models.errors import ScriptError
from models.facts import Json
from models.programme import Rules
from simulation.played import RulesOn


def rules_on(settings: Settings, wanted: Json) -> RulesOn:
    """Return the rules of a play by day.

    Raises:
        ProfileError: no such programme, or no rules for that day.
        ScriptError: an override that is not a rule, or does not add up.
    """
    instead: dict[str, Any] = dict(wanted)
    programme = find_programme(settings, instead.pop("programme", None))

    @cache
    def on(day: date) -> Rules:
        rules = programme.rules(day)
        if not instead:
            return rules
        try:
            return Rules.model_validate({**rules.model_dump(), **instead})
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = ".".join(str(part) for part in first["loc"]) or "rules"
            raise ScriptError(f"'rules': {name}: {first['msg']}.") from None

    return on
