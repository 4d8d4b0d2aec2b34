"""What kind of number a query gives: a ratio, a multiple of it, seconds … so that its unit can be checked.

Literals decide where a kind changes, as they do in our panels: a ratio over the budget is a burn rate, a ratio times a
number of seconds is a time. What cannot be told is None and fits every unit.
"""

from typing import Any

import promql_parser

Kind = str | None

_RECORDED = {
    "slo:sli_total:rate": "rate",
    "slo:sli_bad:rate": "rate",
    "slo:period_burn_rate:ratio": "multiple",
    "slo:current_burn_rate:ratio": "multiple",
    "slo:time_period:days": "days",
    "ALERTS": "state",
    "budget:queue_depth:sum": "number",
    "traffic:duration:p95_5m": "time",
    "traffic:probes:rate5m": "rate",
    "traffic:probes:ratio5m": "ratio",
    "traffic:requests:rate5m": "rate",
    "traffic:requests:top5m": "rate",
    "probe_success": "state",
    "relrails_canary_state": "state",
    "relrails_canary_traffic_share": "ratio",
    "relrails_canary_verdict": "state",
}
_OF_RECORDED = (
    ("slo:sli_error:ratio_rate", "ratio"),
    ("slo:sli_total:increase", "number"),
    ("slo:sli_bad:increase", "number"),
)
_SAME = {
    "clamp_max",
    "clamp_min",
    "label_replace",
    "last_over_time",
    "scalar",
    "quantile_over_time",
    "sort",
    "sort_desc",
    "sum_over_time",
    "avg_over_time",
    "min_over_time",
    "max_over_time",
}
FITS = {"state": {"number"}, "number": {"number"}}


class MismatchError(ValueError):
    """Two kinds of number where there should be one."""


def kind_of(parsed: Any) -> Kind:
    """Tell what kind of number a parsed expression gives; raises MismatchError where it adds seconds to ratios."""
    return _kind(parsed)


def fits(kind: Kind, unit_kind: str) -> bool:
    """Tell whether numbers of a kind may be shown in a unit for another."""
    return kind is None or unit_kind in FITS.get(kind, {kind})


def _kind(node: Any) -> Kind:
    if isinstance(node, promql_parser.VectorSelector):
        return _series(node.name)
    if isinstance(node, promql_parser.MatrixSelector):
        return _kind(node.vector_selector)
    if isinstance(node, promql_parser.ParenExpr | promql_parser.SubqueryExpr | promql_parser.UnaryExpr):
        return _kind(node.expr)
    if isinstance(node, promql_parser.AggregateExpr):
        return "number" if "count" in str(node.op) else _kind(node.expr)
    if isinstance(node, promql_parser.Call):
        return _call(node)
    if isinstance(node, promql_parser.BinaryExpr):
        return _binary(node)
    return None


def _series(name: str | None) -> Kind:
    if name is None:
        return None
    if name in _RECORDED:
        return _RECORDED[name]
    for prefix, kind in _OF_RECORDED:
        if name.startswith(prefix):
            return kind
    if name.startswith("slo:") and name.endswith(":ratio"):
        return "ratio"
    if name.endswith(("_total", "_count", "_bucket")):
        return "number"
    if name.endswith("_seconds"):
        return "time"
    return None


def _call(node: Any) -> Kind:
    name = node.func.name
    arguments = node.args
    if name in {"rate", "irate", "deriv"}:
        return "rate"
    if name == "increase":
        return _kind(arguments[0])
    if name in {"time", "timestamp"}:
        return "time"
    if name == "histogram_quantile":
        return "time"
    if name == "avg_over_time" and _kind(arguments[0]) == "state":
        return "ratio"  # the share of the time in which it was
    if name in _SAME:
        return _kind(arguments[0])
    return None


def _binary(node: Any) -> Kind:
    left, right, op = node.lhs, node.rhs, str(node.op)
    one, other = _kind(left), _kind(right)
    if op in {"*", "/"}:
        return _scaled(one, other, _literal(left), _literal(right), op)
    if _literal(left) is not None or _literal(right) is not None:
        return one or other
    if op in {"and", "unless"}:
        return one
    if one is not None and other is not None and one != other:
        msg = f"{one} {op} {other}"
        raise MismatchError(msg)
    return one or other


def _scaled(one: Kind, other: Kind, left: float | None, right: float | None, op: str) -> Kind:
    if left == 0 or right == 0:
        return None
    kind, factor = (one, right) if right is not None else (other, left)
    if factor is not None:
        if kind == "ratio" and op == "/":
            return "multiple"
        if kind == "ratio" and factor >= 1:
            return "time"
        return kind
    pair = frozenset({one, other})
    if op == "*":
        if pair in ({"multiple", "ratio"}, {"ratio"}):
            return "ratio"
        return next(iter(pair - {"ratio"})) if "ratio" in pair else None
    if one == "number" and other == "rate":
        return "time"
    if one == other:
        return "multiple" if one == "ratio" else "ratio"
    return one if other in {"multiple", None} else None


def _literal(node: Any) -> float | None:
    return float(node.val) if isinstance(node, promql_parser.NumberLiteral) else None
