"""Money: what a day costs at what its hours cost."""

from relrails.budget import Spend
from relrails.promql import avg_over_time, compare, number, quotient, sum_by
from relrails.rules import names
from relrails.rules.budgets.scope import Rules, Scope, shown
from relrails.units import Duration, days, factor, hours, magnitude, text, unit_text

DAY: Duration = 1 * days
FOR: Duration = 1 * hours
HOUR_SECONDS = 3600


def money_rules(scope: Scope, budget: Spend) -> Rules:
    """Record and hold against the limit."""
    limit, unit = magnitude(budget.max), unit_text(budget.max)
    hourly = avg_over_time(scope.series(names.HOURLY_COST), DAY)
    return (
        scope.record(names.HOURLY_COST, sum_by(budget.hourly_cost.selector)),
        *scope.gate("spend", quotient(hourly, number(factor(budget.max) * HOUR_SECONDS)), limit, unit),
        scope.alert(
            names.SPENT,
            compare(scope.used("spend"), ">", number(limit)),
            FOR,
            f"more than {text(budget.max)} is spent",
            f"{shown(unit)} at the mean of the last day; the budget is {text(budget.max)}.",
        ),
        scope.blind(budget.hourly_cost.selector),
    )
