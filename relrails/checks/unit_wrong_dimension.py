"""A quantity of another kind than its field takes: a time where a share is meant.

Flagged:
    SLO(..., objective=30 * days)

    SLO(..., window=99.9 * percent)

    sli.Latency(..., threshold=300 * GiB)

    ErrorBudgetPolicy(..., freeze_below=3 * items)

    Service(..., scrape_interval=5 * minutes / (3 * items))

    budget.StorageGrowth(..., max=5 * GiB)
Fine:
    SLO(..., objective=99.9 * percent, window=30 * days)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._fields import Kind, Misfit
from relrails.checks._misfit import kind_of, kind_wanted, shown, suggestion
from relrails.problems import Label, Problem


@check("unit/wrong-dimension", waivable=False)
def wrong_dimension(misfit: Misfit) -> Iterator[Problem]:
    """Flag quantities that cannot be converted to what the field takes."""
    if misfit.kind is Kind.DIMENSION:
        kind, meant = kind_of(misfit.value), kind_wanted(misfit)
        yield Problem(
            what=f"{misfit.name} is {kind}: {shown(misfit.value)}",
            labels=(Label(misfit.span, f"not {meant}"),),
            why=f"{kind} cannot be turned into {meant}, so there is no number to write into a rule",
            fix=f"write, for example, `{misfit.field}={suggestion(misfit)}`",
        )
