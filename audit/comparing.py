"""What differs: between what is shown and what the facts tell, and between two inputs."""

import json
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from temporalio.api.common.v1 import Payload

from models.facts import Overview
from models.programme import Rules


def first_difference(shown: Overview | None, told: Overview) -> str | None:
    """Return the first field that differs, as a Dutch sentence, or None."""
    if shown is None:
        return "er is geen rij in het overzicht"
    ours, theirs = shown.model_dump(mode="json"), told.model_dump(mode="json")
    # Moments are compared as moments: SQL keeps them in UTC.
    if shown.next_at == told.next_at:
        ours["next_at"] = theirs["next_at"]
    for name, value in theirs.items():
        if ours[name] != value:
            return f"{name} is {ours[name]!r}, en moet {value!r} zijn"
    return None


def same(sent: Sequence[Payload], kept: Sequence[Payload]) -> bool:
    """Whether two inputs say the same; a new field that is empty says nothing.

    Rules of before a rule was known mean that rule as it was then: what it is when nobody gives it.
    """
    if [payload.data for payload in sent] == [payload.data for payload in kept]:
        return True
    try:
        return [_told(one) for one in sent] == [_told(one) for one in kept]
    except ValueError:
        return False


def _told(payload: Payload) -> Any:
    return json.loads(payload.data, object_pairs_hook=_without_empty)


def _without_empty(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {
        name: _whole(value) if name == "rules" else value
        for name, value in pairs
        if value is not None
    }


def _whole(rules: Any) -> Any:
    try:
        return Rules.model_validate(rules).model_dump(mode="json", exclude_none=True)
    except ValidationError:
        return rules
