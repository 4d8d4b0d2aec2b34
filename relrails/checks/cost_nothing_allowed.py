"""A budget of nothing, or less.

What is used is never below zero, so such a budget is a ticket from the first item on, or for ever.

Flagged:
    budget.QueueDepth(..., max=0 * items)

    budget.StorageGrowth(..., max=-5 * GiB / day)

    budget.Spend(..., max=0 * USD / day)
Fine:
    budget.StorageGrowth(..., max=5 * GiB / day)
"""

from collections.abc import Iterator

from relrails.budget import ExportRuntime
from relrails.checks import check
from relrails.checks._place import at
from relrails.loader.examples import example
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import magnitude, text


@check("cost/nothing-allowed", waivable=False)
def nothing_allowed(service: Service) -> Iterator[Problem]:
    """Flag limits that are not above zero."""
    for budget in service.budgets:
        if isinstance(budget, ExportRuntime) or magnitude(budget.max) > 0:
            continue
        yield Problem(
            what=f"budget '{budget.name}' allows {text(budget.max)}",
            labels=(Label(at(budget, "max"), "must be above zero"),),
            why="whatever is used at all would be too much, so that the alert says nothing",
            fix=f"write, for example, `max={example(type(budget).__name__, 'max')}`",
        )
