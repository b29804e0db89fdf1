"""The rights of the person on the whole stack: one of three is erased, by the command itself."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from audit.exporting import Exporter, write_whole
from embedded.ports import Ports
from embedded.stack import RunningStack, StackSettings, running_stack
from gateway.errors import Refused
from gateway.registers import read_registers, write_registers
from gateway.settings import Settings
from gateway.steps import Gateway, open_gateway
from models.admission import ReferralForm
from models.facts import By
from models.vocabulary import Role
from stores import outcomes, people
from tests.running import REGISTERS

pytestmark = [pytest.mark.dev_server, pytest.mark.slow, pytest.mark.timeout(240)]

AN = By(who="an", role=Role.COORDINATOR)
NAMES = ("Wolkje Verzonnen", "Mistral Bedacht", "Zefier Gefingeerd")
MAIL, WHY = "zefier@gefingeerd.example", "trekt in bij haar tante Godelieve"
ANY = Ports(temporal=0, temporal_ui=0, smtp=0, mails=0)
BY_TWO = ("--by", "mia:manager", "--second", "an:coordinator", "--reason", "vraag_persoon", "--yes")


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[RunningStack, Gateway]]:
    async with running_stack(StackSettings(state_dir=folder, ports=ANY)) as stack:
        given = {name.removeprefix("OPSTAP_").lower(): x for name, x in stack.environment.items()}
        async with open_gateway(Settings.model_validate(given)) as gateway:
            yield stack, gateway


async def opstap(stack: RunningStack, *arguments: str) -> tuple[int, str]:
    """Run a command as a person does; return its exit code and all it said."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "cli.main", *arguments],
        env={**os.environ, **stack.environment},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


async def live(gateway: Gateway, name: str, mail: str) -> str:
    born = date(2007, 3, 27)
    form = ReferralForm.model_validate(
        {"name": name, "birth_date": born, "sex": "v", "supporter": "lien", "living": "alleen"}
    )
    trajectory = (await gateway.refer(form, By(who="lien", role=Role.SUPPORTER))).trajectory
    await people.admit(gateway.engine, name=name, birth_date=born, email=mail)
    await gateway.step(trajectory, "complete_referral", {"homelessness": "dakloos"}, AN)
    return trajectory


def readable(folder: Path, *words: str) -> list[tuple[str, str]]:
    """Where these words stand in any file of the stack, mails and exports included."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(p.name, word) for p in files for word in words if word.encode() in p.read_bytes()]


def logged(folder: Path) -> str:
    return (folder / "logs" / "worker.log").read_text()


async def refused_as_erased(gateway: Gateway, gone: str, folder: Path) -> None:
    """Look at somebody who was forgotten: refused, and without a disturbance in the worker."""
    before = logged(folder)
    with pytest.raises(Refused, match=r"^Dit dossier is gewist\. "):
        await gateway.view(gone, AN)
    assert "Traceback" not in logged(folder).removeprefix(before), "its workflow is not asked"


async def test_one_of_three_is_erased_and_stays_so_in_a_restored_backup(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    backup = tmp_path / "backup.db"
    async with opened(folder) as (stack, gateway):
        await write_registers(gateway.engine, read_registers(REGISTERS.read_text(), "demo"))
        ids = [await live(gateway, name, f"{name[:3]}@x.example") for name in NAMES[:2]]
        gone = await live(gateway, NAMES[2], MAIL)
        before = await opstap(stack, "audit", "erase", gone, *BY_TWO)
        assert (1, True) == (before[0], before[1].startswith(f"{gone} loopt nog (fase '"))
        await gateway.step(gone, "withdraw", {"asked_by": "jongere", "reason": WHY}, AN)

        # What stands outside the tables: an export, a mail in the catcher, what the person asked.
        exporter = Exporter(gateway.client, gateway.engine, gateway.settings, datetime.now(UTC))
        export = gateway.settings.proof / "exports" / f"{gone}.zip"
        write_whole(export, await exporter.export(gone))
        (folder / "mails" / "1.eml").write_text(f"To: {MAIL}\nSubject: Dag\n\nDag {NAMES[2]}\n")
        (folder / "mails" / "2.eml").write_text(f"To: x@x.example\n\nDag {NAMES[0]}\n")
        mine = tmp_path / "mine"
        asked = ("person", "export", gone, "--out", str(mine), "--by", "an")
        assert 0 == (await opstap(stack, *asked))[0]
        with closing(sqlite3.connect(folder / "opstap.db")) as db:
            db.execute("VACUUM INTO ?", (str(backup),))

        first = await opstap(stack, "audit", "erase", gone, *BY_TWO)
        again = await opstap(stack, "audit", "erase", gone, *BY_TWO)

        assert (0, True, 0, True) == (
            first[0],
            f"{gone} is gewist: " in first[1],
            again[0],
            f"{gone} was al gewist: " in again[1],
        )
        assert "2 bestanden verwijderd" in first[1]
        assert "erase_file" == (await outcomes.sealed_rows(gateway.engine, gone))[-1].kind
        await refused_as_erased(gateway, gone, folder)
        for command in (
            ("audit", "checkpoint"),
            ("audit", "verify"),
            ("audit", "replay", "--all"),
            ("audit", "replay", "--all", "--jobs", "2"),
            ("audit", "rebuild", "--check"),
            ("audit", "compare"),
        ):
            code, said = await opstap(stack, *command)
            assert 0 == code, said
        code, said = await opstap(stack, "audit", "list", "erasures", "--json")
        (entry,) = json.loads(said)
        assert (gone, "mia (manager), an (coordinator)", "vraag_persoon") == (
            entry["trajectory"],
            entry["who"],
            entry["why"],
        )
        # What is left of that person can still be proven to be untouched.
        write_whole(export, await exporter.export(gone))
        assert 0 == (await opstap(stack, "audit", "verify", str(export)))[0]
        assert [] == readable(folder, NAMES[2], MAIL, "Godelieve")
        assert NAMES[0] in (folder / "mails" / "2.eml").read_text()
        assert dict(zip(ids, NAMES, strict=False)) == await people.names(gateway.engine, ids)
    told = json.loads((mine / "gegevens.json").read_text())
    assert (NAMES[2], MAIL) == (told["person"]["name"], told["person"]["email"])
    assert [gone] == [one["trajectory"] for one in told["trajectories"]]
    assert WHY in (mine / "gegevens.html").read_text()
    assert [] == readable(folder, NAMES[2], MAIL, "Godelieve")

    for name in ("opstap.db", "opstap.db-wal", "opstap.db-shm"):
        (folder / name).unlink(missing_ok=True)
    backup.replace(folder / "opstap.db")
    async with opened(folder) as (stack, gateway):
        assert {**dict(zip(ids, NAMES, strict=False)), gone: "[gewist]"} == await people.names(
            gateway.engine, [*ids, gone]
        )
        assert None is await people.get_person(gateway.engine, gone)
        await refused_as_erased(gateway, gone, folder)
        assert 0 == (await opstap(stack, "audit", "list", "erasures"))[0]
    assert "forgotten again" in logged(folder)
