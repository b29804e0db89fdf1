"""`opstap show`, `future` and `steps`: one trajectory, as its workflow knows it."""

import json
import shlex
from typing import Any

import click

from cli.doing import with_gateway
from cli.dutch import command
from cli.printing import (
    by_option,
    day,
    json_option,
    moment,
    next_deadline,
    print_json,
    print_table,
    print_wrapped,
)
from gateway.steps import Gateway
from models.facts import By, Json
from models.letters import LETTERS, LetterKind
from models.observations import OBSERVATIONS
from models.trajectory import STEPS
from models.visibility import MASK
from models.vocabulary import ArrearsStage, LetterStatus, Region, Role, Source, Stage, Unpaused

# The hint of a field that the registers fill in: nobody types it.
FILLED = "vult Opstap in"
WHO = "Wie kijkt: een begeleider ziet alleen de eigen bewoners, een medewerker ook de naam."


@command("show", examples=["opstap show trajectory-3fa9", "opstap show 3fa9 --by an"])
@click.argument("trajectory", metavar="ID")
@by_option(required=False, help_text=WHO)
@json_option
def show(trajectory: str, by: str | None, as_json: bool) -> None:
    """Toon alles van één traject. Van het ID volstaat het begin."""

    async def read(gateway: Gateway) -> Json:
        person = await gateway.person(by) if by else None
        found = await gateway.find(trajectory, person)
        return {
            "name": await _name(gateway, found, person),
            **await gateway.view(found, person),
            "timeline": await gateway.timeline(found, person),
        }

    seen = with_gateway(read)
    if as_json:
        print_json(seen)
        return
    _print_head(seen)
    _print_tasks(seen["state"])
    _print_letters(seen["state"])
    print("\nWat er gebeurde:")
    print_table(
        ("  NR", "WANNEER", "WIE", "WAT", "FASE"), [_event(row) for row in seen["timeline"]]
    )


async def _name(gateway: Gateway, trajectory: str, by: By | None) -> str:
    one = [trajectory]
    named = await (gateway.initials(one) if by is None else gateway.names(one, by))
    return named.get(trajectory, "")


def _print_head(seen: Json) -> None:
    row, state = seen["overview"], seen["state"]
    referral, lease = state.get("referral") or {}, state.get("lease") or {}
    born = referral.get("birth_date")
    print(f"{row['trajectory']}  {seen['name']}".rstrip())
    lines = [
        ("Fase", Stage(row["stage"]).label if row["stage"] else "-"),
        ("Partner", f"{row['partner']} (begeleider {row['supporter']})" if row["partner"] else ""),
        ("Aangemeld", day(row["referred_on"])),
        ("Geboren", MASK if born == MASK else day(born)),
        ("Woonwens", referral.get("living", "")),
        ("Oproepen vanaf", day(row["eligible_from"])),
        ("Plaats", row["place"] or ""),
        ("Contract", f"{day(row['lease_start'])} tot {day(row['lease_end'])}" if lease else ""),
        ("Huur", _rent(state)),
        ("Regels", f"{row['programme']}, versie {day(seen['rules']['version'])}"),
        ("Beperkt sinds", day(state.get("restricted"))),
        ("Volgende termijn", next_deadline(row)),
    ]
    lines += [
        (f"Pauze {Region(region).label.lower()}", f"tot en met {day(hold['until'])}")
        for region, hold in state.get("holds", {}).items()
    ]
    for label, value in lines:
        if value:
            print(f"  {label:<18}{value}")


def _rent(state: Json) -> str:
    """Return on which rung the rent stands, for who rents."""
    stage = (state.get("arrears") or {}).get("stage", ArrearsStage.IN_ORDER.value)
    return ArrearsStage(stage).label.lower() if state.get("rent") else ""


def _print_tasks(state: Json) -> None:
    open_ones = [task for task in state.get("tasks", {}).values() if not task.get("done_at")]
    if open_ones:
        print("\nOpen taken:")
    for task in open_ones:
        due = f" (tegen {day(task['due'])})" if task.get("due") else ""
        print_wrapped(f"- [{task['key']}] {task['text']} {Role(task['whom']).label}{due}")


