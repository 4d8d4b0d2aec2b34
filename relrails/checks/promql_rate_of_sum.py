"""A rate of a sum.

When one instance restarts, its counter falls to zero, and so does its part of the sum. `rate()` over the sum takes the
fall for a restart of all of them, and counts all that they have ever counted as new events. Rate first, then sum.

Flagged:
    promql("rate(sum(errors_total)[$window:1m])")

    promql("increase(sum by (region) (errors_total)[$window:])")
Fine:
    promql("sum(rate(errors_total[$window]))")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import rates_of_aggregates
from relrails.checks._literal import inside
from relrails.checks._use import Written
from relrails.problems import Label, Problem


@check("promql/rate-of-sum")
def rate_of_sum(written: Written) -> Iterator[Problem]:
    """Flag functions for counters over an aggregation."""
    for function, start in rates_of_aggregates(written.promql.text):
        yield Problem(
            what=f"`{written.field}` of SLO '{written.slo.name}' takes the {function} of an aggregation",
            labels=(Label(inside(written.promql, start, start + len(function)), "must come first"),),
            why="a restart of one instance makes the sum fall, and all that was ever counted would be new events",
            fix=f"turn it round: `sum({function}(...[$window]))`",
        )
