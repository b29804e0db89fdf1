"""A letter as the HTML of a mail: every style on its own element, no script, nothing from outside.

All text goes through `escape`; tags and styles are only ever ours.
"""

import unicodedata
from collections.abc import Iterable
from html import escape

from letters.words import LABELS
from models.facts import Json

INK, SOFT, ACCENT, TINT, LINE = "#1d2b36", "#556472", "#0f6e64", "#eef5f3", "#d5dee0"
FONT = "font-family:'Noto Sans','Segoe UI',Helvetica,Arial,sans-serif"
PARAGRAPH = "margin:0 0 14px"
CELL = f"padding:7px 10px;border-bottom:1px solid {LINE};vertical-align:top"
BLANK = (
    f'<span style="display:inline-block;width:150px;border-bottom:1px solid {SOFT}">&nbsp;</span>'
)
RULED = f'<div style="height:30px;border-bottom:1px solid {SOFT}">&nbsp;</div>'
RIGHT_TO_LEFT = frozenset({"R", "AL"})


def as_html(tree: Json, preamble: str = "") -> str:
    """Return a whole page; `preamble` is a line above the letter, as plain text."""
    head = tree["letterhead"]
    above = _note(preamble) if preamble else ""
    inside = (
        f'{above}<p style="margin:0 0 20px;color:{ACCENT};font-size:13px;font-weight:bold;'
        f'letter-spacing:.3px">{escape(head["programme"])}</p>'
        f'<h1 style="margin:0 0 18px;font-size:21px;line-height:1.3;color:{INK}">'
        f"{escape(tree['subject'])}</h1>{_blocks(tree['blocks'], tree['language'])}{_footer(head)}"
    )
    return (
        f'<!doctype html>\n<html lang="{tree["language"]}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" '
        f'content="light"><title>{escape(tree["subject"])}</title></head>'
        f'<body style="margin:0;padding:24px 12px;background:#f4f6f6">'
        f'<div style="max-width:600px;margin:0 auto;background:#ffffff;border-top:4px solid '
        f'{ACCENT};padding:28px 32px;{FONT};font-size:16px;line-height:1.55;color:{INK}">'
        f"{inside}</div></body></html>\n"
    )


def _note(text: str) -> str:
    style = f"margin:0 0 20px;padding:10px 14px;background:#fff6e6;{FONT}"
    return f'<p style="{style}">{escape(text)}</p>'


def _footer(head: Json) -> str:
    parts = [head["organisation"], head["street"], head["city"], head["phone"], head["email"]]
    text = " · ".join(escape(part) for part in parts if part)
    style = f"margin:28px 0 0;padding-top:14px;border-top:1px solid {LINE};color:{SOFT}"
    return f'<p style="{style};font-size:13px;line-height:1.5">{text}</p>'


def _blocks(blocks: Iterable[Json], language: str) -> str:
    return "".join(_block(block, language) for block in blocks)


def _block(block: Json, language: str) -> str:
    kind = block["t"]
    if kind == "p":
        return f'<p style="{PARAGRAPH}">{_inlines(block["c"])}</p>'
    if kind == "h":
        style = f"margin:24px 0 8px;font-size:17px;line-height:1.35;color:{ACCENT}"
        return f'<h2 style="{style}">{_inlines(block["c"])}</h2>'
    if kind in {"ul", "ol"}:
        items = "".join(_item(item, language) for item in block["items"])
        return f'<{kind} style="margin:0 0 14px;padding-left:22px">{items}</{kind}>'
    if kind == "box":
        style = f"margin:0 0 18px;padding:14px 18px 1px;background:{TINT};border-left:4px solid "
        return f'<div style="{style}{ACCENT}">{_blocks(block["c"], language)}</div>'
    if kind == "table":
        return _table(block)
    if kind == "pay":
        return _pay(block, LABELS[language])
    if kind == "lines":
        return RULED * int(block["n"])
    if kind == "checks":
        items = "".join(_item(item, language, "☐&nbsp; ") for item in block["items"])
        return f'<ul style="margin:0 0 14px;padding-left:4px;list-style:none">{items}</ul>'
    if kind == "sign":
        return "".join(_signature(one, LABELS[language]) for one in block["who"])
    return f'<hr style="border:0;border-top:1px solid {LINE};margin:22px 0">'


def _item(blocks: list[Json], language: str, mark: str = "") -> str:
    first = blocks[0] if blocks else None
    if len(blocks) == 1 and first is not None and first["t"] == "p":
        return f'<li style="margin:0 0 6px">{mark}{_inlines(first["c"])}</li>'
    return f'<li style="margin:0 0 6px">{mark}{_blocks(blocks, language)}</li>'


def _signature(one: Json, labels: dict[str, str]) -> str:
    parts = (
        f"{escape(labels['signer'])}: {escape(one['name']) or BLANK}",
        f"{escape(labels['signed'])}: {BLANK}",
        f"{escape(labels['signature'])}: {BLANK}",
    )
    return (
        f'<p style="{PARAGRAPH}"><strong>{escape(one["role"])}</strong><br>{"<br>".join(parts)}</p>'
    )


def _table(block: Json) -> str:
    head = "".join(
        f'<th scope="col" style="{CELL};text-align:{align};color:{SOFT};font-size:14px">'
        f"{_inlines(cell)}</th>"
        for cell, align in zip(block["head"], block["align"], strict=True)
    )
    rows = "".join(_row(row, block["align"]) for row in block["rows"])
    style = "border-collapse:collapse;width:100%;margin:0 0 18px"
    return f'<table style="{style}"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(row: list[list[Json]], align: list[str]) -> str:
    cells = zip(row, align, strict=True)
    return (
        "<tr>"
        + "".join(f'<td style="{CELL};text-align:{a}">{_inlines(c)}</td>' for c, a in cells)
        + "</tr>"
    )


def _pay(block: Json, labels: dict[str, str]) -> str:
    rows = "".join(
        f'<tr><td style="padding:3px 16px 3px 0;color:{SOFT}">{escape(labels[name])}</td>'
        f'<td style="padding:3px 0;font-weight:bold">{escape(str(block[key]))}</td></tr>'
        for name, key in (
            ("amount", "amount"),
            ("due", "due"),
            ("iban", "iban"),
            ("name", "name"),
            ("message", "communication"),
        )
        if block[key]
    )
    style = f"margin:0 0 18px;padding:12px 18px;background:{TINT};border-left:4px solid {ACCENT}"
    return f'<div style="{style}"><table role="presentation">{rows}</table></div>'


def _inlines(nodes: Iterable[Json]) -> str:
    return "".join(_inline(node) for node in nodes)


def _inline(node: Json) -> str:
    kind = node["t"]
    if kind == "s":
        return escape(node["v"])
    if kind == "v":
        text = escape(node["v"])
        return f"<bdi>{text}</bdi>" if _right_to_left(node["v"]) else text
    if kind == "br":
        return "<br>"
    if kind == "fill":
        return BLANK
    if kind == "check":
        return "☐"
    inside = _inlines(node["c"])
    if kind == "a":
        return f'<a href="{escape(node["href"])}" style="color:{ACCENT}">{inside}</a>'
    return f"<strong>{inside}</strong>" if kind == "b" else f"<em>{inside}</em>"


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in text)