def _print_letters(state: Json) -> None:
    letters = state.get("letters", {})
    if not letters:
        return
    print("\nBrieven:")
    rows = []
    for key, letter in letters.items():
        status = LetterStatus(letter.get("status", LetterStatus.HELD.value))
        when = letter.get("sent_at") or letter["order"]["send_at"]
        kind = LETTERS[LetterKind(letter["order"]["kind"])].label
        rows.append((f"  {key}", kind, status.label, moment(when)))
    print_table(("  NR", "BRIEF", "STATUS", "WANNEER"), rows)


def _event(row: Json) -> tuple[str, ...]:
    letter = row["detail"].get("letter", {})
    what = _word(row["kind"])
    if letter:
        what += f": {LETTERS[LetterKind(letter['kind'])].label}"
    if row["source"] == Source.TEMPORAL:
        what += " (bron niet bevestigd)"
    stage = Stage(row["stage"]).label if row["stage"] else ""
    return (f"  {row['seq']}", moment(row["recorded_at"]), row["by"], what, stage)


_WORDS = {"letter_ordered": "Brief klaargezet", "letter_recalled": "Brief tegengehouden"}


def _word(kind: str) -> str:
    if kind in STEPS:
        return STEPS[kind].label
    if kind in OBSERVATIONS:
        return OBSERVATIONS[kind].text
    return _WORDS.get(kind, kind)


@command("future", examples=["opstap future trajectory-3fa9"])
@click.argument("trajectory", metavar="ID")
@by_option(required=False, help_text=WHO)
@json_option
def future(trajectory: str, by: str | None, as_json: bool) -> None:
    """Toon alles met een datum dat nog komt, met de brief die dan vertrekt."""

    async def read(gateway: Gateway) -> list[Json]:
        person = await gateway.person(by) if by else None
        return await gateway.future(await gateway.find(trajectory, person), person)

    rows = with_gateway(read)
    if as_json:
        print_json(rows)
        return
    if not rows:
        print("Er komt niets meer.")
        return
    print_table(
        ("WANNEER", "WAT", "BRIEF", "BIJZONDER"),
        [
            (
                moment(row["at"]),
                row["text"],
                LETTERS[LetterKind(row["letter"])].label if row["letter"] else "",
                _special(row),
            )
            for row in rows
        ],
    )


def _special(row: Json) -> str:
    words = ((Unpaused.HARD, row["hard"]), (Unpaused.RUNS_ON, row["runs_on"]))
    said = [word.label.lower() for word, given in words if given]
    if row["paused_until"]:
        said.append(f"pauze tot en met {day(row['paused_until'])}")
    return ", ".join(said)


@command("steps", examples=["opstap steps trajectory-3fa9", "opstap steps 3fa9 --by an"])
@click.argument("trajectory", metavar="ID")
@by_option(required=False, help_text="Alleen wat deze persoon mag.")
@json_option
def steps(trajectory: str, by: str | None, as_json: bool) -> None:
    """Toon wat er nu kan, wat elke stap vraagt, en hoe u ze zet."""

    async def read(gateway: Gateway) -> tuple[str, list[Json]]:
        person = await gateway.person(by) if by else None
        found = await gateway.find(trajectory, person)
        return found, await gateway.steps(found, person)

    found, rows = with_gateway(read)
    if as_json:
        print_json(rows)
        return
    if not rows:
        print("In deze fase kan er niets meer.")
    for row in rows:
        who = ", ".join(Role(role).label.lower() for role in row["who"])
        print(f"{row['step']}: {row['label']} ({who})")
        for one in row["fields"]:
            if one["hint"] == FILLED:
                continue
            hint = f" ({one['hint']})" if one["hint"] else ""
            needed = "" if one["required"] else ", mag leeg"
            print(f"    {one['name']}: {one['label']}{hint}{needed}")
        print(f"  {example_line(found, row, by)}\n")


def example_line(trajectory: str, row: Json, by: str | None) -> str:
    """Return a line that shows how the step is taken."""
    words = ["opstap", "step", trajectory, row["step"]]
    hidden = {one["name"] for one in row["fields"] if one["hint"] == FILLED}
    data = {name: one for name, one in row["example"]["data"].items() if name not in hidden}
    if any(isinstance(value, dict | list) for value in data.values()):
        words += ["--data", json.dumps(data, ensure_ascii=False)]
    else:
        for name, value in data.items():
            words += ["--field", f"{name}={_text(value)}"]
    second = row["example"].get("second")
    if second:
        words += ["--second", f"{second['who']}:{second['role']}"]
    return shlex.join([*words, "--by", by or row["example"]["who"]])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
