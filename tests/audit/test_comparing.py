"""When two inputs say the same: a history of before a rule was known, and one that was changed."""

import json
from datetime import date
from typing import Any

from temporalio.api.common.v1 import Payload

from activities.composing import load_programmes
from audit.comparing import same
from models.programme import Rules

RULES = load_programmes()["wonen-met-kansen"].rules(date(2027, 1, 4)).model_dump(mode="json")


def asked(rules: dict[str, Any], **other: Any) -> list[Payload]:
    return [Payload(data=json.dumps({"trajectory": "t", "rules": rules, **other}).encode())]


def test_rules_of_before_a_rule_was_known_are_the_same_rules() -> None:
    default = Rules.model_fields["cost_due_days"].default
    told = {**RULES, "cost_due_days": default}
    before = {name: value for name, value in told.items() if name != "cost_due_days"}
    assert same(asked(told), asked(before))
    assert not same(asked({**told, "cost_due_days": default + 1}), asked(before))


def test_what_was_changed_is_another_input() -> None:
    assert not same(asked(RULES), asked({**RULES, "age_max": RULES["age_max"] + 1}))
    assert not same(asked(RULES), asked({**RULES, "zot": 1}))
    assert not same(asked(RULES), asked(RULES, more=1))
    assert same(asked(RULES), asked(RULES, more=None))
