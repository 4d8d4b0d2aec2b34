"""A retry budget that lets an outage double the load.

When everything fails, everything is tried again. A budget of 10 % adds six requests to sixty; without one it is sixty,
at the worst moment, and an outage of part of the service is hidden for as long as second attempts succeed.

Flagged:
    Retry(..., budget=100 * percent)

    Retry(..., attempts=10)
Fine:
    Retry(..., budget=20 * percent, attempts=2)
"""

from collections.abc import Iterator
from decimal import Decimal

from relrails.checks import check
from relrails.checks._place import at
from relrails.probe import Journey
from relrails.problems import Label, Problem
from relrails.units import exact

MOST_BUDGET = Decimal("0.5")
MOST_ATTEMPTS = 3


@check("journey/retry-without-limit")
def retry_without_limit(journey: Journey) -> Iterator[Problem]:
    """Flag more than half of the runs, and more than three attempts."""
    retry = journey.retry
    if retry is None:
        return
    faults = (
        ("budget", exact(retry.budget, "ratio") > MOST_BUDGET, "at most half of the runs", "`budget=10 * percent`"),
        ("attempts", retry.attempts > MOST_ATTEMPTS, f"at most {MOST_ATTEMPTS}", "`attempts=1`"),
    )
    for field, far, limit, fix in faults:
        if far:
            yield Problem(
                what=f"the retries of '{journey.name}' would hide an outage and add to it",
                labels=(Label(at(retry, field), limit),),
                why="while second attempts succeed nobody hears of it, and when everything fails the probes double",
                fix=fix,
            )
