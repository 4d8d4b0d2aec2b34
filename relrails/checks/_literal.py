"""Characters inside a writer's string, for a caret in the middle of it."""

import io
import re
import tokenize
from ast import literal_eval
from collections.abc import Iterator

from relrails.checks._place import at
from relrails.promql import PromQL
from relrails.source import Span, source_lines

_CHARACTER = re.compile(r"\\(?:\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u.{4}|U.{8}|N\{[^}]*\}|.)|.", re.DOTALL)
_QUOTE = re.compile(r"(?P<prefix>[a-zA-Z]*)(?P<quote>\"\"\"|'''|\"|')")


def inside(promql: PromQL, start: int, end: int) -> Span:
    """Give the place of characters of a writer's PromQL; all of it when its text was not written there."""
    whole = at(promql, "text", 0)
    places = _places(whole)
    if places is None or "".join(c for c, _, _ in places) != promql.text or not places:
        return whole
    first = places[min(start, len(places) - 1)]
    last = places[min(max(end - 1, start), len(places) - 1)]
    if start >= len(places):  # just behind the text: its last character
        first = last
    end_column = last[2] + 1 if last[1] == first[1] else len(source_lines(whole.file)[first[1] - 1])
    return Span(whole.file, first[1], first[2], first[1], end_column, whole.called_from)


def _places(span: Span) -> list[tuple[str, int, int]] | None:
    """List the characters of the string literals in a stretch of source, each with its line and column."""
    if span.line is None or span.column is None or span.end_line is None:
        return None
    lines = list(source_lines(span.file)[span.line - 1 : span.end_line])
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = " " * span.column + lines[0][span.column :]
    found: list[tuple[str, int, int]] = []
    try:
        # Brackets, so that a string over several lines stays one expression.
        for token in tokenize.generate_tokens(io.StringIO("(\n" + "\n".join(lines) + "\n)").readline):
            if token.type == tokenize.STRING:
                line, column = token.start
                found += _characters(token.string, span.line + line - 2, column)
            elif token.type in {tokenize.NAME, tokenize.NUMBER}:
                return None  # something is computed, so that no character has one place
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return found


def _characters(literal: str, line: int, column: int) -> Iterator[tuple[str, int, int]]:
    opening = _QUOTE.match(literal)
    if opening is None or set(opening["prefix"].lower()) & set("fb"):
        raise ValueError(literal)
    raw, quote = "r" in opening["prefix"].lower(), opening["quote"]
    body = literal[opening.end() : -len(quote)]
    column += opening.end()
    for match in re.finditer(".", body, re.DOTALL) if raw else _CHARACTER.finditer(body):
        written = match.group()
        value = written
        if written.startswith("\\") and not raw:
            value = "" if written == "\\\n" else literal_eval(f'"{written}"') if written != '\\"' else '"'
        yield from ((c, line, column) for c in value)
        line, column = (line + 1, 0) if written.endswith("\n") else (line, column + len(written))
