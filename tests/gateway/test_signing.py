"""Signed steps on a real server with a worker of its own, as it runs for real people."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from embedded.child import Child, program
from gateway.connect import connect, open_database
from gateway.errors import Refused
from gateway.lists import wall_clock
from gateway.registers import read_registers, write_registers
from gateway.settings import Settings
from gateway.signing import keys_of, trust_of
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.facts import By, Json
from models.signing import STALE, UNSIGNED, WRONG
from models.vocabulary import Role
from privacy import master
from privacy.signing_key import SigningKeyError
from stores import refusals
from stores.engine import create_or_upgrade
from tests.gateway.test_steps import updates_in_history
from tests.running import REGISTERS, Stack, polling

AN = By(who="an", role=Role.COORDINATOR)
LIEN = By(who="lien", role=Role.SUPPORTER)
Form = Callable[..., ReferralForm]
WISH = {"living": "delen"}


@pytest.fixture(scope="module")
async def real(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gateway]:
    """A worker and a gateway without the leniency of one machine."""
    home = tmp_path_factory.mktemp("real")
    environment = {
        **{name: text for name, text in stack.environment.items() if "UNSIGNED" not in name},
        "OPSTAP_TASK_QUEUE": f"real-{uuid4().hex[:8]}",
        "OPSTAP_STATE_DIR": str(home),
        "OPSTAP_DATABASE_URL": f"sqlite+aiosqlite:///{home / 'opstap.db'}",
        "OPSTAP_POST_FOLDER": str(home / "mails"),
    }
    settings = settings_of(environment)
    await create_or_upgrade(settings.database)
    for file in (settings.master_file, settings.signing_file):
        master.make_once(file)
    worker = await Child.start(program("worker"), log=home / "worker.log", environment=environment)
    engine = open_database(settings)
    gateway = Gateway(await connect(settings, engine), engine, settings)
    await polling(gateway, settings.task_queue)
    await write_registers(engine, read_registers(REGISTERS.read_text(), "demo"))
    yield gateway
    await engine.dispose()
    await worker.stop(within=10)


def settings_of(environment: dict[str, str]) -> Settings:
    given = {name.removeprefix("OPSTAP_").lower(): text for name, text in environment.items()}
    return Settings.model_validate(given)


def beside(gateway: Gateway, **other: object) -> Gateway:
    """Another gateway on the same server and database."""
    settings = gateway.settings.model_copy(update=other)
    return Gateway(gateway.client, gateway.engine, settings)


@pytest.mark.dev_server
async def test_what_the_gateway_sends_is_believed_from_the_first_step(
    real: Gateway, form: Form
) -> None:
    mine = (await real.refer(form(), LIEN)).trajectory
    answer = await real.step(mine, "change_wish", WISH, AN)
    assert "'Woonwens wijzigen' is vastgelegd. Fase: Wachtlijst." == answer.text
    rows = await real.timeline(mine)
    assert {"gateway"} == {row["source"] for row in rows if row["fact"]}


@pytest.mark.dev_server
async def test_who_lacks_the_key_or_has_another_is_refused_and_that_is_kept(
    real: Gateway, form: Form, tmp_path: Path
) -> None:
    mine = (await real.refer(form(), LIEN)).trajectory
    before = await updates_in_history(real, mine)
    other = tmp_path / "other.key"
    master.make_once(other)
    keyless = beside(real, signing_key_file=None, state_dir=tmp_path / "empty")
    for gateway, told in ((keyless, UNSIGNED), (beside(real, signing_key_file=other), WRONG)):
        with pytest.raises(Refused) as refused:
            await gateway.step(mine, "change_wish", WISH, AN)
        assert (told.text, told.code) == (refused.value.text, refused.value.code)
    assert before == await updates_in_history(real, mine)
    kept = await refusals.list_refusals(real.engine, mine)
    assert [UNSIGNED.code, WRONG.code] == [one.code for one in kept]


@pytest.mark.dev_server
async def test_a_referral_without_the_key_starts_nothing_that_counts(
    real: Gateway, form: Form, tmp_path: Path
) -> None:
    keyless = beside(real, signing_key_file=None, state_dir=tmp_path)
    with pytest.raises(Refused) as refused:
        await keyless.refer(form(), LIEN)
    assert UNSIGNED.text == refused.value.text


@pytest.mark.dev_server
@pytest.mark.parametrize("off", [timedelta(minutes=-20), timedelta(minutes=20)])
async def test_a_clock_that_was_set_back_or_forward_is_named(
    real: Gateway, form: Form, off: timedelta
) -> None:
    mine = (await real.refer(form(), LIEN)).trajectory
    wrong = Gateway(real.client, real.engine, real.settings, lambda: wall_clock() + off)
    with pytest.raises(Refused) as refused:
        await wrong.step(mine, "change_wish", WISH, AN)
    assert (STALE.text, STALE.code) == (refused.value.text, refused.value.code)


@pytest.mark.dev_server
async def test_a_request_caught_in_the_history_counts_once_however_often_it_is_sent(
    real: Gateway, form: Form
) -> None:
    mine = (await real.refer(form(), LIEN)).trajectory
    sent: list[Json] = []

    def noting(trajectory: str, step: str, request: Json) -> Json:
        sent.append(beside(real).sign(trajectory, step, request))
        return sent[-1]

    spied = beside(real)
    spied.sign = noting
    await spied.step(mine, "change_wish", WISH, AN)
    handle = real.client.get_workflow_handle(mine)
    await asyncio.gather(
        *(handle.execute_update("change_wish", sent[0], id=f"again-{n}") for n in range(3))
    )
    rows = await real.timeline(mine)
    assert 1 == sum(row["kind"] == "change_wish" for row in rows)


@pytest.mark.dev_server
async def test_a_date_is_signed_as_it_travels(real: Gateway, form: Form) -> None:
    mine = (await real.refer(form(), LIEN)).trajectory
    since = wall_clock().date() - timedelta(days=20)
    answer = await real.step(mine, "complete_referral", {"support_since": since}, AN)
    assert "'Aanmelding aanvullen' is vastgelegd. Fase: Wachtlijst." == answer.text


# ---- the key itself --------------------------------------------------------------------------
def test_a_worker_for_real_people_asks_for_the_key(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path)
    with pytest.raises(SigningKeyError) as caught:
        trust_of(settings)
    assert (
        f"Er is geen ondertekensleutel: {tmp_path}/signing.key bestaat niet. Wijs ze aan met "
        "OPSTAP_SIGNING_KEY_FILE, of maak er een met `opstap codec signing BESTAND` en geef "
        "dezelfde aan elk programma dat stappen zet."
    ) == str(caught.value)
    for lenient in ({"unsigned_steps": True}, {"sealed": False}):
        assert trust_of(settings.model_copy(update=lenient)) is None


def test_a_worker_with_the_key_believes_it_for_the_time_of_the_settings(tmp_path: Path) -> None:
    master.make_once(tmp_path / "signing.key")
    settings = Settings(state_dir=tmp_path, signed_within=90)
    trust = trust_of(settings)
    assert trust is not None
    assert (keys_of(settings), timedelta(seconds=90), False) == trust
    assert 32 == len(trust.keys[0])


@pytest.mark.parametrize("text", ["", "abc", "c2hvcnQ=", "é"])
def test_a_key_that_is_no_key_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "signing.key"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SigningKeyError, match=r"^De ondertekensleutel .*signing\.key"):
        keys_of(Settings(state_dir=tmp_path))


def test_a_named_file_that_is_not_there_is_never_overlooked(tmp_path: Path) -> None:
    with pytest.raises(SigningKeyError, match=r"none\.key bestaat niet"):
        keys_of(Settings(state_dir=tmp_path, signing_key_file=tmp_path / "none.key"))
