"""The whole stack with invented people: nothing of them is readable where it should not be."""

import asyncio
import base64
import json
import subprocess
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from audit.beside import Database
from audit.fetching import histories
from audit.rebuild import rebuild
from audit.replay import replay
from embedded.ports import Ports
from embedded.stack import RunningStack, StackSettings, running_stack
from embedded.temporal_server import NAMESPACE, binary
from gateway.connect import masters_of
from gateway.errors import Refused
from gateway.registers import read_registers, write_registers
from gateway.settings import Settings
from gateway.steps import Gateway, open_gateway
from models.admission import ReferralForm
from models.facts import By
from models.unreadable import SENTENCES, Why
from models.vocabulary import Role
from privacy.codec import ResidentCodec
from privacy.erasing import erase
from privacy.keys import ring_of
from privacy.service import CodecService, token_of
from stores import people
from tests.running import REGISTERS

pytestmark = [pytest.mark.dev_server, pytest.mark.slow, pytest.mark.timeout(240)]

AN = By(who="an", role=Role.COORDINATOR)
LIEN = By(who="lien", role=Role.SUPPORTER)
NAMES = ("Wolkje Verzonnen", "Mistral Bedacht", "Zefier Gefingeerd")
MAIL, PHONE = "wolkje@verzonnen.example", "0470 12 34 56"
WHY = "trekt in bij haar tante Godelieve"
ANY = Ports(temporal=0, temporal_ui=0, smtp=0, mails=0)
PLAIN_STEP = {"who": "an", "role": "coordinator", "data": {"living": "delen"}}


@dataclass
class World:
    """A stack with three residents, and where it keeps everything."""

    stack: RunningStack
    gateway: Gateway
    folder: Path
    trajectories: list[str]


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("sealed") / "var"
    async with running_stack(StackSettings(state_dir=folder, ports=ANY)) as stack:
        given = {name.removeprefix("OPSTAP_").lower(): x for name, x in stack.environment.items()}
        async with open_gateway(Settings.model_validate(given)) as gateway:
            await write_registers(gateway.engine, read_registers(REGISTERS.read_text(), "demo"))
            yield World(stack, gateway, folder, [await live(gateway, name) for name in NAMES])


async def live(gateway: Gateway, name: str) -> str:
    """Refer somebody, take steps with free text, and be refused once."""
    born = datetime(2007, 3, 27, tzinfo=UTC).date()
    form = ReferralForm.model_validate(
        {"name": name, "birth_date": born, "sex": "v", "supporter": "lien", "living": "alleen"}
    )
    trajectory = (await gateway.refer(form, LIEN)).trajectory
    await people.admit(gateway.engine, name=name, birth_date=born, email=MAIL, phone=PHONE)
    await gateway.step(trajectory, "complete_referral", {"homelessness": "dakloos"}, AN)
    with pytest.raises(Refused):
        await gateway.step(trajectory, "hand_over_keys", {"reason": WHY}, AN)
    await gateway.step(trajectory, "withdraw", {"asked_by": "jongere", "reason": WHY}, AN)
    return trajectory


def raw(folder: Path) -> dict[str, bytes]:
    """Every file but the mails, which are letters that left the house."""
    files = (path for path in folder.rglob("*") if path.is_file() and "mails" not in path.parts)
    return {path.name: path.read_bytes() for path in files}


def found(folder: Path) -> list[tuple[str, str]]:
    registers = [json.loads(line) for line in REGISTERS.read_text().splitlines()]
    register_words = [
        row[kind][column]
        for row in registers
        for kind, column in (
            ("supporter", "name"),
            ("supporter", "email"),
            ("staff", "name"),
            ("dwelling", "address"),
            ("partner", "contact"),
        )
        if row.get(kind, {}).get(column)
    ]
    words = [*NAMES, MAIL, PHONE, WHY, "Godelieve", "2007-03-27", *register_words]
    assert len(words) > 60
    return [
        (file, word)
        for file, content in raw(folder).items()
        for word in words
        if word.encode() in content
    ]


class Careless(ResidentCodec):
    """Sends what it is given as it is."""

    def of(self, owner: str) -> "Careless":
        return Careless(self._ring, self._engine, owner)

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)


async def careless(world: World) -> Client:
    """A client that seals nothing."""
    converter = world.gateway.client.data_converter
    ring = ring_of(world.gateway.engine)
    assert ring is not None
    return await Client.connect(
        world.stack.temporal.address,
        namespace=NAMESPACE,
        data_converter=replace(converter, payload_codec=Careless(ring, world.gateway.engine)),
    )


