"""A queue: its depth, the time in which it is done at the present pace, and the age of its oldest item.

Little's law: what waits, divided by what leaves in a second, is the time until a newcomer leaves. Where nothing leaves
that is without end, where nothing waits it is 0; and a counter that was never created counts nothing.
Source: J. D. C. Little, A Proof for the Queuing Formula L = λW, Operations Research 9, 1961.
"""

from relrails.budget import QueueDepth
from relrails.promql import (
    Expr,
    and_,
    call,
    compare,
    number,
    or_,
    product,
    quotient,
    rate,
    sum_by,
)
from relrails.promql.ast import Aggregate, Range
from relrails.rules import names
from relrails.rules.budgets.scope import Rules, Scope, shown
from relrails.units import Duration, exact, factor, magnitude, minutes, text, unit_text

PACE_OVER: Duration = 5 * minutes
TREND_OVER: Duration = 15 * minutes
DEEP_FOR: Duration = 5 * minutes
SLOW_FOR: Duration = 10 * minutes


def queue_rules(scope: Scope, budget: QueueDepth) -> Rules:
    """Record and hold against the limits."""
    depth = scope.series(names.QUEUE_DEPTH)
    waiting: Expr = sum_by(budget.depth.selector)
    # A service that has just begun has no finished job yet, and a worker that hangs from the start never has.
    leaving = or_(sum_by(rate(budget.completed.selector, PACE_OVER)), product(number(0), waiting))
    drained = or_(quotient(compare(depth, ">", number(0)), scope.series(names.QUEUE_PACE)), depth)
    limit = exact(budget.max, "item")
    time, most = factor(budget.drained_in), magnitude(budget.drained_in)
    out: Rules = (
        scope.record(names.QUEUE_DEPTH, waiting),
        scope.record(names.QUEUE_PACE, leaving),
        *scope.gate("depth", depth, limit, unit_text(budget.max)),
        *scope.gate("drain", quotient(drained, number(time)), most, unit_text(budget.drained_in)),
        scope.alert(
            names.QUEUE_DEEP,
            compare(scope.used("depth"), ">", number(limit)),
            DEEP_FOR,
            f"more than {text(budget.max)} wait",
            f"{shown(unit_text(budget.max))} wait; the budget is {text(budget.max)}.",
        ),
        scope.alert(
            names.QUEUE_SLOW,
            or_(compare(scope.used("drain"), ">", number(most)), _never_drains(scope, budget)),
            SLOW_FOR,
            f"will not be done in {text(budget.drained_in)}",
            f"At the present pace the queue is done in {shown(unit_text(budget.drained_in))}, and that may be never, "
            f"for either nothing leaves it or more joins than leaves; the budget is {text(budget.drained_in)}.",
        ),
    )
    read = [budget.depth.selector]
    if budget.oldest is not None and budget.oldest_at_most is not None:
        out = (*out, *_oldest(scope, budget))
        read.append(budget.oldest.selector)
    return (*out, scope.blind(*read))


def _never_drains(scope: Scope, budget: QueueDepth) -> Expr:
    """More joins than leaves, and half of what may wait does already: the time to drain alone would stand still."""
    grows = compare(call("deriv", Range(scope.series(names.QUEUE_DEPTH), TREND_OVER)), ">", number(0))
    half = compare(scope.series(names.QUEUE_DEPTH), ">", number(exact(budget.max, "item") / 2))
    return and_(scope.used("drain"), and_(grows, half), on=())


def _oldest(scope: Scope, budget: QueueDepth) -> Rules:
    if budget.oldest is None or budget.oldest_at_most is None:
        return ()
    limit = budget.oldest_at_most
    most = magnitude(limit)
    age = quotient(Aggregate("max", budget.oldest.selector), number(factor(limit)))
    return (
        *scope.gate("oldest", age, most, unit_text(limit)),
        scope.alert(
            names.QUEUE_OLD,
            compare(scope.used("oldest"), ">", number(most)),
            1 * minutes,
            f"somebody has waited longer than {text(limit)}",
            f"The oldest item has waited {shown(unit_text(limit))}; the budget is {text(limit)}.",
        ),
    )
