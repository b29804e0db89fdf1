"""From Markdown with marks to a small tree of blocks, plain JSON: what a letter is.

Blocks: p, h, ul, ol, box, table, rule, pay, and for the pen: lines, checks, sign. Inlines: s (the
template's text), v (a value: never hyphenated), b, i, a, br, and for the pen: fill, check. Every
renderer reads this tree and nothing else.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

from letters.errors import GapError
from letters.filling import CLOSE, OPEN, Value
from letters.glyphs import described, unusable
from letters.payment import Payment, epc_text, spaced
from letters.signing import Signatures
from letters.words import datum, euro
from models.facts import Json

MARK = re.compile(f"{OPEN}(\\d+){CLOSE}")
SCHEMES = frozenset({"https", "mailto", "tel"})
# Room for a pen, as it is typed: dots are a line to write on, brackets a box to tick.
PEN = re.compile(r"(\.{4,}|\[ \])")
RULED = re.compile(r"\.{4,}(\n\.{4,})*")
TICK = "[ ]"
MARKDOWN = (
    MarkdownIt("commonmark", {"html": False})
    .enable("table")
    .disable(["image", "html_block", "html_inline", "autolink", "code", "fence", "reference"])
)


def build(markdown: str, values: Sequence[Value], language: str) -> list[Json]:
    """Return the blocks of a filled-in text.

    Raises:
        GapError: something that a letter cannot hold.
    """
    return _Builder(_parsed(markdown), values, language).blocks(None)


@lru_cache(maxsize=512)
def _parsed(markdown: str) -> Sequence[Token]:
    """Parse once: with marks for its values, a text is the same for everybody."""
    return MARKDOWN.parse(markdown)


def words(text: str, values: Sequence[Value]) -> str:
    """Return one line of text with its values: a subject."""
    return " ".join("".join(node.get("v", " ") for node in _texts(text, values)).split())


class _Builder:
    def __init__(self, tokens: Sequence[Token], values: Sequence[Value], language: str) -> None:
        self._tokens = tokens
        self._values = values
        self._language = language
        self._at = 0

    def blocks(self, end: str | None) -> list[Json]:
        found: list[Json] = []
        while self._at < len(self._tokens):
            token = self._next()
            if token.type == end:
                return found
            found.append(self._block(token))
        return found

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _block(self, token: Token) -> Json:
        kind = token.type
        if kind == "paragraph_open":
            return self._paragraph(self._closed())
        if kind == "heading_open":
            return {"t": "h", "level": int(token.tag[1]), "c": self._inlines(self._closed())}
        if kind == "blockquote_open":
            return {"t": "box", "c": self.blocks("blockquote_close")}
        if kind in {"bullet_list_open", "ordered_list_open"}:
            return self._list(kind.removesuffix("_open"))
        if kind == "hr":
            return {"t": "rule"}
        if kind == "table_open":
            return self._table()
        raise GapError(f"dit kan een brief niet tonen: {kind}")

    def _closed(self) -> Token:
        """Return the text of a block, and step over its end."""
        inline = self._next()
        self._next()
        return inline

    def _paragraph(self, inline: Token) -> Json:
        only = MARK.fullmatch(inline.content.strip())
        value = self._values[int(only[1])] if only else None
        if isinstance(value, Payment):
            return _pay(value, self._language)
        if isinstance(value, Signatures):
            return {"t": "sign", "who": value.who()}
        if RULED.fullmatch(inline.content):
            return {"t": "lines", "n": inline.content.count("\n") + 1}
        return {"t": "p", "c": self._inlines(inline)}

    def _list(self, kind: str) -> Json:
        items = []
        while self._next().type != f"{kind}_close":
            items.append(self.blocks("list_item_close"))
        if kind == "bullet_list" and items and all(map(_ticked, items)):
            return {"t": "checks", "items": [_without_tick(item) for item in items]}
        return {"t": "ul" if kind == "bullet_list" else "ol", "items": items}

    def _table(self) -> Json:
        rows: list[list[Any]] = []
        align: list[str] = []
        while (token := self._next()).type != "table_close":
            if token.type == "tr_open":
                rows.append([])
            elif token.type in {"th_open", "td_open"}:
                if token.type == "th_open":
                    style = str(token.attrGet("style") or "")
                    align.append("right" if "right" in style else "left")
                rows[-1].append(self._inlines(self._closed()))
        return {"t": "table", "align": align, "head": rows[0], "rows": rows[1:]}

    def _inlines(self, inline: Token) -> list[Json]:
        return _Inlines(inline.children or [], self._values).upto(None)


class _Inlines:
    def __init__(self, tokens: Sequence[Token], values: Sequence[Value]) -> None:
        self._tokens = iter(tokens)
        self._values = values

    def upto(self, end: str | None) -> list[Json]:
        found: list[Json] = []
        for token in self._tokens:
            if token.type == end:
                break
            for node in self._nodes(token):
                if node["t"] == "s" and found and found[-1]["t"] == "s":
                    found[-1] = {"t": "s", "v": found[-1]["v"] + node["v"]}
                else:
                    found.append(node)
        return found

    def _nodes(self, token: Token) -> list[Json]:
        if token.type in {"text", "text_special"}:
            return _texts(token.content, self._values)
        if token.type == "softbreak":
            return [{"t": "s", "v": " "}]
        if token.type == "hardbreak":
            return [{"t": "br"}]
        if token.type in {"strong_open", "em_open"}:
            name = token.type.removesuffix("_open")
            return [{"t": "b" if name == "strong" else "i", "c": self.upto(f"{name}_close")}]
        if token.type == "link_open":
            href = str(token.attrGet("href"))
            if urlsplit(href).scheme not in SCHEMES:
                raise GapError(f"de koppeling '{href}' begint niet met https:, mailto: of tel:")
            return [{"t": "a", "href": href, "c": self.upto("link_close")}]
        raise GapError(f"dit kan een brief niet tonen: {token.type}")


def _texts(text: str, values: Sequence[Value]) -> list[Json]:
    """Return the pieces of a text: the template's own words, and values in place of marks."""
    found: list[Json] = []
    for place, piece in enumerate(MARK.split(text)):
        if place % 2:
            value = values[int(piece)]
            if not isinstance(value, str):
                name = "payment" if isinstance(value, Payment) else "sign"
                raise GapError(
                    f"|{name} hoort alleen op een regel, met een lege regel ervoor en erna"
                )
            found += _lines(value)
        elif piece:
            wrong = unusable(piece)
            if wrong in {OPEN, CLOSE}:
                raise GapError("een filter heeft een waarde doorgeknipt")
            if wrong is not None:
                raise GapError(f"het teken {described(wrong)} kan niet in een brief")
            found += _penned(piece)
    return found


