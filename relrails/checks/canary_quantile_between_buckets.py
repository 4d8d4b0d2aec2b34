"""A quantile that may rise by less than the histogram can see.

A histogram knows a quantile as the bounds that it lies between. A ratio smaller than that of two neighbouring bounds
cannot be told from one: the check would never fire, or fire for a step from one bucket into the next.

Flagged:
    SLO(..., sli=sli.Latency(...))
    canary.Latency(slo=availability, max_ratio=1.2)
Fine:
    SLO(..., sli=sli.Latency(...))
    canary.Latency(slo=availability, max_ratio=4)
"""

from collections.abc import Iterator

from relrails.canary import Latency
from relrails.canary.counts import bucketed
from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import short
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.sli import Latency as LatencySLI


@check("canary/quantile-between-buckets")
def quantile_between_buckets(service: Service) -> Iterator[Problem]:
    """Flag ratios below that of the SLO's bucket and the next."""
    for each in service.canary.checks if service.canary is not None else ():
        if not isinstance(each, Latency) or each.max_ratio is None or not bucketed(each.slo.sli):
            continue
        step = _step(each.slo.sli)
        if step is None or each.max_ratio >= step:
            continue
        yield Problem(
            what=f"canary check '{each.name}' asks for a quantile finer than its buckets",
            labels=(Label(at(each, "max_ratio"), f"the next bucket is {short(step)} times as long"),),
            why="from one bucket to the next is the smallest rise that can be seen, and it is already more than this",
            fix=f"write `max_ratio={short(step)}`, or leave it out: all buckets are compared anyway",
        )


def _step(sli: object) -> float | None:
    """Give how many times the SLO's bound the next one is."""
    if not isinstance(sli, LatencySLI):
        return None
    bound = float(sli.bound)
    above = [b for b in sorted(sli.histogram.buckets) if b > bound and b != float("inf")]
    return above[0] / bound if above else None
