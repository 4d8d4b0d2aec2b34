"""Where to put the caret."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from relrails.source import Source, Span, node_span, source_text


class Declared(Protocol):
    """Anything that knows where it was written."""

    @property
    def source(self) -> Source:
        """The call that made it."""


def at(thing: Declared, field: str, position: int | None = None) -> Span:
    """Give the value of a field as it was written, or the name of the call when the field was left out."""
    return thing.source.argument(field, position) or thing.source.name


def value(source: Source, field: str, position: int | None = None, index: int | None = None) -> Span:
    """Give the value of a field, or one item of the tuple in it."""
    span = source.argument(field, position) or source.name
    call = source.syntax()
    if index is None or call is None:
        return span
    for keyword in call.keywords:
        written = keyword.value
        if keyword.arg == field and isinstance(written, ast.Tuple | ast.List) and index < len(written.elts):
            if any(isinstance(e, ast.Starred) for e in written.elts[: index + 1]):
                return span
            return node_span(source.file, written.elts[index], span.called_from)
    return span


def matcher(span: Span, source: Source, label: str, wanted: str | None = None) -> Span | None:
    """Find `label=` of a `.where(label=...)`: inside `span`, or else in the statement that makes the metric."""
    statement = next((s for s in _statements(source.file) if _inside(source.span, s)), None)
    candidates = [
        (around is not span, not _says(keyword, wanted), found)
        for around in (span, statement)
        if around is not None
        for keyword in _where(around.file, label)
        if _inside(found := node_span(around.file, keyword.value, around.called_from), around)
    ]
    best = min(candidates, key=lambda c: (c[1], c[0]) if wanted is not None else (c[0], False), default=None)
    return None if best is None else best[2]


def _says(keyword: ast.keyword, wanted: str | None) -> bool:
    """Tell whether a value is written in an argument: `"500"`, or `metric.matching("500")`."""
    return any(isinstance(n, ast.Constant) and n.value == wanted for n in ast.walk(keyword.value))


def _where(file: str, label: str) -> Iterator[ast.keyword]:
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "where":
            yield from (k for k in node.keywords if k.arg == label)


def _statements(file: str) -> Iterator[Span]:
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return | ast.Expr):
            yield node_span(file, node)


def _tree(file: str) -> ast.Module:
    return _parsed(source_text(file))


@lru_cache(maxsize=8)
def _parsed(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def _inside(inner: Span, outer: Span) -> bool:
    if inner.file != outer.file or None in {inner.line, outer.line, outer.end_line, outer.column}:
        return False
    start, end = (inner.line or 0, inner.column or 0), (inner.end_line or 0, inner.end_column or 0)
    return (outer.line or 0, outer.column or 0) <= start and end <= (outer.end_line or 0, outer.end_column or 0)