def _penned(piece: str) -> list[Json]:
    """Return the template's own words, with the places for a pen between them."""
    found: list[Json] = []
    for text in filter(None, PEN.split(piece)):
        if text == TICK:
            found.append({"t": "check"})
        elif PEN.fullmatch(text):
            found.append({"t": "fill", "n": len(text)})
        else:
            found.append({"t": "s", "v": text})
    return found


def _ticked(item: list[Json]) -> bool:
    return bool(item) and item[0]["t"] == "p" and item[0]["c"][0]["t"] == "check"


def _without_tick(item: list[Json]) -> list[Json]:
    first, *rest = item
    _, after, *others = first["c"]
    return [{"t": "p", "c": [{**after, "v": after["v"].lstrip()}, *others]}, *rest]


def _lines(value: str) -> list[Json]:
    pieces: list[Json] = []
    for line in value.strip().split("\n"):
        pieces += [{"t": "br"}] if pieces else []
        pieces += [{"t": "v", "v": line}] if line else []
    return pieces


def _pay(payment: Payment, language: str) -> Json:
    return {
        "t": "pay",
        "amount": euro(payment.amount, language),
        "due": datum(payment.due, language) if payment.due else None,
        "iban": spaced(payment.iban),
        "name": payment.name,
        "communication": payment.communication,
        "epc": epc_text(payment),
    }
