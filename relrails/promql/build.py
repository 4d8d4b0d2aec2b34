"""Small functions that build expressions: `sum_by(rate(requests, window), "region")`."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from relrails.promql.ast import Aggregate, Binary, BinaryOp, Call, Expr, Matcher, Number, Range, Selector
from relrails.units import Duration, plain


def number(value: int | Decimal | Fraction) -> Number:
    """Make a number literal without exponent or binary noise."""
    return Number(plain(value))


def selector(metric: str, matchers: Iterable[Matcher] = (), /, **equal: str) -> Selector:
    """Select a metric, keywords being equality matchers."""
    return Selector(metric, (*matchers, *(Matcher(label, "=", value) for label, value in equal.items())))


def call(function: str, *arguments: Expr) -> Call:
    """Call a function by its name."""
    return Call(function, arguments)


def rate(of: Expr, window: Duration) -> Call:
    """Per-second increase of a counter over a window."""
    return Call("rate", (Range(of, window),))


def increase(of: Expr, window: Duration) -> Call:
    """How much a counter rose in a window, resets allowed for; extrapolated to the edges of the window."""
    return Call("increase", (Range(of, window),))


def sum_over_time(of: Expr, window: Duration) -> Call:
    """Sum of the samples in a window."""
    return Call("sum_over_time", (Range(of, window),))


def avg_over_time(of: Expr, window: Duration) -> Call:
    """Mean of the samples in a window."""
    return Call("avg_over_time", (Range(of, window),))


def count_over_time(of: Expr, window: Duration) -> Call:
    """Count the samples in a window."""
    return Call("count_over_time", (Range(of, window),))


def last_over_time(of: Expr, window: Duration) -> Call:
    """Take the newest sample in a window, however old."""
    return Call("last_over_time", (Range(of, window),))


def sum_by(of: Expr, *by: str) -> Aggregate:
    """Sum, keeping the labels in `by`."""
    return Aggregate("sum", of, by)


def max_by(of: Expr, *by: str) -> Aggregate:
    """Largest, keeping the labels in `by`."""
    return Aggregate("max", of, by)


def group_by(of: Expr, *by: str) -> Aggregate:
    """1 for each combination of the labels in `by`."""
    return Aggregate("group", of, by)


def count(of: Expr, *by: str) -> Aggregate:
    """Count the series, keeping the labels in `by`."""
    return Aggregate("count", of, by)


def absent(of: Expr) -> Call:
    """1 when there is no such series."""
    return Call("absent", (of,))


def vector(value: int | Decimal | Fraction) -> Call:
    """Give a series without labels."""
    return Call("vector", (number(value),))


def time() -> Call:
    """Time of the evaluation, in unix seconds."""
    return Call("time", ())


def clamp_min(of: Expr, least: int) -> Call:
    """Raise smaller values to `least`."""
    return Call("clamp_min", (of, number(least)))


def product(left: Expr, right: Expr) -> Binary:
    """left * right."""
    return Binary("*", left, right)


def quotient(left: Expr, right: Expr) -> Binary:
    """left / right."""
    return Binary("/", left, right)


def difference(left: Expr, right: Expr) -> Binary:
    """left - right."""
    return Binary("-", left, right)


def compare(left: Expr, op: BinaryOp, right: Expr, *, bool_: bool = False) -> Binary:
    """Compare; without `bool_` a filter, with it 0 or 1."""
    return Binary(op, left, right, bool_=bool_)


def and_(left: Expr, right: Expr, on: tuple[str, ...] | None = None) -> Binary:
    """Keep what is on both sides, with the values of the left."""
    return Binary("and", left, right, on)


def or_(left: Expr, right: Expr, on: tuple[str, ...] | None = None) -> Binary:
    """All of the left, and of the right what the left has not."""
    return Binary("or", left, right, on)


def unless(left: Expr, right: Expr, on: tuple[str, ...] | None = None) -> Binary:
    """All of the left that is not on the right."""
    return Binary("unless", left, right, on)
