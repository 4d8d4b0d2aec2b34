"""A probability of being wrong that is nothing, or more than half.

`alpha` is how often a healthy canary may be rolled back, `beta` how often an unacceptable one may pass. At zero nothing
would ever be decided, and at a half a coin is as good.

Flagged:
    canary.Policy(..., alpha=0 * percent)

    canary.Policy(..., beta=95 * percent)
Fine:
    canary.Policy(..., alpha=1 * percent, beta=5 * percent)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import exact, text

MOST = 0.5
USUAL = {"alpha": 1, "beta": 5}


@check("canary/probability-out-of-range")
def probability_out_of_range(service: Service) -> Iterator[Problem]:
    """Flag an alpha or a beta that decides nothing."""
    policy = service.canary
    if policy is None:
        return
    for field, wanted in (("alpha", policy.alpha), ("beta", policy.beta)):
        if not 0 < exact(wanted, "ratio") < MOST:
            yield Problem(
                what=f"`{field}` of the canary of '{service.name}' is {text(wanted)}",
                labels=(Label(at(policy, field), "must be above 0 % and below 50 %"),),
                why="it is how often a decision may be wrong: at 0 % none is made, and from 50 % on a coin is as good",
                fix=f"write, for example, `{field}={USUAL[field]} * percent`",
            )
