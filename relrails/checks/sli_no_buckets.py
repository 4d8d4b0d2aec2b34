"""A latency SLI on a histogram of which we know no buckets.

Without the bounds nobody can tell whether the threshold is one of them; see sli/threshold-between-buckets for what
happens when it is not.

Flagged:
    sli.Latency(..., histogram=metric.Histogram("answer_seconds").where(job="checkout"))
Fine:
    sli.Latency(..., histogram=metric.Histogram("answer_seconds", native=True).where(job="checkout"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.sli import Latency
from relrails.slo import SLO


@check("sli/no-buckets")
def no_buckets(slo: SLO) -> Iterator[Problem]:
    """Flag classic histograms without buckets."""
    latency = slo.sli
    if isinstance(latency, Latency) and not latency.histogram.native and not latency.histogram.buckets:
        yield Problem(
            what=f"nothing is known of the buckets of {latency.histogram.name}",
            labels=(Label(at(latency.histogram, "buckets"), "no `buckets`"),),
            why="a threshold that is no bucket matches no series, and the alert could never fire",
            fix="copy the bounds from the code of the service: `buckets=(0.1, 0.3, 1)`, or write `native=True`",
        )
