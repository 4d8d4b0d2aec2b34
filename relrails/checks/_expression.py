"""What the checks want to know about a writer's PromQL."""

from collections.abc import Iterator
from typing import Any

import promql_parser

from relrails.checks._tokens import tokens
from relrails.promql import PromQLError, parse
from relrails.promql.written import WINDOW

STAND_IN = "10000ms"
"""As long as `$window`, so that columns stay where they are, and a range that nobody writes."""


_FUNCTIONS = """
abs absent absent_over_time avg avg_over_time bottomk ceil changes clamp clamp_max clamp_min count count_over_time
count_values day_of_month day_of_week day_of_year days_in_month delta deriv exp floor group histogram_count
histogram_fraction histogram_quantile histogram_sum hour idelta increase irate label_join label_replace last_over_time
ln log10 log2 max max_over_time min min_over_time minute month predict_linear present_over_time quantile
quantile_over_time rate resets round scalar sgn sort sort_desc sqrt stddev stddev_over_time stdvar stdvar_over_time sum
sum_over_time time timestamp topk vector year
"""
FUNCTIONS = tuple(_FUNCTIONS.split())
"""What 2.42 knows, for the name that was meant."""


def filled(text: str) -> str:
    """Put a range in place of `$window`; every character stays where it is."""
    return text.replace(WINDOW, STAND_IN)


def tree(text: str) -> Any:
    """Parse a writer's PromQL; None when it does not parse, which promql/syntax tells."""
    try:
        return parse(filled(text))
    except PromQLError:
        return None


def nodes(text: str) -> Iterator[Any]:
    """Give every node of a writer's PromQL; none when it does not parse."""
    root = tree(text)
    found: list[Any] = []

    def visit(node: Any) -> bool:
        found.append(node)
        return True

    if root is not None:
        promql_parser.walk(root, visit)
    yield from found


def result(text: str) -> str:
    """Give the type of what an expression results in, by Prometheus' name; empty when it does not parse."""
    root = _bare(tree(text))
    match root:
        case None:
            return ""
        case promql_parser.MatrixSelector() | promql_parser.SubqueryExpr():
            return "matrix"
        case promql_parser.StringLiteral():
            return "string"
        case promql_parser.NumberLiteral():
            return "scalar"
        case promql_parser.Call():
            return str(root.func.return_type).rsplit(".", maxsplit=1)[-1].lower()
        case promql_parser.UnaryExpr():
            return result(root.expr.prettify())
        case promql_parser.BinaryExpr():
            sides = {result(root.lhs.prettify()), result(root.rhs.prettify())}
            return "scalar" if sides == {"scalar"} else "vector"
        case _:
            return "vector"


def calls(text: str) -> Iterator[tuple[str, str, int]]:
    """Give functions over a range of one series: the function, the series, and where the function is written."""
    for node in nodes(text):
        if isinstance(node, promql_parser.Call):
            for argument in node.args:
                if isinstance(argument, promql_parser.MatrixSelector):
                    name = argument.vector_selector.name or ""
                    yield node.func.name, name, _before(text, node.func.name, name)


def rates_of_aggregates(text: str) -> Iterator[tuple[str, int]]:
    """Give functions for counters over a subquery of an aggregation, and where they are written."""
    for node in nodes(text):
        if isinstance(node, promql_parser.Call) and node.func.name in {"rate", "increase", "irate", "resets"}:
            for argument in node.args:
                if isinstance(argument, promql_parser.SubqueryExpr) and isinstance(
                    _bare(argument.expr), promql_parser.AggregateExpr
                ):
                    yield node.func.name, _word(text, node.func.name)


def bare_counters(text: str) -> Iterator[tuple[str, int]]:
    """Give series that end in `_total` and are read at one instant for their value, and where they are written."""
    read: list[Any] = []

    def visit(node: Any) -> None:
        match node:
            case promql_parser.MatrixSelector() | promql_parser.SubqueryExpr():
                return  # over time: for rates, or found by promql/rate-of-sum
            case promql_parser.Call() if node.func.name in {"absent", "timestamp"}:
                return
            case promql_parser.Call():
                parts = list(node.args)
            case promql_parser.AggregateExpr() if str(node.op) in {"count", "group"}:
                return
            case promql_parser.BinaryExpr():
                parts = [node.lhs, node.rhs]
            case promql_parser.VectorSelector():
                parts = []
                read.append(node)
            case _:
                parts = [node.expr] if hasattr(node, "expr") else []
        for part in parts:
            visit(part)

    root = tree(text)
    if root is not None:
        visit(root)
    for node in read:
        name = node.name or ""
        if name.endswith("_total"):
            yield name, _bare_place(text, name)


def outermost_division(text: str) -> bool:
    """Tell whether the last thing done is to divide series by series."""
    root = _bare(tree(text))
    return (
        isinstance(root, promql_parser.BinaryExpr)
        and str(root.op) == "/"
        and {result(root.lhs.prettify()), result(root.rhs.prettify())} == {"vector"}
    )


def kept_labels(text: str) -> frozenset[str] | None:
    """Give the labels that the outermost aggregation keeps; None where there is none, or it drops only some."""
    root = _bare(tree(text))
    if not isinstance(root, promql_parser.AggregateExpr):
        return None
    if root.modifier is None:
        return frozenset()
    by = str(root.modifier.type).endswith("By")
    return frozenset(root.modifier.labels) if by else None


def _bare(node: Any) -> Any:
    while isinstance(node, promql_parser.ParenExpr):
        node = node.expr
    return node


def _word(text: str, word: str) -> int:
    return next((t.start for t in tokens(filled(text)) if t.kind == "word" and t.text == word), 0)


def _before(text: str, function: str, name: str) -> int:
    """Find the function that stands before a series."""
    place = 0
    for token in tokens(filled(text)):
        if token.text == function:
            place = token.start
        elif token.text == name:
            return place
    return place


def _bare_place(text: str, name: str) -> int:
    """Find a series that no range follows."""
    cut = tokens(filled(text))
    for index, token in enumerate(cut):
        if token.text == name:
            after = [t for t in cut[index + 1 :] if len(t.inside) <= len(token.inside)]
            signs = [t.text for t in after[:3] if t.text not in "{}"]
            if not signs or signs[0] != "[":
                return token.start
    return _word(text, name)
