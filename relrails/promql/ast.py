"""The nodes of a PromQL expression: frozen values, printed by printer.py."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from relrails.units import Duration

MatchOp = Literal["=", "!=", "=~", "!~"]
BinaryOp = Literal["+", "-", "*", "/", "==", "!=", ">", "<", ">=", "<=", "and", "or", "unless"]


@dataclass(frozen=True, slots=True, order=True)
class Matcher:
    """One label matcher of a selector."""

    label: str
    op: MatchOp
    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal, exact."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class String:
    """A string literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Selector:
    """An instant vector: a metric and its matchers, now or `offset` ago."""

    metric: str
    matchers: tuple[Matcher, ...] = ()
    offset: Duration | None = None


@dataclass(frozen=True, slots=True)
class Range:
    """The samples of a selector over a window; with a step, a subquery over any expression."""

    of: "Expr"
    window: Duration
    step: Duration | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A function call."""

    function: str
    arguments: "tuple[Expr, ...]"


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregation over the labels in `by`; an empty tuple aggregates everything away."""

    op: str
    of: "Expr"
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands; `on` is None for a match on all labels."""

    op: BinaryOp
    left: "Expr"
    right: "Expr"
    on: tuple[str, ...] | None = None
    bool_: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A writer's own PromQL, already parsed and its window put in."""

    text: str


Expr = Number | String | Selector | Range | Call | Aggregate | Binary | Written
