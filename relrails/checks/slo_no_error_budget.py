"""An objective that leaves no error budget.

Burn-rate alerts compare the share of bad events with a multiple of the error budget, which is what the objective
leaves of 100 %. When nothing is left the multiple is zero, and the first failed request calls somebody.

Flagged:
    SLO(..., objective=100 * percent)

    SLO(..., objective=101 * percent)

    Journey(..., objective=100 * percent)
Fine:
    SLO(..., objective=99.99 * percent)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import time_of
from relrails.problems import Label, Problem
from relrails.slo import SLO
from relrails.units import exact, text


@check("slo/no-error-budget")
def no_error_budget(slo: SLO) -> Iterator[Problem]:
    """Flag objectives of 100 % and more."""
    if slo.goal < 1:
        return
    window = exact(slo.window, "second")
    yield Problem(
        what=f"SLO '{slo.name}' leaves no error budget",
        labels=(Label(at(slo, "objective"), "must be below 100 %"),),
        why=f"alerts compare the error ratio with a multiple of the error budget, and the budget of "
        f"{text(slo.objective)} is {'zero' if slo.goal == 1 else 'below zero'}: one failed request would page",
        fix=f"`99.9 * percent` allows {time_of(window / 1000)} of full outage in {text(slo.window)}; "
        f"pick what users would not notice",
    )
