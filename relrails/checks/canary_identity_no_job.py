"""An identity of the canary that names no scrape job.

`build_info` and its like are exported by every service. Without a job the canaries of other services answer too, and
each of them runs another artifact.

Flagged:
    build = metric.Gauge("build_info").where(namespace="prod")
    canary.Policy(..., identity=canary.Identity(metric=build, label="digest"))
Fine:
    build = metric.Gauge("build_info").where(job="checkout")
    canary.Policy(..., identity=canary.Identity(metric=build, label="digest"))
"""

from collections.abc import Iterator

from relrails.checks import check
from relrails.checks._place import at
from relrails.problems import Label, Problem
from relrails.service import Service


@check("canary/identity-no-job")
def identity_no_job(service: Service) -> Iterator[Problem]:
    """Flag identities whose metric has no `job="..."`."""
    identity = service.canary.identity if service.canary is not None else None
    if identity is None or any(m.label == "job" and m.op == "=" for m in identity.metric.matchers):
        return
    yield Problem(
        what=f"{identity.metric.name} tells what the canary of '{service.name}' runs, and names no scrape job",
        labels=(Label(at(identity, "metric"), 'no `job="..."`'),),
        why="the canary of another service would answer too, and a healthy one be rolled back for it",
        fix=f'name the `job_name` of the scrape configuration: `.where(job="{service.name}")`',
    )
