"""docs/letters.md: every letter, how it leaves, how to write one, and the envelope."""

from collections.abc import Iterable

from pydantic import BaseModel

from documentation.markdown import code, page, table
from documentation.post import post_sections
from letters.catalogue import Entry, catalogue
from letters.checking import to_settle
from letters.filling import KEPT
from letters.organisation import ADDRESS_LINES, Box, Envelope, Organisation
from letters.render import SENDER, LetterPeople
from letters.sources import LANGUAGES, OURS, SHARED, FrontMatter, Library
from letters.words import filters
from models.letters import LETTERS, LetterRow

HOW = """\
A letter is ordered by a step or a deadline. Its words are fixed at that moment; its files are
made when it leaves, kept once under their hash, and never made again.

    facts, people ──► template ──────────► tree of blocks ──► plain text
                      Jinja in Markdown,   JSON, hashed      ├► HTML of the mail
                      values are marks                       ├► PDF/A-2a + PDF/UA-1 (Typst)
                                                             └► PNG or SVG, the same pages

A value is never seen by Jinja, Markdown, HTML or Typst as anything but text. The log holds one
proof per letter: the hash of its manifest, which names the tree, the template, the renderer and
every file (`stores/files.py`)."""

ADD = """\
1. One folder: `opstap letters new KIND --from KIND --folder letters` copies a letter that is
   like it. `nl.md` is the letter; `en.md` and `fr.md` beside it when a resident gets it;
   `sample.json` has one value for every fact.
2. One row in `models/letters.py` or `models/documents.py`: the kind (named in
   `models/letterkinds.py` after the folder), the Dutch name, to whom, by which channel, the lines
   of the playbook, and the facts that the order gives.
3. `opstap letters check` until it says that all is well, `opstap docs` for this page, and
   `opstap letters render KIND --out letter.png` to look at it.

A letter that no step orders, such as a form to fill in by hand, is there on request. A step or
deadline that orders it is a `c.order(LetterKind.…, fact=…)` in its move: a test reads
those and compares them with the row."""

OWN = """\
Set `OPSTAP_LETTERS_DIR` to a folder of the organisation. A file there with the same name as
ours takes its place: `templates/notice_mail/nl.md`, a building block, `organisation.toml` or
the logo. What is not there comes from the product. A change counts for the next letter, without
a restart; run `opstap letters check` first. A worker with a real mail server does not start while
`pay_to` is the account of our example."""

STYLE = """\
- Plain Dutch at level B1, warm and clear: short sentences, "je" to residents and supporters,
  "u" to neighbours and offices. No word that needs explaining; one word per concept
  ([glossary](glossary.md)).
- First why they get this letter, then what, where and by when in a box, then what they can do
  and what if it does not work out; at the end whom to call (`{% include "closing" %}`).
- Headings are `##`. A box is a line that begins with `> `; `\\` at the end of a line breaks it.
  Lists, **bold**, *italic*, tables and links (https:, mailto:, tel:) work; HTML, code and
  images do not.
- For a pen: `[ ]` is a box to tick, four to nine dots a short line, ten or more a line to the
  margin, a line of nothing but dots a whole line to write on; an empty cell of a table stays
  open. What a person typed is never one of these.
- `layout = "document"` for what is signed, filled in or read as a bundle: no address, sections
  with a number, more pages. `"poster"` is large. Everything else is a letter of one page.
- A value is printed with `{{ … }}`; a choice is `{% if … %} … {% endif %}`; a list is `{% for …
  %}`.
- Never copy a sentence of the playbook. Name no amount, day or term that a fact can give.
- Cite the law in the front matter (`article`), not in the letter, unless the law wants it
  there. What only the organisation can decide goes in `to_settle`: `opstap letters check` lists
  it.
- A translation says the same, not more. With legal effect, it says that the Dutch letter
  counts."""

FILTERS = {
    "datum": "`{{ lease_end|datum }}`: a day, or the Belgian day of a moment: 31 mei 2028",
    "moment": "`{{ at|moment }}`: donderdag 3 juni 2027 om 11.00 uur",
    "euro": "`{{ total|euro }}`: € 1.234,50; a negative amount is an error",
    "payment": "`{{ due|payment }}` alone on a line: amount, due date, account, structured "
    "communication and EPC QR code (`letters/payment.py`)",
    "sign": '`{{ {"De bewoner": people.resident, "Getuige": ""}|sign }}` alone on a line: where '
    "each party writes a day and a signature, and a name that is not known",
}


