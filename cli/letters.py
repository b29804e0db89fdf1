"""`opstap letters`: every letter in a list, tried, checked, and a new one begun.

Nothing here sends anything: a letter is rendered with its sample or with facts from a file.
"""

import shutil
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from cli.dutch import CONTEXT, DutchGroup
from cli.printing import json_option, print_json, print_table
from gateway.settings import settings
from letters import mail
from letters.catalogue import catalogue
from letters.checking import problems, to_settle
from letters.errors import LetterError
from letters.filling import guess
from letters.organisation import wrong_field
from letters.pdf import Sheet, as_pdf, as_pictures
from letters.render import LetterPeople, Letters, Rendered
from letters.samples import DAY, PEOPLE, REFERENCE, addressee
from letters.sources import DUTCH, LANGUAGES, OURS, read_facts
from models.letters import LETTERS, LetterKind
from models.vocabulary import Channel

FORMS = (".pdf", ".html", ".txt", ".png", ".svg", ".eml")
MOMENT = (
    "Een mail vertrekt om 9 uur op een werkdag, ten vroegste 30 minuten na de opdracht; tot dan\n"
    "kan iemand hem tegenhouden. Een brief op papier wacht tot iemand hem afdrukt."
)


@click.group("letters", cls=DutchGroup, context_settings=CONTEXT)
def letters() -> None:
    """De brieven: welke er zijn, hoe ze eruitzien, en of ze kloppen."""


@letters.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """Elke brief: draaiboek, kanaal, talen, en wanneer hij vertrekt."""
    entries = catalogue(_letters().library)
    if as_json:
        print_json([entry._asdict() for entry in entries])
        return
    rows = [
        (
            entry.kind,
            entry.lines,
            ", ".join(entry.channels),
            ", ".join(entry.languages),
            "; ".join(entry.when) + (" (vertrekt vanzelf)" if entry.alone else ""),
        )
        for entry in entries
    ]
    print_table(("brief", "draaiboek", "kanaal", "talen", "besteld bij"), rows)
    click.echo(f"\n{len(rows)} brieven. {MOMENT}")


@letters.command(
    examples=(
        "opstap letters render notice_registered --out opzeg.pdf",
        "opstap letters render invitation_intake --lang fr --out uitnodiging.html",
    )
)
@click.argument("kind", metavar="BRIEF")
@click.option(
    "--data",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON met de gegevens, en met 'people' voor wie; anders het voorbeeld.",
)
@click.option(
    "--lang", type=click.Choice(LANGUAGES), default=DUTCH, help="De taal, anders Nederlands."
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"Het bestand; de vorm volgt uit het einde: {' '.join(FORMS)}.",
)
def render(kind: str, data: Path | None, lang: str, out: Path) -> None:
    """Een brief maken als PDF, HTML, tekst, beeld of mail."""
    if out.suffix not in FORMS:
        raise click.UsageError(f"'{out.name}' eindigt niet op {', '.join(FORMS)}.")
    row = LETTERS[LetterKind(_known(kind))]
    ours = _letters()
    facts = read_facts(data) if data else ours.library.sample(kind)
    people = _people(facts.pop("people", None))
    made = ours.render(kind, facts, people, DAY, language=lang, reference=REFERENCE)
    sheet = ours.sheet(
        addressee(row, people),
        window=row.channel is not Channel.MAIL,
        registered=row.channel is Channel.REGISTERED,
    )
    written = _write(out, made, sheet)
    click.echo(f"Geschreven: {', '.join(str(path) for path in written)}.")


@letters.command()
@json_option
def check(*, as_json: bool) -> None:
    """Elke brief proberen in elke taal, en de velden vergelijken."""
    ours = _letters()
    wrong = problems(ours)
    open_ends = [] if wrong else to_settle(ours.library)
    if as_json:
        print_json(
            {
                "problems": [one._asdict() for one in wrong],
                "to_settle": [one._asdict() for one in open_ends],
            }
        )
    else:
        for one in wrong:
            click.echo(one.sentence())
        for end in open_ends:
            click.echo(f"Nog te regelen: {end.where}: {end.text}.")
        click.echo(_verdict(ours, len(wrong)))
    if wrong:
        click.get_current_context().exit(1)


