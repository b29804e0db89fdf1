"""Which fields a text uses, and on which line: read from the template, without filling it in."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError, nodes

from letters.sources import Library, Source

_READER = Environment(autoescape=True)
_LOOP = "loop"


class Use:
    """Where a field is first used."""

    def __init__(self, path: Path, line: int) -> None:
        """Keep the place."""
        self.path, self.line = path, line


def used_fields(library: Library, source: Source) -> dict[str, Use]:
    """Return the fields of a text with its subject and building blocks, by their dotted names.

    A text that cannot be read has none: rendering it tells what is wrong.
    """
    found: dict[str, Use] = {}
    try:
        _collect(library, source.language, source.path, source.body, found)
        for name, _ in _names(_READER.parse(source.subject)):
            found.setdefault(name, Use(source.path, 1))
    except TemplateSyntaxError:
        return {}
    return found


def _collect(library: Library, language: str, path: Path, text: str, found: dict[str, Use]) -> None:
    tree = _READER.parse(text)
    for name, line in _names(tree):
        if name not in found or (found[name].path, found[name].line) > (path, line):
            found[name] = Use(path, line)
    for block in tree.find_all(nodes.Include):
        if isinstance(block.template, nodes.Const):
            shared = library.shared(str(block.template.value), language)
            if shared != path:  # rendering tells that it includes itself
                _collect(library, language, shared, library.text(shared), found)


def _names(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx in {"store", "param"}}
    yield from (
        (name, line) for name, line in _walk(tree) if name.split(".")[0] not in {*own, _LOOP}
    )


def _walk(node: nodes.Node) -> Iterator[tuple[str, int]]:
    dotted = _dotted(node)
    if dotted is not None:
        yield dotted, node.lineno
        return
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _dotted(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        before = _dotted(node.node)
        return f"{before}.{node.attr}" if before else None
    return None