def letters_page() -> str:
    """Return the page of the letters."""
    library = Library()
    entries = catalogue(library)
    return page(
        "The letters",
        f"{len(entries)} letters and documents in {', '.join(LANGUAGES)}. See them with "
        "`opstap letters list`.",
        "## How a letter is made",
        HOW,
        *post_sections(),
        "## The letters",
        table(
            ("Letter", "Dutch name", "To", "Channel", "Languages", "Ordered by", "Alone", "Lines"),
            map(_row, entries),
        ),
        "*Alone*: may leave without a person's approval.",
        "## What the front matter adds",
        table(
            ("Letter", "Facts", "When uncertain", "Law"),
            (_added(row, entry) for row, entry in zip(LETTERS.values(), entries, strict=True)),
        ),
        "*When uncertain*: the server may have taken the mail, but its answer was lost. `mens`: a "
        "person decides; `opnieuw`: it may go again, with the same Message-ID.",
        "## Adding a letter",
        ADD,
        "## Writing",
        STYLE,
        "### Front matter",
        "Between two lines of `+++`, in TOML. A translation only has `subject`.",
        _fields(FrontMatter),
        "### Filters",
        table(("Filter", "Writes"), ((code(name), FILTERS[name]) for name in _filters())),
        f"Of Jinja's own: {', '.join(code(name) for name in KEPT)}; nothing else.",
        "### Building blocks",
        table(("Block", "In Dutch"), _blocks()),
        "### People",
        "Every letter also knows "
        + ", ".join(code(f"people.{name}") for name in LetterPeople.model_fields)
        + ", and of the organisation's file "
        + ", ".join(code(f"sender.{name}") for name in sorted(SENDER))
        + ".",
        "## Letters of one's own",
        OWN,
        "## What the organisation must settle",
        table(("Where", "What"), ((code(one.where), one.text) for one in to_settle(library))),
        "## The sender and the envelope",
        f"`{OURS.name}/organisation.toml`, or the one in the organisation's own folder.",
        _fields(Organisation),
        *_envelope(library.organisation().envelope),
    )


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        code(entry.kind),
        entry.label,
        ", ".join(entry.to),
        ", ".join(entry.channels),
        ", ".join(entry.languages),
        "; ".join(entry.when),
        "yes" if entry.alone else "",
        entry.lines,
    )


def _added(row: LetterRow, entry: Entry) -> tuple[str, ...]:
    facts = [code(name) for name in row.facts] + [f"({code(name)})" for name in row.maybe]
    return code(entry.kind), ", ".join(facts), entry.on_uncertain, entry.article or ""


def _filters() -> list[str]:
    return [*filters("nl"), "payment", "sign"]


def _fields(model: type[BaseModel]) -> str:
    return table(
        ("Field", "Must be given", "Meaning"),
        (
            (code(name), "yes" if info.is_required() else "", info.description or "")
            for name, info in model.model_fields.items()
        ),
    )


def _blocks() -> Iterable[tuple[str, str]]:
    for path in sorted((OURS / "templates" / SHARED).glob("*.nl.md")):
        text = " ".join(path.read_text("utf-8").split())
        yield f'`{{% include "{path.name.removesuffix(".nl.md")}" %}}`', code(text)


def _envelope(envelope: Envelope) -> list[str]:
    head = (
        f"An envelope of {envelope.width:g} × {envelope.height:g} mm with a window of "
        f"{envelope.window_width:g} × {envelope.window_height:g} mm, {envelope.window_right:g} mm "
        f"from the right and {envelope.window_bottom:g} mm from below. The sheet, folded to "
        f"{envelope.fold:g} mm, can slide {envelope.width - 210:g} mm sideways and "
        f"{envelope.height - envelope.fold:g} mm up and down. From the upper left "
        "corner of the sheet:"
    )
    boxes = table(
        ("Box", "From left", "To", "From above", "To", "Rule"),
        (
            _box("safe", envelope.safe, "always visible: the whole address stands in it"),
            _box("clear", envelope.clear, "may be visible: nothing but the address stands in it"),
        ),
    )
    limits = (
        f"An address has at most {ADDRESS_LINES} lines; one that does not fit is refused and "
        "becomes a task. Letters with a mail have no window: there the address may run on."
    )
    return [head, boxes, limits]


def _box(name: str, box: Box, rule: str) -> tuple[str, ...]:
    return (
        name,
        *(f"{side:g} mm" for side in (box.left, box.right, box.top, box.bottom)),
        rule,
    )
