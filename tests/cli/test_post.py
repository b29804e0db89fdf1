"""The post by commands: a notice from the print queue to the post office, and an uncertain mail.

The residents are as in the demo: their clock runs ahead, so that letters leave on any day.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.forwarding import LOADED
from cli.stack import INVENTED
from embedded.child import Child, program
from embedded.ports import free_port
from embedded.temporal_server import FAST_FORWARD, TemporalServerSettings, start_temporal_server
from gateway.programmes import rules_on
from gateway.registers import read_registers, write_registers
from gateway.settings import Settings
from gateway.steps import open_gateway
from models.admission import ReferralForm
from models.calendar import day_of, next_working_day
from models.facts import By, Json
from models.vocabulary import Role
from privacy import master
from stores.engine import create_or_upgrade
from tests.activities.mail_server import DROP, FaultyServer
from tests.cli.conftest import Opstap, Said
from tests.gateway.test_adopt import resident
from tests.running import REGISTERS, polling

pytestmark = [pytest.mark.dev_server, pytest.mark.timeout(180)]
AN = By(who="an", role=Role.COORDINATOR)
RIGHT, WRONG = "RR123456785BE", "RR123456784BE"


@dataclass
class House:
    """A stack whose mail server fails on command, with one person who lives somewhere."""

    environment: dict[str, str]
    mails: FaultyServer
    trajectory: str
    lease_end: str
    closed: frozenset[date]


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    home = tmp_path_factory.mktemp("post")
    temporal = TemporalServerSettings(
        database=home / "temporal.db",
        log=home / "temporal.log",
        port=free_port(),
        ui_port=free_port(),
        extra=FAST_FORWARD,
    )
    server = await start_temporal_server(temporal)
    async with FaultyServer() as mails:
        environment = {
            **INVENTED,
            "OPSTAP_TEMPORAL_ADDRESS": temporal.address,
            "OPSTAP_TEMPORAL_NAMESPACE": temporal.namespace,
            "OPSTAP_STATE_DIR": str(home),
            "OPSTAP_DATABASE_URL": f"sqlite+aiosqlite:///{home / 'opstap.db'}",
            "OPSTAP_SMTP_HOST": "127.0.0.1",
            "OPSTAP_SMTP_PORT": str(mails.port),
        }
        given = {name.removeprefix("OPSTAP_").lower(): text for name, text in environment.items()}
        settings = Settings.model_validate(given)
        await create_or_upgrade(settings.database)
        for file in (settings.master_file, settings.signing_file):
            master.make_once(file)
        (home / LOADED).touch()
        worker = await Child.start(
            program("worker"), log=home / "worker.log", environment=environment
        )
        async with open_gateway(settings) as gateway:
            await polling(gateway, settings.task_queue)
            await write_registers(gateway.engine, read_registers(REGISTERS.read_text(), "demo"))
            today = day_of(gateway.clock())
            form = ReferralForm.model_validate(
                {
                    "name": "Post Bode",
                    "birth_date": (today - timedelta(days=20 * 365)).isoformat(),
                    "sex": "v",
                    "supporter": "lien",
                    "living": "alleen",
                }
            )
            row = resident(gateway, form, "d20-1")
            answer = await gateway.adopt(row, AN)
        closed = rules_on(settings, today).closed
        yield House(environment, mails, answer.trajectory, row["lease_end"], closed)
        await worker.stop(within=10)
        await server.stop(within=5)


class Desk:
    """Types the commands, while the mail server answers beside it."""

    def __init__(self, opstap: Opstap, house: House) -> None:
        self._opstap = opstap
        self.house = house
        self.id = house.trajectory

    async def opstap(self, *words: str) -> Said:
        return await asyncio.to_thread(self._opstap, *words)

    async def post(self, command: str, *words: str) -> Said:
        return await self.opstap("post", command, *words, "--by", "an")

    async def listed(self, *words: str) -> list[Json]:
        rows: list[Json] = json.loads((await self.opstap("post", "list", *words, "--json")).out)
        return rows

    async def ordered(self) -> tuple[str, str]:
        """Approve the notice and let its moment pass; return the keys of mail and paper."""
        end = f"lease_end={self.house.lease_end}"
        said = await self.opstap("step", self.id, "approve_notice", "--field", end, "--by", "an")
        assert (0, "") == (said.code, said.err)
        mail, paper = (line.rpartition(" ")[2] for line in said.out.splitlines()[1:])
        # Past the next working day, on the resident's own clock: that may be before a weekend.
        today = date.fromisoformat((await _recorded(self))[-1]["recorded_at"][:10])
        leaves = next_working_day(today + timedelta(days=1), self.house.closed)
        days = (leaves - today).days + 1
        gone = await self.opstap("forward", self.id, "--days", str(days))
        assert f"De klok van {self.id} staat {days} dagen verder.\n" == gone.out
        return mail, paper


@pytest.fixture
def desk(away: Opstap, house: House, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name, text in house.environment.items():
        monkeypatch.setenv(name, text)
    return Desk(away, house)


async def test_a_notice_goes_from_the_print_queue_to_the_post_office(
    desk: Desk, tmp_path: Path
) -> None:
    desk.house.mails.faults["accepted"] = [DROP]
    mail, paper = await desk.ordered()
    (waiting,) = await desk.listed()
    assert (paper, "registered", 0) == (waiting["letter"], waiting["channel"], waiting["printed"])
    assert waiting["safe_post_by"] < desk.house.lease_end
    shown = (await desk.opstap("post", "list", "--by", "lien")).out
    assert f"{desk.id}  P.B.  {paper}" in shown
    assert "Totaal: 1 (af te drukken)." in shown
    assert [] == await desk.listed("--by", "sam"), "another supporter's resident is not told"

    # The answer to one mail was lost: a person looks, and says what was found.
    (lost,) = await desk.listed("--status", "uncertain")
    assert mail == lost["letter"]
    said = await desk.post("answer", desk.id, mail, "verzonden")
    assert (0, "'Zeggen of een mail vertrok' is vastgelegd. Fase: Wonen.\n") == (
        said.code,
        said.out,
    )
    again = await desk.post("answer", desk.id, mail, "opnieuw")
    assert (1, f"Over de brief '{mail}' is geen vraag open.\n") == (again.code, again.err)

    # Held back in the print queue, and ordered again.
    assert 0 == (await desk.post("recall", desk.id, paper)).code
    assert "Er is geen brief die 'af te drukken' is.\n" == (await desk.opstap("post", "list")).out
    assert "Een opzeg wordt genoteerd met 'Aangetekend gepost'" in (await _posted(desk, paper)).err
    _, paper = await desk.ordered()

    out = ("--out", str(tmp_path))
    printed = (await desk.post("print", *out)).out.splitlines()
    assert f"  {desk.id}  {paper}  Opzegbrief, aangetekend" == printed[1]
    assert _is_pdf(printed[0].removeprefix("Geschreven: "))
    nothing = "Niets nieuws af te drukken. Noem een brief om hem opnieuw af te drukken.\n"
    assert nothing == (await desk.post("print", *out)).out
    twice = (await desk.post("print", *out, desk.id, paper)).out
    assert "DUPLICAAT (2e keer)" in twice
    assert [2] == [one["printed"] for one in await desk.listed()]

    scan = tmp_path / "bewijs.pdf"
    scan.write_bytes(b"%PDF-1.7 scan")
    day = (await _recorded(desk))[-1]["recorded_at"][:10]
    on = ("--on", day)
    refused = await desk.post("posted", desk.id, paper, *on, "--barcode", WRONG)
    assert (
        1,
        f"De barcode '{WRONG}' klopt niet: het controlecijfer past niet. Kijk hem na.\n",
    ) == (
        refused.code,
        refused.err,
    )
    posted = await desk.post("posted", desk.id, paper, *on, "--barcode", RIGHT)
    assert "'Aangetekend gepost' is vastgelegd. Fase: Opzeg loopt.\n" == posted.out
    assert [] == await desk.listed()

    # The clock of the law runs from that day: no alarm is left, the reminder comes.
    coming = [row["text"] for row in json.loads(await _said(desk, "future", desk.id))]
    assert not [text for text in coming if text.startswith(("Alarm", "Richtdag"))]
    assert "Herinnering: het contract eindigt binnenkort." in coming
    notice = json.loads(await _said(desk, "show", desk.id))["state"]["notice"]
    assert (day, [RIGHT]) == (notice["posted_on"], notice["barcodes"])

    kept = await desk.post("proof", desk.id, paper, str(scan))
    await asyncio.sleep(1)  # signed in another second: the trajectory itself sees that it is known
    again = await desk.post("proof", desk.id, paper, str(scan))
    assert "'Bewijs toevoegen' is vastgelegd. Fase: Opzeg loopt.\n" == kept.out
    assert "'Bewijs toevoegen' was al vastgelegd. Fase: Opzeg loopt.\n" == again.out
    assert 1 == sum(row["kind"] == "attach_proof" for row in await _recorded(desk))
    late = await desk.post("recall", desk.id, paper)
    assert (1, "Deze brief is al 'gepost'.\n") == (late.code, late.err)


async def _posted(desk: Desk, letter: str) -> Said:
    on = ("--on", desk.house.lease_end, "--barcode", RIGHT)
    return await desk.post("posted", desk.id, letter, *on)


async def test_what_is_not_there_or_no_letter_on_paper_is_one_sentence(
    desk: Desk, tmp_path: Path
) -> None:
    for words, sentence in (
        (("recall", desk.id, "9-niets"), "Er is geen brief '9-niets'.\n"),
        (
            ("posted", desk.id, "9-niets", "--on", "1/2/2027"),
            f"Er is geen brief '9-niets' bij {desk.id}. Zie `opstap show {desk.id}`.\n",
        ),
        (
            ("print", desk.id, "9-niets"),
            f"Er is geen brief '9-niets' bij {desk.id}. Zie `opstap show {desk.id}`.\n",
        ),
        (
            ("proof", desk.id, "9-niets", str(tmp_path / "niets.pdf")),
            f"Er is geen brief '9-niets' bij {desk.id}. Zie `opstap show {desk.id}`.\n",
        ),
    ):
        said = await desk.post(*words)
        assert (1, "", sentence) == (said.code, said.out, said.err)
    usage = await desk.post("print", desk.id)
    assert (
        2,
        "Noem ook de brief, bv. 12-notice_registered. Zie `opstap post print --help`.\n",
    ) == (
        usage.code,
        usage.err,
    )


async def test_only_the_demo_runs_ahead(desk: Desk, tmp_path: Path) -> None:
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patched:
        patched.setenv("OPSTAP_STATE_DIR", str(tmp_path))
        said = await desk.opstap("forward", desk.id)
    assert (
        1,
        "Vooruitzetten kan enkel bij de verzonnen bewoners van `opstap up --demo`.\n",
    ) == (said.code, said.err)


def _is_pdf(path: str) -> bool:
    return Path(path).read_bytes().startswith(b"%PDF-")


async def _said(desk: Desk, *words: str) -> str:
    return (await desk.opstap(*words, "--json")).out


async def _recorded(desk: Desk) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(await _said(desk, "show", desk.id))["timeline"]
    return rows
