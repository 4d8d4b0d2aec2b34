"""Looks at a canary that are shorter than two scrapes.

A look counts what counters rose by between two samples. Between fewer there is nothing, and every look would be void.

Flagged:
    canary.Policy(..., step=20 * seconds)
Fine:
    canary.Policy(..., step=30 * seconds)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import exact, text

SCRAPES = 2


@check("canary/step-too-short")
def step_too_short(service: Service) -> Iterator[Problem]:
    """Flag steps in which two scrapes may not fall."""
    policy = service.canary
    if policy is None or exact(policy.step, "second") >= SCRAPES * exact(service.scrape_interval, "second"):
        return
    yield Problem(
        what=f"a look of {text(policy.step)} at the canary of '{service.name}' is shorter than two scrapes",
        labels=(
            Label(at(policy, "step"), "must hold two scrapes"),
            Label(at(service, "scrape_interval"), f"scraped every {text(service.scrape_interval)}"),
        ),
        why="a look counts what counters rose by from one scrape to another; in so short a time there may be none",
        fix="write `step=1 * minutes`",
    )
