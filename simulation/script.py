"""Scripts: registers first, then dated facts in order of time, and the moment at which to stop.

One JSON object a line; `docs/scripts.md` explains every line. Whatever cannot be read gives a
`ScriptError` with the line's number and a Dutch sentence; what the rules refuse is not an error
here but a refusal when the script is played.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError, to_json

from models.calendar import BRUSSELS, day_of, local
from models.errors import ScriptError
from models.facts import Json
from models.fields import Id, dutch, read_moment
from models.registers import Dwelling, Partner
from models.vocabulary import Role
from simulation.bank import Statement

TRAJECTORY = "trajectory-"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
NAMES_A_RESIDENT = ("other", "previous")
_RESIDENT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$")
_FACT_NEEDS = ("at", "who", "role", "resident", "step")
_FACT_MAY = (*_FACT_NEEDS, "data", "second", "override")
_ASKED = ("who", "role", "second", "override")
_REGISTERS = ("partner", "dwelling", "staff", "rules")


class StaffMember(BaseModel):
    """Somebody who takes steps."""

    model_config = ConfigDict(extra="forbid")

    id: Id = Field(title="Code")
    role: Role = Field(title="Rol")
    name: str | None = Field(default=None, title="Naam")


@dataclass(slots=True)
class DatedFact:
    """One step of a script: when, who, whose trajectory, and what was asked."""

    line: int
    at: datetime
    resident: str
    step: str
    request: Json


@dataclass(slots=True)
class Observed:
    """A bank statement of a script: when it is loaded, and what it holds."""

    line: int
    at: datetime
    statement: Statement


@dataclass(slots=True)
class Script:
    """A script that was read: its registers, its facts in order, and its end."""

    partners: list[Partner] = field(default_factory=list)
    dwellings: list[Dwelling] = field(default_factory=list)
    staff: list[StaffMember] = field(default_factory=list)
    rules: Json = field(default_factory=dict)
    facts: list[DatedFact] = field(default_factory=list)
    seen: list[Observed] = field(default_factory=list)
    until: datetime = NEVER

    def dated(self) -> list[DatedFact | Observed]:
        """Return steps and statements in order of time, as they stand in the script."""
        return sorted((*self.facts, *self.seen), key=lambda one: (one.at, one.line))

    def residents(self) -> list[str]:
        """Return everybody who is named, in order of appearance."""
        return list(dict.fromkeys(fact.resident for fact in self.facts))


def trajectory_id(resident: str) -> str:
    """Return the trajectory of a script's resident."""
    return resident if resident.startswith(TRAJECTORY) else TRAJECTORY + resident


def resident_of(trajectory: str) -> str:
    """Return the name by which a script knows a trajectory."""
    return trajectory.removeprefix(TRAJECTORY)


def read_script(lines: Iterable[str], where: str = "script") -> Script:
    """Read a script.

    Raises:
        ScriptError: with the number of the first line that cannot be read, and why.
    """
    reader = _Reader(where)
    for number, text in enumerate(lines, 1):
        if text.strip():
            reader.read(number, text)
    return reader.finish()


