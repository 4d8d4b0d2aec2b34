"""A rate of what is declared a gauge.

`rate()`, `increase()` and `irate()` take every fall for a restart, and count what comes after it as new events. Which
metrics are gauges is known from those that the service declares.

Flagged:
    SLO(..., name="probes", sli=sli.ProbeSuccess(gauge=probe))
    SLO(..., sli=sli.Ratio(..., bad=promql("sum(rate(probe_success[$window]))")))
Fine:
    SLO(..., name="jobs", sli=sli.Correctness(total=jobs, bad=jobs.where(outcome="lost")))
    SLO(..., sli=sli.Ratio(..., bad=promql('sum(rate(jobs_total{job="checkout", outcome="lost"}[$window]))')))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._expression import calls
from relrails.checks._literal import inside
from relrails.checks._place import at
from relrails.checks._sound import known
from relrails.checks._use import Written, uses
from relrails.metric import Gauge
from relrails.problems import Label, Problem
from relrails.service import Service

_OF_COUNTERS = {"rate", "increase", "irate", "resets"}


@check("promql/rate-of-gauge")
def rate_of_gauge(service: Service, written: Written) -> Iterator[Problem]:
    """Flag functions for counters over a gauge of this service."""
    gauges = {
        use.metric.name: use.metric
        for slo in service.slos
        if known(slo.sli)
        for use in uses(slo)
        if isinstance(use.metric, Gauge) and known(use.metric.name)
    }
    for function, name, start in calls(written.promql.text):
        if function in _OF_COUNTERS and name in gauges:
            yield Problem(
                what=f"`{written.field}` of SLO '{written.slo.name}' takes the {function} of gauge {name}",
                labels=(
                    Label(inside(written.promql, start, start + len(function)), "for counters only"),
                    Label(at(gauges[name], "name", 0), "declared a gauge"),
                ),
                why=f"{function}() takes every fall of the gauge for a restart, and counts what follows as new events",
                fix=f"use `delta` or `avg_over_time`, or declare {name} as a counter if it only rises",
            )
