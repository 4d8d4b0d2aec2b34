"""A counter that is read as it stands.

A counter says how much there was since its process began. Two services that differ in nothing but their age differ in
it, and after a restart it begins anew.

Flagged:
    promql("sum(jobs_total) * 0 + sum(rate(drops_total[$window]))")
Fine:
    promql("sum(rate(jobs_total[$window]))")

    promql("sum(rate(jobs_total[$window])) and on () count(jobs_total)")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import bare_counters
from relrails.checks._literal import inside
from relrails.checks._use import Written
from relrails.problems import Label, Problem


@check("promql/counter-without-rate")
def counter_without_rate(written: Written) -> Iterator[Problem]:
    """Flag series that end in `_total` and are in no function that takes a range."""
    for name, start in bare_counters(written.promql.text):
        yield Problem(
            what=f"`{written.field}` of SLO '{written.slo.name}' reads counter {name} as it stands",
            labels=(Label(inside(written.promql, start, start + len(name)), "no `rate`"),),
            why="a counter says how much there was since the process began, not how much there is now",
            fix=f"write `rate({name}[$window])`",
        )
