"""A time of zero, or less.

Windows, intervals and thresholds are times in which something happens. Over zero seconds there are no samples, and
Prometheus refuses the rule file.

Flagged:
    SLO(..., window=0 * days)

    sli.Latency(..., threshold=-300 * ms)
Fine:
    sli.Latency(..., threshold=300 * ms)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import Kind, Misfit
from relrails.checks._misfit import shown, suggestion
from relrails.problems import Label, Problem


@check("unit/not-positive", waivable=False)
def not_positive(misfit: Misfit) -> Iterator[Problem]:
    """Flag times that are not above zero."""
    if misfit.kind is Kind.POSITIVE:
        yield Problem(
            what=f"{misfit.name} is {shown(misfit.value)}",
            labels=(Label(misfit.span, "must be above zero"),),
            why="there is nothing in such a time: Prometheus refuses a range of it, and no request is as fast",
            fix=f"write, for example, `{misfit.field}={suggestion(misfit)}`",
        )