@letters.command(examples=("opstap letters new notice_mail --from notice_mail",))
@click.argument("kind", metavar="BRIEF")
@click.option("--from", "source", required=True, metavar="BRIEF", help="De brief om te kopiëren.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="De map met eigen brieven; anders die van OPSTAP_LETTERS_DIR.",
)
def new(kind: str, source: str, folder: Path | None) -> None:
    """Een brief beginnen als kopie van een andere, in de eigen map."""
    library = _letters().library
    own = folder or settings().letters_dir
    if own is None:
        raise LetterError("Zeg met --folder of OPSTAP_LETTERS_DIR waar de eigen brieven staan.")
    if not kind.isidentifier() or kind.startswith("_"):
        raise LetterError(f"'{kind}' kan geen naam van een brief zijn: kleine letters en _.")
    target = own / "templates" / kind
    if target.exists():
        raise LetterError(f"{target} bestaat al.")
    names = [f"{one}.md" for one in library.languages(_existing(source))] + ["sample.json"]
    found = [path for name in names if (path := library.find(f"templates/{source}/{name}"))]
    target.mkdir(parents=True)
    for path in found:
        shutil.copyfile(path, target / path.name)
    click.echo(f"Begonnen: {target} ({', '.join(path.name for path in found)}).")
    if kind not in set(LetterKind):
        click.echo("Geef hem een rij in models/letters.py: zonder rij bestelt niets deze brief.")
    click.echo("Kijk na met `opstap letters check`.")


def _letters() -> Letters:
    return Letters(settings().letters_dir)


def _known(kind: str) -> str:
    known = {one.value for one in LetterKind}
    if kind not in known:
        hint = guess(kind, known) or " Zie `opstap letters list`."
        raise LetterError(f"Er is geen brief '{kind}'.{hint}")
    return kind


def _existing(kind: str) -> str:
    library = _letters().library
    if kind not in library.kinds():
        hint = guess(kind, set(library.kinds())) or " Zie `opstap letters list`."
        raise LetterError(f"Er is geen brief '{kind}'.{hint}")
    return kind


def _people(given: Any) -> LetterPeople:
    try:
        return LetterPeople.model_validate({**PEOPLE.model_dump(), **(given or {})})
    except (ValidationError, TypeError) as error:
        told = wrong_field(error) if isinstance(error, ValidationError) else "geen object"
        raise LetterError(f"'people': {told}") from None


def _write(out: Path, made: Rendered, sheet: Sheet) -> list[Path]:
    if out.suffix in {".png", ".svg"}:
        pages = as_pictures(made.tree, sheet, "png" if out.suffix == ".png" else "svg")
    else:
        pages = [_one(out.suffix, made, sheet)]
    names = [out, *(out.with_stem(f"{out.stem}-{n}") for n in range(2, len(pages) + 1))]
    for path, content in zip(names, pages, strict=True):
        path.write_bytes(content)
    return names


def _one(form: str, made: Rendered, sheet: Sheet) -> bytes:
    if form == ".txt":
        return made.text().encode()
    if form == ".html":
        return made.html().encode()
    pdf = as_pdf(made.tree, sheet)
    if form == ".pdf":
        return pdf
    envelope = mail.Envelope(
        sender="wonen@opstap.example",
        to="bewoner@opstap.example",
        subject=made.subject,
        at=datetime.combine(DAY, time(7), UTC),
        message_id=f"<{made.sha256[:32]}@opstap.example>",
    )
    return mail.mail_bytes(envelope, made.text(), made.html(), pdf, f"{made.kind}.pdf")


def _verdict(ours: Letters, wrong: int) -> str:
    if wrong:
        return f"{wrong} {'punt klopt' if wrong == 1 else 'punten kloppen'} niet."
    count = sum(len(ours.library.languages(kind.value)) for kind in LetterKind)
    own = [folder for folder in ours.library.folders if folder != OURS]
    where = f" Eigen map: {own[0]}." if own else ""
    return f"Alles klopt: {len(LetterKind)} brieven, {count} teksten, alle gemaakt.{where}"
