"""An identity of the canary that is read from a label which the query already fixes.

A canary that is deployed over says another artifact in that label. Where the label has to have a certain value to be
read at all, the other artifact is not seen: the canary seems to say nothing.

Flagged:
    build = metric.Gauge("build_info").where(job="checkout", version="v2")
    canary.Policy(..., identity=canary.Identity(metric=build, label="version", names="build"))

    build = metric.Gauge("build_info").where(job="checkout")
    identity = canary.Identity(metric=build, label="version", names="build")
    canary.Policy(..., canary={"version": "v2"}, stable={"version": "v1"}, identity=identity)
Fine:
    build = metric.Gauge("build_info").where(job="checkout")
    canary.Policy(..., identity=canary.Identity(metric=build, label="version", names="build"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/identity-never-changes")
def identity_never_changes(service: Service) -> Iterator[Problem]:
    """Flag identities whose label the metric or the track matches."""
    policy = service.canary
    if policy is None or policy.identity is None:
        return
    identity = policy.identity
    if identity.label in policy.canary:
        fixed = Label(at(policy, "canary"), "this label has one value on the canary")
    elif any(matcher.label == identity.label for matcher in identity.metric.matchers):
        fixed = Label(at(identity, "metric"), "only series with a certain value are read")
    else:
        return
    yield Problem(
        what=f"`{identity.label}` tells what the canary of '{service.name}' runs, and cannot change",
        labels=(Label(at(identity, "label"), "read from here"), fixed),
        why="another artifact would have another value there, and not be read: it would look like silence",
        fix="tell the tracks apart by a label that is not the artifact's, or read the artifact from another label",
    )
