"""Expressions as text: one canonical line, or several indented ones for people."""

import re
from dataclasses import replace
from typing import assert_never

import promql_parser

from relrails.promql.ast import Aggregate, Binary, Call, Expr, Matcher, Number, Range, Selector, String, Written
from relrails.promql.duration import duration_text
from relrails.units import Duration

# Prometheus' precedence, weakest first; equal ones are left-associative.
_PRECEDENCE = {
    "or": 1,
    "and": 2,
    "unless": 2,
    **dict.fromkeys(("==", "!=", ">", "<", ">=", "<="), 3),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
}
_CONTROL_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\[nrtx]")
# From 0x80 on, `\x82` would be a byte to Prometheus and no character any more.
_SPECIAL = re.compile(r'[\\"\x00-\x1f\x7f]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def quoted(value: str) -> str:
    """Write a string literal that no quote, backslash or control character can leave."""
    return f'"{_SPECIAL.sub(_escape, value)}"'


def _escape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[0], f"\\x{ord(match[0]):02x}")


def text(expr: Expr) -> str:
    """Print an expression on one line, matchers sorted, in one spelling only."""
    match expr:
        case Number(value):
            return format(value, "f") if value.is_finite() else f"{'-' if value < 0 else '+'}Inf"
        case String(value):
            return quoted(value)
        case Selector(metric, matchers, offset):
            inner = ",".join(_matcher(m) for m in sorted(matchers))
            return (f"{metric}{{{inner}}}" if inner else metric) + _offset(offset)
        case Range(Selector(offset=offset) as of, window, None):
            return f"{text(replace(of, offset=None))}[{duration_text(window)}]{_offset(offset)}"
        case Range(of, window, step):
            inside = text(of) if isinstance(of, Selector) or step is None else f"({text(of)})"
            colon = f":{duration_text(step)}" if step is not None else ""
            return f"{inside}[{duration_text(window)}{colon}]"
        case Call(function, arguments):
            return f"{function}({', '.join(text(a) for a in arguments)})"
        case Aggregate(op, of, by):
            clause = f" by ({', '.join(by)}) " if by else ""
            return f"{op}{clause}({text(of)})"
        case Binary():
            return _binary(expr)
        case Written(written):
            return f"({written})"
        case _:
            assert_never(expr)


def _offset(offset: Duration | None) -> str:
    return "" if offset is None else f" offset {duration_text(offset)}"


def pretty(expr: Expr) -> str:
    """Print an expression over as many lines as a reader needs.

    Raises ValueError for an expression that Prometheus' grammar refuses: a mistake of ours, never written out.
    """
    return pretty_text(text(expr))


def pretty_text(line: str) -> str:
    """Spread one line of PromQL over as many lines as a reader needs; raises ValueError where it does not parse."""
    spread = str(promql_parser.parse(line).prettify())
    # The library writes control characters raw inside string literals, which Prometheus refuses.
    return line if _CONTROL_ESCAPE.search(line) else spread


def _matcher(matcher: Matcher) -> str:
    return f"{matcher.label}{matcher.op}{quoted(matcher.value)}"


def _binary(expr: Binary) -> str:
    mine = _PRECEDENCE[expr.op]
    left = _operand(expr.left, mine)
    right = _operand(expr.right, mine + 1)
    bool_ = " bool" if expr.bool_ else ""
    on = "" if expr.on is None else f" on ({', '.join(expr.on)})"
    return f"{left} {expr.op}{bool_}{on} {right}"


def _operand(expr: Expr, least: int) -> str:
    if isinstance(expr, Binary) and _PRECEDENCE[expr.op] < least:
        return f"({text(expr)})"
    return text(expr)
