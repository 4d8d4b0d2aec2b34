"""A canary check without weight.

The weights share out `alpha`: a check with none has no probability left to be wrong with, so it can never roll back.

Flagged:
    canary.ErrorRate(..., weight=0)

    canary.ErrorRate(..., weight=-1)
Fine:
    canary.ErrorRate(..., weight=0.5)
"""

from collections.abc import Iterator

from relrails.canary import ErrorRate, Latency, Probes
from relrails.checks import check
from relrails.checks._place import at
from relrails.checks._say import short
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/weight-not-positive")
def weight_not_positive(service: Service) -> Iterator[Problem]:
    """Flag weights that are not above zero."""
    for each in service.canary.checks if service.canary is not None else ():
        if isinstance(each, ErrorRate | Latency | Probes) and each.weight <= 0:
            yield Problem(
                what=f"canary check '{each.name}' has a weight of {short(each.weight)}",
                labels=(Label(at(each, "weight"), "must be above zero"),),
                why="its share of `alpha` is nothing, so no evidence would ever be enough for it to roll back",
                fix="leave `weight` out, or leave out the check",
            )
