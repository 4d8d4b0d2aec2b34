"""A canary that must be watched for longer than it may be.

`min_duration` is what is watched before a promotion, and at `max_duration` an undecided canary ends.

Flagged:
    canary.Policy(..., min_duration=60 * minutes, max_duration=30 * minutes)
Fine:
    canary.Policy(..., min_duration=30 * minutes, max_duration=30 * minutes)
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service
from relrails.units import exact, text


@check("canary/durations-reversed")
def durations_reversed(service: Service) -> Iterator[Problem]:
    """Flag policies whose deadline comes before anybody may be promoted."""
    policy = service.canary
    if policy is None or exact(policy.min_duration, "second") <= exact(policy.max_duration, "second"):
        return
    least, most = text(policy.min_duration), text(policy.max_duration)
    yield Problem(
        what=f"no canary of '{service.name}' can be promoted: its deadline comes first",
        labels=(
            Label(at(policy, "min_duration"), f"at least {least} are watched"),
            Label(at(policy, "max_duration"), f"and at most {most}"),
        ),
        why="every canary would end undecided, the healthy ones as well",
        fix="let `max_duration` be at least `min_duration`; 10 and 30 minutes are the defaults",
    )