def accepted(history: Any) -> int:
    return sum(
        event.HasField("workflow_execution_update_accepted_event_attributes")
        for event in history.events
    )


async def test_a_step_that_came_in_plain_or_for_another_is_refused_without_an_event(
    world: World,
) -> None:
    trajectory, other = world.trajectories[:2]
    handle = world.gateway.client.get_workflow_handle(trajectory)
    before = accepted(await handle.fetch_history())
    foreign = (await careless(world)).get_workflow_handle(trajectory)
    ring = ring_of(world.gateway.engine)
    assert ring is not None
    wrong = ResidentCodec(ring, world.gateway.engine).of(f"resident/{other}")
    (payload,) = await wrong.encode(
        world.gateway.client.data_converter.payload_converter.to_payloads([PLAIN_STEP])
    )
    for given, why in ((PLAIN_STEP, Why.PLAIN), (RawValue(payload), Why.OTHER_KEY)):
        for name in ("change_wish", "hear"):
            with pytest.raises(WorkflowUpdateFailedError) as caught:
                await foreign.execute_update(name, given)
            assert isinstance(caught.value.cause, ApplicationError)
            assert SENTENCES[why] == caught.value.cause.message
    assert before == accepted(await handle.fetch_history())


async def show(world: World, trajectory: str, *more: str) -> str:
    """`temporal workflow show`, with every value as text."""
    command = [
        *(str(binary("temporal")), "workflow", "show", "-w", trajectory, "-o", "json"),
        *("--address", world.stack.temporal.address, "-n", NAMESPACE, *more),
    ]
    told = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=60, check=True
    )

    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            data = value.get("data")
            own = [base64.b64decode(data).decode(errors="replace")] if isinstance(data, str) else []
            return own + [text for one in value.values() for text in texts(one)]
        return [t for one in value for t in texts(one)] if isinstance(value, list) else []

    return "\n".join(texts(json.loads(told.stdout)))


async def test_the_plain_program_shows_ciphertext_and_with_the_codec_what_who_may(
    world: World,
) -> None:
    trajectory = world.trajectories[0]
    ring = ring_of(world.gateway.engine)
    assert ring is not None
    masters = masters_of(world.gateway.settings)()
    service = CodecService(ResidentCodec(ring, world.gateway.engine), masters, 0)
    service.start()

    def by(role: Role) -> tuple[str, ...]:
        token = f"Bearer {token_of(masters, role)}"
        return "--codec-endpoint", service.address, "--codec-auth", token

    try:
        without = await show(world, trajectory)
        auditor = await show(world, trajectory, *by(Role.AUDITOR))
        supporter = await show(world, trajectory, *by(Role.SUPPORTER))
    finally:
        service.stop()
    assert (False, True, False) == tuple(WHY in text for text in (without, auditor, supporter))
    assert "[geweigerd: een individuele begeleider mag dit niet lezen]" in supporter
    assert '"birth_date":"2007-03-27"' in auditor


async def test_one_is_forgotten_and_the_others_replay(world: World) -> None:
    gone = world.trajectories[2]
    gateway = world.gateway
    handle = gateway.client.get_workflow_handle(gone)
    await handle.terminate("gewist")
    await erase(gateway.engine, gone, datetime.now(UTC))

    with pytest.raises(Refused, match=r"^Dit dossier is gewist\. "):
        await gateway.step(gone, "change_wish", {"living": "delen"}, AN)
    with pytest.raises(Refused, match=r"^Dit dossier is gewist\. "):
        await gateway.view(gone)
    verdicts = [
        one
        async for one in replay(
            histories(gateway.client),
            Database(gateway.engine),
            converter=gateway.client.data_converter,
        )
    ]
    assert [(one, None) for one in sorted(world.trajectories)] == sorted(
        (one.trajectory, one.difference) for one in verdicts
    )
    assert [] == await rebuild(gateway.engine, check=True)


async def test_nothing_personal_is_in_any_file_of_a_stack_that_stopped(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "var"
    async with running_stack(StackSettings(state_dir=folder, ports=ANY)) as stack:
        given = {name.removeprefix("OPSTAP_").lower(): x for name, x in stack.environment.items()}
        async with open_gateway(Settings.model_validate(given)) as gateway:
            await write_registers(gateway.engine, read_registers(REGISTERS.read_text(), "demo"))
            for name in NAMES:
                await live(gateway, name)
            assert [] == found(folder)
    assert [] == found(folder)
    assert {"temporal.db", "opstap.db", "temporal.log", "worker.log"} <= raw(folder).keys()
