"""A time that is no whole number of milliseconds.

Prometheus counts time in milliseconds. A finer time would be rounded, to zero in the worst case.

Flagged:
    sli.Latency(histogram=metric.Histogram("answer_seconds", native=True).where(job="x"), threshold=0.25 * ms)
Fine:
    sli.Latency(histogram=metric.Histogram("answer_seconds", native=True).where(job="x"), threshold=2 * ms)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import Kind, Misfit
from relrails.checks._misfit import shown
from relrails.problems import Label, Problem
from relrails.units import exact


@check("unit/too-fine", waivable=False)
def too_fine(misfit: Misfit) -> Iterator[Problem]:
    """Flag times with a part of a millisecond."""
    if misfit.kind is Kind.FINE:
        whole = max(round(exact(misfit.value, "millisecond")), 1)
        yield Problem(
            what=f"{misfit.name} is finer than a millisecond: {shown(misfit.value)}",
            labels=(Label(misfit.span, "not a whole number of milliseconds"),),
            why="Prometheus counts time in milliseconds, and would refuse or round the rest",
            fix=f"`{whole} * ms` is the nearest",
        )
