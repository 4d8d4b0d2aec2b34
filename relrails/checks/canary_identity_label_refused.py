"""A label for the identity of the canary that its metric cannot have.

The artifact that the canary runs is read from one label of one series. Under a name that is not there nothing is ever
said, and a canary that says nothing is not promoted.

Flagged:
    build = metric.Gauge("build_info", labels=("version", "revision")).where(job="checkout")
    canary.Policy(..., identity=canary.Identity(metric=build, label="digest"))

    build = metric.Gauge("build_info").where(job="checkout")
    canary.Policy(..., identity=canary.Identity(metric=build, label="image-digest"))
Fine:
    build = metric.Gauge("build_info", labels=("version", "revision")).where(job="checkout")
    canary.Policy(..., identity=canary.Identity(metric=build, label="revision", names="build"))
"""

import re
from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.loader.near import near
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/identity-label-refused", waivable=False)
def identity_label_refused(service: Service) -> Iterator[Problem]:
    """Flag labels that are no label name, or not among those of the metric."""
    identity = service.canary.identity if service.canary is not None else None
    if identity is None:
        return
    known, label = identity.metric.labels, identity.label
    spelt = re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", label) is not None
    if spelt and (known is None or label in known):
        return
    close = near(label, known or ())
    places = [Label(at(identity, "label"), "read from here" if spelt else "not a label name")]
    if known is not None:
        places.append(Label(at(identity.metric, "labels"), "its labels"))
    yield Problem(
        what=f"{identity.metric.name} has no label `{label}`" if spelt else f"`{label}` cannot be a label",
        labels=tuple(places),
        why="the canary would never say which artifact it runs, and would never be promoted",
        fix=f"write `{close}`" if close else "name the label in which the artifact is, or add it to what is exported",
    )
