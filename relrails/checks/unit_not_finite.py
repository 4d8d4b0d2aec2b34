"""A quantity that is no number, or has no end.

`nan` compares as false with everything: an alert on it never fires, and a budget of it is never spent.

Flagged:
    SLO(..., objective=float("nan") * percent)

    SLO(..., window=float("inf") * days)

    BurnTier(..., factor=float("nan"))

    metric.Histogram("answer_seconds", buckets=(0.1, 0.3, float("inf"))).where(job="checkout")
Fine:
    SLO(..., objective=99.9 * percent)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import Kind, Misfit
from relrails.checks._misfit import suggestion
from relrails.problems import Label, Problem


@check("unit/not-finite", waivable=False)
def not_finite(misfit: Misfit) -> Iterator[Problem]:
    """Flag nan and inf."""
    if misfit.kind is Kind.FINITE:
        number = getattr(misfit.value, "magnitude", misfit.value)
        value = "nan" if number != number else "inf"  # noqa: PLR0124 - only nan differs from itself
        bucket = misfit.field == "buckets" and value == "inf"
        yield Problem(
            what=f"{misfit.name} is {value}",
            labels=(Label(misfit.span, "not a number that can be compared" if value == "nan" else "without end"),),
            why="every comparison with nan is false" if value == "nan" else "nothing can be more than that",
            fix="leave it out: every histogram has a last bucket of `+Inf`, which relrails knows"
            if bucket
            else f"write, for example, `{misfit.field}={suggestion(misfit)}`",
        )
