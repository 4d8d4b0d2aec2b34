"""Something else where a counter is needed.

Events are counted by counters. `rate()` of a gauge takes every fall for a restart of the process, and counts what comes
after it as new events.

Flagged:
    sli.Availability(total=metric.Gauge("requests_in_flight").where(job="checkout"), bad=requests)

    sli.Correctness(total=durations, bad=jobs)

    sli.Correctness(total="jobs_total", bad=jobs)
Fine:
    sli.Correctness(total=jobs, bad=jobs.where(outcome="lost"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import Misfit
from relrails.checks._metric import other_kind
from relrails.metric import Counter
from relrails.problems import Problem


@check("metric/not-a-counter", waivable=False)
def not_a_counter(misfit: Misfit) -> Iterator[Problem]:
    """Flag what is no counter in a field for one."""
    if Counter in misfit.classes:
        yield other_kind(
            misfit,
            "counter",
            "`rate()` of anything else takes every fall for a restart, and counts what follows as new events",
        )
