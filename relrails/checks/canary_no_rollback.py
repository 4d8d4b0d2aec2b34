"""A canary policy that can decide to roll back, and has no way to do it.

Flagged:
    canary.Policy(..., rollback=None)
Fine:
    canary.Policy(..., rollback=canary.Command(argv=("kubectl", "rollout", "undo", "deployment/checkout")))

    canary.Policy(..., rollback=None, mode="shadow")
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/no-rollback")
def no_rollback(service: Service) -> Iterator[Problem]:
    """Flag policies that enforce without an action."""
    policy = service.canary
    if policy is None or policy.rollback is not None or policy.mode == "shadow":
        return
    yield Problem(
        what=f"the canary of '{service.name}' has no rollback",
        labels=(Label(at(policy, "rollback"), "nothing is done"),),
        why="a bad canary would be found out, and go on serving customers",
        fix='give it an action, or decide without acting: `mode="shadow"`',
    )
