"""Half of a limit on how long anybody may wait: the metric without the limit, or the limit without the metric.

Flagged:
    budget.QueueDepth(..., oldest=metric.Gauge("oldest_seconds").where(job="checkout"))

    budget.QueueDepth(..., oldest_at_most=15 * minutes)
Fine:
    budget.QueueDepth(..., oldest=metric.Gauge("oldest_seconds").where(job="checkout"), oldest_at_most=15 * minutes)
"""

from collections.abc import Iterator

from relrails.budget import QueueDepth
from relrails.checks import check
from relrails.checks._place import at
from relrails.loader.examples import example
from relrails.problems import Label, Problem
from relrails.service import Service


@check("cost/oldest-without-limit")
def oldest_without_limit(service: Service) -> Iterator[Problem]:
    """Flag one without the other."""
    for budget in service.budgets:
        if not isinstance(budget, QueueDepth) or (budget.oldest is None) == (budget.oldest_at_most is None):
            continue
        given, missing = ("oldest_at_most", "oldest") if budget.oldest is None else ("oldest", "oldest_at_most")
        yield Problem(
            what=f"budget '{budget.name}' has `{given}` but no `{missing}`",
            labels=(Label(at(budget, given), f"without `{missing}` it does nothing"),),
            why="nobody would hear of somebody who waits for ever",
            fix=f"add `{missing}={example('QueueDepth', missing)}`",
        )