class _Reader:
    def __init__(self, where: str) -> None:
        self.where = where
        self.number = 0
        self.script = Script()
        self.ended = False

    def error(self, why: str) -> ScriptError:
        return ScriptError(f"{self.where}, regel {self.number}: {why}.")

    def read(self, number: int, text: str) -> None:
        self.number = number
        try:
            row = json.loads(text)
        except json.JSONDecodeError as error:
            raise self.error(f"dit is geen JSON, kijk bij teken {error.colno}") from None
        if not isinstance(row, dict) or not row:
            raise self.error('elke regel is één JSON-object, bv. {"until": "2028-05-04"}')
        if self.ended:
            raise self.error("na de regel met 'until' komt niets meer")
        if "until" in row:
            self._until(row)
        elif "observe" in row:
            self._observe(row)
        elif "step" in row or "at" in row:
            self._fact(row)
        else:
            self._register(row)

    def finish(self) -> Script:
        if not self.ended:
            self.number += 1
            raise self.error('het script heeft geen einde: zet als laatste {"until": "2028-05-04"}')
        return self.script

    # ---- registers -------------------------------------------------------------------------
    def _register(self, row: Json) -> None:
        names = list(row)
        if len(names) != 1 or names[0] not in _REGISTERS:
            raise self.error(
                f"'{names[0]}' is niet gekend; een regel is een stap (met 'at' en 'step'), 'until',"
                f" of één van: {', '.join(_REGISTERS)}"
            )
        if self.script.facts:
            raise self.error(f"'{names[0]}' hoort voor de eerste stap te staan")
        name, value = names[0], row[names[0]]
        if name == "rules":
            self._rules(value)
        elif name == "partner":
            self.script.partners.append(self._model(Partner, value, self.script.partners))
        elif name == "dwelling":
            self.script.dwellings.append(self._model(Dwelling, value, self.script.dwellings))
        else:
            self.script.staff.append(self._model(StaffMember, value, self.script.staff))

    def _rules(self, value: Any) -> None:
        if isinstance(value, str):
            value = {"programme": value}
        if not isinstance(value, dict):
            raise self.error("'rules' is de naam van een programma, of een object met regels")
        self.script.rules |= value

    def _model(self, model: type[Any], value: Any, known: list[Any]) -> Any:
        if not isinstance(value, dict):
            raise self.error(f"geef een object met de velden van '{model.__name__.lower()}'")
        try:
            read = model.model_validate(value)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise self.error(dutch(first, model).rstrip(".")) from None
        if any(one.id == read.id for one in known):
            raise self.error(f"'{read.id}' staat er twee keer")
        return read

    # ---- facts -----------------------------------------------------------------------------
    def _until(self, row: Json) -> None:
        if len(row) != 1:
            raise self.error("de regel met 'until' heeft niets anders")
        until = row["until"]
        if isinstance(until, str) and "T" not in until and ":" not in until:
            until = f"{until.strip()} 00:00"
        self.script.until = self._moment(until, "until")
        self._in_order(self.script.until)
        self.ended = True

    def _fact(self, row: Json) -> None:
        missing = [name for name in _FACT_NEEDS if name not in row]
        strange = [name for name in row if name not in _FACT_MAY]
        if missing or strange:
            what = f"hier ontbreekt {', '.join(missing)}" if missing else f"onbekend: {strange[0]}"
            raise self.error(f"{what}; een stap heeft {', '.join(_FACT_MAY)}")
        resident, step = row["resident"], row["step"]
        if not isinstance(resident, str) or not _RESIDENT.match(resident):
            raise self.error("'resident' is een korte code zoals r1 (letters, cijfers, - en _)")
        if not isinstance(step, str):
            raise self.error("'step' is de naam van een stap")
        at = self._moment(row["at"], "at")
        self._in_order(at)
        request: Json = {name: row[name] for name in _ASKED if name in row}
        request["data"] = row.get("data", {})
        self.script.facts.append(
            DatedFact(self.number, at, resident.removeprefix(TRAJECTORY), step, request)
        )

    def _observe(self, row: Json) -> None:
        told = row["observe"]
        if (
            set(row) != {"at", "observe"}
            or not isinstance(told, dict)
            or set(told) != {"statement"}
        ):
            raise self.error(
                'een waarneming is {"at": …, "observe": {"statement": {"closes": …, …}}}'
            )
        at = self._moment(row["at"], "at")
        self._in_order(at)
        statement = self._model(Statement, told["statement"], [])
        if statement.closes > day_of(at):
            raise self.error("een afschrift sluit niet later dan de dag waarop het geladen is")
        self.script.seen.append(Observed(self.number, at, statement))

    def _in_order(self, at: datetime) -> None:
        before = [rows[-1].at for rows in (self.script.facts, self.script.seen) if rows]
        if before and at < max(before):
            raise self.error("deze regel ligt voor de vorige; zet de stappen in volgorde van tijd")

    def _moment(self, value: Any, name: str) -> datetime:
        try:
            moment: datetime = read_moment(value)
        except PydanticCustomError as error:
            raise self.error(f"'{name}': {error.message()}") from None
        utc = moment.astimezone(UTC)
        if moment.tzinfo is BRUSSELS and local(utc).hour != moment.hour:
            raise self.error(f"'{name}': dit uur bestaat niet, de klok gaat dan een uur vooruit")
        if utc.second or utc.microsecond:
            raise self.error(f"'{name}': schrijf een moment op de minuut, zonder seconden")
        return utc


def asked(fact: DatedFact, residents: frozenset[str]) -> Json:
    """Return the request as the engine takes it: other residents by their trajectory."""
    data = fact.request["data"]
    if isinstance(data, dict):
        other = {
            name: trajectory_id(data[name])
            for name in NAMES_A_RESIDENT
            if isinstance(data.get(name), str) and resident_of(data[name]) in residents
        }
        data = {**data, **other} if other else data
    return {**fact.request, "data": data, "source": "script"}


# ---- writing -----------------------------------------------------------------------------------
def script_lines(script: Script) -> Iterable[bytes]:
    """Write a script as lines that `read_script` reads back."""
    if script.rules:
        yield to_json({"rules": script.rules})
    for name, rows in (
        ("partner", script.partners),
        ("dwelling", script.dwellings),
        ("staff", script.staff),
    ):
        for row in rows:
            yield to_json({name: row.model_dump(mode="json", exclude_defaults=True)})
    for one in script.dated():
        yield fact_line(one) if isinstance(one, DatedFact) else _statement_line(one)
    yield to_json({"until": wall(script.until)})


def fact_line(fact: DatedFact) -> bytes:
    """Write one fact."""
    request = fact.request
    row: Json = {"at": wall(fact.at), "who": request["who"], "role": request["role"]}
    if "second" in request:
        row["second"] = request["second"]
    row["resident"], row["step"] = fact.resident, fact.step
    if "override" in request:
        row["override"] = request["override"]
    row["data"] = request["data"]
    return to_json(row)


def _statement_line(seen: Observed) -> bytes:
    told = seen.statement.model_dump(mode="json", exclude_defaults=True)
    return to_json({"at": wall(seen.at), "observe": {"statement": told}})


def wall(moment: datetime) -> str:
    """Write a moment as the Belgian clock shows it."""
    return local(moment).strftime("%Y-%m-%dT%H:%M")
