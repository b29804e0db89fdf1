"""A whole private stack as `opstap up` starts it, the plain `temporal` program, and a browser."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from itertools import count

import pytest
from playwright.async_api import Browser, async_playwright
from temporalio.api.enums.v1 import EventType

from embedded.ports import Ports
from embedded.stack import RunningStack, StackSettings, running_stack
from embedded.temporal_server import binary
from gateway.connect import masters_of
from gateway.registers import read_registers, write_registers
from gateway.settings import Settings
from gateway.steps import Gateway, open_gateway
from models.admission import ReferralForm
from models.calendar import add_months, day_of
from models.facts import By
from models.vocabulary import Role
from privacy.codec import ResidentCodec
from privacy.keys import ring_of
from privacy.service import CodecService, token_of
from tests.running import REGISTERS

AN = By(who="an", role=Role.COORDINATOR)
UPDATE_EVENTS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ADMITTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_REJECTED,
}
_NUMBERS = count(1)


@dataclass(frozen=True)
class Told:
    """What a person at the terminal sees."""

    code: int
    text: str


Newcomer = Callable[[], Awaitable[str]]
Updates = Callable[[str], Awaitable[int]]
Temporal = Callable[..., Awaitable[Told]]


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningStack]:
    settings = StackSettings(
        state_dir=tmp_path_factory.mktemp("outside"),
        ports=Ports(temporal=0, temporal_ui=0, smtp=0, mails=0),
    )
    async with running_stack(settings, say=lambda _: None) as running:
        yield running


@pytest.fixture(scope="session")
async def gateway(stack: RunningStack) -> AsyncIterator[Gateway]:
    """The way in that fills the stack with residents; the tests themselves go around it."""
    given = {
        name.removeprefix("OPSTAP_").lower(): value for name, value in stack.environment.items()
    }
    async with open_gateway(Settings.model_validate(given)) as opened:
        await write_registers(opened.engine, read_registers(REGISTERS.read_text(), "demo"))
        yield opened


@pytest.fixture
def newcomer(gateway: Gateway) -> Newcomer:
    """Refer somebody new; return the trajectory."""

    async def refer() -> str:
        birth_date = add_months(day_of(gateway.clock()), -19 * 12)
        form = {
            "name": f"Test Buiten{next(_NUMBERS)}",
            "birth_date": birth_date.isoformat(),
            "sex": "v",
            "supporter": "lien",
            "living": "alleen",
        }
        referred = await gateway.refer(ReferralForm.model_validate(form), AN)
        return referred.trajectory

    return refer


@pytest.fixture
def updates(gateway: Gateway) -> Updates:
    """Count the Update events in a history."""

    async def in_history(trajectory: str) -> int:
        history = await gateway.client.get_workflow_handle(trajectory).fetch_history()
        return sum(event.event_type in UPDATE_EVENTS for event in history.events)

    return in_history


@dataclass(frozen=True)
class Codec:
    """The codec service, and the token of a coordinator."""

    service: CodecService
    token: str

    def of(self, trajectory: str | None = None) -> str:
        """The address at which a browser opens everything, and seals for one trajectory."""
        whose = f"/r/{trajectory}" if trajectory else ""
        return f"{self.service.address}/t/{self.token}{whose}"


@pytest.fixture(scope="session")
async def codec(stack: RunningStack, gateway: Gateway) -> AsyncIterator[Codec]:
    """The service that `opstap codec` starts."""
    ring = ring_of(gateway.engine)
    assert ring is not None
    masters = masters_of(gateway.settings)()
    origin = stack.temporal.ui_address.partition("/namespaces")[0]
    service = CodecService(ResidentCodec(ring, gateway.engine), masters, 0, [origin])
    service.start()
    yield Codec(service, token_of(masters, Role.COORDINATOR))
    service.stop()


@pytest.fixture
def temporal(stack: RunningStack, codec: Codec) -> Temporal:
    """Run the `temporal` program as anybody has it, with the address of the codec service."""

    async def run(*words: str) -> Told:
        trajectory = words[words.index("-w") + 1] if "-w" in words else None
        where = (
            *("--address", stack.temporal.address, "--namespace", stack.temporal.namespace),
            *("--codec-endpoint", codec.of(trajectory)),
        )
        process = await asyncio.create_subprocess_exec(
            binary("temporal"),
            *words,
            *where,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        return Told(process.returncode or 0, said.decode())

    return run


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium. Skips without it, unless CI is set: there its absence is a failure."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing: no chromium on PATH")
        pytest.skip("Chromium is not installed")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        await started.close()
