"""`opstap post`: what waits for paper, printing it, what was posted, and mails that are uncertain.

Everything that changes a trajectory is a step, taken through the gateway like any other.
"""

from pathlib import Path
from typing import Any

import click

from cli.doing import with_gateway, with_lists
from cli.dutch import CONTEXT, DutchGroup
from cli.mail_test import test
from cli.printing import by_option, day, json_option, moment, print_json, print_table
from gateway import printing
from gateway.errors import NotFound, Refused
from gateway.lists import Lists
from gateway.printing import Queued
from gateway.running import settings
from gateway.steps import Gateway
from letters.render import Letters
from models.choices import ProofKind, UncertainAnswer
from models.facts import Json, StepAnswer
from models.letters import LetterKind
from models.vocabulary import Channel, LetterStatus

AS_WHOM = "Wie kijkt: een begeleider ziet alleen de eigen bewoners."
WHO = "Wie het doet; de rol staat in het register."
FAR = LetterStatus.TO_PRINT.value
_HINTS = {
    FAR: "Afdrukken: opstap post print. Gepost: opstap post posted TRAJECT BRIEF --on DAG …",
    "uncertain": "Nagekeken? opstap post answer TRAJECT BRIEF verzonden|opnieuw --by WIE",
}


@click.group("post", cls=DutchGroup, context_settings=CONTEXT)
def post() -> None:
    """De post: wat op papier moet, wat gepost is, en mails die misschien niet vertrokken."""


post.add_command(test)


@post.command("list", examples=("opstap post list", "opstap post list --status uncertain"))
@click.option(
    "--status",
    type=click.Choice([status.value for status in LetterStatus]),
    default=FAR,
    help="Waar de brief staat; anders wat nog af te drukken en te posten is.",
)
@by_option(required=False, help_text=AS_WHOM)
@json_option
def list_(status: str, by: str | None, *, as_json: bool) -> None:
    """Toon wat nog af te drukken en te posten is, met de laatste veilige dag van een opzeg."""

    async def read(lists: Lists) -> tuple[list[Queued], dict[str, str]]:
        person = await lists.person(by) if by else None
        found = await printing.queue(lists, status, person)
        ids = {one.letter.trajectory for one in found}
        return found, await lists.initials(ids, person)

    found, initials = with_lists(read)
    if as_json:
        print_json([_as_json(one, initials) for one in found])
        return
    label = LetterStatus(status).label.lower()
    if not found:
        print(f"Er is geen brief die '{label}' is.")
        return
    print_table(
        ("POSTEN TEGEN", "TRAJECT", "WIE", "BRIEF", "SOORT", "HOE", "VANAF", "AFGEDRUKT"),
        [
            (
                ("! " + day(one.post_by)) if one.post_by else "",
                one.letter.trajectory,
                initials.get(one.letter.trajectory, ""),
                one.letter.key,
                one.label,
                one.letter.channel.label,
                moment(one.letter.send_at),
                f"{one.printed} keer" if one.printed else "nog niet",
            )
            for one in found
        ],
    )
    print(f"\nTotaal: {len(found)} ({label}).")
    if status in _HINTS:
        print(_HINTS[status])


@post.command(
    "print",
    examples=(
        "opstap post print --by an",
        "opstap post print --out uitpost 3fa9 12-notice_registered --by an",
    ),
)
@click.argument("trajectory", metavar="[ID", required=False)
@click.argument("keys", metavar="BRIEF…]", nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="De map voor de PDF; anders 'post' in de map van Opstap.",
)
@by_option(required=True, help_text=WHO)
@json_option
def print_(
    trajectory: str | None, keys: tuple[str, ...], out: Path | None, by: str, *, as_json: bool
) -> None:
    """Maak één PDF van wat nog niet afgedrukt is, met een lijst vooraan; of van gekozen brieven.

    Een brief die al eens afgedrukt werd, drukt u opnieuw af door hem te noemen: hij staat dan als
    DUPLICAAT op de lijst.
    """
    if trajectory and not keys:
        raise click.UsageError("Noem ook de brief, bv. 12-notice_registered.")

    async def make(lists: Lists) -> printing.Batch | None:
        person = await lists.person(by)
        waiting = await printing.queue(lists)
        if trajectory is None:
            chosen = [one for one in waiting if not one.printed]
        else:
            found = await lists.find(trajectory, person)
            chosen = [await _chosen(lists, waiting, found, key) for key in dict.fromkeys(keys)]
        if not chosen:
            return None
        folder = out or settings().state_dir / "post"
        letters = Letters(settings().letters_dir)
        return await printing.print_batch(lists, letters, chosen, person, folder)

    batch = with_lists(make)
    if as_json:
        letters = [_as_json(one, {}) for one in batch.letters] if batch else []
        path = str(batch.path) if batch else None
        print_json({"file": path, "sha256": batch.sha256 if batch else None, "letters": letters})
    elif batch is None:
        print("Niets nieuws af te drukken. Noem een brief om hem opnieuw af te drukken.")
    else:
        print(f"Geschreven: {batch.path}")
        for one in batch.letters:
            again = f"  DUPLICAAT ({one.printed + 1}e keer)" if one.printed else ""
            print(f"  {one.letter.trajectory}  {one.letter.key}  {one.label}{again}")


