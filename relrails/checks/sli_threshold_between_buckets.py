"""A latency threshold for which the histogram has no bucket.

A classic histogram counts requests up to the bounds of its buckets and knows nothing between them. A rule that asks for
a bound that is not there matches no series, and nothing is ever slow.

Flagged:
    sli.Latency(..., threshold=500 * ms)

    sli.Latency(..., threshold=30 * seconds)

    sli.Latency(histogram=metric.Histogram("answer_seconds", buckets=(100, 300)).where(job="x"), threshold=300 * ms)
Fine:
    sli.Latency(..., threshold=300 * ms)

    sli.Latency(histogram=metric.Histogram("answer_seconds", native=True).where(job="x"), threshold=500 * ms)
"""

from collections.abc import Iterator
from decimal import Decimal

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import listed
from relrails.problems import Label, Problem
from relrails.sli import Latency
from relrails.slo import SLO
from relrails.units import exact, plain, text


@check("sli/threshold-between-buckets")
def threshold_between_buckets(slo: SLO) -> Iterator[Problem]:
    """Flag thresholds that are no bound of the histogram, with the bounds beside it."""
    latency = slo.sli
    if not isinstance(latency, Latency) or latency.histogram.native or not latency.histogram.buckets:
        return
    bounds = sorted({plain(Decimal(repr(b))) for b in latency.histogram.buckets})
    wanted = exact(latency.threshold, "second")
    if wanted in bounds:
        return
    near = [*[b for b in bounds if b < wanted][-1:], *[b for b in bounds if b > wanted][:1]]
    usable = listed((f"`{_time(b)}`" for b in near), "or")
    fix = f"use {usable}, or add {wanted} to the buckets where the service is instrumented"
    if wanted * 1000 in bounds:
        in_seconds = ", ".join(str(plain(b / 1000)) for b in bounds)
        fix = f"bounds are in seconds: these look like milliseconds, so write `buckets=({in_seconds})`"
    yield Problem(
        what=f"{latency.histogram.name} has no bucket at {text(latency.threshold)}",
        labels=(
            Label(at(latency, "threshold"), f"not one of {', '.join(str(plain(b * 1000)) for b in bounds)} ms"),
            Label(at(latency.histogram, "buckets"), "its buckets, in seconds"),
        ),
        why=f'the rule would select `le="{wanted}"`, match nothing, and the error ratio would have no value: '
        f"the alert could never fire",
        fix=fix,
    )


def _time(seconds: Decimal) -> str:
    return f"{seconds} * seconds" if seconds >= 1 else f"{plain(seconds * 1000)} * ms"
