"""The invented residents of `opstap up --demo`: adopted, referred, and moved on by real steps.

Every date in the files is relative to today, so the demo is alive whenever it starts; a resident
with "until" runs ahead to that moment. Loading twice changes nothing: ids are fixed, and every step
carries a fixed request id.
"""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

from cli.forwarding import LOADED, ahead
from gateway.lists import PREFIX
from gateway.programmes import rules_on
from gateway.refer import trajectory_id
from gateway.registers import read_registers, write_registers
from gateway.settings import Settings
from gateway.steps import Gateway, open_gateway
from models.admission import ReferralForm
from models.calendar import BRUSSELS, add_months, day_of, next_working_day
from models.facts import Json
from models.vocabulary import LetterStatus

PROGRESS_EVERY = 10
_RELATIVE = re.compile(r"^@((?:[+-]\d+[ymd])*)(?: (\d\d:\d\d))?$")
_PIECE = re.compile(r"([+-]\d+)([ymd])")


async def load(settings: Settings, folder: Path, say: Callable[[str], None]) -> None:
    """Load registers and residents, unless this folder has them already."""
    if (folder / LOADED).exists():
        say("De verzonnen bewoners van de demo staan er al.")
        return
    async with open_gateway(settings) as gateway:
        await write_registers(gateway.engine, read_registers(_file("registers.jsonl"), "demo"))
        today = day_of(gateway.clock())
        dates = Dates(today, rules_on(settings, today).closed)
        residents = [json.loads(line) for line in _file("residents.jsonl").splitlines()]
        say(f"De demo laadt {len(residents)} verzonnen bewoners …")
        for number, resident in enumerate(residents, 1):
            await _load_one(gateway, dates.read(resident))
            if number % PROGRESS_EVERY == 0:
                say(f"  {number} van {len(residents)}")
    (folder / LOADED).touch()
    say("De demo is klaar. Kijk met `opstap list`.")


def _file(name: str) -> str:
    return resources.files("demo").joinpath(name).read_text(encoding="utf-8")


async def _load_one(gateway: Gateway, resident: Json) -> None:
    mine = resident_id(resident["resident"])
    people = {one: await gateway.person(one) for one in _people(resident)}
    by = people[resident.get("by", "an")]
    # Who is there already came with a load that broke off; the steps know their own ids.
    if await gateway.row(mine) is None and "refer" in resident:
        form = ReferralForm.model_validate(resident["refer"])
        await gateway.refer(form, by, trajectory=mine)
    elif await gateway.row(mine) is None:
        await gateway.adopt(resident["adopt"], by, trajectory=mine)
    for number, step in enumerate(resident.get("steps", ()), 1):
        await gateway.step(
            mine,
            step["step"],
            step.get("data", {}),
            people[step.get("by", "an")],
            second=people[step["second"]] if "second" in step else None,
            request_id=f"demo-{mine.removeprefix(PREFIX)}-{number}",
        )
    if "until" in resident:
        await _live_until(gateway, mine, resident["until"])


async def _live_until(gateway: Gateway, mine: str, moment: str) -> None:
    """Let a resident run ahead, so that the letters of the last steps have left: on any day."""
    letters = (await gateway.view(mine))["state"]["letters"].values()
    held = LetterStatus.HELD.value
    if any(letter.get("status", held) == held for letter in letters):
        until = datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)
        await ahead(gateway, mine, until - gateway.clock())


def _people(resident: Json) -> set[str]:
    steps = resident.get("steps", ())
    named = {one[role] for one in (resident, *steps) for role in ("by", "second") if role in one}
    return {"an", *named}


def resident_id(resident: str) -> str:
    """Return the trajectory of a resident of the demo: fixed, so that loading twice is once."""
    return trajectory_id(f"demo {resident}", 0)


class Dates:
    """Reads "@-3m+5d" as a day from today, "@+7d 10:00" as a moment on a working day.

    "#r12" is the trajectory of another resident of the file.
    """

    def __init__(self, today: date, closed: frozenset[date]) -> None:
        """Keep today and the closed days."""
        self._today = today
        self._closed = closed

    def read(self, value: Any) -> Any:
        """Return a value with every relative date in it filled in."""
        if isinstance(value, dict):
            return {name: self.read(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.read(one) for one in value]
        if not isinstance(value, str):
            return value
        if value.startswith("#"):
            return resident_id(value[1:])
        match = _RELATIVE.match(value)
        if match is None:
            return value
        day = self._moved(match[1])
        if match[2] is None:
            return day.isoformat()
        return f"{next_working_day(day, self._closed).isoformat()}T{match[2]}"

    def _moved(self, pieces: str) -> date:
        day = self._today
        for count, unit in _PIECE.findall(pieces):
            if unit == "d":
                day += timedelta(days=int(count))
            else:
                day = add_months(day, int(count) * (12 if unit == "y" else 1))
        return day
