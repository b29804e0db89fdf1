from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.ext.asyncio import AsyncEngine

from models.facts import GENESIS, link
from models.vocabulary import Role
from privacy.erasing import erase
from privacy.errors import Erased, MasterError
from stores import communications, ledger, outcomes, overview, people, post, refusals, tasks
from stores.copies import mark_copy
from stores.engine import make_engine, read
from stores.post import Copy, Prepared
from stores.schema import metadata
from tests.stores.turns import after, charge, letter, task, turn

NOW = datetime(2027, 6, 1, tzinfo=UTC)
T, OTHER = "trajectory-a", "trajectory-b"
SECRETS = ("Mira Zonnewijzer", "mira@voorbeeld.example", "0470", "haar tante", "Kom langs", "é")


def composed(connection: Connection, given: object) -> dict[str, Prepared]:
    del connection, given
    copies = [
        Copy(
            role=role,
            address=f"{role.value}@voorbeeld.example",
            message_id="<m@x>",
            text="Kom langs",
        )
        for role in (Role.RESIDENT, Role.SUPPORTER)
    ]
    return {"1-invitation_intake": Prepared(subject="Kom langs", sha256="a" * 64, copies=copies)}


async def lived(engine: AsyncEngine, trajectory: str, name: str) -> str:
    """Somebody with a row in every table that holds something personal."""
    person = await people.admit(
        engine,
        name=name,
        birth_date=date(2006, 3, 27),
        sex="v",
        email="mira@voorbeeld.example",
        phone="0470 00 00 00",
    )
    await people.link(engine, person, trajectory)
    first = turn(
        "refer",
        trajectory=trajectory,
        letters=[letter(1)],
        tasks=[task(text="Bel haar tante")],
        postings=[charge(text="haar tante betaalt")],
        overview={"next_text": "Bel haar tante"},
    )
    await outcomes.record_turn(engine, first, composed)
    await outcomes.record_turn(engine, after(first, "call_up"))
    refused = refusals.Refused(
        at=NOW,
        trajectory=trajectory,
        step="s",
        who="an",
        role="r",
        code="c",
        text="haar tante",
        source="gateway",
    )
    await refusals.log_refusal(engine, refused)
    stored = await post.get_letter(engine, trajectory, "1-invitation_intake")
    assert stored is not None
    await mark_copy(engine, stored, stored.copies[0], "refused", NOW, "haar tante zegt neen")
    await post.settle(engine, stored, "refused", NOW, "haar tante")
    return person


async def everything(engine: AsyncEngine) -> str:
    def dump(connection: Connection) -> str:
        return "\n".join(
            repr([tuple(row) for row in connection.execute(select(table))])
            for table in metadata.sorted_tables
        )

    return await read(engine, dump)


async def test_nothing_personal_stands_in_any_table(sealed: AsyncEngine) -> None:
    await lived(sealed, T, "Mira Zonnewijzer")
    raw = await everything(sealed)

    assert [] == [secret for secret in SECRETS if secret in raw]


async def test_who_may_reads_it_as_it_was(sealed: AsyncEngine) -> None:
    await lived(sealed, T, "Mira Zonnewijzer")

    person = await people.get_person(sealed, T)
    assert person is not None
    assert ("Mira Zonnewijzer", date(2006, 3, 27), "v") == (
        person.name,
        person.birth_date,
        person.sex,
    )
    assert {T: "Mira Zonnewijzer"} == await people.names(sealed, [T])
    stored = await post.get_letter(sealed, T, "1-invitation_intake")
    assert stored is not None
    assert ("Kom langs", "haar tante", letter(1).facts) == (
        stored.subject,
        stored.reason,
        stored.facts,
    )
    assert [
        ("resident@voorbeeld.example", "Kom langs", "refused", "haar tante zegt neen"),
        ("supporter@voorbeeld.example", "Kom langs", "ready", None),
    ] == [(copy.address, copy.text, copy.status, copy.reason) for copy in stored.copies]
    (listed,) = await tasks.list_tasks(sealed, trajectory=T)
    assert "Bel haar tante" == listed.task.text
    (refused,) = await refusals.list_refusals(sealed, T)
    assert "haar tante" == refused.text
    assert [turn("x").outcomes[0].detail] * 2 == [
        row.detail for row in await outcomes.rows(sealed, T)
    ]


async def chain_holds(engine: AsyncEngine, trajectory: str) -> None:
    previous = GENESIS
    rows = await outcomes.sealed_rows(engine, trajectory)
    for row in rows:
        assert link(previous, row) == row.hash
        previous = row.hash
    shown = await overview.get(engine, trajectory)
    assert shown is not None
    assert (len(rows), previous) == (shown.seq, shown.head)


