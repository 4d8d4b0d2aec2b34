"""Canary and stable labels that may select the same series.

The judge holds two tracks against each other. A series that both select hides a difference between them, and one that
the stable version shares with the canary makes a bad canary look like a bad day.

Flagged:
    canary.Policy(..., canary={"track": "canary"}, stable={"version": "v1"})

    canary.Policy(..., canary={"track": "canary"}, stable={"track": "canary"})

    canary.Policy(..., canary={}, stable={"track": "stable"})
Fine:
    canary.Policy(..., canary={"track": "canary", "region": "eu"}, stable={"track": "stable"})
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/tracks-overlap")
def tracks_overlap(service: Service) -> Iterator[Problem]:
    """Flag policies without a label that differs between the tracks."""
    policy = service.canary
    if policy is None or any(policy.stable.get(label, value) != value for label, value in policy.canary.items()):
        return
    yield Problem(
        what=f"canary and stable of '{service.name}' may be the same series",
        labels=(
            Label(at(policy, "canary"), "no label here"),
            Label(at(policy, "stable"), "has another value here"),
        ),
        why="series that belong to both tracks are compared with themselves, and no regression is seen in them",
        fix='give both a label that tells them apart: `canary={"track": "canary"}, stable={"track": "stable"}`',
    )
