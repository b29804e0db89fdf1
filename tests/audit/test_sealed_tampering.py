"""A sealed database in which somebody tampers: what does not open any more is named."""

from sqlalchemy import text

from audit.live import verify
from audit.proving import copies_of, trusted_keys
from audit.rebuild import UNREADABLE, rebuild
from audit.restored import compare
from gateway.steps import Gateway
from tests.audit.test_nightly import Copied, copied, pytestmark

__all__ = ["copied", "pytestmark"]


async def tampered(copied: Copied, *statements: str) -> list[str]:
    """Change the database; return what is said of that trajectory."""
    async with copied.engine.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement), {"of": copied.trajectory})
    trusted = trusted_keys(copied.settings, None)
    found = await verify(copied.engine, trusted, copies_of(copied.settings))
    return [one for one in found.problems if one.startswith(copied.trajectory)]


async def test_a_sealed_letter_that_was_changed_is_named_beside_what_else_is_wrong(
    copied: Copied,
) -> None:
    assert [] == await tampered(copied)
    row, letter = await tampered(
        copied,
        "UPDATE post_copies SET text = substr(text, 1, 30) || 'AAAA' || substr(text, 35) "
        "WHERE trajectory = :of",
        "UPDATE outcomes SET recorded_at = '2020-01-01T09:00+01:00' "
        "WHERE trajectory = :of AND seq = 2",
    )
    assert f"{copied.trajectory}: rij 2 " in row
    assert letter.startswith(f"{copied.trajectory}: brief: post_copies/")
    assert letter.endswith(": dit is veranderd en kan niet geopend worden")


async def test_a_sealed_row_that_was_changed_is_named_by_proof_and_rebuild(copied: Copied) -> None:
    change = (
        "UPDATE outcomes SET detail = substr(detail, 1, 30) || 'AAAA' || substr(detail, 35) "
        "WHERE trajectory = :of AND seq = 1"
    )
    said = await tampered(copied, change)
    assert f"{copied.trajectory}: een rij van het logboek is niet te lezen" == said[-1]
    assert f"{copied.trajectory}: rij 1 past niet bij haar hash" in said[0]
    for check in (True, False):
        told = await rebuild(copied.engine, check=check)
        assert f"{copied.trajectory}: {UNREADABLE}" in told


async def test_a_row_that_was_taken_out_is_named_beside_the_history(
    gateway: Gateway, copied: Copied
) -> None:
    await tampered(copied, "DELETE FROM outcomes WHERE trajectory = :of AND seq = 1")
    (said,) = [
        one.text
        for one in (await compare(gateway.client, copied.engine, pause=0)).differing
        if one.trajectory == copied.trajectory
    ]
    assert "in het logboek ontbreekt 1 rij: zie `opstap audit verify`" == said