async def test_a_forgotten_person_is_nowhere_and_the_chain_stands(sealed: AsyncEngine) -> None:
    person = await lived(sealed, T, "Mira Zonnewijzer")
    await lived(sealed, OTHER, "Jef Papierboot")
    before = await outcomes.sealed_rows(sealed, T)

    done = await erase(sealed, T, NOW)
    again = await erase(sealed, T, NOW)

    assert ([T], False, True) == (done.trajectories, done.already, again.already)
    assert {
        "tasks": 1,
        "post": 1,
        "post_copies": 2,
        "letter_files": 0,
        "tenancies": 0,
        "overview": 1,
        "ledger": 1,
        "communications": 1,
        "bank_movements": 0,
        "bank_payers": 0,
        "people": 1,
    } == done.rows
    assert [charge(text="[gewist]")] == await ledger.lines(sealed, T)
    assert None is await communications.of(sealed, T)
    assert before == await outcomes.sealed_rows(sealed, T)
    await chain_holds(sealed, T)
    assert None is await people.get_person(sealed, T)
    assert ["[gewist]"] == [row.task.text for row in await tasks.list_tasks(sealed, trajectory=T)]
    stored = await post.get_letter(sealed, T, "1-invitation_intake")
    assert stored is not None
    assert ({}, None, None, None) == (stored.facts, stored.subject, stored.reason, stored.sha256)
    assert [("[gewist] 1", ""), ("[gewist] 2", "")] == [(c.address, c.text) for c in stored.copies]
    assert all(set(row.detail) == {"sealed"} for row in await outcomes.rows(sealed, T))
    # The other one reads as before.
    assert {OTHER: "Jef Papierboot", T: "[gewist]"} == await people.names(sealed, [T, OTHER])
    await chain_holds(sealed, OTHER)
    assert "Bel haar tante" == (await tasks.list_tasks(sealed, trajectory=OTHER))[0].task.text
    assert person != await people.admit(
        sealed, name="Mira Zonnewijzer", birth_date=date(2006, 3, 27)
    )


async def test_every_trajectory_of_a_person_is_forgotten(sealed: AsyncEngine) -> None:
    person = await lived(sealed, T, "Mira Zonnewijzer")
    await people.link(sealed, person, "trajectory-earlier")

    done = await erase(sealed, T, NOW)

    assert [T, "trajectory-earlier"] == done.trajectories
    with pytest.raises(Erased):
        await outcomes.record_turn(sealed, turn("refer", trajectory="trajectory-earlier"))


async def test_a_turn_after_it_is_refused_and_leaves_nothing(sealed: AsyncEngine) -> None:
    await lived(sealed, T, "Mira Zonnewijzer")
    await erase(sealed, T, NOW)
    before = await everything(sealed)

    for _ in range(2):
        with pytest.raises(Erased, match="Dit dossier is gewist"):
            await outcomes.record_turn(sealed, turn("refer", "undo", trajectory=T))
        with pytest.raises(Erased):
            await outcomes.rewrite(sealed, [turn("refer", trajectory=T)])
    assert before == await everything(sealed)


async def test_a_refusal_about_a_forgotten_person_says_nothing_of_them(
    sealed: AsyncEngine,
) -> None:
    await erase(sealed, T, NOW)
    refused = refusals.Refused(
        at=NOW, trajectory=T, step="s", who="an", role="r", code="c", text="tante", source="g"
    )
    await refusals.log_refusal(sealed, refused)

    assert ["[gewist]"] == [row.text for row in await refusals.list_refusals(sealed, T)]


async def test_a_retry_gives_the_same_chain_and_a_rewrite_too(sealed: AsyncEngine) -> None:
    first = turn("refer", trajectory=T)
    second = after(first, "call_up")
    heads = [await outcomes.record_turn(sealed, one) for one in (first, first, second, second)]

    assert (heads[0], heads[2]) == (heads[1], heads[3])
    assert first.outcomes[-1].hash not in await everything(sealed)
    whole = turn("refer", "call_up", trajectory=T)
    assert heads[3] == await outcomes.rewrite(sealed, [whole])
    assert await outcomes.stands_at(sealed, T, second.outcomes[-1].hash)
    assert [row.hash for row in await outcomes.sealed_rows(sealed, T)] == (
        await outcomes.sealed_hashes(sealed, T, whole.outcomes)
    )


async def test_a_database_without_keys_cannot_forget(url: str) -> None:
    plain = make_engine(url)
    with pytest.raises(MasterError, match="niet verzegeld"):
        await erase(plain, T, NOW)
    await plain.dispose()
