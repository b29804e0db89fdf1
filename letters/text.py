"""A letter as plain text: what a mail shows where HTML is not wanted, and what a log can hold."""

import textwrap
from collections.abc import Callable, Iterable

from letters.words import LABELS
from models.facts import Json

WIDTH = 76
BLANK = "." * 12


def as_text(tree: Json) -> str:
    """Return the body of a letter as lines of at most 76 characters, tables excepted."""
    return _blocks(tree["blocks"], LABELS[tree["language"]], WIDTH).strip("\n") + "\n"


def _blocks(blocks: Iterable[Json], labels: dict[str, str], width: int) -> str:
    return "\n\n".join(_WRITERS[block["t"]](block, labels, width) for block in blocks)


def _paragraph(block: Json, _: dict[str, str], width: int) -> str:
    return "\n".join(_wrapped(line, width) for line in inline(block["c"]).split("\n"))


def _heading(block: Json, _: dict[str, str], width: int) -> str:
    text = _wrapped(inline(block["c"]), width)
    return f"{text}\n{'-' * max(map(len, text.splitlines()))}"


def _bullets(block: Json, labels: dict[str, str], width: int) -> str:
    return _items(block, labels, width, lambda _: "- ")


def _numbers(block: Json, labels: dict[str, str], width: int) -> str:
    return _items(block, labels, width, lambda number: f"{number}. ")


def _items(block: Json, labels: dict[str, str], width: int, mark: Callable[[int], str]) -> str:
    items = []
    for number, item in enumerate(block["items"], 1):
        head = mark(number)
        body = _blocks(item, labels, width - len(head))
        items.append(head + textwrap.indent(body, " " * len(head)).lstrip(" "))
    return "\n".join(items)


def _checks(block: Json, labels: dict[str, str], width: int) -> str:
    return _items(block, labels, width, lambda _: "[ ] ")


def _ruled(block: Json, _: dict[str, str], width: int) -> str:
    return "\n".join(["." * width] * int(block["n"]))


def _sign(block: Json, labels: dict[str, str], _: int) -> str:
    return "\n\n".join(
        f"{one['role']}\n{labels['signer']}: {one['name'] or BLANK}\n"
        f"{labels['signed']}: {BLANK}\n{labels['signature']}: {BLANK}"
        for one in block["who"]
    )


def _box(block: Json, labels: dict[str, str], width: int) -> str:
    return textwrap.indent(_blocks(block["c"], labels, width - 2), "| ", lambda _: True)


def _table(block: Json, _: dict[str, str], width: int) -> str:
    rows = [[inline(cell).replace("\n", " ") for cell in row] for row in _rows(block)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + 2 * len(widths) - 2 > width:
        return "\n\n".join(_record(rows[0], row, width) for row in rows[1:])
    lines = [_row(row, widths, block["align"]) for row in rows]
    return "\n".join([lines[0], "-" * (sum(widths) + 2 * len(widths) - 2), *lines[1:]])


def _record(heads: list[str], cells: list[str], width: int) -> str:
    """Write a row of a table that is too wide: one line for each cell."""
    lines = (
        f"{head}: {cell or BLANK}" if head else cell
        for head, cell in zip(heads, cells, strict=True)
    )
    return "\n".join(_wrapped(line, width) for line in lines)


def _rows(block: Json) -> list[list[list[Json]]]:
    return [block["head"], *block["rows"]]


def _row(row: list[str], widths: list[int], align: list[str]) -> str:
    cells = zip(row, widths, align, strict=True)
    return "  ".join(c.rjust(w) if a == "right" else c.ljust(w) for c, w, a in cells).rstrip()


def _rule(*_: object) -> str:
    return "-" * 20


def _pay(block: Json, labels: dict[str, str], _: int) -> str:
    fields = [
        f"{labels[name]}: {block[key]}"
        for name, key in (
            ("amount", "amount"),
            ("due", "due"),
            ("iban", "iban"),
            ("name", "name"),
            ("message", "communication"),
        )
        if block[key]
    ]
    return textwrap.indent("\n".join(fields), "| ")


def inline(nodes: Iterable[Json]) -> str:
    """Return inlines as text; a link shows where it goes."""
    return "".join(_inline(node) for node in nodes)


def _inline(node: Json) -> str:
    if node["t"] in {"s", "v"}:
        return str(node["v"])
    if node["t"] == "br":
        return "\n"
    if node["t"] == "fill":
        return BLANK
    if node["t"] == "check":
        return "[ ]"
    text = inline(node["c"])
    if node["t"] != "a":
        return text
    where = node["href"].partition(":")[2].removeprefix("//")
    return text if text == where else f"{text} ({where})"


def _wrapped(line: str, width: int) -> str:
    return textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)


_WRITERS: dict[str, Callable[[Json, dict[str, str], int], str]] = {
    "p": _paragraph,
    "h": _heading,
    "ul": _bullets,
    "ol": _numbers,
    "box": _box,
    "table": _table,
    "lines": _ruled,
    "checks": _checks,
    "sign": _sign,
    "rule": _rule,
    "pay": _pay,
}
