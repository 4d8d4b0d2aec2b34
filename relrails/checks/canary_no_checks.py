"""A canary policy that compares nothing.

Promotion needs evidence. Without a check that counts something there is none, and every release ends at the deadline.

Flagged:
    canary.Policy(..., checks=())

    canary.Policy(..., checks=(canary.Alerts(matching={"alertname": "Panics"}),))
Fine:
    canary.Policy(..., checks=(canary.ErrorRate(slo=availability),))
"""

from collections.abc import Iterator

from relrails.canary import ErrorRate, Latency
from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/no-checks")
def no_checks(service: Service) -> Iterator[Problem]:
    """Flag policies without a check of errors or latency."""
    policy = service.canary
    if policy is None or any(isinstance(c, ErrorRate | Latency) for c in policy.checks):
        return
    yield Problem(
        what=f"the canary of '{service.name}' is compared with nothing",
        labels=(Label(at(policy, "checks"), "holds no ErrorRate and no Latency"),),
        why="no number of requests would be evidence that it is healthy, and nothing would see that it is not",
        fix="add, for example, `canary.ErrorRate(slo=availability)`",
    )
