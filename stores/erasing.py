"""Forgetting a person in SQL: every personal value goes, the chain and the structure stay.

What is left are rows without a person: stages and days, who of ours acted, which place was taken
when. The details of the log and the sentences of refusals stay as ciphertext, for their chains
cover them; nothing opens them once the key is gone. Whoever calls destroys the keys in the same
transaction (`privacy.erasing`).
"""

import sqlite3
from contextlib import closing
from typing import Any

from sqlalchemy import Connection, Update, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from stores.bank_tables import bank_movements, bank_payers
from stores.money_tables import communications, ledger
from stores.tables import (
    letter_files,
    overview,
    people,
    person_trajectories,
    post,
    post_copies,
    tasks,
    tenancies,
)
from stores.vault import FORGOTTEN


def leave_no_copy(engine: AsyncEngine) -> None:
    """Empty SQLite's journal, where pages of before may stand; a reader at work may hold it up."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        with closing(sqlite3.connect(engine.url.database, timeout=5)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def trajectories_beside(connection: Connection, trajectory: str) -> tuple[str | None, list[str]]:
    """Return whose trajectory this is, and every trajectory of that person."""
    link = person_trajectories
    owner = select(link.c.person).where(link.c.trajectory == trajectory)
    found = connection.execute(owner).scalar_one_or_none()
    if found is None:
        return None, [trajectory]
    theirs = select(link.c.trajectory).where(link.c.person == found).order_by(link.c.trajectory)
    return str(found), list(connection.execute(theirs).scalars())


def blank_trajectory(connection: Connection, trajectory: str) -> dict[str, int]:
    """Take what is personal out of every table of a trajectory; return how many rows by table."""
    copies = _copies(connection, trajectory)
    files = delete(letter_files).where(letter_files.c.trajectory == trajectory)
    # Whoever has a statement of the bank could find the person by it.
    digits = delete(communications).where(communications.c.trajectory == trajectory)
    payers = delete(bank_payers).where(bank_payers.c.trajectory == trajectory)
    return {
        **{
            table: connection.execute(statement).rowcount
            for table, statement in _statements(trajectory).items()
        },
        "post_copies": copies,
        "letter_files": connection.execute(files).rowcount,
        "communications": connection.execute(digits).rowcount,
        "bank_payers": connection.execute(payers).rowcount,
    }


def blank_person(connection: Connection, person: str) -> int:
    """Take the person out of the register; nobody can be recognised by the row that stays."""
    statement = (
        update(people)
        .where(people.c.id == person)
        .values(
            # Referred again, it is somebody new: not even the keyed hash may lead back here.
            name_key=f"erased-{person}",
            name=FORGOTTEN,
            birth_date=None,
            sex=None,
            email=None,
            phone=None,
        )
    )
    return connection.execute(statement).rowcount


def _statements(trajectory: str) -> dict[str, Update]:
    def of(table: Any, **values: Any) -> Update:
        return update(table).where(table.c.trajectory == trajectory).values(**values)

    return {
        "tasks": of(tasks, text=FORGOTTEN),
        # What was owed and paid stays, without a word about whom: the accounts must add up.
        "ledger": of(ledger, text=FORGOTTEN),
        # That there was a payment stays; who paid and what they wrote does not.
        "bank_movements": of(bank_movements, told={}, payer=None, why=None),
        "post": of(post, facts={}, subject=None, reason=None, sha256=None, tree=None, proof=None),
        "tenancies": of(tenancies, answer={}),
        "overview": of(
            overview, supporter=None, living=None, next_at=None, next_text=None, eligible_from=None
        ),
    }


def _copies(connection: Connection, trajectory: str) -> int:
    """Blank the copies of letters one by one: their address is part of their key."""
    mine = post_copies.c.trajectory == trajectory
    ours = select(post_copies.c.key, post_copies.c.role, post_copies.c.address).where(mine)
    rows = connection.execute(ours.order_by(*ours.selected_columns)).all()
    for number, row in enumerate(rows, 1):
        connection.execute(
            update(post_copies)
            .where(
                mine,
                post_copies.c.key == row.key,
                post_copies.c.role == row.role,
                post_copies.c.address == row.address,
            )
            .values(
                address=f"{FORGOTTEN} {number}",
                message_id="",
                text="",
                reason=None,
                addressee=None,
                care_of=None,
            )
        )
    return len(rows)
