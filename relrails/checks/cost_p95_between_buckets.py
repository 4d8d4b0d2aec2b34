"""A runtime that the histogram of the jobs cannot tell apart.

How many jobs took at most so long is read from the bucket with that bound. Where there is none, the rule reads nothing.

Flagged:
    budget.ExportRuntime(..., p95=90 * seconds)
Fine:
    budget.ExportRuntime(..., p95=2 * minutes)
"""

from collections.abc import Iterator
from decimal import Decimal

from relrails.budget import ExportRuntime
from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import listed
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import exact, plain, text


@check("cost/p95-between-buckets")
def p95_between_buckets(service: Service) -> Iterator[Problem]:
    """Flag runtimes that are no bound of the histogram."""
    for budget in service.budgets:
        if not isinstance(budget, ExportRuntime):
            continue
        bounds = sorted({plain(Decimal(repr(bound))) for bound in budget.durations.buckets})
        wanted = exact(budget.p95, "second")
        if wanted in bounds:
            continue
        near = [*[b for b in bounds if b < wanted][-1:], *[b for b in bounds if b > wanted][:1]]
        usable = listed((f"`{bound} * seconds`" for bound in near), "or")
        fix = f"use {usable}, or add {wanted} to the buckets where" if near else "say which `buckets` it has, and where"
        yield Problem(
            what=f"{budget.durations.name} has no bucket at {text(budget.p95)}",
            labels=(Label(at(budget, "p95"), f"not one of {', '.join(map(str, bounds)) or 'its'} seconds"),),
            why="the rule would count no job as quick enough, and the ticket would never be closed",
            fix=f"{fix} the service is instrumented",
        )
