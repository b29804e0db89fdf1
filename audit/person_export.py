"""`opstap person export`: everything that is known of one person, to hand over to that person.

One folder: `gegevens.json` with all of it, `gegevens.html` to read, and the letters as they left.
For the person alone: nothing is masked, and nothing of anybody else's file is in it.
"""

import json
from datetime import date, datetime
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from audit.exporting import write_whole
from audit.narrative import letter_label, stage_of, told
from gateway.errors import no_trajectory
from models.calendar import dutch_date, dutch_moment, stamp
from models.euro import euro
from models.facts import Json
from stores import (
    communications,
    files,
    ledger,
    outcomes,
    overview,
    people,
    post,
    refusals,
    tasks,
)
from stores.looks import list_looks
from stores.post import StoredLetter

Files = dict[str, bytes]
_WORDS = {
    "name": "Naam",
    "birth_date": "Geboortedatum",
    "sex": "Geslacht",
    "email": "E-mail",
    "phone": "Telefoon",
}


async def person_files(engine: AsyncEngine, trajectory: str, at: datetime) -> Files:
    """Return the files of the person behind a trajectory, by their path in the folder.

    Raises:
        NotFound: nobody is known by it.
    """
    person = await people.get_person(engine, trajectory)
    if person is None:
        raise no_trajectory(trajectory)
    made: Files = {}
    parts, pages = [], []
    for one in await people.trajectories_of(engine, person.id):
        part, page = await _trajectory(engine, one, made)
        parts.append(part)
        pages.append(page)
    who = person.model_dump(mode="json", exclude={"id"})
    whole = {"made_at": stamp(at), "person": who, "trajectories": parts}
    made["gegevens.json"] = json.dumps(whole, ensure_ascii=False, indent=2).encode()
    made["gegevens.html"] = _page(who, pages, at).encode()
    return made


def write_files(folder: Path, made: Files) -> None:
    """Write the folder, each file whole and for its owner's eyes only."""
    for name, content in made.items():
        write_whole(folder / name, content)


async def _trajectory(engine: AsyncEngine, trajectory: str, made: Files) -> tuple[Json, str]:
    rows = await outcomes.rows(engine, trajectory)
    listed = await tasks.list_tasks(engine, trajectory=trajectory, also_done=True)
    row = await overview.get(engine, trajectory)
    letters = await post.list_letters(engine, trajectory=trajectory)
    denied = await refusals.list_refusals(engine, trajectory)
    part: Json = {
        "trajectory": trajectory,
        "overview": None if row is None else row.model_dump(mode="json"),
        "log": [one.model_dump(mode="json") for one in rows],
        "tasks": [one.task.model_dump(mode="json") for one in listed],
        "letters": [await _letter(engine, one, made) for one in letters],
        "refusals": [one.model_dump(mode="json") for one in denied],
        "communication": await communications.of(engine, trajectory),
        "ledger": [one.model_dump(mode="json") for one in await ledger.lines(engine, trajectory)],
        "looks": [one.model_dump(mode="json") for one in await list_looks(engine, trajectory)],
    }
    title = f"{trajectory}: {stage_of(rows[-1])}" if rows else trajectory
    return part, _section(title, told(trajectory, rows), part)


async def _letter(engine: AsyncEngine, letter: StoredLetter, made: Files) -> Json:
    kept = await files.contents(engine, letter)
    named = []
    for number, copy in enumerate(letter.copies, 1):
        for sha256, ending in ((copy.pdf_sha256, "pdf"), (copy.html_sha256, "html")):
            if sha256 is not None and sha256 in kept:
                name = f"brieven/{letter.trajectory}/{letter.key}-{number}.{ending}"
                made[name] = kept[sha256]
                named.append(name)
    return {**letter.model_dump(mode="json"), "label": letter_label(letter.kind), "files": named}


def _page(who: Json, sections: list[str], at: datetime) -> str:
    facts = "".join(
        f"<tr><th>{_WORDS[name]}</th><td>{escape(str(value or ''))}</td></tr>"
        for name, value in who.items()
    )
    return (
        '<!doctype html><html lang="nl"><meta charset="utf-8"><title>Uw gegevens</title>'
        "<style>body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto}"
        "th{text-align:left;padding-right:1em}pre{white-space:pre-wrap}</style>"
        f"<h1>Uw gegevens</h1><p>Gemaakt op {dutch_moment(at)}. Klopt er iets niet? Vraag het ons: "
        "u mag het laten verbeteren, beperken of wissen.</p>"
        f"<table>{facts}</table>{''.join(sections)}</html>"
    )


def _section(title: str, story: str, part: Json) -> str:
    said = [escape(one["text"]) for one in part["tasks"]]
    letters = [_shown_letter(one) for one in part["letters"]]
    denied = [f"{escape(one['step'])}: {escape(one['text'])}" for one in part["refusals"]]
    looks = [_shown_look(one) for one in part["looks"]]
    account = [_shown_line(one) for one in part["ledger"]]
    return (
        f"<h2>{escape(title)}</h2><h3>Wat er gebeurde</h3><pre>{escape(story)}</pre>"
        f"{_list('Wat er ingevuld werd', _given(part['log']))}"
        f"{_list('Uw rekening', account)}{_list('Taken', said)}{_list('Brieven', letters)}"
        f"{_list('Stappen die geweigerd werden', denied)}{_list('Wie uw dossier inkeek', looks)}"
    )


def _given(log: list[Json]) -> list[str]:
    """Write what every row was given, field by field."""
    lines = []
    for row in log:
        data = row["detail"].get("data") or {}
        fields = "; ".join(f"{name}: {_plain(value)}" for name, value in data.items())
        if fields:
            lines.append(escape(f"rij {row['seq']}: {fields}"))
    return lines


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _shown_look(look: Json) -> str:
    at = dutch_moment(datetime.fromisoformat(look["at"]))
    return escape(f"{at}: {look['who']} ({look['role']})")


def _shown_line(line: Json) -> str:
    on = dutch_date(date.fromisoformat(line["booked_on"]))
    return escape(f"{on}: {line['text']}, {euro(Decimal(line['amount']))}")


def _shown_letter(letter: Json) -> str:
    links = ", ".join(f'<a href="{escape(name)}">{escape(name)}</a>' for name in letter["files"])
    texts = "".join(f"<pre>{escape(copy['text'])}</pre>" for copy in letter["copies"])
    return f"{escape(letter['label'])} {links}{texts}"


def _list(title: str, items: list[str]) -> str:
    if not items:
        return ""
    return f"<h3>{title}</h3><ul>{''.join(f'<li>{one}</li>' for one in items)}</ul>"
