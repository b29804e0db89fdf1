"""Who reads what is sensitive: minors, detention and health, by role."""

from typing import Any

import pytest

from models.choices import DepartureKind, Destination, HoldReason, PostTo
from models.visibility import MASK, VISIBLE, Sensitive, hidden_from, masked
from models.vocabulary import Role

SHOWN: dict[str, Any] = {
    "state": {
        "referral": {"birth_date": "2009-03-27", "partner": "joba"},
        "holds": {"betaling": {"reason": "gevangenis", "text": "sinds maandag", "owner": "an"}},
        "departure": {"kind": "opname", "post_to": "woning"},
        "papers": {"huurcontract": {"signed_by": ["bewoner", "medeondertekenaar"]}},
        "leaving": {"destination": "netwerk", "note": "bij haar tante"},
    }
}


def test_who_decides_reads_everything_as_it_is() -> None:
    for role in (Role.COORDINATOR, Role.MANAGER, Role.SUPPORTER, Role.AUDITOR):
        assert SHOWN == masked(SHOWN, role)


def test_who_looks_after_the_dwelling_or_the_books_reads_none_of_it() -> None:
    for role in (Role.TECHNICAL, Role.BOOKKEEPER, Role.VOLUNTEER):
        assert {
            "referral": {"birth_date": MASK, "partner": "joba"},
            "holds": {"betaling": {"reason": MASK, "text": MASK, "owner": "an"}},
            "departure": {"kind": MASK, "post_to": "woning"},
            "papers": {"huurcontract": {"signed_by": ["bewoner", MASK]}},
            "leaving": {"destination": "netwerk", "note": "bij haar tante"},
        } == masked(SHOWN, role)["state"]
    assert "gevangenis" == SHOWN["state"]["holds"]["betaling"]["reason"]


def test_a_group_worker_knows_of_illness_and_not_of_detention() -> None:
    state = masked(SHOWN, Role.GROUP_WORKER)["state"]
    assert ("opname", MASK) == (state["departure"]["kind"], state["holds"]["betaling"]["reason"])


@pytest.mark.parametrize("role", [role for role in Role if role not in VISIBLE])
def test_a_role_that_is_not_named_sees_nothing_sensitive(role: Role) -> None:
    assert frozenset(Sensitive) == hidden_from(role)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reason", HoldReason.PRISON),
        ("reason", HoldReason.CRISIS),
        ("kind", DepartureKind.PRISON),
        ("kind", DepartureKind.HOSPITAL),
        ("post_to", PostTo.PRISON),
        ("destination", Destination.PRISON),
    ],
)
def test_every_word_that_tells_is_masked_under_its_name(name: str, value: str) -> None:
    assert {name: MASK} == masked({name: str(value)}, Role.TECHNICAL)
    assert {"label": str(value)} == masked({"label": str(value)}, Role.TECHNICAL)
