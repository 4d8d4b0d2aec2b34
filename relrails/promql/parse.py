"""PromQL text read in process, by Prometheus' own grammar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Any

import promql_parser

from relrails.promql.ast import Matcher, MatchOp, Selector

_OPS: dict[str, MatchOp] = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}


_SUBQUERY_STEP = timedelta(minutes=1)
"""Prometheus' own, where a subquery names none: its global evaluation interval."""


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


@dataclass(frozen=True, slots=True)
class Read:
    """One look of an expression into the database: at all samples of `seconds`, or at the newest where that is 0.

    `times` is how often: once, but for what subqueries read.
    """

    selector: Selector
    seconds: Fraction
    times: Fraction


def reads(line: str) -> Iterator[Read]:
    """List what an expression reads each time it is evaluated; raises PromQLError."""
    yield from _reads(parse(line), Fraction(1))


def _reads(node: Any, times: Fraction) -> Iterator[Read]:
    match node:
        case promql_parser.VectorSelector():
            yield Read(_selector(node), Fraction(0), times)
        case promql_parser.MatrixSelector():
            yield Read(_selector(node.vector_selector), _seconds(node.range), times)
        case promql_parser.SubqueryExpr():
            step: timedelta = node.step or _SUBQUERY_STEP
            yield from _reads(node.expr, times * _seconds(node.range) / _seconds(step))
        case promql_parser.BinaryExpr():
            yield from _reads(node.lhs, times)
            yield from _reads(node.rhs, times)
        case promql_parser.Call():
            for argument in node.args:
                yield from _reads(argument, times)
        case promql_parser.AggregateExpr() | promql_parser.ParenExpr() | promql_parser.UnaryExpr():
            yield from _reads(node.expr, times)


def _seconds(time: Any) -> Fraction:
    return Fraction(time / timedelta(microseconds=1)) / 10**6


def _selector(vector: Any) -> Selector:
    matchers = tuple(
        Matcher(m.name, _OPS[str(m.op).rsplit(".", maxsplit=1)[-1]], m.value) for m in vector.matchers.matchers
    )
    return Selector(vector.name or "", matchers)
