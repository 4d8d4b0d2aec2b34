"""A warning that is on from the first day.

An untouched error budget is 100 %. A limit of that or more is below from the first failed request on, and a ticket that
is always open is read by nobody.

Flagged:
    ErrorBudgetPolicy(..., warn_below=100 * percent)
Fine:
    ErrorBudgetPolicy(..., warn_below=50 * percent)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import exact, text


@check("budget/warns-always")
def warns_always(service: Service) -> Iterator[Problem]:
    """Flag limits that a whole budget is below."""
    limit = service.error_budget.warn_below
    if exact(limit, "ratio") >= 1:
        yield Problem(
            what=f"the gate of '{service.name}' would always warn",
            labels=(Label(at(service.error_budget, "warn_below"), "must be below 100 %"),),
            why=f"an untouched budget is 100 %, so the first bad event is below {text(limit)}",
            fix="`25 * percent` warns when three quarters are spent",
        )
