"""A canary with none of the traffic, or with all of it.

With all of it there is no stable version to compare with, and with none nothing to judge.

Flagged:
    canary.Policy(..., traffic_share=100 * percent)

    canary.Policy(..., traffic_share=0 * percent)
Fine:
    canary.Policy(..., traffic_share=10 * percent)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import exact, text


@check("canary/share-out-of-range")
def share_out_of_range(service: Service) -> Iterator[Problem]:
    """Flag shares that leave one track without traffic."""
    policy = service.canary
    if policy is None or policy.traffic_share is None or 0 < exact(policy.traffic_share, "ratio") < 1:
        return
    yield Problem(
        what=f"the canary of '{service.name}' has {text(policy.traffic_share)} of the traffic",
        labels=(Label(at(policy, "traffic_share"), "must be above 0 % and below 100 %"),),
        why="one of the two tracks has no requests then, and nothing can be compared",
        fix="write, for example, `traffic_share=10 * percent`",
    )
