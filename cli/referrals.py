"""`opstap refer` and `opstap adopt`: a file in, and for every row what became of it.

Each row is taken or rejected by itself; importing the same file again changes nothing.
"""

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import ValidationError

from cli.doing import with_gateway
from cli.dutch import command
from cli.files import Row, as_stored, read_rows
from cli.printing import by_option, json_option, print_json
from gateway.adopt import COLUMNS
from gateway.errors import Refused
from gateway.refer import Referred
from gateway.steps import Gateway
from models.admission import ReferralForm
from models.errors import OpstapError
from models.facts import By, Json
from models.fields import F, dutch
from models.overlay import Adopt
from models.vocabulary import Role

FILE = click.argument(
    "path", metavar="BESTAND", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
REJECTED = "geweigerd"
PROGRESS_EVERY = 25


@dataclass
class Result:
    """What became of one row: its status is a word of `Import`, or REJECTED."""

    line: int
    status: str
    text: str
    trajectory: str | None = None


@dataclass(frozen=True)
class Import:
    """How the rows of a file are taken, and the words for what became of them."""

    one: Callable[[Gateway, Row, By | None], Awaitable[Referred]]
    new: str
    known: str


@command("refer", examples=["opstap refer aanmeldingen.csv", "opstap refer rij.json --by an"])
@FILE
@by_option(required=False, help_text="Wie aanmeldt; anders de begeleider van elke rij.")
@json_option
def refer(path: Path, by: str | None, as_json: bool) -> None:
    """Meld jongeren aan uit een bestand (CSV of JSON).

    Kolommen: name, birth_date, sex, supporter, living, en als het zo is previous (een vorig
    traject). De Nederlandse namen (naam, geboortedatum, geslacht, begeleider, woonwens) mogen ook.
    Elke rij wordt op zichzelf aanvaard of geweigerd; hetzelfde bestand nog eens kan geen kwaad.
    """
    rows = read_rows(path, [ReferralForm], ReferralForm.model_fields)
    _import(rows, by, Import(_refer, "aangemeld", "was al aangemeld"), as_json=as_json)


@command("adopt", examples=["opstap adopt bewoners.csv --by an"])
@FILE
@by_option(required=True, help_text="Wie overneemt: een coördinator of leidinggevende.")
@json_option
def adopt(path: Path, by: str, as_json: bool) -> None:
    """Neem lopende trajecten over uit een bestand (CSV of JSON); niets wordt opnieuw verstuurd.

    Kolommen: die van een aanmelding, en stage, referred_on; voor wie al woont ook place, keys_on,
    lease_start en lease_end. Wat al verstuurd is, staat in letters_sent.
    """
    rows = read_rows(path, [ReferralForm, Adopt], COLUMNS)
    _import(rows, by, Import(_adopt, "overgenomen", "stond er al"), as_json=as_json)


def _import(rows: list[Row], by: str | None, kind: Import, *, as_json: bool) -> None:
    async def work(gateway: Gateway) -> list[Result]:
        person = await gateway.person(by) if by else None
        results: list[Result] = []
        seen: dict[str, int] = {}
        for number, row in enumerate(rows, 1):
            results.append(await _result(gateway, row, person, kind, seen))
            if number % PROGRESS_EVERY == 0:
                print(f"… {number} van {len(rows)}", file=sys.stderr)
        return results

    results = with_gateway(work)
    if as_json:
        print_json([vars(result) for result in results])
    else:
        for result in results:
            print(result.text, file=sys.stderr if result.status == REJECTED else sys.stdout)
        counts = dict.fromkeys((kind.new, kind.known, REJECTED), 0)
        for result in results:
            counts[result.status] += 1
        print(", ".join(f"{status}: {count}" for status, count in counts.items()))
    if any(result.status == REJECTED for result in results):
        click.get_current_context().exit(1)


async def _result(
    gateway: Gateway, row: Row, by: By | None, kind: Import, seen: dict[str, int]
) -> Result:
    """Take one row, or say why not; what goes wrong in it stops no other row."""
    try:
        if row.error:
            return Result(row.line, REJECTED, f"{row.where()}: {row.error}.")
        answer = await kind.one(gateway, row, by)
    except _BadRow as error:
        return Result(row.line, REJECTED, str(error))
    except Refused as refused:
        return Result(row.line, REJECTED, f"{row.where(refused.about)}: {refused.text}")
    first = seen.setdefault(answer.trajectory, row.line)
    if first != row.line:
        text = f"{row.where('name')}: dit is dezelfde persoon als op regel {first}."
        return Result(row.line, REJECTED, text, answer.trajectory)
    status = kind.known if answer.already else kind.new
    text = f"regel {row.line}: {answer.trajectory} {status}."
    return Result(row.line, status, text, answer.trajectory)


class _BadRow(OpstapError):  # noqa: N818 (named for what the person hears)
    """A row whose cells are wrong: every cell has its own sentence."""


async def _refer(gateway: Gateway, row: Row, by: By | None) -> Referred:
    form = _read(ReferralForm, row, row.values)
    return await gateway.refer(form, by or By(who=form.supporter, role=Role.SUPPORTER))


async def _adopt(gateway: Gateway, row: Row, by: By | None) -> Referred:
    values = as_stored(Adopt, row.values)
    _read(ReferralForm, row, {n: v for n, v in values.items() if n in ReferralForm.model_fields})
    # The partner is the register's to fill in; here only the cells are looked at.
    cells = {name: value for name, value in values.items() if name != "name"}
    _read(Adopt, row, {**cells, "partner": "volgt"})
    # `--by` is required here: a supporter takes nothing over.
    return await gateway.adopt(values, by or By(who=str(values["supporter"]), role=Role.SUPPORTER))


def _read(model: type[F], row: Row, values: Json) -> F:
    try:
        return model.model_validate(as_stored(model, values))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        told = [f"{row.where(str(one['loc'][0]))}: {dutch(one, model)}" for one in found]
        raise _BadRow("\n".join(told)) from None