@post.command(
    examples=(
        "opstap post posted 3fa9 12-notice_registered --on 20/10/2027 --barcode RR123456785BE …",
    )
)
@click.argument("trajectory", metavar="ID")
@click.argument("key", metavar="BRIEF")
@click.option("--on", "on", required=True, metavar="DAG", help="De dag van het posten.")
@click.option(
    "--barcode",
    "barcodes",
    multiple=True,
    metavar="CODE",
    help="Van elke aangetekende brief: 30 cijfers die met 010 beginnen, of 13 tekens.",
)
@click.option("--late-reason", metavar="REDEN", help="Waarom na de laatste veilige dag.")
@by_option(required=True, help_text=WHO)
@json_option
def posted(
    trajectory: str,
    key: str,
    on: str,
    barcodes: tuple[str, ...],
    late_reason: str | None,
    by: str,
    *,
    as_json: bool,
) -> None:
    """Noteer dat een brief gepost is; de dag van het posten doet de termijn van een opzeg lopen."""

    async def take(gateway: Gateway) -> StepAnswer:
        person = await gateway.person(by)
        found = await gateway.find(trajectory, person)
        letter = await printing.letter_of(gateway, found, key)
        kept = letter.status == LetterStatus.RECALLED  # posted all the same: the core weighs it
        if letter.status != FAR and not kept:
            raise Refused(
                f"De brief '{key}' wacht niet op de post. Zie `opstap post list`.", "post"
            )
        if letter.kind != LetterKind.NOTICE_REGISTERED or kept:
            registered = letter.channel is Channel.REGISTERED
            if barcodes and not registered:
                raise Refused(f"De brief '{key}' is niet aangetekend: geen barcode nodig.", "post")
            data: Json = {"letter": key, "posted_on": on}
            if registered:
                data["barcodes"] = list(barcodes)
            return await gateway.step(found, "post_letter", data, person)
        data = {"posted_on": on, "barcodes": list(barcodes), "late_reason": late_reason}
        return await gateway.step(found, "record_posting", _given(data), person)

    _say(with_gateway(take), as_json=as_json)


@post.command(examples=("opstap post recall 3fa9 12-notice_registered --by an",))
@click.argument("trajectory", metavar="ID")
@click.argument("key", metavar="BRIEF")
@by_option(required=True, help_text=WHO)
@json_option
def recall(trajectory: str, key: str, by: str, *, as_json: bool) -> None:
    """Hou een brief tegen: tot hij vertrekt, of tot hij gepost is."""
    _say(_step(trajectory, "recall_letter", {"letter": key}, by), as_json=as_json)


@post.command(examples=("opstap post answer 3fa9 7-not_started opnieuw --by an",))
@click.argument("trajectory", metavar="ID")
@click.argument("key", metavar="BRIEF")
@click.argument("answer", metavar="ANTWOORD", type=click.Choice([a.value for a in UncertainAnswer]))
@by_option(required=True, help_text=WHO)
@json_option
def answer(trajectory: str, key: str, answer: str, by: str, *, as_json: bool) -> None:
    """Zeg of een onzekere mail vertrok (verzonden), of stuur hem opnieuw (opnieuw)."""
    told = {"letter": key, "answer": answer}
    _say(_step(trajectory, "answer_uncertain", told, by), as_json=as_json)


@post.command(examples=("opstap post proof 3fa9 12-notice_registered bewijs.pdf --by an",))
@click.argument("trajectory", metavar="ID")
@click.argument("key", metavar="BRIEF")
@click.argument("file", metavar="BESTAND", type=click.Path(path_type=Path))
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in ProofKind]),
    default=ProofKind.POSTING.value,
    help="Welk bewijs; anders dat van afgifte.",
)
@by_option(required=True, help_text=WHO)
@json_option
def proof(trajectory: str, key: str, file: Path, kind: str, by: str, *, as_json: bool) -> None:
    """Bewaar de scan van een bewijs bij een aangetekende brief; het logboek noemt zijn hash."""

    async def take(gateway: Gateway) -> StepAnswer:
        person = await gateway.person(by)
        found = await gateway.find(trajectory, person)
        name = await printing.keep_scan(gateway, found, key, file)
        # The same scan twice is one proof.
        request = f"proof-{kind}-{name[:32]}"
        told = {"kind": kind, "file": name}
        return await gateway.step(found, "attach_proof", told, person, request_id=request)

    _say(with_gateway(take), as_json=as_json)


async def _chosen(lists: Lists, waiting: list[Queued], trajectory: str, key: str) -> Queued:
    for one in waiting:
        if (one.letter.trajectory, one.letter.key) == (trajectory, key):
            return one
    letter = await printing.letter_of(lists, trajectory, key)
    raise NotFound(f"De brief '{key}' wacht niet op papier: hij is '{_status(letter.status)}'.")


def _status(value: str) -> str:
    return LetterStatus(value).label.lower()


def _step(trajectory: str, name: str, data: Json, by: str) -> StepAnswer:
    async def take(gateway: Gateway) -> StepAnswer:
        person = await gateway.person(by)
        found = await gateway.find(trajectory, person)
        return await gateway.step(found, name, data, person)

    return with_gateway(take)


def _given(data: Json) -> Json:
    return {name: value for name, value in data.items() if value is not None}


def _say(answer: StepAnswer, *, as_json: bool) -> None:
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        print(answer.text)


def _as_json(one: Queued, initials: dict[str, str]) -> dict[str, Any]:
    letter = one.letter
    return {
        "trajectory": letter.trajectory,
        "initials": initials.get(letter.trajectory),
        "letter": letter.key,
        "kind": letter.kind,
        "channel": letter.channel.value,
        "to": [role.value for role in letter.to_roles],
        "status": letter.status,
        "send_at": letter.send_at,
        "safe_post_by": one.post_by,
        "printed": one.printed,
        "sha256": letter.proof,
    }
