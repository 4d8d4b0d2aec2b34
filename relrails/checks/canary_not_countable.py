"""A canary check of an SLO whose events are not in counters.

The judge compares counts of events: what counters and histogram buckets rose by. A gauge, a native histogram or written
PromQL has no such counts, so there would be nothing to compare.

Flagged:
    SLO(..., sli=sli.Freshness(...))
    canary.ErrorRate(slo=availability)

    SLO(..., sli=sli.Latency(...))
    canary.ErrorRate(slo=availability)

    canary.Latency(slo=availability)
Fine:
    SLO(..., sli=sli.Latency(...))
    canary.Latency(slo=availability)
"""

from collections.abc import Iterator

from relrails.canary import ErrorRate, Latency
from relrails.canary.counts import bucketed, countable
from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/not-countable")
def not_countable(service: Service) -> Iterator[Problem]:
    """Flag checks whose SLO is of a kind that they cannot count."""
    for each in service.canary.checks if service.canary is not None else ():
        if isinstance(each, ErrorRate) and not countable(each.slo.sli):
            wanted, fix = "counters", "a `canary.Latency`" if bucketed(each.slo.sli) else "an SLO that counts events"
        elif isinstance(each, Latency) and not bucketed(each.slo.sli):
            wanted, fix = "classic buckets", "a `canary.ErrorRate`" if countable(each.slo.sli) else "a latency SLO"
        else:
            continue
        yield Problem(
            what=f"canary check of SLO '{each.slo.name}' has no {wanted} to compare",
            labels=(
                Label(at(each, "slo"), f"is {type(each.slo.sli).__name__}"),
                Label(at(each.slo, "sli"), "declared here"),
            ),
            why=f"the judge compares what {wanted} rose by on both tracks, and this SLI has none",
            fix=f"use {fix} here",
        )
