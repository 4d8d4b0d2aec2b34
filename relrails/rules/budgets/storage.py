"""Storage: what each tenant has written in a day, as the sum of five minutes at a time.

A day's difference would hide what is deleted in it, and a regression would see a step too late; each five minutes
count by themselves, and never as less than nothing.
"""

from fractions import Fraction

from relrails.budget import StorageGrowth
from relrails.promql import (
    Expr,
    String,
    call,
    clamp_min,
    compare,
    difference,
    increase,
    number,
    or_,
    product,
    quotient,
    sum_by,
    sum_over_time,
)
from relrails.promql.ast import Aggregate, Range
from relrails.rules import names
from relrails.rules.budgets.scope import Rules, Scope, shown
from relrails.units import Duration, days, exact, factor, hours, magnitude, ms, text, unit_text

DAY: Duration = 1 * days
DAY_SECONDS = 86_400
FOR: Duration = 1 * hours
OTHERS = "(all others)"
"""No exporter has a tenant of this name, as it may have one that is named `other`."""


def storage_rules(scope: Scope, budget: StorageGrowth) -> Rules:
    """Record and hold against the limit."""
    limit, unit = magnitude(budget.max), unit_text(budget.max)
    day = scope.series(names.STORAGE_DAY)
    kept = scope.series(names.STORAGE_KEPT)
    most = call("topk", number(budget.top), day)
    read = (budget.stored.selector,) if budget.written is None else (budget.written.selector, budget.stored.selector)
    tenant = ", ".join(f"{name} {{{{ $labels.{name} }}}}" for name in budget.by)
    return (
        scope.record(names.STORAGE_TILE, _tile(scope, budget)),
        scope.record(names.STORAGE_DAY, _in_unit(sum_over_time(scope.series(names.STORAGE_TILE), DAY), budget)),
        scope.record(names.STORAGE_TOP, or_(most, _others(budget, day, most))),
        scope.record(names.STORAGE_KEPT, sum_by(budget.stored.selector, *budget.by)),
        scope.record(names.STORAGE_NET, _in_unit(call("delta", Range(kept, DAY)), budget)),
        *scope.gate("growth", Aggregate("max", day), limit, unit),
        scope.alert(
            names.STORAGE_GROWS,
            compare(most, ">", number(limit)),
            FOR,
            f"{tenant} writes more than {text(budget.max)}",
            f"{shown(unit)} were written for {tenant} in the last day; the budget of each is {text(budget.max)}.",
        ),
        scope.blind(*read),
    )


def _tile(scope: Scope, budget: StorageGrowth) -> Expr:
    """What was written in five minutes: between the newest scrape and that of five minutes before it.

    The window is one scrape longer, less a hair, so that nothing falls between two tiles; what `increase` adds for
    the edges of a window that is too long is taken off again.
    """
    metric = budget.stored if budget.written is None else budget.written
    scrape = exact(metric.scrape_interval or scope.service.scrape_interval, "millisecond")
    tile = exact(names.LONG_INTERVAL, "millisecond")
    wide = int(tile + scrape - 1)
    if budget.written is not None:
        rise: Expr = increase(metric.selector, wide * ms)
    else:
        rise = clamp_min(call("delta", Range(metric.selector, wide * ms)), 0)
    return product(sum_by(rise, *budget.by), number(Fraction(int(tile), wide)))


def _in_unit(of: Expr, budget: StorageGrowth) -> Expr:
    return quotient(of, number(factor(budget.max) * DAY_SECONDS))


def _others(budget: StorageGrowth, day: Expr, most: Expr) -> Expr:
    rest: Expr = difference(sum_by(day), sum_by(most))
    for label in budget.by:
        rest = call("label_replace", rest, String(label), String(OTHERS), String(""), String(""))
    return rest
