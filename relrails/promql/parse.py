"""PromQL text read in process, by Prometheus' own grammar."""

from collections.abc import Iterator
from typing import Any

import promql_parser

from relrails.promql.ast import Matcher, MatchOp, Selector

_OPS: dict[str, MatchOp] = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


class PromQLError(ValueError):
    """Text that Prometheus' grammar refuses; the message is the parser's."""


def parse(line: str) -> Any:
    """Parse one expression; raises PromQLError."""
    try:
        return promql_parser.parse(line)
    except ValueError as error:
        raise PromQLError(str(error)) from None


def check_syntax(line: str) -> str | None:
    """Give the parser's complaint, or None when the text is PromQL."""
    try:
        parse(line)
    except PromQLError as error:
        return str(error)
    return None


def selectors(line: str) -> Iterator[Selector]:
    """List every selector in an expression, with its matchers; raises PromQLError."""
    found: list[Selector] = []

    def visit(node: Any) -> bool:
        vector = node.vector_selector if isinstance(node, promql_parser.MatrixSelector) else node
        if isinstance(vector, promql_parser.VectorSelector):
            found.append(_selector(vector))
        return True

    promql_parser.walk(parse(line), visit)
    yield from found


def summed_rate(line: str) -> Selector | None:
    """Find the counter in `sum by (…) (rate(counter[…]))` or in the rate alone; None for every other shape."""
    node = parse(line)
    while isinstance(node, promql_parser.ParenExpr | promql_parser.AggregateExpr):
        if isinstance(node, promql_parser.AggregateExpr) and str(node.op) != "sum":
            return None
        node = node.expr
    if not isinstance(node, promql_parser.Call) or node.func.name != "rate":
        return None
    (argument,) = node.args
    plainly = isinstance(argument, promql_parser.MatrixSelector) and argument.vector_selector.offset is None
    return _selector(argument.vector_selector) if plainly else None


def _selector(vector: Any) -> Selector:
    matchers = tuple(
        Matcher(m.name, _OPS[str(m.op).rsplit(".", maxsplit=1)[-1]], m.value) for m in vector.matchers.matchers
    )
    return Selector(vector.name or "", matchers)
