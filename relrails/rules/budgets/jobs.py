"""Jobs: the share of those that took too long, and the one that still runs."""

from decimal import Decimal
from fractions import Fraction

from relrails.budget import ExportRuntime
from relrails.promql import Expr, and_, compare, difference, increase, number, or_, product, quotient, sum_by
from relrails.promql.ast import Aggregate
from relrails.rules import names
from relrails.rules.budgets.scope import Rules, Scope, shown
from relrails.units import Duration, exact, factor, hours, magnitude, minutes, text, unit_text

OVER: Duration = 1 * hours
ABOVE = Decimal("0.05")
LEAST = Fraction(5, 2)
"""At least three jobs, half a job less because rates only estimate whole ones."""


def job_rules(scope: Scope, budget: ExportRuntime) -> Rules:
    """Record and hold against the limits."""
    longest = magnitude(budget.longest)
    jobs = sum_by(increase(budget.durations.count, OVER))
    in_time = sum_by(increase(budget.durations.bucket(exact(budget.p95, "second")), OVER))
    slow = scope.series(names.JOBS_SLOW)
    share: Expr = or_(quotient(slow, compare(scope.series(names.JOBS), ">", number(0))), product(number(0), slow))
    age = quotient(Aggregate("max", budget.running.selector), number(factor(budget.longest)))
    return (
        scope.record(names.JOBS, jobs),
        scope.record(names.JOBS_SLOW, difference(jobs, in_time)),
        *scope.gate("p95", product(share, number(100)), ABOVE * 100, "%"),
        *scope.gate("longest", age, longest, unit_text(budget.longest)),
        scope.alert(
            names.JOBS_OVER,
            and_(
                compare(scope.used("p95"), ">", number(ABOVE * 100)),
                compare(slow, ">", number(LEAST)),
                (),
            ),
            5 * minutes,
            f"more than 5 of 100 jobs take longer than {text(budget.p95)}",
            f"{shown('%')} of the jobs of the last hour took longer than {text(budget.p95)}; the budget is 5 %.",
        ),
        scope.alert(
            names.JOB_STUCK,
            compare(scope.used("longest"), ">", number(longest)),
            1 * minutes,
            f"a job has run for more than {text(budget.longest)}",
            f"The oldest job that still runs has run for {shown(unit_text(budget.longest))}; the budget is "
            f"{text(budget.longest)}. It may never end, and is in no histogram until it does.",
        ),
        scope.blind(budget.durations.count, budget.running.selector),
    )
